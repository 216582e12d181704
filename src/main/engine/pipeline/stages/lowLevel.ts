import { judgeLowLevel } from '../../domain/gates.ts';
import { type AttemptStageRun, verdict } from '../context.ts';
import { pair } from './pair.ts';

/** The paper's heuristic: a change that is nothing but scattered specks, or no change at all, goes. Costs nothing. */
export const lowLevel: AttemptStageRun = async (candidate, { recipe, pixels, blobs }) => {
  const { source, edited } = pair(candidate);
  const numbers = await pixels.lowLevel(blobs.fileOf(source.hash), blobs.fileOf(edited.hash), recipe.gates.lowLevel);
  const { passed, reason } = judgeLowLevel(numbers, recipe.gates.lowLevel);
  return {
    verdict: verdict({ stage: 'lowLevel', passed, reason, lowLevel: numbers, model: `lowLevel/${recipe.gates.lowLevel.maskRule}` }),
    usd: 0,
  };
};
