import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type GateCell, lowLevelBin, lowLevelGate, lowLevelShare, scoreGate } from '../../../src/shared/model/whatIf.ts';

const had = { adherence: 4.7, aesthetics: 4.7 };
const cell = (adherence: number, aesthetics: number, count: number, accepted = 0, rejected = 0): GateCell => ({
  adherence,
  aesthetics,
  count,
  accepted,
  rejected,
});

describe('moving a gate', () => {
  it('keeps the cells at and over both thresholds, and says how good they were', () => {
    const cells = [cell(47, 47, 30, 8, 4), cell(50, 47, 10, 9, 1), cell(47, 46, 100), cell(20, 50, 5)];
    expect(scoreGate(cells, had, had)).toMatchObject({ kept: 40, of: 145, decided: 22, unknown: null, precision: { share: 17 / 22 } });
    expect(scoreGate(cells, { adherence: 4.8, aesthetics: 4.7 }, had)).toMatchObject({ kept: 10, precision: { share: 0.9 } });
  });

  // Catches: a precision made up of no decisions, or of decisions on other candidates than those let in.
  it('does not say a precision it cannot know', () => {
    expect(scoreGate([cell(50, 50, 9, 9, 0)], had, had)).toMatchObject({ unknown: 'few', precision: null });
    expect(scoreGate([cell(50, 50, 90, 80, 9)], { adherence: 4.6, aesthetics: 4.7 }, had)).toMatchObject({
      unknown: 'below',
      precision: null,
    });
  });

  const bin = fc.integer({ min: 10, max: 50 });
  const cells = fc.array(
    fc.tuple(bin, bin, fc.nat(50)).map(([a, b, n]) => cell(a, b, n)),
    { maxLength: 30 },
  );
  const threshold = bin.map((n) => n / 10);
  it('never keeps more when it is stricter', () => {
    fc.assert(
      fc.property(cells, threshold, threshold, threshold, (all, a, b, c) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        return scoreGate(all, { adherence: high, aesthetics: c }, had).kept <= scoreGate(all, { adherence: low, aesthetics: c }, had).kept;
      }),
    );
  });

  it('puts a low-level share into the bin that begins at or under it', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (share) => {
        const at = lowLevelBin(share);
        return lowLevelShare(at) <= share + 1e-12 && (at === 32 || at === 0 || share < lowLevelShare(at + 1) + 1e-12);
      }),
    );
    expect(
      lowLevelGate(
        [
          { bin: 0, count: 5, accepted: 0, rejected: 0 },
          { bin: 20, count: 7, accepted: 0, rejected: 0 },
        ],
        0.005,
        0.005,
      ).kept,
    ).toBe(7);
  });
});
