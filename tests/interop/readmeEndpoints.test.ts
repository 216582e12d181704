import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LLMock } from '@copilotkit/aimock';
import { afterEach, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createEngine } from '../../src/main/engine/index.ts';
import { createGradioProvider } from '../../src/main/engine/providers/gradio/index.ts';
import { createOpenAiProvider } from '../../src/main/engine/providers/openai/index.ts';
import { Endpoint, type Role, RoleBinding } from '../../src/shared/model/provider.ts';
import { fakeGemini } from '../helpers/fakes/gemini.ts';
import { startFakeGradio } from '../helpers/fakes/gradio.ts';
import { solidPng } from '../helpers/fakes/png.ts';
import { fakeSglang } from '../helpers/fakes/sglang.ts';
import { fakeVllmOmni } from '../helpers/fakes/vllmOmni.ts';
import { aContext, transportWorld } from '../helpers/transport.ts';

/** The blocks of README's chapter, as a reader would copy them. */
const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
const start = readme.indexOf('## Connect your models');
const chapter = readme.slice(start, readme.indexOf('\n## ', start));
const yamls = [...chapter.matchAll(/```yaml\n([\s\S]*?)```/g)];
/** The recipe that puts profiles of the blocks together. */
const recipe = yamls.find((match) => match[1]!.startsWith('version:'))![1]!;
const blocks = yamls
  .filter((match) => match[1] !== recipe)
  .map((match) => {
    const { endpoints, roles } = parse(match[1]!) as { endpoints: object[]; roles: Record<string, object> };
    const title = [...chapter.slice(0, match.index).matchAll(/\*\*([^*]+)\*\*/g)].at(-1)![1]!;
    const bindings = Object.entries(roles).map(([role, binding]) => [role as Role, RoleBinding.parse(binding)] as const);
    return { title, yaml: match[1]!, endpoint: Endpoint.parse(endpoints[0]), bindings };
  });
const block = (title: RegExp) => blocks.find((item) => title.test(item.title))!;

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

// Catches: a profile in the README that the app refuses, or that names an endpoint that is not in it.
it('has a profile for each server it speaks of, and each can be used', () => {
  expect(blocks.map(({ title }) => title)).toEqual([
    'A BAGEL Gradio app',
    'BAGEL on vllm-omni',
    'BAGEL on SGLang.',
    'Qwen judges on vLLM',
    'A tuned Gemini on Vertex AI',
  ]);
  for (const { endpoint, bindings } of blocks) for (const [, binding] of bindings) expect(binding.endpoint).toBe(endpoint.id);
});

it.each([
  { title: /Gradio app/, start: () => startFakeGradio(), make: createGradioProvider, root: '' },
  { title: /on vllm-omni/, start: () => fakeVllmOmni('iitolstykh/Bagel-NHR-Edit-V2'), make: createOpenAiProvider, root: '/v1' },
  { title: /on SGLang/, start: () => fakeSglang('iitolstykh/Bagel-NHR-Edit-V2'), make: createOpenAiProvider, root: '/v1' },
])('the editor of $title edits, with nothing but the address changed', async ({ title, start, make, root }) => {
  const server = await start();
  const world = transportWorld();
  cleanUps.push(server.close, world.close);
  const { endpoint, bindings } = block(title);
  const [, { model, params, bagel }] = bindings.find(([role]) => role === 'imageEditor')!;
  const provider = make({ ...endpoint, baseUrl: `${server.url}${root}` }, world.deps);
  const image = await world.picture(512, 512);
  const reply = await provider.edit({ image, instruction: 'Make it night', seed: 7 }, aContext({ model, params, bagel }));
  expect(Buffer.from(reply.value).subarray(1, 4).toString()).toBe('PNG');
  await provider.close?.();
});

