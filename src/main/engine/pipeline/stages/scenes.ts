import { ASKS, roleCost, timesCost } from '../../domain/budget.ts';
import { parseDesign } from '../../domain/replies.ts';
import { deriveSeed } from '../../domain/seeds.ts';
import type { ChatTask, Models } from '../../ports.ts';
import type { PhaseEnd, RunContext } from '../context.ts';
import { forEachPaid, unitTrouble } from '../paid.ts';
import { readImageFolder, readSceneFile } from '../sceneFiles.ts';

/** Scene indexes of one batch start at batch number x this, so that batches may be done in any order. */
const BATCH_STRIDE = 1000;

/** 1a. Scenes with their instructions: designed by the prompt engineer, or read from the user's files. */
export async function scenes(ctx: RunContext): Promise<PhaseEnd> {
  const { scenes: from } = ctx.recipe;
  if (from.from === 'constraints') return design(ctx, from);
  if (ctx.work.scenes(ctx.run.id).length > 0) return 'complete';
  if (from.from === 'file') {
    const read = await readSceneFile(from.path, ctx.baseDir);
    ctx.report.phase('scenes', read.length, 0);
    await ctx.work.addScenes(
      ctx.run.id,
      read.map((scene, idx) => ({
        idx,
        prompt: scene.prompt,
        style: scene.style,
        imageHash: null,
        promptVersion: 'file',
        instructions: scene.edits,
      })),
    );
  } else {
    await addFolder(ctx, from);
  }
  return 'complete';
}

type Constraints = Extract<RunContext['recipe']['scenes'], { from: 'constraints' }>;

async function design(ctx: RunContext, wish: Constraints): Promise<PhaseEnd> {
  const batches = Array.from({ length: Math.ceil(wish.scenes / wish.batch) }, (_, batch) => batch);
  const done = new Set(ctx.work.scenes(ctx.run.id).map((scene) => Math.floor(scene.idx / BATCH_STRIDE)));
  ctx.report.phase('scenes', batches.length, done.size);
  const open = batches.filter((batch) => !done.has(batch));
  return forEachPaid(
    ctx,
    open,
    () => timesCost(roleCost(ctx.recipe, 'promptEngineer'), ASKS.design),
    async (batch, models) => {
      await designBatch(ctx, wish, batch, models);
      ctx.report.step();
    },
  );
}

async function designBatch(ctx: RunContext, wish: Constraints, batch: number, models: Models): Promise<void> {
  const count = Math.min(wish.batch, wish.scenes - batch * wish.batch);
  const expected = { count, edits: wish.editsPerScene, composite: wish.composite };
  const task: ChatTask = {
    kind: 'design',
    topics: wish.topics,
    styles: wish.styles,
    operations: wish.operations,
    minObjects: wish.minObjects,
    maxObjects: wish.maxObjects,
    composite: wish.composite,
    count,
    edits: wish.editsPerScene,
    batch,
    problem: '',
  };
  const seed = deriveSeed(ctx.recipe.seed, 'design', batch);
  let answer: Awaited<ReturnType<Models['chat']>>;
  try {
    answer = await models.chat('promptEngineer', task, seed, ctx.signal);
    let parsed = parseDesign(answer.value, expected);
    if (parsed.problems.length > 0) {
      // Asked again once, with what was wrong; of the two replies the one with more good scenes is kept.
      const problem = parsed.problems.slice(0, 5).join('; ');
      const second = await models.chat('promptEngineer', { ...task, problem }, seed, ctx.signal);
      const again = parseDesign(second.value, expected);
      if (again.scenes.length >= parsed.scenes.length) {
        parsed = again;
        answer = second;
      }
    }
    if (parsed.scenes.length < count) await ctx.runs.count(ctx.run.id, 'reject.scenes.badReply', count - parsed.scenes.length);
    const { promptVersion } = answer;
    await ctx.work.addScenes(
      ctx.run.id,
      parsed.scenes.map((scene, i) => ({
        idx: batch * BATCH_STRIDE + i,
        prompt: scene.prompt,
        style: scene.style,
        imageHash: null,
        promptVersion,
        instructions: scene.edits.map((edit) => ({ text: edit.instruction, category: edit.category })),
      })),
    );
  } catch (error) {
    const trouble = unitTrouble(error, ctx.signal);
    await ctx.runs.count(ctx.run.id, `error.scenes.${trouble.kind === 'unknown' ? 'unknown' : trouble.code}`, 1);
  }
}

/** Real images: canonical first, stored as blobs; unreadable ones are counted and skipped. */
async function addFolder(ctx: RunContext, from: Extract<RunContext['recipe']['scenes'], { from: 'folder' }>): Promise<void> {
  const listed = await readImageFolder(from.path, from.instructions, ctx.baseDir);
  ctx.report.phase('scenes', listed.length, 0);
  const added: Parameters<RunContext['work']['addScenes']>[1] = [];
  for (const [idx, item] of listed.entries()) {
    if (ctx.stopping()) return;
    try {
      const canonical = await ctx.pixels.canonicalise(await item.read(), ctx.recipe.sourceSize);
      const hash = await ctx.blobs.put(canonical.bytes, canonical.format);
      const { width, height, format, lossy } = canonical;
      await ctx.work.addImage(hash, { width, height, format, lossy }, canonical.bytes.length);
      added.push({ idx, prompt: item.name, style: 'standard', imageHash: hash, promptVersion: 'folder', instructions: item.instructions });
    } catch (error) {
      unitTrouble(error, ctx.signal);
      await ctx.runs.count(ctx.run.id, 'error.scenes.unreadable', 1);
    }
    ctx.report.step();
  }
  await ctx.work.addScenes(ctx.run.id, added);
}
