import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { textRegions } from '../../../src/main/engine/domain/textRegions.ts';
import { createPixelPool } from '../../../src/main/engine/pixels/pool.ts';
import { createDemoProvider } from '../../../src/main/engine/providers/demo/index.ts';
import { createScorerProcess } from '../../../src/main/engine/scorers/child.ts';
import { createTextReader, decode } from '../../../src/main/engine/scorers/ocr.ts';
import { buildSprites } from '../demo/studio.ts';

const dir = mkdtempSync(join(tmpdir(), 'nhr-ocr-'));
const pool = createPixelPool({ workers: 1, inFlightPerWorker: 2 });
const scorer = createScorerProcess({
  setup: async () => ({ providers: ['cpu'], batch: {}, idleMs: 60_000, threads: 1 }),
  maxBytes: 4e9,
  idleMs: 60_000,
  onBadProvider: () => undefined,
});
const readText = createTextReader(pool, scorer);
const never = new AbortController().signal;
beforeAll(buildSprites);
afterAll(async () => {
  await Promise.all([scorer.close(), pool.close()]);
  rmSync(dir, { recursive: true });
});

/** A demo picture with a sign: painted letters, no font of this machine. */
async function sign(word: string): Promise<Uint8Array> {
  const memory = { sceneOf: () => undefined, remember: async () => undefined };
  const demo = createDemoProvider({
    run: pool.run,
    readBlob: async () => new Uint8Array(),
    memory,
    truth: { record: async () => undefined },
  });
  const ctx = { signal: never, model: 'demo', params: {}, onRemoteId: async () => undefined };
  const prompt = `A photo of a kitchen in the morning. A red apple. A sign reads "${word}".`;
  return (await demo.generate({ prompt, width: 832, height: 640, seed: 3 }, ctx)).value;
}

// Catches: channels, mean or size given to the models in another way than they were trained with: they then read nothing.
test('the models from npm read a painted sign, in its place', async () => {
  const file = join(dir, 'sign.jpg');
  writeFileSync(file, await sign('WELCOME'));
  const lines = await readText(file, { width: 832, height: 640 }, never);
  expect(lines.map((line) => line.text)).toContain('WELCOME');
  const [line] = lines.filter(({ text }) => text === 'WELCOME');
  expect(line!.confidence).toBeGreaterThan(0.9);
  const [x, y] = line!.box[0]!;
  const [x2, y2] = line!.box[2]!;
  expect(x2 - x).toBeGreaterThan(3 * (y2 - y));
  expect(x > 0 && y > 0 && x2 < 832 && y2 < 640).toBe(true);
});

// Catches: a line on a slanted board cut out along the axes of the picture: its neighbours are then read into it.
test('a turned line is read along its own direction', async () => {
  const file = join(dir, 'turned.png');
  await sharp(await sign('BREAD'))
    .rotate(18, { background: '#777' })
    .png()
    .toFile(file);
  const { width, height } = await sharp(file).metadata();
  const lines = await readText(file, { width, height }, never);
  const line = lines.find(({ text }) => text === 'BREAD');
  const [from, to] = line!.box;
  expect(Math.atan2(to![1] - from![1], to![0] - from![0])).toBeCloseTo((18 * Math.PI) / 180, 1);
});

test('a picture without text has no lines', async () => {
  const file = join(dir, 'plain.png');
  await sharp({ create: { width: 320, height: 200, channels: 3, background: '#8a8' } })
    .png()
    .toFile(file);
  expect(await readText(file, { width: 320, height: 200 }, never)).toEqual([]);
});

test('CTC: repeats are one letter, the blank parts them, the confidence is that of the letters', () => {
  const characters = ['', 'a', 'b', ' '];
  const steps = (...pairs: [number, number][]) => Float32Array.from(pairs.flat());
  expect(decode(steps([1, 0.8], [1, 0.9], [0, 1], [1, 1], [2, 0.6]), characters)).toEqual({
    text: 'aab',
    confidence: expect.closeTo(0.8, 5),
  });
  expect(decode(steps([0, 1], [0, 1]), characters)).toEqual({ text: '', confidence: 0 });
});

// Catches: a tall box read as a wide one, angles that jump by a quarter turn, specks taken for text.
test('regions: a level bar, a turned bar, faint and tiny spots', () => {
  const [width, height] = [200, 120];
  const map = new Uint8Array(width * height);
  const bar = (cx: number, cy: number, length: number, thick: number, angle: number, value: number) => {
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const [dx, dy] = [x + 0.5 - cx, y + 0.5 - cy];
        if (Math.abs(dx * c + dy * s) < length / 2 && Math.abs(dy * c - dx * s) < thick / 2) map[y * width + x] = value;
      }
  };
  bar(60, 20, 80, 10, 0, 250);
  bar(120, 70, 90, 12, -0.35, 230);
  bar(20, 90, 8, 40, 0, 220);
  bar(180, 110, 20, 8, 0, 90);
  bar(190, 10, 2, 2, 0, 255);
  const regions = textRegions(map, width, height).sort((a, b) => a.centre[1] - b.centre[1]);
  expect(regions).toHaveLength(3);
  const [level, turned, tall] = regions;
  expect(level).toMatchObject({ centre: [60, 20], angle: 0, size: [expect.closeTo(80 + 14.2, 0), expect.closeTo(10 + 14.2, 0)] });
  expect(turned!.angle).toBeCloseTo(-0.35, 1);
  expect(turned!.size[0]).toBeGreaterThan(90);
  expect(tall!.angle).toBeCloseTo(Math.PI / 2, 5);
  expect(tall!.size[0]).toBeGreaterThan(tall!.size[1]);
});
