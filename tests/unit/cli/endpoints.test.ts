import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EndpointProfile } from '../../../src/shared/model/provider.ts';
import { stage } from './stage.ts';

const profile = EndpointProfile.parse({
  id: 'judge',
  transport: 'openai',
  dialect: 'vllm',
  baseUrl: 'http://127.0.0.1:8000/v1',
  key: 'stored:vllm',
  roles: { softJudge: { model: 'qwen' } },
});
const reached = {
  ok: true,
  ms: 12,
  models: [{ id: 'qwen', shutdownDate: '2026-12-01' }],
  missingModels: [],
  notes: ['version 1'],
  error: null,
};

// Catches: a secret on the command line or in the output, where shell histories and logs keep it.
test('a key comes from standard input and is never printed', async () => {
  const { run, printed, asked } = stage({ input: ' sk-very-secret \n', calls: { 'endpoints.setKey': () => undefined } });
  expect(await run('key', 'set', 'openai')).toBe(0);
  expect(asked).toEqual([['endpoints.setKey', { name: 'openai', secret: 'sk-very-secret' }]]);
  expect(printed.out + printed.err).not.toContain('sk-very-secret');
  expect(printed.out).toContain('stored:openai');
});

test('an empty key is refused, and a key that is not there cannot be removed', async () => {
  const { run, asked } = stage({ input: '\n', calls: { 'endpoints.setKey': () => undefined, 'endpoints.keyNames': () => ['other'] } });
  expect(await run('key', 'set', 'openai')).toBe(1);
  expect(await run('key', 'remove', 'openai')).toBe(1);
  expect(asked).toEqual([['endpoints.keyNames', {}]].map(([name]) => [name, undefined]));
});

test('a preset adds what is missing and leaves what is there as it is', async () => {
  const presets = [
    { recipe: 'local', title: 'Local', profile },
    { recipe: 'local', title: 'Local', profile: { ...profile, id: 'editor' } },
    { recipe: 'paper', title: 'Paper', profile: { ...profile, id: 'writer' } },
  ];
  const { run, printed, asked } = stage({
    calls: { 'endpoints.presets': () => presets, 'endpoints.list': () => [profile], 'endpoints.save': (input) => input },
  });
  expect(await run('endpoints', 'add', 'local')).toBe(0);
  expect(asked.filter(([name]) => name === 'endpoints.save')).toMatchObject([['endpoints.save', { id: 'editor' }]]);
  expect(printed.out).toMatch(/Added: editor[\s\S]*not changed: judge/);
  expect(await run('endpoints', 'add', 'nothing')).toBe(1);
  expect(printed.err).toContain('local, paper');
});

// Catches: a file of one's own that only the screen can put into a workspace; a profile overwritten without being asked to.
test('a file of endpoints adds them; what is there is replaced only when that is wanted', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'nhr-endpoints-'));
  const yaml = 'endpoints:\n  - { id: judge, transport: openai }\n';
  writeFileSync(join(cwd, 'mine.yaml'), yaml);
  const calls = { 'endpoints.ofRecipe': () => [profile], 'endpoints.list': () => [profile], 'endpoints.save': (input: unknown) => input };
  const keeps = stage({ cwd, calls });
  expect(await keeps.run('endpoints', 'add', 'mine.yaml', '--json')).toBe(0);
  expect(keeps.asked).toContainEqual(['endpoints.ofRecipe', { yaml }]);
  expect(keeps.json()).toEqual({ added: [], replaced: [], kept: ['judge'] });
  const replaces = stage({ cwd, calls });
  expect(await replaces.run('endpoints', 'add', 'mine.yaml', '--replace')).toBe(0);
  expect(replaces.asked.map(([name]) => name)).toContain('endpoints.save');
  expect(replaces.printed.out).toContain('Replaced: judge.');
  rmSync(cwd, { recursive: true });
});

// Catches: an unreachable endpoint or a missing model that scripts take for success, and a shutdown nobody is told of.
test('probe says what is wrong, warns of a shutdown, and its exit code says so too', async () => {
  const good = stage({ calls: { 'endpoints.list': () => [profile], 'endpoints.probe': () => reached } });
  expect(await good.run('endpoints', 'probe')).toBe(0);
  expect(good.printed.out).toContain('qwen goes away on 2026-12-01');
  const error = { code: 'auth', message: 'The key stored:vllm is not in the key store.', hint: 'Check the key.' };
  const bad = stage({
    calls: { 'endpoints.list': () => [profile], 'endpoints.probe': () => ({ ...reached, ok: false, models: null, error }) },
  });
  expect(await bad.run('endpoints', 'probe', 'judge')).toBe(1);
  expect(bad.printed.out).toMatch(/BAD judge[\s\S]*not in the key store[\s\S]*Check the key/);
  const lacking = stage({
    calls: { 'endpoints.list': () => [profile], 'endpoints.probe': () => ({ ...reached, ok: false, missingModels: ['qwen-2'] }) },
  });
  expect(await lacking.run('endpoints', 'probe', '--json')).toBe(1);
  expect(lacking.json().endpoints[0]).toMatchObject({ id: 'judge', ok: false, missingModels: ['qwen-2'] });
});

test('test goes through the roles of a profile and fails when one of them does', async () => {
  const two = { ...profile, roles: { softJudge: { model: 'qwen', params: {} }, validator: { model: 'qwen', params: {} } } };
  const report = (role: string, ok: boolean) => ({
    role,
    model: 'qwen',
    modelAnswered: 'qwen',
    booked: { calls: 3, usd: 0.02 },
    ok,
    ms: 31.4,
    usd: 0.002,
    checks: [{ name: 'sees the picture', ok, message: 'a reason' }],
    pictures: [{ label: 'sent', webp: 'AAAA' }],
  });
  const cost = { model: 'qwen', usd: 0.004, gpuSeconds: 0, testCalls: 3, priced: true, asOf: '' };
  const calls = {
    'endpoints.list': () => [two],
    'endpoints.costs': () => ['softJudge', 'validator'].map((role) => ({ ...cost, role })),
    'endpoints.test': ({ role }: { role: string }) => report(role, role === 'softJudge'),
  };
  const all = stage({ calls });
  expect(await all.run('endpoints', 'test', 'judge')).toBe(1);
  expect(all.printed.out).toMatch(/^6 calls, at most \$0\.024 by the price table\.\n/);
  expect(all.printed.out).toMatch(/ok {2}softJudge[\s\S]*BAD validator[\s\S]*BAD sees the picture: a reason/);
  expect(await stage({ calls }).run('endpoints', 'test', 'judge', 'softJudge')).toBe(0);
  const none = stage({ calls });
  expect(await none.run('endpoints', 'test', 'judge', 'imageEditor')).toBe(1);
  expect(none.printed.err).toContain('softJudge, validator');
});
