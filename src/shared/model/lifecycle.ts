import type { RunEnd, RunState } from './run.ts';

/** What can happen to a run. `crash`: the engine went away while it ran. `finish`: out of jobs or budget, or failed. */
export type RunEvent = 'start' | 'pause' | 'resume' | 'cancel' | 'finish' | 'crash';

/** Where each event may come from and where it leads; `null` is a run that is not there yet. */
const TABLE: Record<RunEvent, { from: readonly (RunState | null)[]; to: RunState }> = {
  start: { from: [null], to: 'running' },
  pause: { from: ['running'], to: 'paused' },
  resume: { from: ['paused', 'interrupted', 'ended'], to: 'running' },
  cancel: { from: ['running', 'paused', 'interrupted'], to: 'ended' },
  finish: { from: ['running'], to: 'ended' },
  crash: { from: ['running'], to: 'interrupted' },
};

/** Whether an event may happen in a state. */
export function canTransition(state: RunState | null, event: RunEvent): boolean {
  return TABLE[event].from.includes(state);
}

/** The state after an event; null when it may not happen. */
export function nextState(state: RunState | null, event: RunEvent): RunState | null {
  return canTransition(state, event) ? TABLE[event].to : null;
}

/** The states an event may come from, for a guarded update of the stored row. */
export function statesBefore(event: RunEvent): RunState[] {
  return TABLE[event].from.filter((state) => state !== null);
}

/**
 * Which buttons a run shows. `raise` asks for a larger budget and continues; it replaces `resume` where the budget is what
 * stopped the run. A run that used up its jobs has nothing to continue.
 */
export function runActions(state: RunState, end: RunEnd | null): { pause: boolean; resume: boolean; cancel: boolean; raise: boolean } {
  const raise = state === 'ended' && end === 'budget';
  return {
    pause: canTransition(state, 'pause'),
    resume: canTransition(state, 'resume') && !raise && end !== 'exhausted',
    cancel: canTransition(state, 'cancel'),
    raise,
  };
}
