import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differenceMask } from '../../../src/main/engine/domain/components.ts';
import { createFft2, newGrid } from '../../../src/main/engine/domain/fft.ts';
import { BLOCK, createBlockPass, outsideBlocks } from '../../../src/main/engine/domain/pairBlocks.ts';
import { ciede2000 } from '../../../src/main/engine/domain/pairColour.ts';
import { createMeasure } from '../../../src/main/engine/domain/pairSignals.ts';
import type { Raster } from '../../../src/main/engine/domain/raster.ts';

const RULE = { threshold: 40, maskRule: 'any' } as const;
const measure = createMeasure();

/** A number of its own for every point of a grid, -1 to 1. */
function lattice(x: number, y: number, salt: number): number {
  let h = Math.imul(x, 374_761_393) ^ Math.imul(y, 668_265_263) ^ Math.imul(salt, 2_147_483_629);
  h = Math.imul(h ^ (h >>> 13), 1_274_126_177);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 31 - 1;
}

/** Texture of many scales as a function of the place, so that it can be looked at anywhere and at any zoom. */
function texture(x: number, y: number): number {
  let sum = 0;
  for (const [scale, strength] of [
    [48, 40],
    [19, 30],
    [9, 25],
    [4, 15],
  ] as const) {
    const [u, v] = [x / scale, y / scale];
    const [iu, iv] = [Math.floor(u), Math.floor(v)];
    const ease = (t: number) => t * t * (3 - 2 * t);
    const [fu, fv] = [ease(u - iu), ease(v - iv)];
    const upper = lattice(iu, iv, scale) * (1 - fu) + lattice(iu + 1, iv, scale) * fu;
    const lower = lattice(iu, iv + 1, scale) * (1 - fu) + lattice(iu + 1, iv + 1, scale) * fu;
    sum += strength * (upper * (1 - fv) + lower * fv);
  }
  return 128 + sum;
}

function painted(
  width: number,
  height: number,
  at: (x: number, y: number) => readonly [number, number],
  more = (_x: number, _y: number) => 0,
): Raster {
  const data = new Uint8Array(3 * width * height);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i += 3) {
      const value = Math.max(0, Math.min(255, Math.round(texture(...at(x, y)) + more(x, y))));
      data.fill(value, i, i + 3);
    }
  return { width, height, channels: 3, data };
}

const W = 512;
const H = 384;
const plain = painted(W, H, (x, y) => [x, y]);
/** A grey square of 90 x 90 in the upper left, as an edit. */
const square = (x: number, y: number) => (x > 60 && x < 150 && y > 70 && y < 160 ? 90 : 0);

describe('the pass over a pair', () => {
  // Catches: a mask that is not the low-level check's, and sums that miss a pixel, at sizes that are no multiple of the block.
  it('gives the same mask as the low-level check, and the sums of every whole block', () => {
    const pass = createBlockPass();
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 21 }),
        fc.integer({ min: 1, max: 21 }),
        fc.constantFrom('any', 'grayOfDifference'),
        fc.integer(),
        (width, height, rule, seed) => {
          const bytes = (salt: number) =>
            Uint8Array.from({ length: 3 * width * height }, (_, i) => (Math.imul(i + salt + seed, 2_654_435_761) >>> 13) & 255);
          const [a, b] = [bytes(1), bytes(99)];
          const found = pass(a, b, width, height, 40, rule as 'any');
          const mask = new Uint8Array(width * height);
          differenceMask(a, b, 3, 40, rule as 'any', mask);
          expect(found.mask.subarray(0, mask.length)).toEqual(mask);
          for (let block = 0; block < found.columns * found.rows; block++) {
            const [x0, y0] = [(block % found.columns) * BLOCK, Math.floor(block / found.columns) * BLOCK];
            const sums = { hits: 0, sse: 0, red: 0, ab: 0 };
            for (let y = y0; y < y0 + BLOCK; y++)
              for (let p = y * width + x0; p < y * width + x0 + BLOCK; p++) {
                sums.hits += mask[p]!;
                for (let c = 0; c < 3; c++) sums.sse += (a[3 * p + c]! - b[3 * p + c]!) ** 2;
                sums.red += b[3 * p]!;
                sums.ab += found.lumaA[p]! * found.lumaB[p]!;
              }
            expect({
              hits: found.flagged[block],
              sse: found.squaredError[block],
              red: found.colour[6 * block + 3],
              ab: found.products[block],
            }).toEqual(sums);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  // Catches: a dilation that stops at one side, wraps round an edge, or is a block short.
  it('knows the blocks outside an edit as a look at every neighbour finds them', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 0, max: 3 }),
        fc.array(fc.nat(143), { maxLength: 5 }),
        (columns, rows, radius, at) => {
          const flagged = new Uint8Array(columns * rows);
          for (const i of at) if (i < flagged.length) flagged[i] = 3;
          const out = new Uint8Array(columns * rows);
          const count = outsideBlocks(flagged, columns, rows, radius, out);
          const expected = out.map((_, i) => {
            for (let j = 0; j < flagged.length; j++) {
              const near =
                Math.abs((j % columns) - (i % columns)) <= radius && Math.abs(Math.floor(j / columns) - Math.floor(i / columns)) <= radius;
              if (near && flagged[j] !== 0) return 0;
            }
            return 1;
          });
          expect(out).toEqual(expected);
          expect(count).toBe(expected.reduce((sum, one) => sum + one, 0));
        },
      ),
    );
  });
});

