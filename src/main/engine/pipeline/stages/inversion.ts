import { ASKS, roleCost, timesCost } from '../../domain/budget.ts';
import { inverseCategory } from '../../domain/growth.ts';
import { parseSentence } from '../../domain/replies.ts';
import { deriveSeed } from '../../domain/seeds.ts';
import type { Models, TripletRecord } from '../../ports.ts';
import type { PhaseEnd, RunContext } from '../context.ts';
import { forEachPaid, unitTrouble } from '../paid.ts';
import { askReadable } from './pair.ts';

/** Semantic inversion: <I0, p, Ie> also gives <Ie, inverse of p, I0>, worded with the original T2I prompt at hand. */
export async function inversion(ctx: RunContext): Promise<PhaseEnd> {
  const known = new Set(ctx.triplets.ofRun(ctx.run.id, ['inverse'], ['active', 'dropped']).map((triplet) => triplet.parents[0]));
  const open = ctx.triplets.ofRun(ctx.run.id, ['forward'], ['active']).filter((triplet) => !known.has(triplet.id));
  const prompts = promptsBySource(ctx);
  ctx.report.phase('growth', open.length, 0);
  const worst = timesCost(roleCost(ctx.recipe, 'inverter'), ASKS.invert);
  return forEachPaid(
    ctx,
    open,
    () => worst,
    async (forward, models) => {
      await invert(ctx, forward, prompts.get(forward.sourceId ?? -1) ?? '', models);
      ctx.report.step();
    },
  );
}

async function invert(ctx: RunContext, forward: TripletRecord, prompt: string, models: Models): Promise<void> {
  try {
    const task = { kind: 'invert' as const, instruction: forward.instruction, prompt };
    const seed = deriveSeed(ctx.recipe.seed, 'invert', forward.sourceHash, forward.editedHash, forward.instruction);
    const answer = await askReadable(models, 'inverter', task, seed, parseSentence, ctx.signal);
    await ctx.triplets.add({
      ...forward,
      kind: 'inverse',
      sourceHash: forward.editedHash,
      editedHash: forward.sourceHash,
      instruction: answer.parsed,
      category: inverseCategory(forward.category),
      attemptId: null,
      scores: null,
      parents: [forward.id],
      verdicts: [],
    });
    ctx.report.changed();
  } catch (error) {
    const trouble = unitTrouble(error, ctx.signal);
    await ctx.runs.count(ctx.run.id, `error.inversion.${trouble.kind === 'unknown' ? 'unknown' : trouble.code}`, 1);
  }
}

function promptsBySource(ctx: RunContext): Map<number, string> {
  const prompts = new Map(ctx.work.scenes(ctx.run.id).map((scene) => [scene.id, scene.prompt]));
  return new Map(ctx.work.sources(ctx.run.id).map((source) => [source.id, prompts.get(source.sceneId) ?? '']));
}
