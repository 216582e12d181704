import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { planFeatures } from '../../src/main/engine/domain/calibration/features.ts';
import { fitIsotonic } from '../../src/main/engine/domain/calibration/isotonic.ts';
import { spearman } from '../../src/main/engine/domain/calibration/metrics.ts';
import { fitOrdinal, levelChances } from '../../src/main/engine/domain/calibration/ordinal.ts';
import { fitRidge } from '../../src/main/engine/domain/calibration/ridge.ts';
import { randomFrom } from '../../src/main/engine/domain/random.ts';
import { pythonVenv } from '../helpers/python.ts';

/** The same arithmetic by those who made it their trade. */
const python = await pythonVenv(['numpy==2.2.6', 'scipy==1.15.3', 'scikit-learn==1.6.1', 'statsmodels==0.14.4']);
const PENALTIES = [1, 4, 16];
const FEATURES = 6;

interface Answer {
  ridge: { intercept: number; weights: number[] }[];
  ordinal: { weights: number[]; thresholds: number[]; chances: number[][] }[];
  spearman: number;
  steps: number[];
  median: number;
  spread: number;
}

/** Pairs as calibrations see them: correlated features, a score with noise, half steps; many of either repeat. */
function examples() {
  const random = randomFrom(11);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const rows = Array.from({ length: 300 }, () => {
    const shared = normal();
    return Float64Array.from({ length: FEATURES }, (_, j) => 0.5 * shared + normal() * (1 + j / 4));
  });
  const latent = rows.map((row) => 3.3 + 0.7 * row[0]! - 0.5 * row[1]! + 0.2 * row[2]! + 0.6 * normal());
  const scores = latent.map((score) => Math.round(score * 20) / 20);
  const levels = latent.map((score) => Math.round(Math.max(1, Math.min(5, score + 0.4 * normal())) * 2) / 2);
  return { rows, scores, levels };
}

/** The largest difference between two lists of numbers of one length. */
function apart(ours: readonly number[], theirs: readonly number[]): number {
  expect(ours).toHaveLength(theirs.length);
  return Math.max(...ours.map((value, i) => Math.abs(value - (theirs[i] as number))));
}

describe.skipIf(python === null)('calibration against scikit-learn, statsmodels and scipy', () => {
  const { rows, scores, levels } = examples();
  let theirs: Answer;
  beforeAll(() => {
    const input = JSON.stringify({ rows: rows.map((row) => [...row]), scores, levels, penalties: PENALTIES });
    const options = { input, timeout: 240_000, maxBuffer: 1 << 28, encoding: 'utf8' as const };
    theirs = JSON.parse(execFileSync(python!, [join(import.meta.dirname, 'calibration.py')], options)) as Answer;
  }, 260_000);

  // Catches: a penalty on the intercept, or one that is scaled by the number of examples.
  it('ridge is scikit-learn Ridge to 1e-9', () => {
    for (const [i, penalty] of PENALTIES.entries()) {
      const ours = fitRidge(rows, scores, penalty);
      expect(apart([ours.intercept, ...ours.weights], [theirs.ridge[i]!.intercept, ...theirs.ridge[i]!.weights])).toBeLessThan(1e-9);
    }
  });

  // Catches: a wrong gradient, steps that end before the top, thresholds of other signs.
  it('the ordinal model is the maximum of the penalised likelihood of statsmodels OrderedModel, to 0.005; its chances to 0.001', () => {
    for (const [i, penalty] of PENALTIES.entries()) {
      const ours = fitOrdinal(rows, levels, penalty);
      const { weights, thresholds, chances } = theirs.ordinal[i]!;
      expect(apart(ours.weights, weights)).toBeLessThan(0.005);
      expect(apart(ours.thresholds, thresholds)).toBeLessThan(0.005);
      const mine = rows.slice(0, 20).map((row) => levelChances(ours, row));
      expect(apart(mine.flat(), chances.flat())).toBeLessThan(0.001);
    }
  });

  it('rank correlation with ties is scipy spearmanr to 1e-12', () => {
    const ours = spearman(scores.map((predicted, i) => ({ predicted, label: levels[i] as number })));
    expect(Math.abs(ours - theirs.spearman)).toBeLessThan(1e-12);
  });

  // The steps only: between them ours goes in straight lines from middle to middle, theirs from edge to edge.
  it('the isotonic fit has the steps of scikit-learn IsotonicRegression', () => {
    expect(apart(fitIsotonic(scores, levels).y, theirs.steps)).toBeLessThan(1e-9);
  });

  it('median and robust spread are those of numpy and scipy', () => {
    const plan = planFeatures(rows.map((row) => ({ signals: { rmsDifference: row[0] as number }, classes: new Set() })));
    expect(plan.signals[0]!.median).toBeCloseTo(theirs.median, 12);
    expect(plan.signals[0]!.scale / theirs.spread).toBeCloseTo(1, 5);
  });
});
