import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cosine, direction, editTarget, judgeLearned, patchLikeness } from '../../../src/main/engine/domain/learned.ts';
import { createPixelPool } from '../../../src/main/engine/pixels/pool.ts';
import type { LearnedPair } from '../../../src/main/engine/ports.ts';
import { createScorerProcess } from '../../../src/main/engine/scorers/child.ts';
import { createLearnedScorers, type LearnedScorers } from '../../../src/main/engine/scorers/learned.ts';
import { readManifest } from '../../../src/main/engine/scorers/models/manifest.ts';
import { createModelStore } from '../../../src/main/engine/scorers/models/store.ts';
import { ScorerSettings } from '../../../src/shared/model/scorers.ts';
import { writeTinyModels } from './tinyModels.ts';

const dir = mkdtempSync(join(tmpdir(), 'nhr-learned-'));
const pool = createPixelPool({ workers: 1, inFlightPerWorker: 2 });
const scorer = createScorerProcess({
  // Batches of four on cpu, so that padding and splitting are on the way here too.
  setup: async () => ({ providers: ['cpu'], batch: { cpu: 4 }, idleMs: 60_000, threads: 1 }),
  maxBytes: 4e9,
  idleMs: 60_000,
  onBadProvider: () => undefined,
});
const never = new AbortController().signal;
let learned: LearnedScorers;
const [WIDTH, HEIGHT] = [320, 240];

async function storeWith(ids: string[], folder: string) {
  const manifest = (await readManifest()).map((model) => ({
    ...model,
    files: model.files.map((file) => ({ ...file, bytes: null })),
    // The tiny model has tokens of three numbers.
    settings: model.id === 'dinov2-small' ? { ...model.settings, tokenWidth: 3 } : model.settings,
  }));
  const store = createModelStore({
    dir: folder,
    manifest: async () => manifest,
    settings: async () => ScorerSettings.parse({}),
    key: async () => '',
    fetch: globalThis.fetch,
    now: () => 1,
  });
  for (const id of ids) {
    await store.acceptLicence(id, manifest.find((model) => model.id === id)!.licence.id);
    await store.import(id, join(dir, 'tiny', id), never);
  }
  return store;
}

beforeAll(async () => {
  writeTinyModels(join(dir, 'tiny'));
  learned = createLearnedScorers(
    pool,
    scorer,
    await storeWith(['dinov2-small', 'lpips-alex', 'siglip2-base', 'aesthetic-v2', 'nsfw-vit'], dir),
  );
  mkdirSync(join(dir, 'pictures'));
});
afterAll(async () => {
  await Promise.all([scorer.close(), pool.close()]);
  rmSync(dir, { recursive: true });
});

let count = 0;
/** A picture of one colour with a square of another, and maybe a stripe at the bottom. */
async function picture(ground: string, square: string, stripe = ground): Promise<string> {
  const file = join(dir, 'pictures', `${count++}.png`);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}"><rect width="100%" height="100%" fill="${ground}"/><rect x="40" y="40" width="80" height="80" fill="${square}"/><rect y="200" width="100%" height="40" fill="${stripe}"/></svg>`;
  writeFileSync(file, await sharp(Buffer.from(svg)).png().toBuffer());
  return file;
}

const pairOf = (sourceFile: string, editedFile: string, instruction = 'Replace the blue square with a red square'): LearnedPair => ({
  sourceFile,
  editedFile,
  width: WIDTH,
  height: HEIGHT,
  instruction,
  mask: { threshold: 40, maskRule: 'any' },
});

// Catches: tokens of other patches compared, the edit itself counted as damage, damage outside not seen.
test('dinoOutside looks at the patches outside the edit alone, each with its own', async () => {
  const source = await picture('#c08040', '#2020f0');
  const clean = await learned.measure(pairOf(source, await picture('#c08040', '#f02020')), ['dinoOutside'], never);
  expect(clean.dinoOutside).toBeCloseTo(1, 4);
  // 30 of 255 in one channel is under the threshold of the mask, so the stripe lies outside.
  const damaged = await learned.measure(pairOf(source, await picture('#c08040', '#f02020', '#a28040')), ['dinoOutside'], never);
  expect(damaged.dinoOutside!).toBeLessThan(0.999);
  expect(damaged.dinoOutside!).toBeGreaterThan(0.9);
});

test('lpipsOutside blanks the edit in both pictures and is taken over what is left', async () => {
  const source = await picture('#c08040', '#2020f0');
  const clean = await learned.measure(pairOf(source, await picture('#c08040', '#f02020')), ['lpipsOutside'], never);
  expect(clean.lpipsOutside).toBeCloseTo(0, 5);
  const edited = await picture('#c08040', '#f02020', '#a28040');
  const { lpipsOutside } = await learned.measure(pairOf(source, edited), ['lpipsOutside'], never);
  // A sixth of the picture differs by 30 of 255 in one of three channels, in five layers; the blanked part is about 12 %.
  const whole = (5 * (30 / 255) * (40 / HEIGHT)) / 3;
  expect(lpipsOutside!).toBeGreaterThan(whole * 1.05);
  expect(lpipsOutside!).toBeLessThan(whole * 1.3);
});

test('an edit of the whole picture leaves nothing to compare: not measured, and the limit says globalEdit', async () => {
  const pair = pairOf(await picture('#101010', '#101010'), await picture('#f0f0f0', '#f0f0f0'));
  const signals = await learned.measure(pair, ['dinoOutside', 'lpipsOutside'], never);
  expect(signals).toEqual({});
  expect(judgeLearned(signals, { dinoOutside: { min: 0.8 } })).toEqual({
    passed: true,
    reason: '',
    checks: [{ signal: 'dinoOutside', min: 0.8, max: null, outcome: 'skipped', why: 'globalEdit' }],
  });
});

