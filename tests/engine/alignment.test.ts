import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEngine, type Engine } from '../../src/main/engine/index.ts';
import { EndpointProfile } from '../../src/shared/model/provider.ts';
import { resizeTo, rgbOf } from '../helpers/damage.ts';
import { startFakeGradio } from '../helpers/fakes/gradio.ts';
import { pipelineOf, rasterOf, scenery, withBlock } from '../helpers/scenery.ts';

const WIDTH = 640;
const HEIGHT = 512;
const dir = mkdtempSync(join(tmpdir(), 'nhr-alignment-'));
const photos = join(dir, 'photos');
const png = async (raster: Parameters<typeof pipelineOf>[0]) => new Uint8Array(await pipelineOf(raster).png().toBuffer());

/** An editor that paints a red box and gives back another size, as its instruction says. */
async function paint({ data, source }: { data: unknown[]; source: Uint8Array | undefined }): Promise<Uint8Array> {
  const words = JSON.stringify(data);
  const edited = withBlock(await rgbOf(source!), 240, 200, 120);
  if (words.includes('squeezed')) return png(await resizeTo(edited, 1024, 1024));
  if (words.includes('a little smaller'))
    return png(await rasterOf(pipelineOf(edited).extract({ left: 3, top: 2, width: WIDTH - 6, height: HEIGHT - 5 })));
  if (words.includes('a side missing'))
    return png(await rasterOf(pipelineOf(edited).extract({ left: 0, top: 0, width: WIDTH - 64, height: HEIGHT })));
  if (words.includes('something else')) return png(await scenery(1024, 1024, 99));
  return png(edited);
}

let engine: Engine;
let app: Awaited<ReturnType<typeof startFakeGradio>>;
beforeAll(async () => {
  mkdirSync(photos);
  writeFileSync(join(photos, 'a.png'), await png(await scenery(WIDTH, HEIGHT, 5)));
  const edits = ['as it is', 'squeezed', 'a little smaller', 'a side missing', 'something else'];
  const lines = edits.map((size) => JSON.stringify({ image: 'a.png', instruction: `Add a red box, ${size}.`, category: 'Add object' }));
  writeFileSync(join(photos, 'instructions.jsonl'), `${lines.join('\n')}\n`);
  app = await startFakeGradio({ paint });
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  engine = await createEngine({ workspaceDir: join(dir, 'workspace'), create: true, resumeInterrupted: false, log });
});
afterAll(async () => {
  await engine.close();
  await app.close();
  rmSync(dir, { recursive: true, force: true });
});

// Catches: an editor of another size whose pictures are stretched, or laid on their source by guess; verdicts, counts and numbers that
// do not reach the screens; the picture that came being lost.
test('a run lays edits of another size on their source, rejects what does not fit by name, and counts both', async () => {
  const yaml = `
version: 1
name: Sizes
scenes: { from: folder, path: ${photos} }
sourceSize: { maxLongSide: 1024, minShortSide: 512, multipleOf: 16 }
attemptsPerInstruction: 1
stages: [edit, lowLevel, fullReference]
gates: { profile: balanced, sizeMismatch: align }
growth: []
endpoints: [{ id: app, transport: gradio, baseUrl: "${app.url}" }]
roles: { imageEditor: { endpoint: app, model: bagel } }
`;
  const { id: runId } = await engine.client.runs.start({ yaml });
  await expect
    .poll(async () => (await engine.client.runs.list()).find(({ id }) => id === runId)!.state, { timeout: 120_000 })
    .toBe('ended');
  const { items } = await engine.client.runs.attempts({ runId, limit: 10 });
  const ends = Object.fromEntries(
    items.map(({ instruction, state, reason }) => [/, (.*)\./.exec(instruction)![1], `${state} ${reason}`.trim()]),
  );
  expect(ends).toEqual({
    'as it is': 'passed',
    squeezed: 'passed',
    'a little smaller': 'passed',
    'a side missing': 'rejected cropped',
    'something else': 'rejected fitUnknown',
  });
  expect((await engine.client.runs.progress({ runId })).fitted).toEqual({ aligned: 2, resampled: 0 });
  expect(await engine.client.runs.reasons({ runId })).toEqual(
    expect.arrayContaining([
      { stage: 'edit', reason: 'cropped', count: 1 },
      { stage: 'edit', reason: 'fitUnknown', count: 1 },
    ]),
  );

  const { items: triplets } = await engine.client.triplets.page({ filter: {}, sort: 'newest', limit: 10 });
  expect(triplets).toHaveLength(3);
  const source = await rgbOf(join(photos, 'a.png'));
  for (const { id, instruction, editedHash } of triplets) {
    const { verdicts, signals } = await engine.client.triplets.get({ id });
    const edited = await rgbOf(((await engine.blobFile(editedHash)) as { path: string }).path);
    expect(edited).toMatchObject({ width: WIDTH, height: HEIGHT });
    const fit = verdicts.find(({ stage }) => stage === 'edit');
    if (instruction.includes('as it is')) {
      expect(fit).toBeUndefined();
      continue;
    }
    expect(fit).toMatchObject({ passed: true, reason: 'aligned', raw: expect.stringMatching(/^edit \d+x\d+, source 640x512$/) });
    expect(fit!.checks.map(({ signal, outcome }) => [signal, outcome])).toEqual([
      ['fitCertainty', 'passed'],
      ['fitResidual', 'passed'],
      ['fitStretch', 'passed'],
      ['fitLost', 'passed'],
    ]);
    expect(signals!.fitScaleX!).toBeCloseTo(instruction.includes('squeezed') ? 1024 / WIDTH : 1, 2);
    // Away from the box and the edges it is the source again.
    let worst = 0;
    for (let y = 20; y < 180; y++)
      for (let x = 20; x < 600; x++)
        worst = Math.max(worst, Math.abs(edited.data[3 * (y * WIDTH + x)]! - source.data[3 * (y * WIDTH + x)]!));
    expect(worst).toBeLessThan(16);
  }
  const squeezed = await sharp(await paint({ data: ['squeezed'], source: readFileSync(join(photos, 'a.png')) })).metadata();
  expect(squeezed).toMatchObject({ width: 1024, height: 1024 });
});

