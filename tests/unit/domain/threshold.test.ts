import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scoreBin, survivalCurve } from '../../../src/main/engine/domain/threshold.ts';

/** Candidates whose lower score lies in each bin, so that the curve falls by `drops[bin]` on reaching that bin. */
function cubeWithDrops(total: number, drops: Record<number, number>) {
  const cube = [];
  let left = total;
  for (let bin = 11; bin <= 50; bin++) {
    const next = Math.round(left * (1 - (drops[bin] ?? 0.02)));
    cube.push({ adherenceBin: bin - 1, aestheticsBin: Math.min(50, bin + (bin % 3)), count: left - next });
    left = next;
  }
  cube.push({ adherenceBin: 50, aestheticsBin: 50, count: left });
  return cube;
}

describe('scoreBin', () => {
  it('puts every score with one decimal into its own bin (catches 4.1 + 0.6 = 4.699...)', () => {
    for (let bin = 10; bin <= 50; bin++) {
      expect(scoreBin(bin / 10)).toBe(bin);
      expect(scoreBin(Number((bin * 0.1).toFixed(1)))).toBe(bin);
    }
    expect(scoreBin(4.1 + 0.6)).toBe(47);
    expect(scoreBin(4.69)).toBe(46);
    expect(scoreBin(4.6999)).toBe(46);
    expect([scoreBin(0), scoreBin(7)]).toEqual([10, 50]);
  });
});

describe('survivalCurve', () => {
  it("suggests 4.7 for the paper's knees, 4.5 by 62.1 % and 4.9 by 84.0 %", () => {
    const curve = survivalCurve(cubeWithDrops(1_281_492, { 45: 0.621, 49: 0.84 }));
    expect(curve.knees).toEqual([4.5, 4.9]);
    expect(curve.suggested).toBe(4.7);
  });

  it('counts those with BOTH scores at or over T (catches a curve of one score)', () => {
    const { points } = survivalCurve([
      { adherenceBin: 50, aestheticsBin: 20, count: 3 },
      { adherenceBin: 40, aestheticsBin: 47, count: 1 },
    ]);
    const at = (t: number) => points.find((point) => point.t === t);
    expect(points.map((point) => point.t)).toEqual(Array.from({ length: 41 }, (_, i) => Number((1 + i / 10).toFixed(1))));
    expect(at(2)).toEqual({ t: 2, share: 1, count: 4 });
    expect(at(2.1)).toEqual({ t: 2.1, share: 0.25, count: 1 });
    expect(at(4.1)).toEqual({ t: 4.1, share: 0, count: 0 });
  });

  it('takes no small bend for a knee (catches a suggestion of 3.1 because a few candidates scored 1.2)', () => {
    const cube = [
      { adherenceBin: 11, aestheticsBin: 11, count: 3 },
      { adherenceBin: 48, aestheticsBin: 48, count: 60 },
      { adherenceBin: 50, aestheticsBin: 50, count: 37 },
    ];
    expect(survivalCurve(cube)).toMatchObject({ knees: [4.9], suggested: null });
  });

  it('finds no knee where the data end, and suggests nothing with fewer than two', () => {
    expect(survivalCurve([]).points.every((point) => point.share === 0 && point.count === 0)).toBe(true);
    expect(survivalCurve([]).suggested).toBeNull();
    expect(survivalCurve([{ adherenceBin: 48, aestheticsBin: 48, count: 9 }])).toMatchObject({ knees: [], suggested: null });
    const one = [
      { adherenceBin: 30, aestheticsBin: 30, count: 5 },
      { adherenceBin: 45, aestheticsBin: 45, count: 5 },
    ];
    expect(survivalCurve(one)).toMatchObject({ knees: [3.1], suggested: null });
  });

  it('takes neighbours for one knee, and the stricter of two equal thresholds', () => {
    const curve = survivalCurve(cubeWithDrops(1_000_000, { 44: 0.5, 47: 0.7, 48: 0.6 }));
    expect(curve.knees).toEqual([4.4, 4.7]);
    expect(curve.suggested).toBe(4.6);
  });

  it('on any cube: falls, starts at 1, and the suggestion lies strictly between the knees', () => {
    const bin = fc.integer({ min: 10, max: 50 });
    fc.assert(
      fc.property(
        fc.array(fc.record({ adherenceBin: bin, aestheticsBin: bin, count: fc.integer({ min: 1, max: 1000 }) }), { minLength: 1 }),
        (cube) => {
          const { points, knees, suggested } = survivalCurve(cube);
          expect(points[0]!.share).toBe(1);
          for (let i = 1; i < points.length; i++) expect(points[i]!.count).toBeLessThanOrEqual(points[i - 1]!.count);
          if (knees.length === 2) {
            expect(suggested).toBeGreaterThan(knees[0]!);
            expect(suggested).toBeLessThan(knees[1]!);
          } else expect(suggested).toBeNull();
        },
      ),
    );
  });
});
