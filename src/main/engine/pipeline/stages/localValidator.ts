import { editClassesOf } from '../../../../shared/model/operations.ts';
import type { SignalCheck } from '../../../../shared/model/signals.ts';
import { localScores } from '../../domain/calibration/predict.ts';
import { type AttemptStageRun, verdict } from '../context.ts';

/**
 * What a calibration expects the judges to say, from what was measured so far. Rejects only what has next to no chance of reaching
 * both scores; it accepts nothing by itself. Costs nothing.
 */
export const localValidator: AttemptStageRun = async (candidate, { recipe, calibrations }) => {
  const gate = recipe.gates.localValidator;
  const { calibration, hash } = calibrations.read(gate.calibration);
  const classes = editClassesOf(candidate.category, candidate.instruction);
  const expected = localScores(calibration, { signals: candidate.signals, classes }, gate.least ?? recipe.gates.validator);
  const passed = expected.chance >= gate.minChance;
  const reason = passed ? '' : 'littleChance';
  const check: SignalCheck = {
    signal: 'localChance',
    min: gate.minChance,
    max: null,
    outcome: passed ? 'passed' : 'failed',
    why: reason,
  };
  return {
    verdict: verdict({
      stage: 'localValidator',
      passed,
      reason,
      signals: { localAdherence: expected.adherence, localAesthetics: expected.aesthetics, localChance: expected.chance },
      checks: [check],
      model: `${gate.calibration}@${hash.slice(0, 12)}`,
    }),
    usd: 0,
  };
};
