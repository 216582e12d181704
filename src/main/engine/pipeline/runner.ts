import { type AppError, toWireError, type WireError } from '../../../shared/model/errors.ts';
import type { EngineEvent } from '../../../shared/model/events.ts';
import type { Endpoint } from '../../../shared/model/provider.ts';
import type { RunEnd, RunState } from '../../../shared/model/run.ts';
import { explainRefusal, roleCost } from '../domain/budget.ts';
import type {
  Blobs,
  Calibrations,
  CallStore,
  Clock,
  Pixels,
  Provider,
  RunRecord,
  RunStore,
  Scorers,
  TripletStore,
  WorkStore,
} from '../ports.ts';
import { createBudgetMeter } from './budgetMeter.ts';
import type { PhaseEnd, RunContext } from './context.ts';
import { LaneClosed, type Lanes } from './lanes.ts';
import { requireLocalParts } from './localParts.ts';
import { createModels, type Desk } from './models.ts';
import { type LiveProgress, otherModelCounter } from './progress.ts';
import { createReporter } from './reporter.ts';
import { PHASES } from './stages/index.ts';

/** What a run is made of; compose.ts gives the real parts. */
export interface RunnerDeps {
  runs: RunStore;
  work: WorkStore;
  triplets: TripletStore;
  blobs: Blobs;
  pixels: Pixels;
  scorers: Scorers;
  calibrations: Calibrations;
  clock: Clock;
  desk: Desk;
  provider(endpoint: Endpoint): Provider;
  /** Shared by all runs of the engine. */
  lanes: Lanes;
  unknownByRole: CallStore['unknownByRole'];
  /** Folder that relative paths of recipes start from. */
  baseDir: string;
  emit(event: EngineEvent): void;
}

/** Why a run under way comes to rest before its end. */
export type StopWish = 'pause' | 'cancel' | 'shutdown';

/** A run under way. */
export interface LiveRun {
  readonly id: string;
  live(): LiveProgress;
  /** Pause lets attempts in flight finish; cancel and shutdown let go of them. Resolves when the run is at rest. */
  stop(wish: StopWish): Promise<void>;
  /** Resolves when the run is at rest, whatever the reason. Never rejects. */
  readonly rested: Promise<void>;
}

const WALL_SAVE_MS = 5000;
const REST: Record<StopWish, { state: RunState; end: RunEnd | null }> = {
  pause: { state: 'paused', end: null },
  cancel: { state: 'ended', end: 'cancelled' },
  shutdown: { state: 'interrupted', end: null },
};

export interface DriveOptions {
  /** Calls whose answer never came are asked once more. */
  askAgain: boolean;
  /** What the recipe needs on this machine was looked for just now: a start is refused before there is a run that could pause. */
  partsFound: boolean;
}

