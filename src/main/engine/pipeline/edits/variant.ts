import type { Verdict } from '../../../../shared/model/attempt.ts';
import type { EditNode, EditProblem } from '../../../../shared/model/edit.ts';
import type { AppErrorCode } from '../../../../shared/model/errors.ts';
import type { AttemptStage } from '../../../../shared/model/recipe.ts';
import { textAsked } from '../../domain/textAsked.ts';
import type { EditNodeChange, EditRecipe } from '../../ports.ts';
import type { Candidate, StageContext } from '../context.ts';
import { ATTEMPT_STAGES } from '../stages/index.ts';
import { troubleOf } from '../trouble.ts';

/** Errors of the app that are a variant's own. */
const OWN_TROUBLE: readonly AppErrorCode[] = ['callUnknown', 'budgetReached', 'inputInvalid', 'scorerFailed'];

/** What one variant is made with. */
export interface VariantContext {
  recipe: EditRecipe;
  stage: StageContext;
  /** What earlier tries of this variant cost and took: a try that goes on is answered from the ledger, at once and for nothing. */
  before: { usd: number; ms: number };
  /** Of the session's first picture: quality is measured at this size all along the chain. */
  rootSize: { width: number; height: number };
  /** Tells what is done now; not stored. */
  step(step: EditNode['step']): void;
  /** Stores what was found; durable when it resolves. */
  found(change: EditNodeChange): Promise<unknown>;
  now(): number;
}

/**
 * One variant: the edit, then every check and judge, whatever the ones before say; each result is stored before the next question
 * is put. Gives the final state. A judge that cannot judge is a problem of the variant, not its end. Throws the signal's reason when
 * aborted, and what is wrong with the workspace itself.
 */
export async function makeVariant(candidate: Candidate, ctx: VariantContext): Promise<EditNodeChange> {
  const verdicts: Verdict[] = [];
  const problems: EditProblem[] = [];
  let { usd } = ctx.before;
  for (const name of ctx.recipe.stages) {
    ctx.stage.signal.throwIfAborted();
    if (!applies(name, candidate)) continue;
    ctx.step(name);
    const started = ctx.now();
    try {
      const { verdict, edited, usd: cost } = await ATTEMPT_STAGES[name](candidate, ctx.stage);
      usd += cost;
      verdicts.push(verdict);
      Object.assign(candidate.signals, verdict.signals);
      const change: EditNodeChange = { verdicts, usd, ...numbersOf(verdict) };
      if (edited) {
        candidate.edited = edited;
        const { width, height } = ctx.rootSize;
        const quality = await ctx.stage.pixels.quality(ctx.stage.blobs.fileOf(edited.hash), width, height);
        Object.assign(change, { pictureHash: edited.hash, quality, model: verdict.model, ms: ctx.before.ms || ctx.now() - started });
      }
      await ctx.found(change);
    } catch (error) {
      ctx.stage.signal.throwIfAborted();
      const trouble = troubleOf(error, OWN_TROUBLE);
      if (name === 'edit')
        return { state: trouble.code === 'callUnknown' ? 'unknown' : 'failed', reason: trouble.code, message: trouble.message };
      problems.push({ stage: name, ...trouble });
      await ctx.found({ problems });
    }
  }
  return { state: 'done' };
}

/** Comparing pixels needs pictures of one size (the edit's own verdict says when they are not), reading text an edit of text. */
function applies(stage: AttemptStage, { source, edited, instruction, category }: Candidate): boolean {
  if (stage === 'lowLevel' || stage === 'fullReference')
    return edited !== null && edited.width === source.width && edited.height === source.height;
  return stage !== 'textCheck' || textAsked(instruction, category) !== null;
}

function numbersOf(verdict: Verdict): EditNodeChange {
  const stage: AttemptStage | string = verdict.stage;
  if (stage === 'lowLevel') return { lowLevel: verdict.lowLevel };
  if (stage === 'softJudge') return { softScores: verdict.scores };
  return stage === 'validator' ? { scores: verdict.scores } : {};
}
