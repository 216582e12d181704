import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { appRoot } from '../../../src/main/engine/appRoot.ts';
import { alignmentSignals, createAlignment } from '../../../src/main/engine/domain/alignment.ts';
import { alignLimits, judgeAlignment } from '../../../src/main/engine/domain/alignmentGate.ts';
import { createMeasure } from '../../../src/main/engine/domain/pairSignals.ts';
import { corrected, lostShare, resampleAt } from '../../../src/main/engine/domain/placement.ts';
import { randomFrom } from '../../../src/main/engine/domain/random.ts';
import type { Raster } from '../../../src/main/engine/domain/raster.ts';
import { resizeTo, rgbOf } from '../../helpers/damage.ts';
import { apart, otherSizes } from '../../helpers/otherSizes.ts';
import { pipelineOf, rasterOf, scenery, withBlock } from '../../helpers/scenery.ts';

const align = createAlignment();
const measure = createMeasure();
const LOCAL = { category: 'Add object', instruction: 'Add a red box', sameShape: false };
const judged = (source: Raster, edited: Raster, about = LOCAL) => {
  const found = align(source, edited);
  const signals = alignmentSignals(found, source, edited);
  return { found, signals, verdict: judgeAlignment(signals, alignLimits({ profile: 'balanced', align: {} }), about) };
};

describe('resampleAt', () => {
  // Catches: half a pixel of drift (a picture enlarged and put back lies elsewhere), edges that wrap or darken.
  it('puts a picture where the placement says: a ramp keeps its values at every scale', () => {
    const ramp: Raster = {
      width: 64,
      height: 8,
      channels: 3,
      data: Uint8Array.from({ length: 3 * 64 * 8 }, (_, i) => 20 + 3 * (Math.floor(i / 3) % 64)),
    };
    for (const width of [32, 64, 67, 96, 128]) {
      const scaleX = 64 / width;
      const { data } = resampleAt(ramp, { scaleX, offsetX: 0, scaleY: 1, offsetY: 0 }, width, 8);
      const margin = Math.ceil(width / 8);
      for (let x = margin; x < width - margin; x++)
        expect(Math.abs(data[3 * (4 * width + x)]! - (20 + 3 * (scaleX * (x + 0.5) - 0.5)))).toBeLessThan(1);
    }
    expect(resampleAt(ramp, { scaleX: 1, offsetX: 0, scaleY: 1, offsetY: 0 }, 64, 8).data).toEqual(ramp.data);
    // Beyond the edge the outermost pixel repeats.
    expect(resampleAt(ramp, { scaleX: 1, offsetX: -5, scaleY: 1, offsetY: 0 }, 64, 8).data.slice(0, 12)).toEqual(
      new Uint8Array(12).fill(20),
    );
  });
});

// Catches: signs and centres mixed up between what is measured and what is corrected by it.
it('a corrected placement is the one that undoes what was measured, and what is cut off is counted', () => {
  const place = { scaleX: 2, offsetX: 10, scaleY: 0.5, offsetY: -4 };
  const next = corrected(place, { width: 200, height: 100 }, { shiftX: 3, shiftY: -2, zoomX: 0.01, zoomY: -0.02 });
  for (const [x, y] of [
    [0, 0],
    [100, 50],
    [200, 100],
    [37, 81],
  ] as const) {
    expect(next.scaleX * x + next.offsetX).toBeCloseTo(2 * (x + 3 + 0.01 * (x - 100)) + 10, 9);
    expect(next.scaleY * y + next.offsetY).toBeCloseTo(0.5 * (y - 2 - 0.02 * (y - 50)) - 4, 9);
  }
  const size = { width: 100, height: 100 };
  expect(lostShare({ scaleX: 1, offsetX: -10, scaleY: 1, offsetY: 0 }, size, { width: 80, height: 100 })).toBeCloseTo(0.2, 9);
  expect(lostShare({ scaleX: 1, offsetX: 10, scaleY: 1, offsetY: 10 }, size, { width: 120, height: 120 })).toBe(0);
});

/** Of what libvips enlarges by itself it is half a pixel off; everything here but the square makes pictures smaller. */
const TOLERANCE = 0.4;
const TOLERANCE_ENLARGED = 0.8;

// Catches: a fit that takes the edit for movement, that stops before it is right, that resamples what was resampled.
it.each([
  [832, 624, 1],
  [610, 803, 2],
])('finds a painted edit again in its source of %i x %i, whatever the size', async (width, height, seed) => {
  const source = await scenery(width, height, seed);
  const edit = withBlock(source, 200, 150, 160);
  for (const [name, came, truth] of await otherSizes(edit, randomFrom(seed))) {
    const { found, verdict } = judged(source, came);
    expect(verdict, name).toMatchObject({ outcome: 'aligned' });
    expect(apart(found.place, truth, source), name).toBeLessThan(
      came.width > width || came.height > height ? TOLERANCE_ENLARGED : TOLERANCE,
    );
  }
});

