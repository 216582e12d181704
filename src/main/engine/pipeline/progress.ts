import type { RunPhase, RunProgress, RunSummary } from '../../../shared/model/run.ts';
import { planAttempts } from '../domain/budget.ts';
import { funnelRows } from '../domain/funnel.ts';
import type { RunRecord, RunStore } from '../ports.ts';

/** What is known only while a run is worked on; absent for a run at rest. */
export interface LiveProgress {
  phase: RunPhase;
  done: number;
  total: number;
  rate: number;
  etaSeconds: number | null;
  wallSeconds: number;
}

const SETTLED = ['passed', 'rejected', 'failed', 'cancelled', 'unknown'] as const;

/** A run's numbers from its counters, with the live ones of the present phase on top. */
export function runProgress(runs: RunStore, run: RunRecord, live: LiveProgress | null): RunProgress {
  const counters = runs.counters(run.id);
  const count = (name: string) => counters.get(name) ?? 0;
  const attemptsDone = SETTLED.reduce((sum, state) => sum + count(`attempt.${state}`), 0);
  const planned = run.jobSpace === null ? 0 : planAttempts(run.jobSpace, run.recipe.budget);
  const errors = [...counters].flatMap(([name, value]) => {
    const [kind, stage, code] = name.split('.');
    return kind === 'error' && value > 0
      ? [{ stage: stage as RunProgress['errors'][number]['stage'], code: code ?? '', count: value }]
      : [];
  });
  return {
    runId: run.id,
    phase: live?.phase ?? run.phase,
    done: live?.done ?? attemptsDone,
    total: live?.total ?? planned,
    attemptsClaimed: count('attempt.claimed'),
    attemptsDone,
    attemptsPlanned: planned,
    passed: count('attempt.passed'),
    rejected: count('attempt.rejected'),
    failed: count('attempt.failed'),
    unknown: count('attempt.unknown'),
    rate: live?.rate ?? 0,
    etaSeconds: live?.etaSeconds ?? null,
    funnel: funnelRows(counters, run.recipe),
    spend: {
      calls: count('call.settled') + count('call.failed') + count('call.unknown') + count('call.sent'),
      reused: count('call.reused'),
      usdSettled: count('usd.settled'),
      usdReserved: count('usd.reserved'),
      usdUnknown: count('usd.unknown'),
      gpuSeconds: count('gpuSeconds'),
      apiSeconds: count('apiMs') / 1000,
      wallSeconds: live?.wallSeconds ?? run.wallMs / 1000,
    },
    errors,
    retries: count('call.retries'),
    overWorst: count('cost.overWorst'),
    otherModels: otherModelsOf(counters),
    lossyEdits: count('edit.lossy'),
    fitted: { aligned: count('fit.aligned'), resampled: count('fit.resampled') },
    triplets: tripletsOf(counters),
  };
}

const OTHER_MODEL = 'answered ';

/** The counter of answers that another model gave: both names are in its own. */
export function otherModelCounter(asked: string, answered: string): string {
  return `${OTHER_MODEL}${JSON.stringify([asked, answered])}`;
}

function otherModelsOf(counters: ReadonlyMap<string, number>): RunProgress['otherModels'] {
  return [...counters].flatMap(([name, calls]) => {
    if (!name.startsWith(OTHER_MODEL)) return [];
    const [asked, answered] = JSON.parse(name.slice(OTHER_MODEL.length)) as [string, string];
    return [{ asked, answered, calls }];
  });
}

/** A run as a row of the list. */
export function runSummary(runs: RunStore, run: RunRecord): RunSummary {
  const counters = runs.counters(run.id);
  const { id, name, state, phase, end, error, demo, createdAt, updatedAt, jobSpace } = run;
  const { threshold, maskRule } = run.recipe.gates.lowLevel;
  return {
    id,
    name,
    state,
    phase,
    end,
    error,
    demo,
    mask: { threshold, maskRule },
    createdAt,
    updatedAt,
    jobSpace,
    attemptsDone: SETTLED.reduce((sum, s) => sum + (counters.get(`attempt.${s}`) ?? 0), 0),
    triplets: tripletsOf(counters),
    usdSettled: counters.get('usd.settled') ?? 0,
    reused: counters.get('call.reused') ?? 0,
  };
}

function tripletsOf(counters: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const [name, value] of counters) if (name.startsWith('triplet.') && name.endsWith('.active')) sum += value;
  return sum;
}

/** Units a second over the last half minute, and what that says of the time left. */
export function createRateMeter(now: () => number, windowMs = 30_000) {
  const samples: { at: number; done: number }[] = [];
  return {
    restart() {
      samples.length = 0;
    },
    add(done: number) {
      const at = now();
      const last = samples.at(-1);
      if (last && at - last.at < 250) return;
      samples.push({ at, done });
      while (samples.length > 2 && at - (samples[0]?.at ?? at) > windowMs) samples.shift();
    },
    rate(): number {
      const first = samples[0];
      const last = samples.at(-1);
      if (!first || !last || last.at === first.at) return 0;
      return Math.max(0, ((last.done - first.done) * 1000) / (last.at - first.at));
    },
  };
}
