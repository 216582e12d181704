import type { Verdict } from '../../../../shared/model/attempt.ts';
import { AppError, type ProviderError } from '../../../../shared/model/errors.ts';
import type { Reason } from '../../../../shared/model/reasons.ts';
import type { AttemptStage, StageName } from '../../../../shared/model/recipe.ts';
import type { AttemptOutcome } from '../../ports.ts';
import { type AttemptStageRun, type Candidate, type StageContext, verdict } from '../context.ts';
import { unitTrouble } from '../paid.ts';

/** Characters of an unreadable reply that are kept with the attempt; the ledger has all of it. */
const MAX_RAW = 4000;

/**
 * One attempt from edit to its last gate, in the recipe's order. Takes values and blob hashes, gives an outcome: nothing in
 * it knows the run's state, so it can be done again after a crash, and elsewhere one day.
 * Throws only what concerns the whole run (stop, budget, closed lane, disk).
 */
export async function attempt(
  stages: Record<AttemptStage, AttemptStageRun>,
  candidate: Candidate,
  ctx: StageContext,
  now: () => number,
): Promise<AttemptOutcome> {
  const started = now();
  const outcome: AttemptOutcome = {
    state: 'passed',
    stage: null,
    reason: '',
    editedHash: null,
    scores: null,
    softScores: null,
    lowLevel: null,
    verdicts: [],
    survived: [],
    usd: 0,
    ms: 0,
  };
  const end = (state: AttemptOutcome['state'], stage: StageName, reason: string) => Object.assign(outcome, { state, stage, reason });

  for (const name of ctx.recipe.stages) {
    ctx.signal.throwIfAborted();
    try {
      const result = await stages[name](candidate, ctx);
      outcome.usd += result.usd;
      if (result.edited) {
        candidate.edited = result.edited;
        outcome.editedHash = result.edited.hash;
      }
      Object.assign(candidate.signals, result.verdict.signals);
      note(outcome, result.verdict);
      if (!result.verdict.passed) {
        end('rejected', name, result.verdict.reason);
        break;
      }
      outcome.survived.push(name);
    } catch (error) {
      if (error instanceof AppError && error.code === 'budgetReached') throw error;
      const trouble = unitTrouble(error, ctx.signal);
      if (trouble.kind === 'unknown') end('unknown', name, 'callUnknown');
      else {
        keepRaw(outcome, name, trouble.code, error);
        end(trouble.code === 'refused' && name === 'edit' ? 'rejected' : 'failed', name, trouble.code);
      }
      break;
    }
  }
  outcome.ms = now() - started;
  return outcome;
}

/** What a model said instead of an answer stays with the attempt, for whoever wants to know why. */
function keepRaw(outcome: AttemptOutcome, stage: AttemptStage, reason: Reason, error: unknown): void {
  const { raw = '' } = error as Partial<ProviderError>;
  if (raw !== '') outcome.verdicts.push(verdict({ stage, passed: false, reason, raw: raw.slice(0, MAX_RAW) }));
}

/** The newest numbers of a kind are the attempt's own; all of them stay in its verdicts. */
function note(outcome: AttemptOutcome, verdict: Verdict): void {
  const says =
    verdict.scores !== null || verdict.lowLevel !== null || verdict.signals !== null || verdict.reason !== '' || verdict.raw !== '';
  if (says) outcome.verdicts.push(verdict);
  if (verdict.lowLevel) outcome.lowLevel = verdict.lowLevel;
  if (verdict.stage === 'softJudge') outcome.softScores = verdict.scores;
  if (verdict.stage === 'validator') outcome.scores = verdict.scores;
}
