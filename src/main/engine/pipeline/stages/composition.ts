import type { Scores, Verdict } from '../../../../shared/model/attempt.ts';
import { type Cost, roleCost, sumCosts } from '../../domain/budget.ts';
import { judgeScores } from '../../domain/gates.ts';
import { joinInstructions, type PlannedComposition, planCompositions } from '../../domain/growth.ts';
import { parseScores, parseSentence } from '../../domain/replies.ts';
import { deriveSeed } from '../../domain/seeds.ts';
import type { Models, TripletRecord } from '../../ports.ts';
import { type PhaseEnd, type RunContext, verdict } from '../context.ts';
import { forEachPaid, unitTrouble } from '../paid.ts';
import { askReadable } from './pair.ts';

/** Bootstrap composition: accepted edits e1, e2 of one image give <Ie1, inverse(e1) + e2, Ie2>; longer paths when asked for. */
export async function composition(ctx: RunContext): Promise<PhaseEnd> {
  const { recipe, run } = ctx;
  const active = ctx.triplets.ofRun(run.id, ['forward', 'inverse'], ['active']);
  const inverses = new Map(active.filter((t) => t.kind === 'inverse').map((t) => [t.parents[0], t]));
  const keyOf = (parents: number[]) => parents.join(',');
  const known = new Set(ctx.triplets.ofRun(run.id, ['composed'], ['active', 'dropped']).map((t) => keyOf(t.parents)));
  const plans = [...byRoot(active.filter((t) => t.kind === 'forward'))].flatMap(([, forwards]) => planRoot(ctx, forwards, inverses));
  const open = plans.filter((plan) => !known.has(keyOf(plan.parents)));
  const byId = new Map(active.map((t) => [t.id, t]));
  ctx.report.phase('growth', open.length, 0);

  let worst: Cost = { usd: 0, gpuSeconds: 0, apiSeconds: 0 };
  if (recipe.composition.rewrite) worst = sumCosts(worst, roleCost(recipe, 'inverter'));
  if (recipe.composition.validate) worst = sumCosts(worst, roleCost(recipe, 'validator'));
  return forEachPaid(
    ctx,
    open,
    () => worst,
    async (plan, models) => {
      await compose(ctx, plan, byId.get(plan.parents[0] as number) as TripletRecord, models);
      ctx.report.step();
    },
  );
}

function planRoot(ctx: RunContext, forwards: TripletRecord[], inverses: Map<number | undefined, TripletRecord>): PlannedComposition[] {
  const edges = forwards.flatMap((forward) => {
    const inverse = inverses.get(forward.id);
    return inverse
      ? [
          {
            id: forward.id,
            inverseId: inverse.id,
            sourceHash: forward.sourceHash,
            editedHash: forward.editedHash,
            instruction: forward.instruction,
            category: forward.category,
            inverseInstruction: inverse.instruction,
            inverseCategory: inverse.category,
          },
        ]
      : [];
  });
  const { maxEdits, maxPerSource } = ctx.recipe.composition;
  return planCompositions(edges, { maxEdits, maxPerSource, seed: ctx.recipe.seed });
}

async function compose(ctx: RunContext, plan: PlannedComposition, like: TripletRecord, models: Models): Promise<void> {
  const { recipe } = ctx;
  const seed = deriveSeed(recipe.seed, 'compose', plan.sourceHash, plan.editedHash, ...plan.instructions);
  try {
    let instruction = joinInstructions(plan.instructions);
    if (recipe.composition.rewrite) {
      const task = { kind: 'compose' as const, instructions: plan.instructions };
      instruction = (await askReadable(models, 'inverter', task, seed, parseSentence, ctx.signal)).parsed;
    }
    let scores: Scores | null = null;
    const verdicts: Verdict[] = [];
    if (recipe.composition.validate) {
      const task = { kind: 'scores' as const, instruction, source: plan.sourceHash, edited: plan.editedHash };
      const answer = await askReadable(models, 'validator', task, seed, parseScores, ctx.signal);
      scores = answer.parsed;
      const { passed, reason } = judgeScores(scores, recipe.gates.validator);
      verdicts.push(
        verdict({
          stage: 'composition',
          passed,
          reason,
          scores,
          model: answer.model,
          promptVersion: answer.promptVersion,
          raw: answer.value,
        }),
      );
    }
    const failed = verdicts.find((item) => !item.passed);
    await ctx.triplets.add({
      ...like,
      kind: 'composed',
      state: failed ? 'dropped' : 'active',
      reason: failed?.reason ?? '',
      sourceHash: plan.sourceHash,
      editedHash: plan.editedHash,
      instruction,
      category: plan.category,
      attemptId: null,
      lowLevel: null,
      scores,
      parents: plan.parents,
      verdicts,
    });
    ctx.report.changed();
  } catch (error) {
    const trouble = unitTrouble(error, ctx.signal);
    await ctx.runs.count(ctx.run.id, `error.composition.${trouble.kind === 'unknown' ? 'unknown' : trouble.code}`, 1);
  }
}

function byRoot(forwards: TripletRecord[]): Map<number | null, TripletRecord[]> {
  const roots = new Map<number | null, TripletRecord[]>();
  for (const forward of forwards) {
    const list = roots.get(forward.sourceId);
    if (list) list.push(forward);
    else roots.set(forward.sourceId, [forward]);
  }
  return roots;
}