// Catches: wrong factors, a wrong sign, a transpose that is forgotten.
it('the transform is the sum it stands for, transposed, and comes back', () => {
  const n = 8;
  const values = Array.from({ length: n * n }, (_, i) => ((i * 37) % 23) - 11);
  const grid = newGrid(n);
  grid.re.set(values);
  const fft = createFft2(n);
  fft(grid, false);
  for (const [u, v] of [
    [0, 0],
    [1, 0],
    [3, 5],
    [7, 2],
  ] as const) {
    let re = 0;
    let im = 0;
    for (let y = 0; y < n; y++)
      for (let x = 0; x < n; x++) {
        const angle = (-2 * Math.PI * (u * x + v * y)) / n;
        re += values[y * n + x]! * Math.cos(angle);
        im += values[y * n + x]! * Math.sin(angle);
      }
    expect(grid.re[u * n + v]).toBeCloseTo(re, 8);
    expect(grid.im[u * n + v]).toBeCloseTo(im, 8);
  }
  fft(grid, true);
  for (const [i, value] of values.entries()) expect(grid.re[i]! / (n * n)).toBeCloseTo(value, 8);
});

// Catches: any of the well-known slips of CIEDE2000 (mean hue over 180 degrees, the blue rotation, achromatic colours).
it.each([
  [50, 2.6772, -79.7751, 50, 0, -82.7485, 2.0425],
  [50, -1.3802, -84.2814, 50, 0, -82.7485, 1.0],
  [50, 0, 0, 50, -1, 2, 2.3669],
  [50, 2.49, -0.001, 50, -2.49, 0.0009, 7.1792],
  [50, 2.5, 0, 73, 25, -18, 27.1492],
  [60.2574, -34.0099, 36.2677, 60.4626, -34.1751, 39.4387, 1.2644],
  [22.7233, 20.0904, -46.694, 23.0331, 14.973, -42.5619, 2.0373],
  [2.0776, 0.0795, -1.135, 0.9033, -0.0636, -0.5514, 0.9082],
])('CIEDE2000 of (%f %f %f) and (%f %f %f) is %f (Sharma, Wu and Dalal, table 1)', (l1, a1, b1, l2, a2, b2, expected) => {
  expect(ciede2000(l1, a1, b1, l2, a2, b2)).toBeCloseTo(expected, 4);
  expect(ciede2000(l2, a2, b2, l1, a1, b1)).toBeCloseTo(expected, 4);
});

/** Means of 3 x 3 pixels; the border as it was. */
function blurred(raster: Raster): Raster {
  const data = raster.data.slice();
  const row = 3 * raster.width;
  for (let y = 1; y < raster.height - 1; y++)
    for (let i = y * row + 3; i < (y + 1) * row - 3; i++) {
      let sum = 0;
      for (const down of [-row, 0, row]) for (const across of [-3, 0, 3]) sum += raster.data[i + down + across]!;
      data[i] = Math.round(sum / 9);
    }
  return { ...raster, data };
}

