import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { atIsotonic, fitIsotonic } from '../../../../src/main/engine/domain/calibration/isotonic.ts';
import { clusterInterval, meanAbsoluteError, spearman } from '../../../../src/main/engine/domain/calibration/metrics.ts';
import { fitOrdinal, levelChances } from '../../../../src/main/engine/domain/calibration/ordinal.ts';
import { chanceOfAtLeast, expectedScore } from '../../../../src/main/engine/domain/calibration/predict.ts';
import { dot, fitRidge } from '../../../../src/main/engine/domain/calibration/ridge.ts';
import { randomFrom } from '../../../../src/main/engine/domain/random.ts';

const rowsOf = (random: () => number, n: number, d: number) =>
  Array.from({ length: n }, () => Float64Array.from({ length: d }, () => random() * 2 - 1));

describe('ridge', () => {
  // Catches a wrong elimination or a penalised intercept: noiseless lines come back.
  test('finds the line that made the labels', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), fc.integer({ min: 1, max: 12 }), (seed, d) => {
        const random = randomFrom(seed);
        const rows = rowsOf(random, 5 * d + 10, d);
        const truth = Float64Array.from({ length: d }, () => random() * 4 - 2);
        const { intercept, weights, sigma } = fitRidge(
          rows,
          rows.map((row) => 3 + dot(truth, row)),
          1e-9,
        );
        expect(intercept).toBeCloseTo(3, 5);
        for (const [j, weight] of weights.entries()) expect(weight).toBeCloseTo(truth[j]!, 4);
        expect(sigma).toBeLessThan(1e-4);
      }),
    );
  });

  // Catches a system that cannot be solved: the same column twice and a column of zeros.
  test('a column that says nothing or says it twice does no harm', () => {
    const random = randomFrom(1);
    const rows = rowsOf(random, 40, 1).map(([x]) => Float64Array.of(x!, x!, 0));
    const { weights } = fitRidge(
      rows,
      rows.map(([x]) => x! * 2),
      1e-6,
    );
    expect(weights[0]! + weights[1]!).toBeCloseTo(2, 3);
    expect(weights[2]).toBe(0);
  });

  // Catches a penalty on the wrong side: more of it may never give larger weights.
  test('a larger penalty gives smaller weights', () => {
    const random = randomFrom(2);
    const rows = rowsOf(random, 60, 4);
    const labels = rows.map((row) => row[0]! - row[1]! + random());
    const sizes = [0.01, 1, 10, 100].map((lambda) => fitRidge(rows, labels, lambda).weights.reduce((sum, w) => sum + w * w, 0));
    expect([...sizes].sort((a, b) => b - a)).toEqual(sizes);
  });
});

describe('ordinal model', () => {
  // Catches thresholds out of order and chances that are no distribution, whatever the data.
  test('gives a distribution over the labels that occur', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), fc.integer({ min: 2, max: 8 }), (seed, levels) => {
        const random = randomFrom(seed);
        const rows = rowsOf(random, 40, 3);
        const labels = rows.map((_, i) => 1 + (i % levels) / 2);
        const model = fitOrdinal(rows, labels, 1);
        expect(model.levels).toHaveLength(levels);
        for (let k = 1; k < model.thresholds.length; k++) expect(model.thresholds[k]!).toBeGreaterThan(model.thresholds[k - 1]!);
        const chances = levelChances(model, rows[0]!);
        expect(Math.min(...chances)).toBeGreaterThanOrEqual(0);
        expect(chances.reduce((a, b) => a + b)).toBeCloseTo(1, 10);
      }),
      { numRuns: 15 },
    );
  });

  // Catches a wrong gradient: known weights and thresholds come back from many labels drawn by them.
  test('finds the weights and thresholds that labels were drawn by', () => {
    const random = randomFrom(3);
    const truth = [1.5, -1, 0];
    const cuts = [-1, 0.5, 2];
    const rows = rowsOf(random, 6000, 3);
    const labels = rows.map((row) => {
      const u = random();
      const latent = dot(truth, row) + Math.log(u / (1 - u));
      return 1 + cuts.filter((cut) => latent > cut).length;
    });
    const { weights, thresholds } = fitOrdinal(rows, labels, 0);
    for (const [j, weight] of weights.entries()) expect(Math.abs(weight - truth[j]!)).toBeLessThan(0.15);
    for (const [k, threshold] of thresholds.entries()) expect(Math.abs(threshold - cuts[k]!)).toBeLessThan(0.15);
  });

  // Catches a gate that counts the wrong end: more is asked, less likely it is reached.
  test('the chance of a score falls as more is asked', () => {
    const random = randomFrom(4);
    const rows = rowsOf(random, 200, 2);
    const labels = rows.map((row) => Math.max(1, Math.min(5, Math.round(3 + 2 * row[0]!))));
    const model = { method: 'ordinal' as const, lambda: 1, isotonic: null, ...fitOrdinal(rows, labels, 1) };
    const row = Float64Array.of(0.2, 0);
    const chances = [1, 2, 3, 4, 5].map((least) => chanceOfAtLeast(model, row, least));
    expect(chances[0]).toBeCloseTo(1, 10);
    expect([...chances].sort((a, b) => b - a)).toEqual(chances);
    expect(expectedScore(model, Float64Array.of(0.9, 0))).toBeGreaterThan(expectedScore(model, Float64Array.of(-0.9, 0)) + 1);
  });
});

