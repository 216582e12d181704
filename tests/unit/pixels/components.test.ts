import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createComponentCounter, differenceMask } from '../../../src/main/engine/domain/components.ts';

/** Stack flood fill, the plainest correct way, to compare with. */
function floodFill(mask: Uint8Array, width: number, height: number) {
  const seen = new Uint8Array(width * height);
  const counts = { flagged: 0, largest: 0, components: 0 };
  for (let p = 0; p < width * height; p++) {
    if (!mask[p] || seen[p]) continue;
    const stack = [p];
    seen[p] = 1;
    let size = 0;
    while (stack.length > 0) {
      const at = stack.pop()!;
      size++;
      const x = at % width;
      const near = [x > 0 ? at - 1 : -1, x < width - 1 ? at + 1 : -1, at - width, at + width];
      for (const next of near) {
        if (next < 0 || next >= width * height || !mask[next] || seen[next]) continue;
        seen[next] = 1;
        stack.push(next);
      }
    }
    counts.flagged += size;
    counts.components++;
    counts.largest = Math.max(counts.largest, size);
  }
  return counts;
}

/** A one-pixel line that winds inwards with one-pixel gaps: one component whose runs merge late and often. */
function spiral(side: number): Uint8Array {
  const mask = new Uint8Array(side * side);
  let [x, y, dx, dy] = [0, 0, 1, 0];
  const at = (px: number, py: number) => (px < 0 || py < 0 || px >= side || py >= side ? -1 : mask[py * side + px]!);
  mask[0] = 1;
  for (let turns = 0; turns < 2; ) {
    if (at(x + dx, y + dy) !== 0 || at(x + 2 * dx, y + 2 * dy) === 1) {
      [dx, dy] = [-dy, dx];
      turns++;
      continue;
    }
    x += dx;
    y += dy;
    mask[y * side + x] = 1;
    turns = 0;
  }
  return mask;
}

const masks = fc
  .record({ width: fc.integer({ min: 1, max: 40 }), height: fc.integer({ min: 1, max: 40 }), density: fc.integer({ min: 0, max: 100 }) })
  .chain(({ width, height, density }) =>
    fc
      .array(fc.integer({ min: 0, max: 99 }), { minLength: width * height, maxLength: width * height })
      .map((values) => ({ width, height, mask: Uint8Array.from(values, (v) => (v < density ? 1 : 0)) })),
  );

describe('largestComponent', () => {
  const largestComponent = createComponentCounter();

  it('counts what a flood fill counts, with one workspace for all sizes (catches state left by the call before)', () => {
    fc.assert(
      fc.property(masks, ({ mask, width, height }) => {
        expect(largestComponent(mask, width, height)).toEqual(floodFill(mask, width, height));
      }),
      { numRuns: 500 },
    );
  });

  it('does not care how the picture is turned or mirrored (catches an off-by-one on one side)', () => {
    fc.assert(
      fc.property(masks, ({ mask, width, height }) => {
        const turned = mask.map((_, i) => mask[(i % height) * width + Math.floor(i / height)]!);
        const counts = largestComponent(mask, width, height);
        expect(largestComponent(turned, height, width)).toEqual(counts);
        expect(largestComponent(mask.slice().reverse(), width, height)).toEqual(counts);
      }),
    );
  });

  it('gives zeros, not NaN, for nothing flagged and for no picture', () => {
    expect(largestComponent(new Uint8Array(100), 10, 10)).toEqual({ flagged: 0, largest: 0, components: 0 });
    expect(largestComponent(new Uint8Array(0), 0, 0)).toEqual({ flagged: 0, largest: 0, components: 0 });
  });

  it('joins a full picture into one', () => {
    expect(largestComponent(new Uint8Array(35).fill(1), 7, 5)).toEqual({ flagged: 35, largest: 35, components: 1 });
  });

  it('does not join corners (catches 8-connectivity): a checkerboard is all singles', () => {
    const side = 301;
    const mask = new Uint8Array(side * side).map((_, i) => (i + 1) % 2);
    const half = (side * side + 1) / 2;
    expect(largestComponent(mask, side, side)).toEqual({ flagged: half, largest: 1, components: half });
  });

  it('does not join the end of one row to the start of the next', () => {
    expect(largestComponent(Uint8Array.of(0, 0, 1, 1, 0, 0), 3, 2)).toEqual({ flagged: 2, largest: 1, components: 2 });
  });

  it('holds on the shapes that merge worst: spiral and comb', () => {
    for (const side of [5, 64, 401]) {
      const mask = spiral(side);
      const flagged = mask.reduce((sum, v) => sum + v, 0);
      expect(largestComponent(mask, side, side)).toEqual({ flagged, largest: flagged, components: 1 });
    }
    const comb = Uint8Array.from({ length: 400 * 400 }, (_, i) => (i % 2 === 0 || i >= 399 * 400 ? 1 : 0));
    expect(largestComponent(comb, 400, 400).components).toBe(1);
  });

  it('takes any non-zero byte as flagged (catches masks of 255)', () => {
    expect(largestComponent(Uint8Array.of(255, 7, 0, 1), 2, 2)).toEqual({ flagged: 3, largest: 3, components: 1 });
  });

  it('refuses a mask that is too short', () => {
    expect(() => largestComponent(new Uint8Array(5), 3, 2)).toThrow(RangeError);
  });
});

