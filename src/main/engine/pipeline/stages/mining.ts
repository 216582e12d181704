import type { AttemptStage, Recipe } from '../../../../shared/model/recipe.ts';
import { attemptWorstCost, planAttempts, timesCost } from '../../domain/budget.ts';
import { createJobSpace, type Job, type JobSpace } from '../../domain/jobSpace.ts';
import { createScheduler } from '../../domain/schedule.ts';
import { editSeed } from '../../domain/seeds.ts';
import type { ImageAnswer, OpenAttempt, SceneRecord, SourceRecord } from '../../ports.ts';
import type { Reservation } from '../budgetMeter.ts';
import type { AttemptStageRun, PhaseEnd, RunContext } from '../context.ts';
import { growthWorst } from '../costs.ts';
import { holdRoom } from '../paid.ts';
import { attempt } from './attempt.ts';
import { createWinners } from './winners.ts';

/**
 * 1b. Jobs are drawn uniformly without replacement from sources x instructions x M while jobs and budget are left. Rows left
 * open by a stop come first. The draw's position is stored in the transaction that claims the job.
 */
export async function mining(ctx: RunContext, stages: Record<AttemptStage, AttemptStageRun>): Promise<PhaseEnd> {
  const { recipe, run } = ctx;
  const scenes = new Map(ctx.work.scenes(run.id).map((scene) => [scene.id, scene]));
  const sources = ctx.work.sources(run.id).filter((source) => source.state === 'passed');
  const space = spaceOf(recipe, scenes, sources);
  if (run.jobSpace === null) await ctx.runs.setPhase(run.id, 'attempts', space.size);
  const byId = new Map(sources.map((source) => [source.id, source]));
  const winners = createWinners(ctx);
  const scheduler = createScheduler(recipe.schedule, space, recipe.seed, run.cursor);
  const view = createView(ctx, space, recipe.schedule !== 'uniform');
  const worst = { ...attemptWorstCost(recipe), attempts: 1 };
  const growth = growthWorst(recipe);
  const left = ctx.work.takeOpen(run.id);
  const waiting = (await left).reverse();
  const counters = ctx.runs.counters(run.id);
  ctx.report.phase('attempts', planAttempts(space.size, recipe.budget), doneOf(counters));

  // Money to grow every winner is kept aside, so that a budget does not end in triplets without inverses.
  const keepAside = () => ctx.meter.setOwed(timesCost(growth, winners.count()));
  keepAside();
  const pending = new Set<Promise<unknown>>();
  let end: PhaseEnd = 'complete';
  let failure: unknown;

  async function claim(): Promise<{ open: OpenAttempt; job: Job; held: Reservation } | null> {
    const open = waiting.pop();
    // A row from before was counted when it was claimed; only its calls need room.
    const held = await holdRoom(ctx, open ? attemptWorstCost(recipe) : worst);
    if (typeof held === 'string') {
      if (open) waiting.push(open);
      end = held;
      return null;
    }
    if (open) return { open, job: space.at(open.jobIndex), held };
    const job = scheduler.next(view);
    if (!job) {
      held.release();
      return null;
    }
    held.spend({ attempts: 1 }, { attempts: 1 });
    const source = byId.get(job.sourceId) as SourceRecord;
    const seed = editSeed(recipe.seed, source.seed, 'edit', job.jobIndex);
    const { jobIndex, sourceId, instructionId, tryIndex } = job;
    const row = { jobIndex, sourceId, instructionId, tryIndex, seed };
    view.claimed(job.category);
    const [id] = await ctx.work.claim(run.id, scheduler.cursor(), [row]);
    return { open: { id: id as number, ...row }, job, held };
  }

  async function work(open: OpenAttempt, job: Job, held: Reservation): Promise<void> {
    const source = byId.get(open.sourceId) as SourceRecord;
    const scene = scenes.get(source.sceneId) as SceneRecord;
    const instruction = scene.instructions.find((item) => item.id === open.instructionId);
    const image = ctx.work.image(source.imageHash as string) as ImageAnswer;
    const candidate = {
      prompt: scene.prompt,
      instruction: instruction?.text ?? '',
      category: job.category,
      seed: open.seed,
      source: image,
      edited: null,
      signals: {},
    };
    const { pixels, scorers, calibrations, blobs, work, signal } = ctx;
    const stageContext = { recipe, models: ctx.modelsFor(held), pixels, scorers, calibrations, blobs, work, signal };
    const outcome = await attempt(stages, candidate, stageContext, ctx.clock.ticks);
    // Told at once: the next draw may not wait for the commit. After a crash the rows tell.
    if (outcome.state === 'passed') view.passed(job.category, job.group);
    const finishing = ctx.work.finish(run.id, open.id, job.category, outcome).then(async () => {
      if (outcome.state === 'passed' && (await winners.settle(job))) keepAside();
    });
    track(finishing);
    ctx.report.step();
  }

  /** Rows are committed in groups, so a worker does not wait for its own; failures of the store still stop the run. */
  function track(promise: Promise<unknown>): void {
    const watched = promise.catch((error) => {
      failure ??= error;
    });
    pending.add(watched);
    watched.finally(() => pending.delete(watched));
  }

  async function pull(): Promise<void> {
    while (end === 'complete' && failure === undefined) {
      const claimed = await claim();
      if (!claimed) return;
      try {
        await work(claimed.open, claimed.job, claimed.held);
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'budgetReached') end = 'budget';
        else if (ctx.signal.aborted) end = 'stopped';
        else failure ??= error;
      } finally {
        claimed.held.release();
      }
    }
  }

  await Promise.all(
    Array.from({ length: recipe.concurrency }, () =>
      pull().catch((error) => {
        if (ctx.signal.aborted) end = 'stopped';
        else failure ??= error;
      }),
    ),
  );
  await Promise.all(pending);
  if (failure !== undefined) throw failure;
  return end;
}

