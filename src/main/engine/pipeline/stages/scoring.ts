import type { Scores } from '../../../../shared/model/attempt.ts';
import type { Recipe } from '../../../../shared/model/recipe.ts';
import { judgeScores } from '../../domain/gates.ts';
import { parseScores } from '../../domain/replies.ts';
import { type AttemptStageRun, verdict } from '../context.ts';
import { askReadable, pair } from './pair.ts';

/** A stage that asks one judge for the two scores and holds them against thresholds; both must be reached. */
export function scoreStage(judge: 'softJudge' | 'validator', thresholds: (recipe: Pick<Recipe, 'gates'>) => Scores): AttemptStageRun {
  return async (candidate, { recipe, models, signal }) => {
    const { source, edited } = pair(candidate);
    const task = { kind: 'scores' as const, instruction: candidate.instruction, source: source.hash, edited: edited.hash };
    const answer = await askReadable(models, judge, task, candidate.seed, parseScores, signal);
    const { passed, reason } = judgeScores(answer.parsed, thresholds(recipe));
    const { model, promptVersion, value: raw, usd } = answer;
    return { verdict: verdict({ stage: judge, passed, reason, scores: answer.parsed, model, promptVersion, raw }), usd };
  };
}