/** Drives a run that is already marked running from its stored phase until it comes to rest. */
export function driveRun(deps: RunnerDeps, record: RunRecord, options: DriveOptions): LiveRun {
  const { runs, work, clock } = deps;
  const runId = record.id;
  const begun = clock.ticks();
  const wallSeconds = () => (record.wallMs + clock.ticks() - begun) / 1000;
  const abort = new AbortController();
  let wish: StopWish | null = null;
  let savedWall = 0;
  const current = () => runs.get(runId) ?? record;
  const report = createReporter({ runs, run: current, now: clock.ticks, wallSeconds, emit: deps.emit });
  const ctx = buildContext();
  const wallTimer = setInterval(saveWall, WALL_SAVE_MS);
  wallTimer.unref();

  function buildContext(): RunContext {
    const spent = runs.counters(runId);
    const count = (name: string) => spent.get(name) ?? 0;
    const already = {
      attempts: count('attempt.claimed'),
      usd: count('usd.settled') + count('usd.unknown'),
      gpuSeconds: count('gpuSeconds') + unknownGpuSeconds(),
      apiSeconds: count('apiMs') / 1000,
    };
    const meter = createBudgetMeter(record.recipe.budget, already, wallSeconds);
    const tally = (name: string) => () => void runs.count(runId, name, 1);
    const modelsFor = createModels({
      run: record,
      desk: deps.desk,
      provider: deps.provider,
      lane: deps.lanes.of,
      askAgain: options.askAgain,
      onRetry: tally('call.retries'),
      onReuse: tally('call.reused'),
      onLossyEdit: tally('edit.lossy'),
      onOtherModel: (asked, answered) => void runs.count(runId, otherModelCounter(asked, answered), 1),
      onOverWorst(role, most) {
        void runs.count(runId, 'cost.overWorst', 1);
        void runs.setCount(runId, `cost.worstUsd.${role}`, most.usd);
        void runs.setCount(runId, `cost.worstGpuSeconds.${role}`, most.gpuSeconds);
      },
      learnt: (role) => ({ usd: count(`cost.worstUsd.${role}`), gpuSeconds: count(`cost.worstGpuSeconds.${role}`) }),
    });
    return { ...deps, run: record, recipe: record.recipe, meter, modelsFor, signal: abort.signal, stopping: () => wish !== null, report };
  }

  /** Calls without an answer may have taken as long as one can; their money is in the counters. */
  function unknownGpuSeconds(): number {
    const { roles } = record.recipe;
    const known = deps.unknownByRole(runId).filter(({ role }) => roles[role] !== undefined);
    return known.reduce((sum, { role, calls }) => sum + calls * roleCost(record.recipe, role).gpuSeconds, 0);
  }

  function saveWall(): Promise<void> {
    const ms = clock.ticks() - begun - savedWall;
    savedWall += ms;
    return runs.addWall(runId, ms);
  }

  /** Phases from the stored one on. A budget reached while mining still selects and grows what there is. */
  async function phases(): Promise<PhaseEnd> {
    const from = Math.max(
      0,
      PHASES.findIndex((item) => item.phase === record.phase),
    );
    if (!options.partsFound) await requireLocalParts(record.recipe, deps);
    let budgetReached = false;
    for (const { phase, run } of PHASES.slice(from)) {
      await runs.setPhase(runId, phase);
      ctx.run = current();
      const end = await run(ctx);
      if (end === 'stopped') return end;
      if (end === 'budget' && phase !== 'attempts') return end;
      budgetReached ||= end === 'budget';
    }
    return budgetReached ? 'budget' : 'complete';
  }

  async function rest(end: PhaseEnd | { error: unknown }): Promise<void> {
    clearInterval(wallTimer);
    await saveWall();
    await work.requeue(runId);
    if (wish === 'cancel') await work.cancelOpen(runId);
    if (typeof end === 'object') await restWithError(end.error);
    else if (end === 'stopped') {
      const { state, end: reason } = REST[wish ?? 'pause'];
      await runs.transition(runId, ['running'], state, { end: reason, error: null });
    } else {
      if (end === 'complete' || ['attempts', 'selection', 'growth'].includes(current().phase)) await runs.setPhase(runId, 'done');
      const refusal = end === 'budget' ? ctx.meter.refusal() : null;
      const error = refusal && explainRefusal(refusal);
      await runs.transition(runId, ['running'], 'ended', { end: end === 'budget' ? 'budget' : 'exhausted', error });
    }
    report.close();
  }

  /** Trouble from outside (endpoint, disk) pauses, so that the run goes on when it is cured; a fault of ours ends it. */
  async function restWithError(error: unknown): Promise<void> {
    const wire = asWire(error);
    const curable = error instanceof LaneClosed || ['diskFull', 'workspaceReadOnly', 'inputInvalid', 'recipeInvalid'].includes(wire.code);
    if (curable) await runs.transition(runId, ['running'], 'paused', { end: null, error: wire });
    else await runs.transition(runId, ['running'], 'ended', { end: 'failed', error: wire });
  }

  const rested = phases()
    .catch((error: unknown) => (wish !== null && abort.signal.aborted ? ('stopped' as const) : { error }))
    .then(rest)
    // A store that can no longer write leaves the run marked running; opening the workspace again sorts that out.
    .catch(() => report.close());

  return {
    id: runId,
    live: report.live,
    rested,
    stop(next) {
      wish = next;
      if (next !== 'pause') abort.abort(new DOMException(next, 'AbortError'));
      return rested;
    },
  };
}

function asWire(error: unknown): WireError {
  if (!(error instanceof LaneClosed)) return toWireError(error);
  const hint: Partial<Record<string, string>> = {
    auth: 'Check the key of this endpoint, then resume.',
    notFound: 'Check the model name and address of this endpoint, then resume.',
    quotaExhausted: 'Raise the quota or wait for it to renew, then resume.',
  };
  const code: AppError['code'] = 'conflict';
  return { code, message: error.message, details: { hint: hint[error.cause.code] ?? 'Resume when the endpoint answers again.' } };
}
