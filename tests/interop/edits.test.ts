import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createEngine, type Engine } from '../../src/main/engine/index.ts';
import type { EditNode, EditSessionDetail } from '../../src/shared/model/edit.ts';
import { EndpointProfile } from '../../src/shared/model/provider.ts';
import { fakeGemini } from '../helpers/fakes/gemini.ts';
import { startFakeGradio } from '../helpers/fakes/gradio.ts';
import { solidPng } from '../helpers/fakes/png.ts';
import { fakeVllmOmni } from '../helpers/fakes/vllmOmni.ts';

const cleanUps: (() => Promise<unknown> | unknown)[] = [];
const NOBODY = { softJudge: null, validator: null, checks: false };
let engine: Engine;

beforeEach(async () => {
  process.env.NHR_TEST_KEY = 'sk-test';
  const dir = mkdtempSync(join(tmpdir(), 'nhr-edit-wire-'));
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
  engine = await createEngine({ workspaceDir: join(dir, 'w'), create: true, resumeInterrupted: false, log: quiet });
  cleanUps.push(async () => {
    await engine.close();
    rmSync(dir, { recursive: true, force: true });
  });
});
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

async function aSession(profile: object): Promise<EditSessionDetail> {
  await engine.client.endpoints.save(EndpointProfile.parse(profile));
  const { hash } = await engine.takePicture(solidPng(512, 512, [90, 140, 200]), 'wall.png');
  return engine.client.edit.start({ start: { from: 'upload', hash, name: 'wall.png' }, bagelSize: true });
}

