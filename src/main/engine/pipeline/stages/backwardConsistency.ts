import { roleCost } from '../../domain/budget.ts';
import { judgeScores } from '../../domain/gates.ts';
import { parseScores } from '../../domain/replies.ts';
import { deriveSeed } from '../../domain/seeds.ts';
import type { Models, TripletRecord } from '../../ports.ts';
import { type PhaseEnd, type RunContext, verdict } from '../context.ts';
import { forEachPaid, unitTrouble } from '../paid.ts';
import { askReadable } from './pair.ts';

/** How the reason of a triplet begins that this stage dropped. */
export const BACKWARD_REASON = 'backward consistency';

/**
 * Backward consistency: the validator scores every inverse triplet; a low score drops it, its forward parent, and what was
 * composed from either. An inverse that could not be scored stays unscored and is asked about again when the run goes on.
 */
export async function backwardConsistency(ctx: RunContext): Promise<PhaseEnd> {
  const open = ctx.triplets.ofRun(ctx.run.id, ['inverse'], ['active']).filter((triplet) => triplet.scores === null);
  ctx.report.phase('growth', open.length, 0);
  const worst = roleCost(ctx.recipe, 'validator');
  return forEachPaid(
    ctx,
    open,
    () => worst,
    async (inverse, models) => {
      await check(ctx, inverse, models);
      ctx.report.step();
    },
  );
}

async function check(ctx: RunContext, inverse: TripletRecord, models: Models): Promise<void> {
  try {
    const task = { kind: 'scores' as const, instruction: inverse.instruction, source: inverse.sourceHash, edited: inverse.editedHash };
    const seed = deriveSeed(ctx.recipe.seed, 'backward', inverse.sourceHash, inverse.editedHash, inverse.instruction);
    const answer = await askReadable(models, 'validator', task, seed, parseScores, ctx.signal);
    const { passed, reason } = judgeScores(answer.parsed, ctx.recipe.gates.backward);
    const { model, promptVersion, value: raw } = answer;
    const found = verdict({ stage: 'backwardConsistency', passed, reason, scores: answer.parsed, model, promptVersion, raw });
    await ctx.triplets.addVerdicts(inverse.id, [found], answer.parsed);
    if (!passed) {
      const family = [...inverse.parents, ...ctx.triplets.descendants(inverse.parents)];
      await ctx.triplets.setState(family, 'dropped', `${BACKWARD_REASON}: ${reason}`);
    }
    ctx.report.changed();
  } catch (error) {
    const trouble = unitTrouble(error, ctx.signal);
    await ctx.runs.count(ctx.run.id, `error.backwardConsistency.${trouble.kind === 'unknown' ? 'unknown' : trouble.code}`, 1);
  }
}
