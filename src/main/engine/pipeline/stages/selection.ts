import type { PhaseEnd, RunContext } from '../context.ts';
import { createWinners } from './winners.ts';

/** 1c. The argmax of the geometric score of every <source, instruction> joins the set; a repeat changes nothing. */
export async function selection(ctx: RunContext): Promise<PhaseEnd> {
  const winners = createWinners(ctx);
  const groups = ctx.work.passedGroups(ctx.run.id);
  ctx.report.phase('selection', groups.length, 0);
  for (const group of groups) {
    if (ctx.stopping()) return 'stopped';
    await winners.settle(group);
    ctx.report.step();
  }
  await ctx.runs.setCount(ctx.run.id, 'funnel.selection', winners.count());
  return 'complete';
}