async function atRest(sessionId: string): Promise<EditSessionDetail> {
  for (;;) {
    const session = await engine.client.edit.get({ sessionId });
    if (session.open === 0) return session;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
const made = ({ nodes }: EditSessionDetail): EditNode[] => nodes.filter((node) => node.parentId !== null);

// Catches: knobs of the form that do not reach the server, seeds that are not sent, money that is not booked, judges that are not asked.
it('edits with BAGEL on vllm-omni with the knobs of the form, scored by Gemini', async () => {
  const server = await fakeVllmOmni('bagel');
  const gemini = await fakeGemini({ words: (text) => (/Give two scores/.test(text) ? '{"adherence": 4.9, "aesthetics": 4.8}' : 'yes') });
  cleanUps.push(server.close, gemini.close);
  await engine.client.endpoints.save(
    EndpointProfile.parse({
      ...{ id: 'judges', transport: 'gemini', baseUrl: gemini.url, key: 'env:NHR_TEST_KEY' },
      roles: { softJudge: { model: 'g-judge' }, validator: { model: 'g-judge' } },
    }),
  );
  const session = await aSession({
    ...{ id: 'bagel', transport: 'openai', dialect: 'vllm-omni', baseUrl: `${server.url}/v1`, prices: { usdPerImage: 0.01 } },
    roles: { imageEditor: { model: 'bagel', bagel: { steps: 50 } } },
  });
  const { editors, validators } = await engine.client.edit.actors();
  expect(editors.map(({ profile, demo }) => [profile, demo])).toEqual([
    ['bagel', false],
    ['demo', true],
  ]);
  expect(validators[0]).toMatchObject({ profile: 'judges', demo: false });
  const bagel = { ...editors[0]!.bagel!, imageCfg: 1.5, steps: 24 };
  await engine.client.edit.ask({
    ...{ sessionId: session.id, parentId: session.currentId, instruction: 'Make it night', variants: 3, seed: 7 },
    editor: { profile: 'bagel', bagel },
    judges: { softJudge: 'judges', validator: 'judges', checks: true },
  });
  const done = await atRest(session.id);
  expect(made(done).map(({ state, scores, problems, usd }) => ({ state, scores, problems, usd }))).toEqual(
    Array.from({ length: 3 }, () => ({ state: 'done', scores: { adherence: 4.9, aesthetics: 4.8 }, problems: [], usd: 0.01 })),
  );
  expect(server.knobs().map((knobs) => [knobs.cfg_img_scale, knobs.seed])).toEqual(
    expect.arrayContaining([7, 8, 9].map((seed) => [1.5, seed])),
  );
  expect(done).toMatchObject({ demo: false, spend: { usdSettled: expect.closeTo(0.03, 9), usdUnknown: 0 } });
  const { triplet } = await engine.client.edit.keep({ nodeId: made(done)[0]!.id });
  expect(triplet).toMatchObject({ kind: 'interactive', category: 'Change time of day' });
});

// Catches: a judge that fails and takes the picture with it, and scoring again that pays for the picture again or forgets its price.
it('keeps a picture that could not be scored, and scores it later without making it again', async () => {
  const server = await fakeVllmOmni('bagel');
  const gemini = await fakeGemini({ words: (text) => (/Give two scores/.test(text) ? '{"adherence": 4.9, "aesthetics": 4.8}' : 'yes') });
  cleanUps.push(server.close, gemini.close);
  delete process.env.NHR_TEST_JUDGE_KEY;
  await engine.client.endpoints.save(
    EndpointProfile.parse({
      ...{ id: 'judges', transport: 'gemini', baseUrl: gemini.url, key: 'env:NHR_TEST_JUDGE_KEY' },
      roles: { validator: { model: 'g-judge' } },
    }),
  );
  const session = await aSession({
    ...{ id: 'bagel', transport: 'openai', dialect: 'vllm-omni', baseUrl: `${server.url}/v1`, prices: { usdPerImage: 0.01 } },
    roles: { imageEditor: { model: 'bagel', bagel: {} } },
  });
  const ask = { sessionId: session.id, parentId: session.currentId, instruction: 'Make it night', variants: 1, seed: 5 };
  await engine.client.edit.ask({ ...ask, editor: { profile: 'bagel' }, judges: { ...NOBODY, validator: 'judges' } });
  const [first] = made(await atRest(session.id));
  expect(first).toMatchObject({ state: 'done', scores: null, usd: 0.01, problems: [{ stage: 'validator', code: 'auth' }] });
  expect(first!.pictureHash).not.toBeNull();
  process.env.NHR_TEST_JUDGE_KEY = 'sk-judge';
  await engine.client.edit.again({ sessionId: session.id, nodeIds: [first!.id] });
  const done = await atRest(session.id);
  expect(made(done)[0]).toMatchObject({
    state: 'done',
    scores: { adherence: 4.9, aesthetics: 4.8 },
    problems: [],
    usd: 0.01,
    ms: first!.ms,
  });
  expect(server.knobs()).toHaveLength(1);
  expect(done.spend.usdSettled).toBeCloseTo(0.01, 9);
});

// Catches: a variant that cannot be cancelled while the app works, or one that takes the others with it.
it('edits with a BAGEL app over Gradio, and cancels one variant of two', async () => {
  let finish = () => {};
  const held = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let painted = 0;
  const app = await startFakeGradio({
    async paint() {
      painted += 1;
      if (painted > 1) await held;
      return solidPng(512, 512, [painted * 40, 30, 30]);
    },
  });
  cleanUps.push(app.close);
  const session = await aSession({
    ...{ id: 'space', transport: 'gradio', baseUrl: app.url, concurrency: 1 },
    roles: { imageEditor: { model: 'bagel', bagel: {} } },
  });
  const ask = { sessionId: session.id, parentId: session.currentId, instruction: 'Make it night', variants: 2, seed: 1 };
  await engine.client.edit.ask({ ...ask, editor: { profile: 'space' }, judges: NOBODY });
  let now = session;
  while (!made(now).some(({ state }) => state === 'done')) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    now = await engine.client.edit.get({ sessionId: session.id });
  }
  const open = made(now).find(({ state }) => state !== 'done')!;
  while (app.calls.length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
  const cancelled = await engine.client.edit.cancel({ sessionId: session.id, nodeIds: [open.id] });
  finish();
  expect(
    made(cancelled)
      .map(({ state }) => state)
      .sort(),
  ).toEqual(['cancelled', 'done']);
  const done = made(cancelled).find(({ state }) => state === 'done')!;
  expect(done).toMatchObject({ width: 512, height: 512, scores: null });
  expect(done.quality).not.toBeNull();
});

// Catches: an editor that gives another size, whose result is stretched or kept as a triplet without a word.
it('edits with Gemini; a picture of another size that shows something else keeps its size and says so', async () => {
  const server = await fakeGemini({});
  cleanUps.push(server.close);
  const session = await aSession({
    ...{ id: 'gemini', transport: 'gemini', baseUrl: server.url, key: 'env:NHR_TEST_KEY' },
    roles: { imageEditor: { model: 'g-image' } },
  });
  const ask = { sessionId: session.id, parentId: session.currentId, instruction: 'Make it night', variants: 1, seed: 3 };
  await engine.client.edit.ask({ ...ask, editor: { profile: 'gemini' }, judges: NOBODY });
  const [node] = made(await atRest(session.id));
  expect(node).toMatchObject({ state: 'done', width: 1024, height: 1024 });
  expect(node!.verdicts[0]).toMatchObject({ stage: 'edit', passed: false, reason: 'fitUnknown', raw: 'edit 1024x1024, source 512x512' });
});

// Catches: a wrong key that looks like a bad picture, and leaves no way on.
it('says that a key is wrong, and goes on when it is right', async () => {
  const app = await startFakeGradio({ token: 'right', paint: () => solidPng(512, 512, [1, 2, 3]) });
  cleanUps.push(app.close);
  process.env.NHR_TEST_KEY = 'wrong';
  const session = await aSession({
    ...{ id: 'space', transport: 'gradio', baseUrl: app.url, key: 'env:NHR_TEST_KEY' },
    roles: { imageEditor: { model: 'bagel', bagel: {} } },
  });
  const ask = { sessionId: session.id, parentId: session.currentId, instruction: 'Make it night', variants: 1, seed: 1 };
  await engine.client.edit.ask({ ...ask, editor: { profile: 'space' }, judges: NOBODY });
  const [failed] = made(await atRest(session.id));
  expect(failed).toMatchObject({ state: 'failed', reason: 'auth', pictureHash: null });
  process.env.NHR_TEST_KEY = 'right';
  await engine.client.edit.again({ sessionId: session.id, nodeIds: [failed!.id] });
  expect(made(await atRest(session.id))[0]).toMatchObject({ state: 'done', reason: '' });
});
