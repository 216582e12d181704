import { judgeChecks } from '../../domain/gates.ts';
import { parseYesNo } from '../../domain/replies.ts';
import { type AttemptStageRun, verdict } from '../context.ts';
import { askReadable, pair } from './pair.ts';

/** Two yes/no questions to the soft judge: only the asked change happened, and the result is pleasing. */
export const softChecks: AttemptStageRun = async (candidate, { models, signal }) => {
  const { source, edited } = pair(candidate);
  const about = { instruction: candidate.instruction, source: source.hash, edited: edited.hash };
  const unwanted = await askReadable(models, 'softJudge', { kind: 'unwantedChange', ...about }, candidate.seed, parseYesNo, signal);
  if (!unwanted.parsed) return result(unwanted.parsed, true, unwanted, unwanted.value, unwanted.usd);
  const pleasing = await askReadable(models, 'softJudge', { kind: 'pleasing', ...about }, candidate.seed, parseYesNo, signal);
  return result(true, pleasing.parsed, pleasing, `${unwanted.value}\n${pleasing.value}`, unwanted.usd + pleasing.usd);
};

function result(noUnwantedChange: boolean, pleasing: boolean, answer: { model: string; promptVersion: string }, raw: string, usd: number) {
  const { passed, reason } = judgeChecks({ noUnwantedChange, pleasing });
  return { verdict: verdict({ stage: 'softChecks', passed, reason, model: answer.model, promptVersion: answer.promptVersion, raw }), usd };
}
