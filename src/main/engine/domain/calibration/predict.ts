import type { Calibration, LocalScores, ScoreModel } from '../../../../shared/model/calibration.ts';
import { featureNames, featurise, type Measured } from './features.ts';
import { atIsotonic } from './isotonic.ts';
import { levelChances } from './ordinal.ts';
import { dot } from './ridge.ts';

type Model = ScoreModel extends infer M ? (M extends ScoreModel ? Omit<M, 'holdOut'> : never) : never;

/** The score a model expects for a row of features, within 1 to 5. */
export function expectedScore(model: Model, row: ArrayLike<number>): number {
  if (model.method === 'ridge') return inRange(model.intercept + dot(model.weights, row));
  const chances = levelChances(model, row);
  const expected = chances.reduce((sum, chance, k) => sum + chance * (model.levels[k] as number), 0);
  return inRange(model.isotonic ? atIsotonic(model.isotonic, expected) : expected);
}

/**
 * The chance that the score is `least` or more. Labels were learned in half steps, so a level stands for all scores that round to
 * it: `least` counts from the level it rounds to.
 */
export function chanceOfAtLeast(model: Model, row: ArrayLike<number>, least: number): number {
  if (model.method === 'ridge') {
    const mean = model.intercept + dot(model.weights, row);
    return 1 - normalBelow((least - mean) / Math.max(model.sigma, 1e-6));
  }
  const from = Math.round(least * 2) / 2;
  return levelChances(model, row).reduce((sum, chance, k) => ((model.levels[k] as number) >= from - 1e-9 ? sum + chance : sum), 0);
}

/** Both scores that a calibration expects, and the chance that both reach `least` (the smaller of the two chances). */
export function localScores(calibration: Calibration, measured: Measured, least: LocalScores): LocalScores & { chance: number } {
  const row = featurise(calibration.plan, measured);
  return {
    adherence: expectedScore(calibration.adherence, row),
    aesthetics: expectedScore(calibration.aesthetics, row),
    chance: Math.min(
      chanceOfAtLeast(calibration.adherence, row, least.adherence),
      chanceOfAtLeast(calibration.aesthetics, row, least.aesthetics),
    ),
  };
}

/** The features that move a score most, strongest first. */
export function strongestFeatures(calibration: Calibration, score: 'adherence' | 'aesthetics', most = 10) {
  const names = featureNames(calibration.plan);
  return calibration[score].weights
    .map((weight, i) => ({ feature: names[i] ?? '', weight }))
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
    .slice(0, most);
}

function inRange(score: number): number {
  return Math.max(1, Math.min(5, score));
}

/** The standard normal distribution (Abramowitz and Stegun 7.1.26: off by less than 2e-7). */
function normalBelow(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const tail = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))) * Math.exp(-x * x);
  return z >= 0 ? 1 - tail / 2 : tail / 2;
}
