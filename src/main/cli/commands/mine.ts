import { existsSync, readdirSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { EngineClient } from '../../../shared/contract.ts';
import { formatCount } from '../../../shared/count.ts';
import { AppError } from '../../../shared/model/errors.ts';
import type { JobView } from '../../../shared/model/events.ts';
import type { RunSummary } from '../../../shared/model/run.ts';
import { QuietFailure } from '../errors.ts';
import { followRun } from '../follow.ts';
import { formatMoney } from '../format.ts';
import { type RunFacts, runBlock, runLine } from '../live.ts';
import { type Overrides, overrideRecipe, readRecipe, requirePlan } from '../recipeFile.ts';
import { describeState, findRun, formatRunReport, readRunReport } from '../runReport.ts';
import { onInterrupts, type Session, watchJob, withEngine } from '../session.ts';

export interface MineOptions extends Overrides {
  recipe: string;
  /** Folder of the dataset; undefined = a free name, false = none. */
  export: string | false | undefined;
  /** Start a new run even when one of this recipe can be resumed. */
  fresh: boolean;
}

/** `nhr mine`: a run from recipe to dataset. */
export function mine(session: Session, options: MineOptions): Promise<void> {
  const target = exportTarget(session, options.export);
  return withEngine(session, true, async (client) => {
    const original = await readRecipe(client, options.recipe, session.world.cwd);
    const recipe = { ...original, yaml: overrideRecipe(original.yaml, options) };
    // Lines of the user's own file are right only as long as nothing was put in.
    if (recipe.yaml !== original.yaml) await requirePlan(client, original);
    const plan = await requirePlan(client, recipe);
    if (!options.fresh) await refuseForgotten(client, recipe.yaml, plan.name);
    session.say(
      `${plan.name}${plan.demo ? ' (demo studio: pictures, scores and prices are pretend)' : ''}`,
      `up to ${formatCount(plan.attempts)} attempts out of ${formatCount(plan.jobSpace)} jobs, at most ${formatMoney(plan.usdBound)}`,
      ...plan.notes.map((note) => `note: ${note}`),
      `workspace ${session.workspaceDir}`,
      '',
    );
    const run = await client.runs.start({ yaml: recipe.yaml, baseDir: recipe.baseDir });
    const facts = { name: run.name, demo: run.demo, usdCap: (await client.runs.recipe({ runId: run.id })).budget?.usd ?? null };
    await finish(session, client, await watchRun(session, client, run, facts), target);
  });
}

export interface ResumeOptions extends Overrides {
  run: string;
  askAgain: boolean;
  export: string | undefined;
}

/** `nhr resume`: goes on with a run that was paused, interrupted or has ended; a raised budget lets it go further. */
export function resumeRun(session: Session, options: ResumeOptions): Promise<void> {
  const target = options.export === undefined ? undefined : exportTarget(session, options.export);
  return withEngine(session, false, async (client) => {
    const found = await findRun(client, options.run);
    const present = await client.runs.recipe({ runId: found.id });
    const given = Object.keys(options.budget).length > 0;
    // A given budget replaces the whole of it, so what was not named is kept.
    const budget = given ? { ...present.budget, ...options.budget } : undefined;
    session.say(`Resuming ${found.name} (${found.id}), ${describeState(found)}, ${formatCount(found.attemptsDone)} attempts done`, '');
    const run = await client.runs.resume({ runId: found.id, budget, askAgain: options.askAgain });
    const facts = { name: run.name, demo: run.demo, usdCap: (budget ?? present.budget)?.usd ?? null };
    await finish(session, client, await watchRun(session, client, run, facts), target);
  });
}

/** A run of the same recipe that waits to go on is most likely what the user means; starting over would do its work twice. */
async function refuseForgotten(client: EngineClient, yaml: string, name: string): Promise<void> {
  for (const run of await client.runs.list()) {
    if ((run.state !== 'paused' && run.state !== 'interrupted') || run.name !== name) continue;
    if ((await client.runs.recipe({ runId: run.id })).yaml !== yaml) continue;
    throw new AppError('conflict', `A run of this recipe was ${run.state} after ${formatCount(run.attemptsDone)} attempts.`, {
      hint: `Go on with it: nhr resume ${run.id}   or start another one: nhr mine --fresh`,
    });
  }
}

async function watchRun(session: Session, client: EngineClient, run: RunSummary, facts: RunFacts): Promise<RunSummary> {
  const pausing = 'Pausing: what is in flight is finished first. Press Ctrl-C again to stop at once; nothing stored is lost.';
  const stopListening = onInterrupts(session, pausing, async () => {
    await client.runs.pause({ runId: run.id });
  });
  try {
    const rested = await followRun(client, run.id, (progress) => {
      session.progress({ progress });
      session.live.show({
        key: progress.phase,
        block: (width) => runBlock(progress, facts, width, session.style),
        line: () => runLine(progress),
      });
    });
    session.live.end();
    return rested;
  } finally {
    stopListening();
  }
}

/** Says what came of a run, exports when it ended well, and says what to do next. */
async function finish(session: Session, client: EngineClient, run: RunSummary, target: string | undefined): Promise<void> {
  const report = await readRunReport(client, run.id);
  session.say('', ...formatRunReport(report, session.style, session.width));
  const good = run.state === 'ended' && (run.end === 'exhausted' || run.end === 'budget');
  const exported = good && target !== undefined && run.triplets > 0 ? await exportRun(session, client, run.id, target) : null;
  const data = {
    ...report,
    workspace: session.workspaceDir,
    export: exported === null ? null : { dir: exported.target, report: exported.report },
  };
  session.result(data, () => ['', ...nextSteps(session.workspaceDir, run, exported, target)]);
  if (!good || exported?.state === 'failed') throw new QuietFailure();
}

async function exportRun(session: Session, client: EngineClient, runId: string, target: string): Promise<JobView> {
  const job = await watchJob(session, client, await client.transfer.startExport({ format: 'nhr', dir: target, filter: { runId } }));
  if (job.state === 'failed')
    throw new AppError('internal', `The run is complete, but the export failed: ${job.message}`, { file: target });
  return job;
}

function nextSteps(workspaceDir: string, run: RunSummary, exported: JobView | null, target: string | undefined): string[] {
  if (run.state !== 'ended') return [`Go on with it:   nhr resume ${run.id}`];
  if (run.end === 'cancelled' || run.end === 'failed') return [`Try again from where it stopped:   nhr resume ${run.id}`];
  if (exported === null && run.triplets === 0) return ['No triplet was found, so nothing was exported.'];
  return [
    ...(exported === null ? [] : [exported.message]),
    ...(exported === null ? [] : [`Read it back:   nhr check-export ${exported.target}`]),
    ...(exported === null && target === undefined ? [`Export it:      nhr export --run ${run.id} --out dataset`] : []),
    `Look at it:     npm start -- --workspace ${workspaceDir}`,
    ...(run.end === 'budget' ? [`Mine further:   nhr resume ${run.id} --budget-attempts N`] : []),
  ];
}

/** The dataset's folder. A named one must be free, and that is said before hours of mining; without a name the first free one. */
function exportTarget(session: Session, wish: string | false | undefined): string | undefined {
  if (wish === false) return undefined;
  const { cwd } = session.world;
  if (wish !== undefined) {
    const dir = resolve(cwd, wish);
    if (isOccupied(dir))
      throw new AppError('conflict', `${dir} is not empty.`, { file: dir, hint: 'Choose a new folder; nothing is ever written over.' });
    return dir;
  }
  for (let number = 1; ; number++) {
    const dir = resolve(cwd, number === 1 ? 'dataset' : `dataset-${number}`);
    if (!isOccupied(dir)) return dir;
  }
}

function isOccupied(dir: string): boolean {
  return existsSync(dir) && (!statSync(dir).isDirectory() || readdirSync(dir).length > 0);
}
