import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appRoot } from '../../src/main/engine/appRoot.ts';
import { createComponentCounter, differenceMask } from '../../src/main/engine/domain/components.ts';
import { pixelTasks } from '../../src/main/engine/pixels/tasks.ts';
import { pythonVenv } from '../helpers/python.ts';

/** What another implementation, which the field uses, says about the same pictures. */
const python = await pythonVenv(['numpy==2.2.6', 'opencv-python-headless==4.12.0.88']);
const RULES = ['any', 'grayOfDifference'] as const;

/** Folders of real before/after pairs, each with a pairs.jsonl; not part of the repository. */
const REAL = ['nhr-pairs', 'edit-pairs'].map((name) => ({ name, dir: resolve(appRoot(), '../shared/data', name) }));

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'nhr-opencv-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function askOpenCv(jobs: object[]): unknown[] {
  const input = jobs.map((job) => JSON.stringify(job)).join('\n');
  const options = { input, timeout: 240_000, maxBuffer: 1 << 28, encoding: 'utf8' as const };
  const lines = execFileSync(python!, [join(import.meta.dirname, 'opencv.py')], options);
  return lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function save(name: string, bytes: Uint8Array): string {
  const path = join(dir, name);
  writeFileSync(path, bytes);
  return path;
}

/** A small generator with a seed: the same masks in every run. */
function randomBits(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) | 0;
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
  };
}

describe.skipIf(python === null)('the low-level check against OpenCV', () => {
  const largestComponent = createComponentCounter();

  it('counts the same components in random masks of many sizes and densities', () => {
    const next = randomBits(7);
    const sizes = [
      [1, 1],
      [1, 50],
      [50, 1],
      [2, 3],
      [17, 31],
      [64, 64],
      [333, 201],
      [1024, 768],
    ] as const;
    const jobs: object[] = [];
    const ours: object[] = [];
    for (const [width, height] of sizes)
      for (const density of [0, 0.01, 0.1, 0.3, 0.5, 0.593, 0.7, 0.9, 1]) {
        const mask = new Uint8Array(width * height).map(() => (next() < density ? 1 : 0));
        jobs.push({ mask: save(`mask${jobs.length}`, mask), width, height });
        ours.push(largestComponent(mask, width, height));
      }
    expect(ours).toEqual(askOpenCv(jobs));
  });

  it('takes the same grey of three million differences (every value of each channel, against the others in steps of 4)', () => {
    // So many that every rounding of the fixed-point weights is met.
    const rgb = new Uint8Array(3 * 3 * 64 * 64 * 256);
    let at = 0;
    for (let channel = 0; channel < 3; channel++)
      for (let a = 0; a < 256; a += 4)
        for (let b = 0; b < 256; b += 4)
          for (let c = 0; c < 256; c++, at += 3) {
            rgb[at + channel] = c;
            rgb[at + ((channel + 1) % 3)] = a;
            rgb[at + ((channel + 2) % 3)] = b;
          }
    const pixels = rgb.length / 3;
    const black = new Uint8Array(rgb.length);
    // The grey value is the number of thresholds that the pixel is over.
    const greys = new Uint8Array(pixels);
    const mask = new Uint8Array(pixels);
    for (let threshold = 0; threshold < 255; threshold++) {
      differenceMask(rgb, black, 3, threshold, 'grayOfDifference', mask);
      for (let p = 0; p < pixels; p++) greys[p]! += mask[p]!;
    }
    const [answer] = askOpenCv([{ greys: save('greys', rgb), count: pixels }]);
    expect(answer).toEqual({ sha256: sha256(greys) });
  });

  for (const { name, dir: folder } of REAL) {
    const there = existsSync(join(folder, 'pairs.jsonl'));
    if (!there) console.warn(`skipped: no pairs in ${folder}`);
    it.skipIf(!there)(`counts the same on every pair of ${name}, with both masks and several thresholds`, async () => {
      const pairs = readFileSync(join(folder, 'pairs.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { source: string; edited: string });
      const { lowLevel } = pixelTasks();
      const jobs: object[] = [];
      const ours: object[] = [];
      let unequal = 0;
      for (const pair of pairs) {
        const files = { sourceFile: join(folder, pair.source), editedFile: join(folder, pair.edited) };
        const [a, b] = await Promise.all([decode(files.sourceFile), decode(files.editedFile)]);
        if (a.info.width !== b.info.width || a.info.height !== b.info.height) {
          await expect(lowLevel({ ...files, threshold: 40, maskRule: 'any' })).rejects.toMatchObject({ code: 'inputInvalid' });
          unequal++;
          continue;
        }
        const { width, height } = a.info;
        const raw = { source: save(`s${jobs.length}`, a.data), edited: save(`e${jobs.length}`, b.data), width, height };
        for (const maskRule of RULES)
          for (const threshold of [0, 10, 40, 100]) {
            jobs.push({ ...raw, threshold, rule: maskRule });
            const { flagged, largest, components } = await lowLevel({ ...files, threshold, maskRule });
            ours.push({ flagged, largest, components });
          }
      }
      console.info(`${name}: ${pairs.length - unequal} pairs compared, ${unequal} of unequal size refused`);
      expect(jobs.length).toBeGreaterThan(0);
      expect(ours).toEqual(askOpenCv(jobs));
    });
  }
});

/** Plain sharp, not our decoder, so that a mistake in ours shows. Colour management and alpha as a viewer would do them. */
function decode(file: string) {
  return sharp(file).autoOrient().flatten({ background: '#ffffff' }).toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