// Catches: scoring that aligns without being asked, and one that does not when it is.
test('nhr score aligns pairs of different sizes when it is asked to', async () => {
  const source = readFileSync(join(photos, 'a.png'));
  writeFileSync(join(dir, 'squeezed.png'), await paint({ data: ['squeezed'], source }));
  const score = async (name: string, sizes: 'reject' | 'align') => {
    const path = join(dir, `${name}.jsonl`);
    const row = {
      id: name,
      source: join(photos, 'a.png'),
      edited: join(dir, 'squeezed.png'),
      instruction: `Add a red box ${name}`,
      category: 'Add object',
    };
    writeFileSync(path, `${JSON.stringify(row)}\n`);
    const { id } = await engine.client.transfer.startScore({ path, sizes });
    const job = async () => (await engine.client.system.snapshot()).jobs.find((one) => one.id === id)!;
    await expect.poll(async () => (await job()).state, { timeout: 60_000 }).toBe('done');
    return JSON.parse(readFileSync((await job()).target, 'utf8')) as {
      verdict: string;
      reason: string;
      signals: { fitResidual: number } | null;
    };
  };
  expect(await score('kept apart', 'reject')).toMatchObject({ verdict: 'dropped', reason: 'sizeDiffers', signals: null });
  const aligned = await score('laid on it', 'align');
  expect(aligned).toMatchObject({ verdict: 'passed', reason: '' });
  expect(aligned.signals!.fitResidual).toBeLessThan(0.3);
});

// Catches: a session whose pictures change their size from edit to edit, or one that keeps it without a word.
test('the edit room lays a picture of another size on its source, and says when it cannot', async () => {
  await engine.client.endpoints.save(
    EndpointProfile.parse({ id: 'app', transport: 'gradio', baseUrl: app.url, roles: { imageEditor: { model: 'bagel' } } }),
  );
  const { hash } = await engine.takePicture(new Uint8Array(readFileSync(join(photos, 'a.png'))), 'a.png');
  const session = await engine.client.edit.start({ start: { from: 'upload', hash, name: 'a.png' }, bagelSize: true });
  const ask = async (instruction: string) => {
    await engine.client.edit.ask({
      ...{ sessionId: session.id, parentId: session.currentId, instruction, variants: 1, seed: 3 },
      editor: { profile: 'app' },
      judges: { softJudge: null, validator: null, checks: false },
    });
    const get = () => engine.client.edit.get({ sessionId: session.id });
    await expect.poll(async () => (await get()).open, { timeout: 60_000 }).toBe(0);
    return (await get()).nodes.at(-1)!;
  };
  expect(await ask('Add a red box, squeezed.')).toMatchObject({
    ...{ width: WIDTH, height: HEIGHT },
    verdicts: [
      { stage: 'edit', reason: 'aligned' },
      { stage: 'lowLevel', passed: true },
      { stage: 'fullReference', passed: true },
    ],
  });
  expect(await ask('Add a red box, something else.')).toMatchObject({
    ...{ state: 'done', width: 1024, height: 1024 },
    verdicts: [{ stage: 'edit', passed: false, reason: 'fitUnknown' }],
  });
});