describe('differenceMask', () => {
  const mark = (a: number[], b: number[], rule: 'any' | 'grayOfDifference', threshold = 40, channels: 3 | 4 = 3) => {
    const out = new Uint8Array(a.length / channels);
    const flagged = differenceMask(Uint8Array.from(a), Uint8Array.from(b), channels, threshold, rule, out);
    return { flagged, out: [...out] };
  };

  it('flags above the threshold and not at it, in both directions and in every channel', () => {
    for (const channel of [0, 1, 2]) {
      const a = [100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100];
      const b = [...a];
      b[channel] = 140;
      b[channel + 3] = 141;
      b[channel + 6] = 60;
      b[channel + 9] = 59;
      expect(mark(a, b, 'any')).toEqual({ flagged: 2, out: [0, 1, 0, 1] });
    }
  });

  it('weighs the absolute differences, not their sum with signs (catches a grey of the pictures)', () => {
    // Red up, green down: the greys of both pixels are nearly the same, the grey of the difference is 0.299*200 + 0.587*100.
    expect(mark([0, 200, 0], [200, 100, 0], 'grayOfDifference', 117)).toEqual({ flagged: 1, out: [1] });
    expect(mark([0, 200, 0], [200, 100, 0], 'grayOfDifference', 118)).toEqual({ flagged: 1, out: [1] });
    expect(mark([0, 200, 0], [200, 100, 0], 'grayOfDifference', 119)).toEqual({ flagged: 0, out: [0] });
  });

  it('lets a blue change pass as grey that any-channel flags', () => {
    expect(mark([0, 0, 0], [0, 0, 255], 'any').flagged).toBe(1);
    expect(mark([0, 0, 0], [0, 0, 255], 'grayOfDifference').flagged).toBe(0);
  });

  it('does not compare alpha', () => {
    expect(mark([1, 2, 3, 0], [1, 2, 3, 255], 'any', 40, 4).flagged).toBe(0);
    expect(mark([1, 2, 3, 0], [90, 2, 3, 0], 'any', 40, 4).flagged).toBe(1);
  });

  it('is symmetric, falls with the threshold, and counts what it marks', () => {
    const pixels = fc.uint8Array({ minLength: 300, maxLength: 300 });
    fc.assert(
      fc.property(
        pixels,
        pixels,
        fc.integer({ min: 0, max: 253 }),
        fc.constantFrom('any' as const, 'grayOfDifference' as const),
        (a, b, t, rule) => {
          const out = new Uint8Array(100);
          const flagged = differenceMask(a, b, 3, t, rule, out);
          expect(flagged).toBe(out.reduce((sum, v) => sum + v, 0));
          expect(differenceMask(b, a, 3, t, rule, new Uint8Array(100))).toBe(flagged);
          expect(differenceMask(a, b, 3, t + 1, rule, new Uint8Array(100))).toBeLessThanOrEqual(flagged);
          expect(differenceMask(a, a, 3, t, rule, new Uint8Array(100))).toBe(0);
        },
      ),
    );
  });

  it('refuses pictures of different lengths', () => {
    expect(() => differenceMask(new Uint8Array(6), new Uint8Array(9), 3, 40, 'any', new Uint8Array(3))).toThrow(RangeError);
    expect(() => differenceMask(new Uint8Array(9), new Uint8Array(9), 3, 40, 'any', new Uint8Array(2))).toThrow(RangeError);
  });
});
