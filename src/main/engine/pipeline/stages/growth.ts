import type { GrowthStage } from '../../../../shared/model/recipe.ts';
import type { TripletKind } from '../../../../shared/model/triplet.ts';
import type { PhaseEnd, RunContext } from '../context.ts';
import { BACKWARD_REASON } from './backwardConsistency.ts';

/** Grows the set stage by stage in the recipe's order, and writes down how many triplets there are after each. */
export async function growth(ctx: RunContext, stages: Record<GrowthStage, (ctx: RunContext) => Promise<PhaseEnd>>): Promise<PhaseEnd> {
  // What was owed to growing is spent here, so nothing is kept aside any more.
  ctx.meter.setOwed({});
  // A run that goes on has derived triplets from before; a row of the funnel counts only what its stage and those above give.
  const kinds: TripletKind[] = ['forward'];
  let checked = false;
  for (const name of ctx.recipe.growth) {
    const end = await stages[name](ctx);
    if (end !== 'complete') return end;
    if (name === 'inversion') kinds.push('inverse');
    if (name === 'composition') kinds.push('composed');
    checked ||= name === 'backwardConsistency';
    // What the backward check dropped in an earlier sitting was still there at the stages before it.
    const rows = ctx.triplets.ofRun(ctx.run.id, kinds, ['active', 'dropped']);
    const count = rows.filter((row) => row.state === 'active' || (!checked && row.reason.startsWith(BACKWARD_REASON))).length;
    await ctx.runs.setCount(ctx.run.id, `funnel.${name}`, count);
  }
  return 'complete';
}