// Catches: text and picture vectors from other models, the crop elsewhere, before and after exchanged.
test('targetGain rises when what was asked for appears, falls when the edit goes the other way, and is not measured without a thing', async () => {
  const [blue, red] = [await picture('#808080', '#0000ff'), await picture('#808080', '#ff0000')];
  const gain = async (from: string, to: string, words: string) =>
    (await learned.measure(pairOf(from, to, words), ['targetGain'], never)).targetGain;
  expect(await gain(blue, red, 'Add a red square')).toBeGreaterThan(0.5);
  expect(await gain(red, blue, 'Add a red square')).toBeLessThan(-0.5);
  expect(await gain(red, blue, 'Remove the red square')).toBeGreaterThan(0.5);
  expect(await gain(blue, red, 'Make it night')).toBeUndefined();
});

test('editDirection: the change of the pictures against the change of the captions', async () => {
  const [blue, red] = [await picture('#0000ff', '#0000ff'), await picture('#ff0000', '#ff0000')];
  const of = async (from: string, to: string) =>
    (await learned.measure(pairOf(from, to, 'Replace the blue with red'), ['editDirection'], never)).editDirection!;
  expect(await of(blue, red)).toBeGreaterThan(0.95);
  expect(await of(red, blue)).toBeLessThan(-0.95);
});

// Catches: a head fed with a vector that is not of length 1, a label read at the wrong place, a preprocessor_config.json that is ignored.
test('aestheticScore and nsfwScore are of the edited picture', async () => {
  const pair = pairOf(await picture('#0000ff', '#0000ff'), await picture('#ff0000', '#ff0000'));
  const signals = await learned.measure(pair, ['aestheticScore', 'nsfwScore'], never);
  const [mean, std] = [
    [0.48145466, 0.4578275, 0.40821073],
    [0.26862954, 0.26130258, 0.27577711],
  ];
  const colour = [1, 0, 0].map((value, at) => (value - mean[at]!) / std[at]!);
  expect(signals.aestheticScore).toBeCloseTo((10 * colour[0]!) / Math.hypot(...colour), 3);
  expect(signals.nsfwScore).toBeCloseTo(1 / (1 + Math.exp(-4)), 4);
});

test('a text model that wants a mask gets one, and padding does not count; CLIP says nothing about presence', async () => {
  const clip = createLearnedScorers(pool, scorer, await storeWith(['clip-base'], join(dir, 'clip')));
  const [blue, red] = [await picture('#0000ff', '#0000ff'), await picture('#ff0000', '#ff0000')];
  const signals = await clip.measure(pairOf(blue, red, 'Replace the blue with red'), ['editDirection', 'targetGain'], never);
  expect(Object.keys(signals)).toEqual(['editDirection']);
  expect(signals.editDirection!).toBeGreaterThan(0.8);
});

// Catches: a run that begins and then fails for every attempt, without a word about which model is wanted.
test('a model that is not here is named, with the way to get it', async () => {
  const none = createLearnedScorers(pool, scorer, await storeWith([], join(dir, 'none')));
  expect(await none.missing(['dinoOutside', 'nsfwScore'])).toEqual(['dinoOutside', 'nsfwScore']);
  expect(await learned.missing(['dinoOutside', 'nsfwScore'])).toEqual([]);
  const file = await picture('#000', '#fff');
  await expect(none.measure(pairOf(file, file), ['nsfwScore'], never)).rejects.toMatchObject({
    code: 'recipeInvalid',
    message: expect.stringContaining('NSFW detector'),
    details: { hint: expect.stringContaining('nhr models get nsfw-vit') },
  });
});

describe('the arithmetic', () => {
  test.each([
    ['Add a red apple on the table', 'red apple', null],
    ['Remove the person on the left', null, 'person'],
    ['Replace the car with a bicycle', 'bicycle', 'car'],
    ['Change the dog into a cat', 'cat', 'dog'],
    ['Make it night', null, null],
    ['Remove the cup and add a vase', null, null],
  ])('%s', (instruction, added, removed) => {
    expect(editTarget(instruction)).toEqual({ added, removed });
  });

  test('limits: the first that fails gives the reason, in the order of the list; a number on the limit holds', () => {
    const limits = { dinoOutside: { min: 0.8 }, lpipsOutside: { max: 0.1 }, nsfwScore: { max: 0.5 } };
    expect(judgeLearned({ dinoOutside: 0.8, lpipsOutside: 0.1, nsfwScore: 0.5 }, limits)).toMatchObject({ passed: true, reason: '' });
    expect(judgeLearned({ dinoOutside: 0.9, lpipsOutside: 0.2, nsfwScore: 0.9 }, limits)).toMatchObject({
      passed: false,
      reason: 'looksDifferent',
    });
    expect(judgeLearned({ nsfwScore: 0.9 }, { nsfwScore: { max: 0.5 } })).toMatchObject({ reason: 'nsfw' });
  });

  test('cosine, direction and patches', () => {
    const v = (...values: number[]) => Float32Array.from(values);
    expect(cosine(v(1, 0), v(0, 0))).toBe(0);
    expect(direction(v(1, 0), v(0, 1), v(2, 0), v(0, 3))).toBeCloseTo(1);
    const a = v(9, 9, 1, 0, 0, 1);
    expect(patchLikeness(a, v(0, 0, 1, 0, 1, 0), 2, Uint8Array.of(0, 1))).toBeCloseTo(1);
    expect(patchLikeness(a, v(0, 0, 1, 0, 1, 0), 2, Uint8Array.of(0, 0))).toBeCloseTo(0.5);
    expect(patchLikeness(a, a, 2, Uint8Array.of(1, 1))).toBeNull();
  });
});
