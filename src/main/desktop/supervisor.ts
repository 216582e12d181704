import type { EngineState } from '../../shared/host.ts';
import { toWireError } from '../../shared/model/errors.ts';
import type { FromEngine, ToEngine } from './messages.ts';
import { IDLE, type Supervision, type SupervisionAction, type SupervisionEvent, stateForPage, supervise } from './supervision.ts';

/** The engine process as the supervisor sees it. `onExit` fires once, also when the program could not be started at all. */
export interface EngineProcess {
  send(message: ToEngine): void;
  kill(): void;
  onMessage(listener: (message: FromEngine) => void): void;
  onExit(listener: (code: number | null, signal: string | null, lastWords: string) => void): void;
}

export interface SupervisorOptions {
  /** Starts one engine process; what it throws is shown as the reason. */
  spawn(resume: boolean): EngineProcess;
  clock: { now(): number; setTimer(run: () => void, ms: number): () => void };
  protocol: number;
  onState(state: EngineState): void;
  /** Frames and replies of the engine that is alive; hello and failed are kept here. */
  onMessage(message: FromEngine): void;
  /** The engine that was alive is gone: whatever hangs on it must be closed. */
  onGone(): void;
}

export interface Supervisor {
  start(): void;
  state(): EngineState;
  /** False when no engine is ready to hear it. */
  send(message: ToEngine): boolean;
  /** Asks the engine to end, kills it after five seconds; resolves when it is gone. */
  stop(): Promise<void>;
}

/** The thin shell around `supervise`: carries out its actions and feeds it what happens. */
export function createSupervisor(options: SupervisorOptions): Supervisor {
  let state: Supervision = IDLE;
  let shown: EngineState = { state: 'starting', attempt: 1, error: null };
  let current: EngineProcess | undefined;
  let cancelTimer: (() => void) | undefined;
  const stopped: (() => void)[] = [];

  function handle(event: SupervisionEvent): void {
    const wasReady = state.phase.name === 'ready' || state.phase.name === 'stopping';
    const step = supervise(state, event, options.clock.now(), options.protocol);
    if (step.next === state && step.actions.length === 0) return;
    state = step.next;
    for (const action of step.actions) perform(action);
    const alive = state.phase.name === 'ready' || state.phase.name === 'stopping';
    if (wasReady && !alive) options.onGone();
    publish();
    if (state.phase.name === 'stopped') for (const resolve of stopped.splice(0)) resolve();
  }

  function perform(action: SupervisionAction): void {
    switch (action.do) {
      case 'timer':
        cancelTimer?.();
        cancelTimer = action.ms === null ? undefined : options.clock.setTimer(() => handle({ type: 'timer' }), action.ms);
        return;
      case 'spawn':
        spawn(action.resume);
        return;
      case 'sendStop':
        current?.send({ type: 'stop' });
        return;
      case 'kill':
        current?.kill();
        current = undefined;
        return;
    }
  }

  function spawn(resume: boolean): void {
    let started: EngineProcess;
    try {
      started = options.spawn(resume);
    } catch (error) {
      // After this step is through: the machine is still in the middle of it.
      queueMicrotask(() => handle({ type: 'failed', error: toWireError(error) }));
      return;
    }
    current = started;
    // What an engine given up for dead still says must not be taken for its successor's words.
    started.onMessage((message) => started === current && hear(message));
    started.onExit((code, signal, lastWords) => {
      if (started !== current) return;
      current = undefined;
      handle({ type: 'exit', code, signal, lastWords });
    });
  }

  function hear(message: FromEngine): void {
    if (Array.isArray(message) || message.type === 'blob' || message.type === 'keys' || message.type === 'picture')
      options.onMessage(message);
    else if (message.type === 'hello') handle({ type: 'hello', protocol: message.protocol });
    else handle({ type: 'failed', error: message.error });
  }

  function publish(): void {
    const next = stateForPage(state);
    if (!next || (next.state === shown.state && next.attempt === shown.attempt && next.error === shown.error)) return;
    shown = next;
    options.onState(next);
  }

  return {
    start: () => handle({ type: 'start' }),
    state: () => shown,
    send(message) {
      if (state.phase.name !== 'ready') return false;
      current?.send(message);
      return true;
    },
    stop() {
      handle({ type: 'stop' });
      return state.phase.name === 'stopped' ? Promise.resolve() : new Promise((resolve) => stopped.push(resolve));
    },
  };
}
