import { fullReferenceLimits, judgeSignals } from '../../domain/fullReferenceGate.ts';
import { type AttemptStageRun, verdict } from '../context.ts';
import { pair } from './pair.ts';

/** What the paper's check does not see: whether everything but the edit stayed as it was, where it was. Costs nothing. */
export const fullReference: AttemptStageRun = async (candidate, { recipe, pixels, blobs }) => {
  const { source, edited } = pair(candidate);
  const signals = await pixels.fullReference(blobs.fileOf(source.hash), blobs.fileOf(edited.hash), recipe.gates.lowLevel);
  const { passed, reason, checks } = judgeSignals(signals, fullReferenceLimits(recipe.gates), candidate);
  return {
    verdict: verdict({ stage: 'fullReference', passed, reason, signals, checks, model: `fullReference/${recipe.gates.profile}` }),
    usd: 0,
  };
};
