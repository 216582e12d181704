import { roleCost, sumCosts } from '../../domain/budget.ts';
import { parseYesNo } from '../../domain/replies.ts';
import { deriveKey, deriveSeed } from '../../domain/seeds.ts';
import type { Models, SceneRecord, SourceRecord } from '../../ports.ts';
import { type PhaseEnd, type RunContext, verdict } from '../context.ts';
import { forEachPaid, unitTrouble } from '../paid.ts';
import { askReadable } from './pair.ts';

interface Wanted {
  scene: SceneRecord;
  idx: number;
}

/** 1b. N source images a scene; real images are sources already. Failed ones of an earlier life are made again. */
export async function sources(ctx: RunContext): Promise<PhaseEnd> {
  const scenes = ctx.work.scenes(ctx.run.id);
  const seeds = ctx.recipe.scenes.from === 'folder' ? 1 : ctx.recipe.seedsPerScene;
  await ctx.work.reopenSources(ctx.run.id, ['failed', 'unknown']);
  const have = new Set(ctx.work.sources(ctx.run.id).map((source) => `${source.sceneId}/${source.idx}`));
  ctx.report.phase('sources', scenes.length * seeds, have.size);

  function* wanted(): Generator<Wanted> {
    for (const scene of scenes) for (let idx = 0; idx < seeds; idx++) if (!have.has(`${scene.id}/${idx}`)) yield { scene, idx };
  }
  const worst = ctx.recipe.scenes.from === 'folder' ? {} : sourceWorst(ctx);
  return forEachPaid(
    ctx,
    wanted(),
    () => worst,
    async (want, models) => {
      await makeSource(ctx, want, models);
      ctx.report.step();
    },
  );
}

function sourceWorst({ recipe }: RunContext) {
  const paint = roleCost(recipe, 'textToImage');
  return recipe.plausibilityGate ? sumCosts(paint, roleCost(recipe, 'plausibilityJudge')) : paint;
}

async function makeSource(ctx: RunContext, { scene, idx }: Wanted, models: Models): Promise<void> {
  const seed = deriveSeed(ctx.recipe.seed, 'source', scene.idx, idx);
  const base = { sceneId: scene.id, idx, seed };
  const add = (
    source: Omit<SourceRecord, 'id' | 'sceneId' | 'idx' | 'seed'> & { reason: string; verdicts?: ReturnType<typeof verdict>[] },
  ) => ctx.work.addSource(ctx.run.id, { verdicts: [], ...base, ...source });
  if (scene.imageHash !== null) return add({ state: 'passed', reason: '', imageHash: scene.imageHash });

  let imageHash: string | null = null;
  try {
    const { width, height } = pickSize(ctx, scene.idx, idx);
    const painted = await models.generate({ prompt: scene.prompt, width, height, seed }, ctx.signal);
    imageHash = painted.value.hash;
    if (!ctx.recipe.plausibilityGate) return add({ state: 'passed', reason: '', imageHash });
    await gate(ctx, models, scene, seed, imageHash, add);
  } catch (error) {
    const trouble = unitTrouble(error, ctx.signal);
    const refused = trouble.kind === 'provider' && trouble.code === 'refused';
    if (trouble.kind === 'unknown') await add({ state: 'unknown', reason: 'callUnknown', imageHash });
    else await add({ state: refused ? 'rejected' : 'failed', reason: trouble.code, imageHash });
  }
}

/** The plausibility gate: shows the prompt, is realistic, is plausible (paper 1b). */
async function gate(
  ctx: RunContext,
  models: Models,
  scene: SceneRecord,
  seed: number,
  image: string,
  add: (source: {
    state: 'passed' | 'rejected';
    reason: string;
    imageHash: string;
    verdicts: ReturnType<typeof verdict>[];
  }) => Promise<void>,
): Promise<void> {
  const answer = await askReadable(
    models,
    'plausibilityJudge',
    { kind: 'plausible', prompt: scene.prompt, image },
    seed,
    parseYesNo,
    ctx.signal,
  );
  const passed = answer.parsed;
  const reason = passed ? '' : 'implausible';
  const { model, promptVersion, value: raw } = answer;
  await add({
    state: passed ? 'passed' : 'rejected',
    reason,
    imageHash: image,
    verdicts: [verdict({ stage: 'plausibility', passed, reason, model, promptVersion, raw })],
  });
}

function pickSize(ctx: RunContext, sceneIdx: number, idx: number): { width: number; height: number } {
  const key = deriveKey(ctx.recipe.seed, 'size', sceneIdx, idx);
  const size = ctx.recipe.sizes[new DataView(key.buffer, key.byteOffset).getUint32(0) % ctx.recipe.sizes.length] as string;
  const [width, height] = size.split('x').map(Number) as [number, number];
  return { width, height };
}
