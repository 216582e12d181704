import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPermutation, MAX_SPACE } from '../../../src/main/engine/domain/draw.ts';
import { deriveKey } from '../../../src/main/engine/domain/seeds.ts';

/** 63,292 prompts x 250 jobs, less ten: the size the paper's run would have (issue: 15,822,990). */
const PAPER_SPACE = 15_822_990;
const key = fc.uint8Array({ minLength: 16, maxLength: 16 });

describe('createPermutation', () => {
  it('draws every job of a small space exactly once (catches a walk that leaves the space or collides)', () => {
    fc.assert(
      fc.property(key, fc.integer({ min: 1, max: 3000 }), (k, size) => {
        const draw = createPermutation(k, size);
        const drawn = new Set(Array.from({ length: size }, (_, i) => draw(i)));
        return drawn.size === size && [...drawn].every((job) => Number.isInteger(job) && job >= 0 && job < size);
      }),
      { numRuns: 150 },
    );
  });

  it('is right around every power of two (catches an off-by-one in the number of bits)', () => {
    for (let bits = 0; bits <= 12; bits++) {
      for (const size of [2 ** bits - 1, 2 ** bits, 2 ** bits + 1].filter((s) => s >= 1)) {
        const draw = createPermutation(deriveKey(bits, 'edge'), size);
        expect(new Set(Array.from({ length: size }, (_, i) => draw(i))).size).toBe(size);
      }
    }
  });

  it('keeps spaces beyond 32 bits apart (catches bit operations that wrap at 2^32)', () => {
    for (const size of [2 ** 32 + 1, 2 ** 33 + 12345, MAX_SPACE]) {
      const draw = createPermutation(deriveKey(3, 'wide', size), size);
      const drawn = Array.from({ length: 20_000 }, (_, i) => draw(i));
      expect(new Set(drawn).size).toBe(drawn.length);
      expect(drawn.every((job) => job >= 0 && job < size)).toBe(true);
      // Of 20,000 uniform draws from such a space about half lie in the upper half: 5 sigma is 354.
      expect(Math.abs(drawn.filter((job) => job >= size / 2).length - 10_000)).toBeLessThan(354);
    }
  });

  it('refuses what is no space, no key and no place in it', () => {
    const k = deriveKey(1, 'x');
    for (const size of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, MAX_SPACE + 1])
      expect(() => createPermutation(k, size)).toThrow(RangeError);
    expect(() => createPermutation(k.subarray(1), 10)).toThrow(RangeError);
    const draw = createPermutation(k, 10);
    for (const i of [-1, 10, 0.5, Number.NaN]) expect(() => draw(i)).toThrow(RangeError);
  });

  it('gives other orders for other keys, and every one of a few jobs the first place equally often', () => {
    const first = new Array<number>(7).fill(0);
    for (let k = 0; k < 7000; k++) first[createPermutation(deriveKey(k, 'first'), 7)(0)]!++;
    // chi-square with 6 degrees of freedom: 0.1 % lies above 22.46.
    expect(first.reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0)).toBeLessThan(22.46);
  });

  it('walks the whole space of the paper without a duplicate', () => {
    const draw = createPermutation(deriveKey(20250925, 'draw', 'all'), PAPER_SPACE);
    const seen = new Uint8Array(Math.ceil(PAPER_SPACE / 8));
    let duplicates = 0;
    for (let i = 0; i < PAPER_SPACE; i++) {
      const job = draw(i);
      const bit = 1 << (job & 7);
      if (seen[job >>> 3]! & bit) duplicates++;
      seen[job >>> 3]! |= bit;
    }
    expect(duplicates).toBe(0);
    // As many distinct jobs as there are jobs: none is missing either.
    expect(seen.reduce((sum, byte) => sum + ONES[byte]!, 0)).toBe(PAPER_SPACE);
  });

  it('draws the first 5 % of that space uniformly, by job, by try and by successive pairs (chi-square, several keys)', () => {
    const scores: number[] = [];
    const drawn = Math.floor(PAPER_SPACE * 0.05);
    for (let k = 1; k <= 8; k++) {
      const draw = createPermutation(deriveKey(k, 'draw', 'all'), PAPER_SPACE);
      const buckets = new Float64Array(1000);
      const tries = new Float64Array(250);
      const pairs = new Float64Array(1024);
      let before = -1;
      for (let i = 0; i < drawn; i++) {
        const job = draw(i);
        buckets[Math.floor((job * 1000) / PAPER_SPACE)]!++;
        tries[job % 250]!++;
        const part = Math.floor((job * 32) / PAPER_SPACE);
        if (i % 2 === 1) pairs[before * 32 + part]!++;
        before = part;
      }
      const left = 1 - drawn / PAPER_SPACE;
      scores.push(chiSquareZ(buckets, left), chiSquareZ(tries, left), chiSquareZ(pairs, 1));
    }
    // 24 tests: |z| over 4 would be a one in 600 event for a perfect draw, and |mean| over 1 five sigma.
    expect(Math.max(...scores.map(Math.abs))).toBeLessThan(4);
    expect(Math.abs(scores.reduce((a, b) => a + b) / scores.length)).toBeLessThan(1);
  });

  it('gives its first job within a millisecond, whatever the size (catches a list that is made first)', () => {
    createPermutation(deriveKey(0, 'warm'), 10)(0);
    const times = [];
    for (let k = 1; k <= 20; k++) {
      const start = performance.now();
      createPermutation(deriveKey(k, 'draw', 'all'), PAPER_SPACE)(0);
      times.push(performance.now() - start);
    }
    expect(times.sort((a, b) => a - b)[10]).toBeLessThan(1);
  });
});

const ONES = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length);

/** z of chi-square against equal counts; `left` = share of the space not drawn, which lowers the variance of each count. */
function chiSquareZ(counts: Float64Array, left: number): number {
  const expected = counts.reduce((a, b) => a + b) / counts.length;
  const chi = counts.reduce((sum, n) => sum + (n - expected) ** 2, 0) / (expected * left);
  const freedom = counts.length - 1;
  return (chi - freedom) / Math.sqrt(2 * freedom);
}
