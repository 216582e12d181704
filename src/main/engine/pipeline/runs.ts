import { randomUUID } from 'node:crypto';
import { AppError } from '../../../shared/model/errors.ts';
import type { Budget, Recipe } from '../../../shared/model/recipe.ts';
import type { RunProgress, RunSummary } from '../../../shared/model/run.ts';
import type { ProfileStore, RunRecord } from '../ports.ts';
import { requireLocalParts } from './localParts.ts';
import { runProgress, runSummary } from './progress.ts';
import { requireRecipe } from './recipeText.ts';
import { type DriveOptions, driveRun, type LiveRun, type RunnerDeps } from './runner.ts';

/** Starting, stopping and going on: what a person does with runs. */
export interface Runs {
  start(yaml: string, baseDir: string | undefined): Promise<RunSummary>;
  resume(id: string, options: { budget?: Budget; askAgain?: boolean }): Promise<RunSummary>;
  pause(id: string): Promise<RunSummary>;
  cancel(id: string): Promise<RunSummary>;
  list(): RunSummary[];
  progress(id: string): RunProgress;
  /** The text it was started with, and the budget it has now. */
  recipe(id: string): { yaml: string; budget: Budget };
  /** Goes on with everything a crash interrupted. */
  resumeInterrupted(): Promise<void>;
  /** Resolves when no run is under way. */
  idle(): Promise<void>;
  /** Lets go of every run; they can be resumed. */
  shutdown(): Promise<void>;
}

const AT_REST = ['paused', 'interrupted', 'ended'] as const;

/** The runs of one workspace. At most one of a kind is driven at a time: its own id. */
export function createRuns(deps: RunnerDeps & { profiles: Pick<ProfileStore, 'list'> }): Runs {
  const live = new Map<string, LiveRun>();
  const { runs, work } = deps;

  function require(id: string): RunRecord {
    const run = runs.get(id);
    if (!run) throw new AppError('noSuchItem', `There is no run ${id}.`, { hint: '`nhr runs` lists them.' });
    return run;
  }

  /** The calibration a recipe names by its name is the newest of now, for as long as the run lives. */
  function pinned(recipe: Recipe): Recipe {
    if (!recipe.stages.includes('localValidator')) return recipe;
    const { localValidator } = recipe.gates;
    const calibration = deps.calibrations.resolve(localValidator.calibration);
    return { ...recipe, gates: { ...recipe.gates, localValidator: { ...localValidator, calibration } } };
  }

  function announce(id: string): RunSummary {
    const summary = runSummary(runs, require(id));
    deps.emit({ type: 'run', run: summary });
    return summary;
  }

  function drive(id: string, options: DriveOptions): RunSummary {
    const record = require(id);
    const driven = driveRun({ ...deps, baseDir: record.baseDir || deps.baseDir }, record, options);
    live.set(id, driven);
    driven.rested.then(() => {
      live.delete(id);
      announce(id);
    });
    return announce(id);
  }

  async function goOn(id: string, options: { budget?: Budget; askAgain?: boolean; retryFailed: boolean }): Promise<RunSummary> {
    const run = require(id);
    if (live.has(id)) throw new AppError('conflict', `Run ${run.name} is running already.`);
    if (run.end === 'cancelled' || run.end === 'failed') await work.reopen(id, ['cancelled']);
    if (options.budget) await runs.setRecipe(id, { ...run.recipe, budget: options.budget });
    // An ended run may have jobs left under a raised budget, and new winners to grow: back to the draw.
    if (['selection', 'growth', 'done'].includes(run.phase)) await runs.setPhase(id, 'attempts');
    if (options.retryFailed) await work.reopen(id, ['failed']);
    if (options.askAgain) await work.reopen(id, ['unknown']);
    if (!(await runs.transition(id, [...AT_REST], 'running', { end: null, error: null })))
      throw new AppError('conflict', `Run ${run.name} cannot be resumed.`);
    return drive(id, { askAgain: options.askAgain ?? false, partsFound: false });
  }

  async function stop(id: string, wish: 'pause' | 'cancel'): Promise<RunSummary> {
    const run = require(id);
    const driven = live.get(id);
    if (driven) await driven.stop(wish);
    else if (wish === 'cancel' && (await runs.transition(id, ['paused', 'interrupted'], 'ended', { end: 'cancelled', error: null })))
      await work.cancelOpen(id);
    else throw new AppError('conflict', `Run ${run.name} is not running.`);
    return announce(id);
  }

  return {
    async start(yaml, baseDir) {
      const asked = requireRecipe(yaml, deps.profiles.list());
      await requireLocalParts(asked, deps);
      const recipe = pinned(asked);
      const id = newRunId(recipe, deps.clock.now());
      await runs.create({
        id,
        name: recipe.name,
        recipe,
        recipeYaml: yaml,
        baseDir: baseDir ?? '',
        demo: isDemo(recipe),
        state: 'running',
        phase: 'scenes',
        end: null,
        error: null,
        jobSpace: null,
        createdAt: deps.clock.now(),
      });
      return drive(id, { askAgain: false, partsFound: true });
    },
    resume: (id, options) => goOn(id, { ...options, retryFailed: true }),
    pause: (id) => stop(id, 'pause'),
    cancel: (id) => stop(id, 'cancel'),
    list: () => runs.list().map((run) => runSummary(runs, run)),
    progress: (id) => runProgress(runs, require(id), live.get(id)?.live() ?? null),
    recipe(id) {
      const run = require(id);
      return { yaml: run.recipeYaml, budget: run.recipe.budget };
    },
    async resumeInterrupted() {
      for (const run of runs.list()) if (run.state === 'interrupted') await goOn(run.id, { retryFailed: false });
    },
    async idle() {
      while (live.size > 0) await Promise.all([...live.values()].map((driven) => driven.rested));
    },
    async shutdown() {
      await Promise.all([...live.values()].map((driven) => driven.stop('shutdown')));
    },
  };
}

/** True when a pretend model has any part in it: the screen and the dataset card must say so. */
export function isDemo(recipe: Recipe): boolean {
  return recipe.endpoints.some((endpoint) => endpoint.transport === 'demo');
}

/** Readable and unique: date, a word of the name, and four random letters. */
function newRunId(recipe: Recipe, now: number): string {
  const day = new Date(now).toISOString().slice(0, 10);
  const word =
    recipe.name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 24) || 'run';
  return `${day}-${word}-${randomUUID().slice(0, 4)}`;
}
