/**
 * The rules of keeping one process alive, apart from the process itself: a state, an event and the time go in; the next
 * state and what to do come out. The desktop shell (supervisor.ts) and the browser host's launcher both follow them.
 * It must stay free of run-time imports: the launcher loads it straight from source.
 */
import type { EngineState } from '../../shared/host.ts';
import type { WireError } from '../../shared/model/errors.ts';

/** All waits in milliseconds. */
export const LIMITS = {
  /** A start that has not said hello by then is killed. */
  start: 10_000,
  /** A stop that has not ended by then is killed. */
  stop: 5_000,
  /** Failures older than this no longer count. */
  window: 60_000,
  /** Wait before the next start, by the number of failures in the window. */
  backOff: [250, 1_000],
  /** This many failures in the window open the breaker. */
  breaker: 3,
} as const;

export type Phase =
  | { name: 'idle' }
  | { name: 'starting' }
  | { name: 'ready' }
  | { name: 'waiting' }
  | { name: 'stopping' }
  | { name: 'stopped' }
  | { name: 'broken' };

export interface Supervision {
  phase: Phase;
  /** When the failures that still count happened. */
  failures: readonly number[];
  /** Ends with exit code 0 that nobody asked for; they are no crashes. */
  cleanExits: number;
  /** True once the process was lost while it worked: the next start goes on with what was interrupted. */
  resume: boolean;
  error: WireError | null;
}

export type SupervisionEvent =
  | { type: 'start' }
  | { type: 'hello'; protocol: number }
  /** The process says itself why it cannot start. */
  | { type: 'failed'; error: WireError }
  | { type: 'exit'; code: number | null; signal: string | null; lastWords: string }
  /** The timer asked for last has run out. */
  | { type: 'timer' }
  | { type: 'stop' };

export type SupervisionAction = { do: 'spawn'; resume: boolean } | { do: 'sendStop' } | { do: 'kill' } | { do: 'timer'; ms: number | null };

export interface Step {
  next: Supervision;
  actions: SupervisionAction[];
}

export const IDLE: Supervision = { phase: { name: 'idle' }, failures: [], cleanExits: 0, resume: false, error: null };

/** The next state and what to do. `protocol` is the version this side speaks; `now` is in milliseconds. */
export function supervise(state: Supervision, event: SupervisionEvent, now: number, protocol: number): Step {
  switch (event.type) {
    case 'start':
      return isDown(state) ? spawnNow({ ...state, failures: [], error: null }) : stay(state);
    case 'hello':
      return hello(state, event.protocol, protocol);
    case 'failed':
      return failedStart(state, event.error, now);
    case 'exit':
      return exited(state, event, now);
    case 'timer':
      return timedOut(state, now);
    case 'stop':
      return stopping(state);
  }
}

/** What the page is told about a state; null while the app is going down. */
export function stateForPage(state: Supervision): EngineState | null {
  const attempt = state.failures.length + 1;
  switch (state.phase.name) {
    case 'idle':
    case 'starting':
      return { state: state.resume ? 'restarting' : 'starting', attempt, error: state.error };
    case 'waiting':
      return { state: 'restarting', attempt, error: state.error };
    case 'ready':
      return { state: 'ready', attempt, error: null };
    case 'broken':
      return { state: 'broken', attempt: state.failures.length, error: state.error };
    case 'stopping':
    case 'stopped':
      return null;
  }
}

function hello(state: Supervision, theirs: number, ours: number): Step {
  if (state.phase.name !== 'starting') return stay(state);
  if (theirs !== ours) {
    const error = down(
      `The engine speaks version ${theirs} of the protocol, the app version ${ours}.`,
      'Build the app again: npm run build',
    );
    return broken(state, error, [{ do: 'kill' }]);
  }
  return { next: { ...state, phase: { name: 'ready' }, error: null }, actions: [{ do: 'timer', ms: null }] };
}

/**
 * A reason given by the engine itself would be given again, so it is shown at once. After a crash a locked workspace is the
 * exception: the system may need a moment to let go of the dead process's lock.
 */
function failedStart(state: Supervision, error: WireError, now: number): Step {
  if (state.phase.name !== 'starting') return stay(state);
  if (error.code === 'workspaceLocked' && state.resume) return failed(state, error, now, [{ do: 'kill' }]);
  return broken(state, error, [{ do: 'kill' }]);
}

function exited(state: Supervision, exit: { code: number | null; signal: string | null; lastWords: string }, now: number): Step {
  const how = exit.signal ? `signal ${exit.signal}` : `exit code ${exit.code}`;
  switch (state.phase.name) {
    case 'stopping':
      return { next: { ...state, phase: { name: 'stopped' } }, actions: [{ do: 'timer', ms: null }] };
    case 'ready':
      if (exit.code === 0) {
        const error = down('The engine was stopped from outside.', 'Start it again to go on.');
        return broken({ ...state, cleanExits: state.cleanExits + 1, resume: true }, error, []);
      }
      return failed({ ...state, resume: true }, down(`The engine stopped unexpectedly (${how}).`, exit.lastWords), now, []);
    case 'starting':
      return failed(state, down(`The engine ended before it was ready (${how}).`, exit.lastWords), now, []);
    default:
      return stay(state);
  }
}

function timedOut(state: Supervision, now: number): Step {
  switch (state.phase.name) {
    case 'starting':
      return failed(state, down(`The engine did not answer within ${LIMITS.start / 1000} seconds.`), now, [{ do: 'kill' }]);
    case 'waiting':
      return spawnNow(state);
    case 'stopping':
      return { next: { ...state, phase: { name: 'stopped' } }, actions: [{ do: 'kill' }] };
    default:
      return stay(state);
  }
}

function stopping(state: Supervision): Step {
  if (state.phase.name === 'stopping' || state.phase.name === 'stopped') return stay(state);
  if (isDown(state) || state.phase.name === 'waiting') {
    return { next: { ...state, phase: { name: 'stopped' } }, actions: [{ do: 'timer', ms: null }] };
  }
  return { next: { ...state, phase: { name: 'stopping' } }, actions: [{ do: 'sendStop' }, { do: 'timer', ms: LIMITS.stop }] };
}

/** One more failure: a wait that grows, or the breaker. */
function failed(state: Supervision, error: WireError, now: number, actions: SupervisionAction[]): Step {
  const failures = [...state.failures.filter((at) => now - at < LIMITS.window), now];
  if (failures.length >= LIMITS.breaker) return broken({ ...state, failures }, error, actions);
  const ms = LIMITS.backOff[failures.length - 1] ?? LIMITS.backOff[LIMITS.backOff.length - 1] ?? 0;
  return { next: { ...state, phase: { name: 'waiting' }, failures, error }, actions: [...actions, { do: 'timer', ms }] };
}

function broken(state: Supervision, error: WireError, actions: SupervisionAction[]): Step {
  return { next: { ...state, phase: { name: 'broken' }, error }, actions: [...actions, { do: 'timer', ms: null }] };
}

function spawnNow(state: Supervision): Step {
  return {
    next: { ...state, phase: { name: 'starting' } },
    actions: [
      { do: 'spawn', resume: state.resume },
      { do: 'timer', ms: LIMITS.start },
    ],
  };
}

function stay(next: Supervision): Step {
  return { next, actions: [] };
}

function isDown(state: Supervision): boolean {
  return state.phase.name === 'idle' || state.phase.name === 'broken' || state.phase.name === 'stopped';
}

function down(message: string, hint = ''): WireError {
  return { code: 'engineDown', message, details: hint === '' ? {} : { hint } };
}
