import { LEARNED_SIGNALS } from '../../../../shared/model/gates.ts';
import { judgeLearned } from '../../domain/learned.ts';
import { type AttemptStageRun, verdict } from '../context.ts';
import { pair } from './pair.ts';

/** What learned models on this machine say: measures the signals the recipe names and holds them against its limits. Costs nothing. */
export const learned: AttemptStageRun = async (candidate, { recipe, scorers, blobs, signal }) => {
  const { source, edited } = pair(candidate);
  const limits = recipe.gates.learned;
  const wanted = LEARNED_SIGNALS.filter((name) => limits[name] !== undefined);
  const { width, height } = source;
  const files = { sourceFile: blobs.fileOf(source.hash), editedFile: blobs.fileOf(edited.hash) };
  const { threshold, maskRule } = recipe.gates.lowLevel;
  const about = { ...files, width, height, instruction: candidate.instruction, mask: { threshold, maskRule } };
  const signals = await scorers.learned(about, wanted, signal);
  const { passed, reason, checks } = judgeLearned(signals, limits);
  return { verdict: verdict({ stage: 'learned', passed, reason, signals, checks, model: 'learned' }), usd: 0 };
};
