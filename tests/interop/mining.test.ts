import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LLMock } from '@copilotkit/aimock';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createEngine } from '../../src/main/engine/index.ts';
import { EndpointProfile } from '../../src/shared/model/provider.ts';
import { fakeGemini } from '../helpers/fakes/gemini.ts';
import { startFakeGradio } from '../helpers/fakes/gradio.ts';
import { solidPng } from '../helpers/fakes/png.ts';
import { fakeSglang } from '../helpers/fakes/sglang.ts';
import { fakeVllmOmni } from '../helpers/fakes/vllmOmni.ts';

/** Words from an OpenAI server that somebody else wrote: a writer, judges that like everything, an inverter. */
const words = new LLMock({ port: 0, strict: true });
const cleanUps: (() => Promise<unknown> | unknown)[] = [];

beforeAll(async () => {
  await words.start();
  const edits = [
    { instruction: 'Paint everything in another colour', category: 'Change color' },
    { instruction: 'Make it night', category: 'Change time of day' },
  ];
  const scenes = ['A wall in the sun', 'A quiet lake'].map((prompt) => ({ prompt, style: 'standard', edits }));
  words.onMessage(/Design 2 scenes/, { content: `Here you are:\n\`\`\`json\n${JSON.stringify({ scenes })}\n\`\`\`` });
  words.onMessage(/Give two scores/, { content: '{"adherence": 4.9, "aesthetics": 4.8}' });
  words.onMessage(/leads from the edited picture/, { content: 'Paint the wall as it is in sunlight.' });
  words.onMessage(/one word: yes or no/, { content: 'Yes.' });
});
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});
afterAll(() => words.stop());

function recipe(pictures: { endpoint: string; painter: string; editor: string }): string {
  return `version: 1
name: Over the wire
scenes: { from: constraints, scenes: 2, editsPerScene: 2, composite: false, batch: 2 }
seedsPerScene: 2
attemptsPerInstruction: 1
sizes: [512x512]
sourceSize: { maxLongSide: 1024, minShortSide: 512, multipleOf: 16 }
gates: { sizeMismatch: resample }
growth: [inversion, backwardConsistency]
concurrency: 4
endpoints:
  - { id: words, transport: openai, baseUrl: "${words.url}/v1", key: env:NHR_TEST_KEY, concurrency: 4 }
  - { id: pictures, ${pictures.endpoint}, prices: { usdPerImage: 0.01, usdPerGpuSecond: 0.001, worstGpuSeconds: 60 } }
roles:
  promptEngineer: { endpoint: words, model: writer }
  textToImage: { endpoint: pictures, ${pictures.painter} }
  plausibilityJudge: { endpoint: words, model: judge }
  imageEditor: { endpoint: pictures, ${pictures.editor} }
  softJudge: { endpoint: words, model: judge }
  validator: { endpoint: words, model: judge }
  inverter: { endpoint: words, model: judge }
`;
}