// Catches: steps of the README that do not lead to a dataset when somebody follows them to the letter.
it.each([
  { title: /Gradio app/, start: () => startFakeGradio({ paint: painted }), root: '' },
  { title: /on vllm-omni/, start: () => fakeVllmOmni('iitolstykh/Bagel-NHR-Edit-V2'), root: '/v1' },
  { title: /on SGLang/, start: () => fakeSglang('iitolstykh/Bagel-NHR-Edit-V2'), root: '/v1' },
])('a new user mines photos with $title, Qwen judges and a tuned Gemini', async ({ title, start, root }) => {
  const words = (text: string) => (/Give two scores/.test(text) ? '{"adherence": 4.9, "aesthetics": 4.8}' : 'yes');
  const [editor, gemini, judges] = [await start(), await fakeGemini({ words }), new LLMock({ port: 0, strict: true })];
  await judges.start();
  judges.onMessage(/Give two scores/, { content: words('Give two scores') });
  judges.onMessage(/one word: yes or no/, { content: 'Yes.' });
  const dir = mkdtempSync(join(tmpdir(), 'nhr-readme-'));
  cleanUps.push(
    editor.close,
    gemini.close,
    () => judges.stop(),
    async () => rmSync(dir, { recursive: true, force: true }),
  );

  const token = join(dir, 'token');
  writeFileSync(token, 'ya29.token', { mode: 0o600 });
  const at = (which: RegExp, url: string) => block(which).yaml.replace(/baseUrl: .*/, `baseUrl: ${url}`);
  const vertex = at(/tuned Gemini/, '').replace(/key: file:.*/, `key: file:${token}\n    baseUrl: ${gemini.url}`);
  const files = [at(title, `${editor.url}${root}`), at(/Qwen judges/, `${judges.url}/v1`), vertex];
  mkdirSync(join(dir, 'photos'));
  writeFileSync(join(dir, 'photos', 'boat.png'), solidPng(640, 512, [90, 140, 200]));
  writeFileSync(join(dir, 'photos', 'instructions.jsonl'), `${/`(\{"image".*\})`/.exec(chapter)![1]!.replace('boat.jpg', 'boat.png')}\n`);

  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const engine = await createEngine({ workspaceDir: join(dir, 'w'), create: true, resumeInterrupted: false, log: quiet });
  cleanUps.unshift(() => engine.close());
  for (const yaml of files)
    for (const profile of await engine.client.endpoints.ofRecipe({ yaml })) await engine.client.endpoints.save(profile);
  const yaml = recipe;
  expect((await engine.client.runs.check({ yaml, baseDir: dir })).issues).toEqual([]);
  const { id } = await engine.client.runs.start({ yaml, baseDir: dir });
  const run = async () => (await engine.client.runs.list()).find((item) => item.id === id)!;
  await expect.poll(async () => (await run()).state, { timeout: 60_000 }).toBe('ended');
  expect(await run()).toMatchObject({ end: 'exhausted', error: null, attemptsDone: 5, triplets: 1, demo: false });
});

let strokes = 0;
/** A picture of another colour each time. */
function painted(): Buffer {
  strokes += 1;
  return solidPng(640, 512, [(strokes * 83) % 256, 20, (strokes * 149) % 256]);
}

it('the judges of the README judge a pair', async () => {
  const mock = new LLMock({ port: 0, strict: true });
  await mock.start();
  const world = transportWorld();
  cleanUps.push(() => mock.stop(), world.close);
  mock.onMessage(/ball/, { content: '{"adherence": 4.5, "aesthetics": 4.5}' });
  const { endpoint, bindings } = block(/Qwen judges/);
  const [, { model, params }] = bindings.find(([role]) => role === 'softJudge')!;
  const images = [await world.picture(512, 512), await world.picture(512, 512, '#222266')];
  const prompt = { text: 'Rate: remove the ball', version: 'test-1', schema: null };
  const task = { kind: 'scores', instruction: 'Remove the ball', source: images[0]!, edited: images[1]! } as const;
  const provider = createOpenAiProvider({ ...endpoint, baseUrl: `${mock.url}/v1` }, world.deps);
  const reply = await provider.chat({ role: 'softJudge', task, prompt, images, temperature: 1e-6, seed: 3 }, aContext({ model, params }));
  expect(reply.value).toContain('4.5');
});