/** Jobs in the order that decides the draw: scenes by index, their sources by index, their instructions by index, tries. */
function spaceOf(recipe: Recipe, scenes: Map<number, SceneRecord>, sources: SourceRecord[]): JobSpace {
  const jobSources = sources.map((source) => ({ sourceId: source.id, instructions: scenes.get(source.sceneId)?.instructions ?? [] }));
  return createJobSpace(jobSources, recipe.attemptsPerInstruction);
}

/** What the adaptive schedules look at, rebuilt from the rows when a run goes on. */
function createView(ctx: RunContext, space: JobSpace, adaptive: boolean) {
  const solved = new Uint8Array(adaptive ? space.groups : 0);
  const tallies = new Map<string, { claimed: number; passed: number }>();
  const tallyOf = (category: string) => {
    let tally = tallies.get(category);
    if (!tally) {
      tally = { claimed: 0, passed: 0 };
      tallies.set(category, tally);
    }
    return tally;
  };
  if (adaptive) {
    for (const row of ctx.work.categoryTally(ctx.run.id)) tallies.set(row.category, { claimed: row.done, passed: row.passed });
    const known = new Set(ctx.work.passedGroups(ctx.run.id).map((group) => `${group.sourceId}/${group.instructionId}`));
    if (known.size > 0) {
      for (let group = 0; group < space.groups; group++) {
        const job = space.at(space.jobOf(group, 0));
        if (known.has(`${job.sourceId}/${job.instructionId}`)) solved[group] = 1;
      }
    }
  }
  return {
    solved: (group: number) => solved[group] === 1,
    tally: tallyOf,
    claimed(category: string) {
      tallyOf(category).claimed += 1;
    },
    passed(category: string, group: number) {
      tallyOf(category).passed += 1;
      if (adaptive) solved[group] = 1;
    },
  };
}

function doneOf(counters: ReadonlyMap<string, number>): number {
  return ['passed', 'rejected', 'failed', 'unknown'].reduce((sum, state) => sum + (counters.get(`attempt.${state}`) ?? 0), 0);
}