describe('isotonic correction', () => {
  // Catches pools that still fall: the result never goes down, and keeps the mean of the labels.
  test('rises, and keeps the mean', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.double({ min: 1, max: 5, noNaN: true }), fc.integer({ min: 1, max: 5 })), { minLength: 1 }),
        (points) => {
          const scores = points.map(([score]) => score);
          const labels = points.map(([, label]) => label);
          const curve = fitIsotonic(scores, labels);
          for (let i = 1; i < curve.x.length; i++) {
            expect(curve.x[i]!).toBeGreaterThan(curve.x[i - 1]!);
            expect(curve.y[i]!).toBeGreaterThan(curve.y[i - 1]!);
          }
          for (const score of [...scores, 0, 9]) {
            const value = atIsotonic(curve, score);
            expect(value).toBeGreaterThanOrEqual(Math.min(...labels) - 1e-9);
            expect(value).toBeLessThanOrEqual(Math.max(...labels) + 1e-9);
          }
        },
      ),
    );
  });

  test('pools what falls', () => {
    expect(fitIsotonic([1, 2, 3, 4], [1, 3, 2, 5])).toEqual({ x: [1, 2.5, 4], y: [1, 2.5, 5] });
  });

  // Catches equal scores that are pooled with what lies below them one by one: one score would get two values.
  test('takes the mean of equal scores before it pools', () => {
    expect(fitIsotonic([1, 2, 2, 3], [2, 1, 3, 5])).toEqual({ x: [5 / 3, 3], y: [2, 5] });
  });
});

describe('figures', () => {
  test('rank correlation with ties at their mean rank', () => {
    const list = [1, 2, 2, 4].map((predicted, i) => ({ predicted, label: [1, 3, 2, 4][i]! }));
    // Ranks 1, 2.5, 2.5, 4 against 1, 3, 2, 4: Pearson over them.
    expect(spearman(list)).toBeCloseTo(4.5 / Math.sqrt(4.5 * 5), 12);
    expect(spearman(list.map(({ label }) => ({ predicted: 1, label })))).toBe(0);
  });

  // Catches a bootstrap over pairs: with every pair of a source alike, the interval must be that of so few sources.
  test('the interval is that of sources, not of pairs', () => {
    const random = randomFrom(5);
    const errors = Array.from({ length: 12 }, () => random());
    const of = (copies: number) =>
      errors.flatMap((error, s) => Array.from({ length: copies }, () => ({ predicted: error, label: 0, cluster: `s${s}` })));
    const width = (copies: number) => {
      const [low, high] = clusterInterval(of(copies), meanAbsoluteError, randomFrom(6));
      return high - low;
    };
    expect(width(50)).toBeCloseTo(width(1), 10);
  });
});
