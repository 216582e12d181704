import { expect, test } from 'vitest';
import { fakeScorersState } from '../../helpers/renderer/fakeScorers.ts';
import { aJob, stage } from './stage.ts';

const { choice, models, settings } = fakeScorersState();

// Catches: a machine whose GPU is not used, and no word about why or what to do.
test('nhr gpu says what is used, and for every provider that is not, the reason', async () => {
  const { run, printed } = stage({ calls: { 'scorers.providers': () => choice } });
  expect(await run('gpu')).toBe(0);
  expect(printed.out).toMatch(/run on cpu/);
  expect(printed.out).toMatch(/libcudnn\.so\.9[\s\S]*no Vulkan driver/);
  const json = stage({ calls: { 'scorers.providers': () => choice } });
  expect(await json.run('gpu', '--json')).toBe(0);
  expect(JSON.parse(json.printed.out)).toEqual(choice);
});

// Catches: hundreds of megabytes fetched because somebody looked at a command.
test('nhr gpu install says what it does and stops unless the answer is yes', async () => {
  const calls = { 'scorers.cudaWords': () => ['This downloads much.'], 'scorers.installCuda': () => aJob() };
  const no = stage({ input: 'y\n', calls });
  expect(await no.run('gpu', 'install')).toBe(2);
  expect(no.printed.out).toContain('This downloads much.');
  expect(no.asked.map(([name]) => name)).toEqual(['scorers.cudaWords']);
  const silent = stage({ calls });
  expect(await silent.run('gpu', 'install', '--json')).toBe(2);
});

test('nhr gpu order takes providers by name and refuses others', async () => {
  const { run, asked, printed } = stage({ calls: { 'scorers.settings': () => settings, 'scorers.setSettings': (input) => input } });
  expect(await run('gpu', 'order', 'webgpu, cpu')).toBe(0);
  expect(asked.at(-1)).toEqual(['scorers.setSettings', { ...settings, providerOrder: ['webgpu', 'cpu'] }]);
  expect(await run('gpu', 'order', 'cudnn')).toBe(2);
  expect(printed.err).toContain('cuda, dml, coreml, webgpu, cpu');
});

test('nhr models lists, shows a licence without accepting it, and accepts it when told to', async () => {
  const accept = (input: { id: string }) => ({ ...models[0]!, ...input, acceptedAt: 1_700_000_000_000 });
  const { run, printed, asked } = stage({ calls: { 'scorers.models': () => models, 'scorers.acceptLicence': accept } });
  expect(await run('models')).toBe(0);
  expect(printed.out).toMatch(/dinov2-small[\s\S]*absent[\s\S]*siglip2-base[\s\S]*\(accepted\)[\s\S]*ready/);
  expect(await run('models', 'licence', 'dinov2-small')).toBe(0);
  expect(asked.map(([name]) => name)).not.toContain('scorers.acceptLicence');
  expect(await run('models', 'licence', 'dinov2-small', '--accept')).toBe(0);
  expect(asked.at(-1)).toEqual(['scorers.acceptLicence', { id: 'dinov2-small', licence: 'Apache-2.0' }]);
  expect(printed.out).toContain('Accepted here on 2023-11-14');
});

test('nhr models get passes hashes on, and fails with the reason of the job', async () => {
  const job = aJob({ kind: 'model', state: 'failed', message: 'It must have another hash.', report: [] });
  const { run, printed, asked } = stage({ jobs: [job], calls: { 'scorers.models': () => models, 'scorers.getModel': () => job } });
  const hash = 'AB'.repeat(32);
  expect(await run('models', 'get', 'dinov2-small', '--sha256', `model.onnx=${hash}`)).toBe(1);
  expect(asked.find(([name]) => name === 'scorers.getModel')).toEqual([
    'scorers.getModel',
    { id: 'dinov2-small', trustFirstUse: false, sha256: { 'model.onnx': hash } },
  ]);
  expect(printed.out).toContain('It must have another hash.');
  expect(await run('models', 'get', 'dinov2-small', '--sha256', 'model.onnx=12')).toBe(2);
  expect(await run('models', 'get', 'nothing')).toBe(1);
  expect(printed.err).toContain('dinov2-small, siglip2-base');
});

test('nhr models hub sets a mirror and a token by reference, never the token itself', async () => {
  const { run, asked, printed } = stage({ calls: { 'scorers.settings': () => settings, 'scorers.setSettings': (input) => input } });
  expect(await run('models', 'hub', 'https://mirror.example.org', '--key', 'stored:hf')).toBe(0);
  expect(asked.at(-1)).toEqual(['scorers.setSettings', { ...settings, hub: 'https://mirror.example.org', key: 'stored:hf' }]);
  expect(await run('models', 'hub', '--key', 'hf_secret')).toBe(2);
  expect(printed.err).not.toContain('hf_secret');
});