describe('signals', () => {
  it('of a picture and itself say that nothing happened', () => {
    expect(measure(plain, plain, RULE)).toMatchObject({
      changedShare: 0,
      outsideShare: 1,
      ssimOutside: 1,
      psnrOutside: 99,
      colourDriftMedian: 0,
      sharpnessRatio: 1,
      edgeRatio: 1,
      noiseAdded: 0,
      blockinessRatio: 1,
      rmsDifference: 0,
    });
  });

  // Catches: a sign, an axis, or fractions of a pixel that are lost; an edit that pulls the estimate.
  it.each([
    [2, 0],
    [-3, 1.5],
    [0.4, -0.3],
    [11, -7],
  ])('of a picture that moved by (%f, %f), with an edit in it, say so within a tenth of a pixel', (dx, dy) => {
    const signals = measure(
      plain,
      painted(W, H, (x, y) => [x - dx, y - dy], square),
      RULE,
    );
    expect(signals.shiftX).toBeCloseTo(dx, 1);
    expect(signals.shiftY).toBeCloseTo(dy, 1);
    expect(Math.abs(signals.zoom!)).toBeLessThan(0.1);
  });

  it.each([2, -1.5, 0.6])('of a picture zoomed by %f %%, with an edit in it, say so within 0.15 %%', (percent) => {
    const scale = 1 + percent / 100;
    const zoomed = painted(W, H, (x, y) => [(x - W / 2) / scale + W / 2, (y - H / 2) / scale + H / 2], square);
    const signals = measure(plain, zoomed, RULE);
    expect(Math.abs(signals.zoom! - percent)).toBeLessThan(0.15);
    expect(signals.shift!).toBeLessThan(0.4);
  });

  // Catches: only one axis looked at. A picture made a little taller is a fault that eyes miss in thumbnails.
  it('of a picture that was stretched downwards only say so', () => {
    const signals = measure(
      plain,
      painted(W, H, (x, y) => [x, (y - H / 2) / 1.013 + H / 2]),
      RULE,
    );
    expect(Math.abs(signals.zoom! - 1.3)).toBeLessThan(0.15);
  });

  it('of an edit in a picture that stands still keep the rest still', () => {
    const signals = measure(
      plain,
      painted(W, H, (x, y) => [x, y], square),
      RULE,
    );
    expect(signals).toMatchObject({ ssimOutside: 1, colourDriftMedian: 0, edgeRatio: 1, noiseAdded: 0 });
    expect(signals.shift!).toBeLessThan(0.05);
    expect(signals.largestPartShare!).toBeGreaterThan(0.02);
  });

  const noisy = (sigma: number, more = (_x: number, _y: number) => 0) => {
    let state = 7;
    const next = () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return (state + 0.5) / 2 ** 32;
    };
    const normal = () => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());
    return painted(
      W,
      H,
      (x, y) => [x, y],
      (x, y) => sigma * normal() + more(x, y),
    );
  };

  it('of noise tell how much came on top, and of less noise a negative number', () => {
    expect(measure(plain, noisy(6), RULE).noiseAdded!).toBeGreaterThan(4);
    expect(measure(noisy(6), plain, RULE).noiseAdded!).toBeLessThan(-4);
  });

  // Catches: noise so strong that it marks the whole picture as changed and is measured nowhere.
  it('of noise over the threshold of the mask tell how much came on top all the same', () => {
    const signals = measure(plain, noisy(22, square), RULE);
    expect(signals.outsideShare!).toBeLessThan(0.01);
    expect(signals.noiseAdded!).toBeGreaterThan(15);
    expect(signals.noiseAdded!).toBeLessThan(25);
  });

  // Catches: an edit that changed the whole picture for another one of which the noise is told.
  it('of a picture whose every mean changed tell nothing of noise', () => {
    const other = painted(
      W,
      H,
      (x, y) => [x, y],
      () => 90,
    );
    expect(measure(plain, other, RULE)).not.toHaveProperty('noiseAdded');
  });

  // Catches: a cleaner picture taken for a blurred one, which the Laplacian alone does.
  it('tell lost detail from lost grain', () => {
    const grain = noisy(12);
    const cleaned = measure(grain, noisy(6), RULE);
    expect(cleaned.sharpnessRatio!).toBeLessThan(0.4);
    expect(cleaned).not.toHaveProperty('detailRatio');
    const bars = painted(
      W,
      H,
      (x, y) => [x, y],
      (x) => (x > 200 && x % 16 < 8 ? 80 : 0),
    );
    expect(measure(bars, bars, RULE).detailRatio!).toBeCloseTo(1, 9);
    expect(measure(bars, blurred(bars), RULE).detailRatio!).toBeLessThan(0.4);
  });

  // Catches: numbers made up where there is nothing to measure (0 / 0, log of 0), which a gate would hold against a limit.
  it('leave out what cannot be measured, and are finite whatever the pictures', () => {
    const flat = (value: number, width: number, height: number): Raster => ({
      width,
      height,
      channels: 3,
      data: new Uint8Array(3 * width * height).fill(value),
    });
    expect(measure(flat(9, 200, 200), flat(9, 200, 200), RULE)).not.toHaveProperty('shift');
    expect(measure(flat(9, 200, 200), flat(200, 200, 200), RULE)).not.toHaveProperty('ssimOutside');
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 70 }),
        fc.integer({ min: 1, max: 70 }),
        fc.infiniteStream(fc.nat(255)),
        (width, height, stream) => {
          const bytes = () => Uint8Array.from({ length: 3 * width * height }, () => stream.next().value as number);
          const signals = measure({ width, height, channels: 3, data: bytes() }, { width, height, channels: 3, data: bytes() }, RULE);
          expect(Object.values(signals).every(Number.isFinite)).toBe(true);
        },
      ),
      { numRuns: 20 },
    );
  });
});
