import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auditCsv, auditShares, drawSample } from '../../../src/main/engine/domain/audit.ts';

describe('the sample', () => {
  // Catches: an item drawn twice, a place outside the set, another sample from the same seed.
  it('holds each place once, the same for the same seed', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31), fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 400 }), (seed, population, size) => {
        const sample = drawSample(seed, population, size);
        expect(sample).toHaveLength(Math.min(size, population));
        expect(new Set(sample).size).toBe(sample.length);
        expect(sample.every((at) => at >= 0 && at < population)).toBe(true);
        expect(drawSample(seed, population, size)).toEqual(sample);
      }),
    );
    expect(drawSample(1, 1000, 50)).not.toEqual(drawSample(2, 1000, 50));
    expect(drawSample(1, 0, 5)).toEqual([]);
  });

  // Catches: a draw that favours one part of the set: 200 samples of 10 from 100 fall evenly over ten tenths (chi squared, 9 degrees, p < 1e-4).
  it('favours no part of the set', () => {
    const tenths = new Array<number>(10).fill(0);
    for (let seed = 0; seed < 200; seed++) for (const at of drawSample(seed, 100, 10)) tenths[Math.floor(at / 10)]! += 1;
    const chi = tenths.reduce((sum, n) => sum + (n - 200) ** 2 / 200, 0);
    expect(chi).toBeLessThan(33.7);
  });
});

describe('the result', () => {
  // Catches: an item with two tags counted as two items with issues, or a tag set twice counted twice.
  it('counts items, not tags', () => {
    const shares = auditShares([[], ['a', 'b'], ['b', 'b'], []]);
    expect(shares.map(({ tag, count, share }) => [tag, count, share])).toEqual([
      ['', 2, 0.5],
      ['b', 2, 0.5],
      ['a', 1, 0.25],
    ]);
    expect(auditShares([])).toEqual([]);
  });

  // Catches: a comma or a line break in an instruction that breaks the table, and text that a spreadsheet would run.
  it('is a table any spreadsheet reads', () => {
    const csv = auditCsv([
      { index: 0, tripletId: 5, instruction: 'Say "hi",\nthen go', tags: ['a', 'b'], note: '=1+1' },
      { index: 1, tripletId: 6, instruction: 'Plain', tags: null, note: '' },
    ]);
    expect(csv).toBe('item,triplet,instruction,answered,issues,note\r\n1,5,"Say ""hi"",\nthen go",yes,a; b,\'=1+1\r\n2,6,Plain,no,,\r\n');
  });
});
