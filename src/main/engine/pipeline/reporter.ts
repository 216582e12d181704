import type { EngineEvent } from '../../../shared/model/events.ts';
import type { RunPhase } from '../../../shared/model/run.ts';
import type { TripletView } from '../../../shared/model/triplet.ts';
import type { RunRecord, RunStore } from '../ports.ts';
import type { PhaseReport } from './context.ts';
import { createRateMeter, type LiveProgress, runProgress } from './progress.ts';

/** Progress goes out at most ten times a second, however fast the work is (DESIGN section 2). */
const TICK_MS = 100;

export interface Reporter extends PhaseReport {
  live(): LiveProgress;
  /** Sends what is pending and stops ticking. */
  close(): void;
}

/** Merges what the phases tell into few events: numbers, and the newest accepted triplet of each tick. */
export function createReporter(deps: {
  runs: RunStore;
  run: () => RunRecord;
  now: () => number;
  wallSeconds: () => number;
  emit(event: EngineEvent): void;
}): Reporter {
  const rate = createRateMeter(deps.now);
  let phase: RunPhase = deps.run().phase;
  let done = 0;
  let total = 0;
  let dirty = true;
  let newest: TripletView | null = null;
  const timer = setInterval(tick, TICK_MS);
  timer.unref();

  function live(): LiveProgress {
    const perSecond = rate.rate();
    const left = Math.max(0, total - done);
    const etaSeconds = perSecond > 0 && total > 0 ? left / perSecond : null;
    return { phase, done, total, rate: perSecond, etaSeconds, wallSeconds: deps.wallSeconds() };
  }

  function tick(): void {
    if (!dirty) return;
    dirty = false;
    rate.add(done);
    deps.emit({ type: 'progress', progress: runProgress(deps.runs, deps.run(), live()) });
    if (newest) deps.emit({ type: 'triplet', triplet: newest });
    newest = null;
  }

  return {
    live,
    phase(next, of, already) {
      phase = next;
      total = of;
      done = already;
      rate.restart();
      rate.add(done);
      dirty = true;
    },
    step(by = 1) {
      done += by;
      dirty = true;
    },
    accepted(triplet) {
      newest = triplet;
      dirty = true;
    },
    changed() {
      dirty = true;
    },
    close() {
      clearInterval(timer);
      dirty = true;
      tick();
    },
  };
}
