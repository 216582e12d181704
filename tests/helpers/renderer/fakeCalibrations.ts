import type { CalibrationView, ScoreModel } from '../../../src/shared/model/calibration.ts';

function aScoreModel(mae: number): ScoreModel {
  return {
    method: 'ordinal',
    levels: [1, 2, 3, 4, 5],
    thresholds: [-3, -1, 1, 3],
    weights: [-1.2, -0.4],
    lambda: 4,
    isotonic: null,
    holdOut: {
      count: 120,
      sources: 40,
      mae,
      maeInterval: [mae - 0.06, mae + 0.07],
      maeOfMean: 1.1,
      spearman: 0.82,
      spearmanInterval: [0.75, 0.87],
      points: Array.from({ length: 120 }, (_, i) => [1.2 + (3.6 * ((i * 37) % 120)) / 120, 1 + (((i * 37) % 120) * 8) / 120 / 2]),
    },
  };
}

/** A calibration learned from 480 ratings. */
export function fakeCalibration(number = 1): CalibrationView {
  return {
    id: `people-${number}`,
    hash: 'ab'.repeat(32),
    calibration: {
      version: 1,
      name: 'people',
      number,
      createdAt: 1_700_000_000_000,
      source: { from: 'ratings' },
      count: 480,
      sources: 160,
      plan: { signals: [{ name: 'ssimOutside', median: -0.98, scale: 0.01, missing: false }], classes: [] },
      adherence: aScoreModel(0.52),
      aesthetics: aScoreModel(0.58),
    },
    strongest: {
      adherence: [
        { feature: 'ssimOutside far above', weight: -1.2 },
        { feature: 'ssimOutside', weight: -0.4 },
      ],
      aesthetics: [{ feature: 'ssimOutside', weight: -0.9 }],
    },
  };
}
