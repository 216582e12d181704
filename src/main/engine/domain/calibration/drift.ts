import type { Scores } from '../../../../shared/model/attempt.ts';
import type { Calibration, Drift } from '../../../../shared/model/calibration.ts';

/** Pairs looked at, and those it takes before anything is said. */
export const DRIFT_WINDOW = 200;
const LEAST = 30;
/** An error this much larger than on hold-out would change what the gate does. */
const TOLERANCE = 1.25;

/**
 * Whether a calibration still says what the validator says: the error over the newest pairs that both scored against the error on
 * hold-out. Drifted when even the low end of the error's 95 % interval (normal) lies above 1.25 of the high end on hold-out.
 */
export function driftOf(id: string, calibration: Calibration, pairs: readonly { local: Scores; judged: Scores }[]): Drift {
  const one = (score: 'adherence' | 'aesthetics') => {
    const errors = pairs.map(({ local, judged }) => local[score] - judged[score]);
    const mae = mean(errors.map(Math.abs));
    const spread = Math.sqrt(mean(errors.map((error) => (Math.abs(error) - mae) ** 2)) / Math.max(1, errors.length - 1));
    const { holdOut } = calibration[score];
    const far = mae - 1.96 * spread > TOLERANCE * holdOut.maeInterval[1];
    return {
      far,
      part: { mae, interval: [mae - 1.96 * spread, mae + 1.96 * spread] as [number, number], holdOut: holdOut.mae, bias: mean(errors) },
    };
  };
  const adherence = one('adherence');
  const aesthetics = one('aesthetics');
  const state = pairs.length < LEAST ? 'early' : adherence.far || aesthetics.far ? 'drifted' : 'steady';
  return { calibration: id, count: pairs.length, adherence: adherence.part, aesthetics: aesthetics.part, state };
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