// Catches: another picture of another size that is bent until it passes; a fit that is told of what is not there.
it('rejects another picture, whatever its size, and a picture with a part missing, by name', async () => {
  const source = await scenery(640, 480, 3);
  for (const [i, [width, height]] of (
    [
      [1024, 1024],
      [632, 472],
      [320, 240],
    ] as const
  ).entries())
    expect(judged(source, await scenery(width, height, 10 + i)).verdict).toMatchObject({ outcome: 'rejected', reason: 'fitUnknown' });
  const half = await rasterOf(pipelineOf(source).extract({ left: 80, top: 0, width: 480, height: 480 }));
  expect(judged(source, half)).toMatchObject({ verdict: { outcome: 'rejected', reason: 'cropped' } });
  expect(judged(source, half).signals.fitLost).toBeCloseTo(0.25, 2);
  // Neither squeezed as a whole nor cut: the middle was stretched out of its shape.
  const bent = await resizeTo(half, 640, 620);
  expect(judged(source, bent).verdict).toMatchObject({ outcome: 'rejected', reason: expect.stringMatching(/aspectDiffers|cropped/) });
});

// Catches: a change of style that is thrown away because nothing is found again in it; one that excuses an unrelated picture.
it('only a change of the look of everything is resized when it is not found again, and only when it is kin', () => {
  const limits = alignLimits({ profile: 'balanced', align: {} });
  const style = { category: 'Change style', instruction: 'Turn it into a watercolour', sameShape: true };
  const lost = { fitCertainty: 0, fitStretch: 0, fitLost: 0 };
  const verdict = judgeAlignment({ ...lost, kinship: 0.7 }, limits, style);
  expect(verdict).toMatchObject({ outcome: 'resampled', checks: [{ outcome: 'skipped', why: 'look' }, {}, {}, {}] });
  expect(judgeAlignment({ ...lost, kinship: 0.1 }, limits, style)).toMatchObject({ outcome: 'rejected', reason: 'fitUnknown' });
  expect(judgeAlignment({ ...lost, kinship: 0.7 }, limits, { ...style, sameShape: false })).toMatchObject({ reason: 'fitUnknown' });
  expect(judgeAlignment({ ...lost, kinship: 0.7 }, limits, LOCAL)).toMatchObject({ outcome: 'rejected', reason: 'fitUnknown' });
  expect(alignLimits({ profile: 'strict', align: { maxLost: 0.2 } })).toMatchObject({ maxLost: 0.2, maxResidual: 0.5 });
});

const REAL = resolve(appRoot(), '../shared/data/nhr-pairs');
const there = existsSync(join(REAL, 'pairs.jsonl'));
if (!there) console.warn(`skipped: no pairs in ${REAL}`);

describe.skipIf(!there)("the authors' pairs at other sizes", () => {
  // Catches: a fit that is good on painted texture only; one that is no better than a plain resize.
  it('recovers every transform, and leaves less than a plain resize does', { timeout: 180_000 }, async () => {
    const pairs = readFileSync(join(REAL, 'pairs.jsonl'), 'utf8').trim().split('\n');
    for (const [i, text] of pairs.entries()) {
      const pair = JSON.parse(text) as { source: string; edited: string; category: string; instruction: string };
      const source = await rgbOf(join(REAL, pair.source));
      for (const [name, came, truth] of await otherSizes(await rgbOf(join(REAL, pair.edited)), randomFrom(100 + i))) {
        const { found, verdict } = judged(source, came, { ...pair, sameShape: false });
        const where = `${pair.source} ${name}`;
        expect(verdict.outcome, where).toBe(found.lost > 0.03 ? 'rejected' : 'aligned');
        expect(apart(found.place, truth, source), where).toBeLessThan(
          came.width > source.width || came.height > source.height ? TOLERANCE_ENLARGED : TOLERANCE,
        );
        const rule = { threshold: 40, maskRule: 'any' as const };
        const plain = measure(source, await resizeTo(came, source.width, source.height), rule);
        const laid = measure(source, found.aligned, rule);
        expect(laid.ssimOutside!, where).toBeGreaterThan(plain.ssimOutside! - 0.002);
        expect(laid.shift! + laid.misfit!, where).toBeLessThan(0.35);
        if (name.startsWith('cut')) expect(laid.shift! + Math.abs(laid.zoom!), where).toBeLessThan(plain.shift! + Math.abs(plain.zoom!));
      }
    }
  });
});