/** Mines the recipe with a whole engine and gives what came of it. */
async function mine(yaml: string) {
  process.env.NHR_TEST_KEY = 'sk-test';
  const dir = mkdtempSync(join(tmpdir(), 'nhr-wire-'));
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const engine = await createEngine({ workspaceDir: join(dir, 'w'), create: true, resumeInterrupted: false, log: quiet });
  cleanUps.push(async () => {
    await engine.close();
    rmSync(dir, { recursive: true, force: true });
  });
  const { id } = await engine.client.runs.start({ yaml });
  for (let waited = 0; ; waited += 50) {
    const run = (await engine.client.runs.list()).find((item) => item.id === id)!;
    if (run.state !== 'running' || waited > 60_000) {
      const progress = await engine.client.runs.progress({ runId: id });
      return { run, progress, latest: await engine.client.runs.latest({ runId: id, limit: 100 }) };
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

type Mined = Awaited<ReturnType<typeof mine>>;

/** Every attempt passed, every winner was inverted, and nothing failed, was asked twice, or is left open. */
function expectAll({ run, progress, latest }: Mined): void {
  expect(run).toMatchObject({ state: 'ended', end: 'exhausted', error: null, demo: false });
  expect(progress).toMatchObject({ attemptsDone: 8, passed: 8, rejected: 0, failed: 0, unknown: 0, errors: [], retries: 0 });
  expect(progress.spend).toMatchObject({ usdReserved: 0, usdUnknown: 0 });
  expect(latest.filter(({ kind }) => kind === 'forward')).toHaveLength(8);
  expect(latest.filter(({ kind }) => kind === 'inverse')).toHaveLength(8);
}

it('mines with everything on an OpenAI server', async () => {
  let painted = 0;
  words.on({ endpoint: 'image' }, () => {
    painted += 1;
    const made = solidPng(512, 512, [(painted * 83) % 256, (painted * 149) % 256, (painted * 211) % 256]);
    return { image: { b64Json: made.toString('base64') } };
  });
  const pictures = `transport: openai, baseUrl: "${words.url}/v1", key: env:NHR_TEST_KEY`;
  const mined = await mine(recipe({ endpoint: pictures, painter: 'model: a-painter', editor: 'model: a-painter' }));
  expectAll(mined);
  // 4 sources and 8 edits, a cent each; the words have no price here.
  expect(mined.progress.spend.usdSettled).toBeCloseTo(0.12, 10);
});

it('mines with BAGEL on vllm-omni, all its knobs in its own spelling', async () => {
  const server = await fakeVllmOmni('bagel');
  cleanUps.push(server.close);
  const endpoint = `transport: openai, dialect: vllm-omni, baseUrl: "${server.url}/v1"`;
  expectAll(
    await mine(
      recipe({ endpoint, painter: 'model: bagel, bagel: { renormType: global }', editor: 'model: bagel, bagel: { imageCfg: 1.5 }' }),
    ),
  );
  expect(server.knobs().filter((knobs) => knobs.cfg_img_scale === 1.5)).toHaveLength(8);
});

it('mines with BAGEL on SGLang, GPU seconds counted', async () => {
  const server = await fakeSglang('bagel');
  cleanUps.push(server.close);
  const endpoint = `transport: openai, dialect: sglang, baseUrl: "${server.url}/v1"`;
  const mined = await mine(recipe({ endpoint, painter: 'model: bagel, bagel: {}', editor: 'model: bagel, bagel: {}' }));
  expectAll(mined);
  expect(mined.progress.spend.gpuSeconds).toBeCloseTo(12 * 5.25, 6);
});

it('mines with the functions of the stock BAGEL app over Gradio', async () => {
  let painted = 0;
  const app = await startFakeGradio({
    paint: () => {
      painted += 1;
      return solidPng(512, 512, [(painted * 83) % 256, (painted * 149) % 256, (painted * 211) % 256]);
    },
  });
  cleanUps.push(app.close);
  const endpoint = `transport: gradio, baseUrl: "${app.url}", concurrency: 1`;
  const mined = await mine(recipe({ endpoint, painter: 'model: bagel, bagel: {}', editor: 'model: bagel, bagel: {}' }));
  expect(mined.run).toMatchObject({ state: 'ended', end: 'exhausted', error: null });
  expectAll(mined);
  expect(app.calls.map(({ name }) => name).sort()).toEqual([
    ...Array.from({ length: 8 }, () => 'process_edit_image'),
    ...Array.from({ length: 4 }, () => 'process_text_to_image'),
  ]);
});

it('mines with everything on Gemini; its pictures come in its own size and are resampled', async () => {
  const scenes = ['A wall in the sun', 'A quiet lake'].map((prompt) => ({
    prompt,
    style: 'standard',
    edits: ['Make it night', 'Make it winter'].map((instruction) => ({ instruction, category: 'Change weather' })),
  }));
  const server = await fakeGemini({
    words(text) {
      if (/Design 2 scenes/.test(text)) return JSON.stringify({ scenes });
      if (/Give two scores/.test(text)) return '{"adherence": 4.9, "aesthetics": 4.8}';
      return /leads from the edited picture/.test(text) ? 'Make it a summer day.' : 'yes';
    },
  });
  cleanUps.push(server.close);
  const endpoint = `transport: gemini, baseUrl: "${server.url}", key: env:NHR_TEST_KEY`;
  const yaml = recipe({ endpoint, painter: 'model: g-image', editor: 'model: g-image' }).replaceAll(
    'endpoint: words',
    'endpoint: pictures',
  );
  const mined = await mine(yaml.replace(/.*id: words.*\n/, ''));
  expectAll(mined);
  expect(server.calls.filter(({ config }) => config.temperature === 0).length).toBeGreaterThan(0);
});

// Catches: a self-test that says "fine" for a server that does not look at its input, and calls that are in no books.
it('tests an endpoint in its roles: pictures, reasons, price; a server that ignores the picture is caught', async () => {
  const app = await startFakeGradio({ paint: () => solidPng(512, 512, [200, 10, 10]) });
  cleanUps.push(app.close);
  process.env.NHR_TEST_KEY = 'sk-test';
  const dir = mkdtempSync(join(tmpdir(), 'nhr-self-test-'));
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const engine = await createEngine({ workspaceDir: join(dir, 'w'), create: true, resumeInterrupted: false, log: quiet });
  cleanUps.push(async () => {
    await engine.close();
    rmSync(dir, { recursive: true, force: true });
  });
  const editor = EndpointProfile.parse({
    id: 'bagel',
    transport: 'gradio',
    baseUrl: app.url,
    prices: { usdPerImage: 0.01 },
    roles: { imageEditor: { model: 'bagel', bagel: {} }, textToImage: { model: 'bagel', bagel: {} } },
  });
  const failed = (checks: { name: string; ok: boolean }[]) => checks.filter(({ ok }) => !ok).map(({ name }) => name);
  const edited = await engine.client.endpoints.test({ profile: editor, role: 'imageEditor' });
  expect(edited).toMatchObject({ ok: false, usd: 0.02, role: 'imageEditor' });
  expect(failed(edited.checks)).toEqual(['uses its input picture', 'tells instructions apart']);
  expect(edited.pictures.map(({ webp }) => Buffer.from(webp, 'base64').subarray(8, 12).toString())).toEqual(['WEBP', 'WEBP', 'WEBP']);
  const painted = await engine.client.endpoints.test({ profile: editor, role: 'textToImage' });
  expect(failed(painted.checks)).toEqual(['follows its prompt']);

  const judge = EndpointProfile.parse({
    id: 'judge',
    transport: 'openai',
    baseUrl: `${words.url}/v1`,
    key: 'env:NHR_TEST_KEY',
    roles: { validator: { model: 'judge' }, inverter: { model: 'judge' } },
  });
  // It likes everything, which is caught too.
  const judged = await engine.client.endpoints.test({ profile: judge, role: 'validator' });
  expect(judged).toMatchObject({ ok: false, modelAnswered: 'judge' });
  expect(failed(judged.checks)).toEqual(['sees that nothing was done', 'sees that the pictures have nothing in common']);
  expect(await engine.client.endpoints.test({ profile: judge, role: 'inverter' })).toMatchObject({ ok: true, pictures: [] });
  await expect(engine.client.endpoints.test({ profile: judge, role: 'softJudge' })).rejects.toThrow(/no model for softJudge/);
  const gone = await engine.client.endpoints.test({ profile: { ...judge, baseUrl: 'http://127.0.0.1:9/v1' }, role: 'inverter' });
  expect(gone.checks).toMatchObject([{ ok: false, message: expect.stringContaining('network') }]);
});
