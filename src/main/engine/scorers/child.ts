import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../../shared/model/errors.ts';
import type { ExecutionProvider, ScorerProcessState } from '../../../shared/model/scorers.ts';
import { ownProgram } from '../appRoot.ts';
import type { FromScorer, ModelOutputs, ModelRequest, ScorerSetup, ToScorer } from './wire.ts';

/** What a model gave, and where it ran. */
export interface Scored {
  outputs: ModelOutputs;
  provider: ExecutionProvider;
}

export interface ScorerProcess {
  /**
   * Runs a model in the scorer process. A request that was under way when the process was lost is sent once more; after that it
   * rejects with AppError scorerFailed that names the model. Rejects with the signal's reason when it is aborted.
   */
  run(request: ModelRequest, signal: AbortSignal): Promise<Scored>;
  /** Ends the process once nothing is under way, so that its memory (a GPU's too) is given back; the next request starts another. */
  freeMemory(): Promise<void>;
  state(): ScorerProcessState;
  close(): Promise<void>;
}

export interface ScorerProcessOptions {
  /** Asked when a process starts: what it is told. */
  setup(): Promise<ScorerSetup>;
  /** Over this many resident bytes the process is ended as soon as nothing is under way. */
  maxBytes: number;
  /** Without work for so long, the process is ended. */
  idleMs: number;
  /** Called when the process was lost on this provider twice in a row: it is not to be used any more. */
  onBadProvider(provider: ExecutionProvider, reason: string): void;
  /** Another program to run in its place (tests). */
  module?: string;
}

interface Job {
  id: number;
  request: ModelRequest;
  tries: number;
  resolve(result: Scored): void;
  reject(error: unknown): void;
}

const TRIES = 2;
const STARTS_IN_A_ROW = 3;
const START_MS = 20_000;
const STOP_MS = 2_000;
/** Requests given to the process at once: enough for full batches, few enough to send again. */
const IN_FLIGHT = 32;
const NOTES_KEPT = 20;
const LAST_WORDS = 2_000;

/** The program of the scorer process. */
export function scorerModule(): string {
  return fileURLToPath(ownProgram(import.meta.url, './process.ts', 'scorer.js'));
}

/** The environment of a scorer process: that of the engine, with an Electron binary told to be Node. */
export function scorerEnvironment(): NodeJS.ProcessEnv {
  return process.versions.electron ? { ...process.env, ELECTRON_RUN_AS_NODE: '1' } : process.env;
}

/** Keeps one scorer process: started by the first request, ended when it is idle, too large, or the engine closes. */
export function createScorerProcess(options: ScorerProcessOptions): ScorerProcess {
  const waiting: Job[] = [];
  const inFlight = new Map<number, Job>();
  const notes: string[] = [];
  const counts = { done: 0, failed: 0, retried: 0, crashes: 0 };
  let child: ChildProcess | undefined;
  let ready = false;
  let ending: Promise<void> | undefined;
  let starting = false;
  let lastWords = '';
  let bytes = 0;
  let nextId = 1;
  let startFailures = 0;
  let crashesInARow = 0;
  let provider: ExecutionProvider = 'cpu';
  let broken: AppError | undefined;
  let closed = false;
  let idleTimer: NodeJS.Timeout | undefined;

  function pump(): void {
    clearTimeout(idleTimer);
    const busy = waiting.length + inFlight.size > 0;
    if (busy && !child && !starting && !closed) void start();
    if (child) {
      busy ? hold(child) : letGo(child);
      if (!busy) idleTimer = setTimeout(() => void freeMemory(), bytes > options.maxBytes ? 0 : options.idleMs).unref();
    }
    if (!ready || ending) return;
    // Over the limit, what is under way is finished and nothing is added, so that the process comes to its end.
    if (bytes > options.maxBytes && inFlight.size > 0) return;
    if (bytes > options.maxBytes) return void freeMemory();
    for (let job = waiting[0]; job && inFlight.size < IN_FLIGHT; job = waiting[0]) {
      waiting.shift();
      inFlight.set(job.id, job);
      send({ type: 'run', id: job.id, request: job.request });
    }
  }

  function send(message: ToScorer): void {
    // A process that is going away is heard of by its exit.
    child?.send(message, () => undefined);
  }

  async function start(): Promise<void> {
    starting = true;
    try {
      const setup = await options.setup();
      if (closed) return;
      provider = setup.providers[0] ?? 'cpu';
      lastWords = '';
      bytes = 0;
      const started = spawn(process.execPath, [options.module ?? scorerModule()], {
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        serialization: 'advanced',
        env: scorerEnvironment(),
        windowsHide: true,
      });
      child = started;
      const limit = setTimeout(() => started.kill('SIGKILL'), START_MS).unref();
      started.stderr?.on('data', (said: Buffer) => {
        lastWords = (lastWords + said.toString()).slice(-LAST_WORDS);
      });
      started.on('message', (message: FromScorer) => {
        if (message.type === 'ready') clearTimeout(limit);
        hear(message);
      });
      let gone = false;
      const end = (how: string) => {
        clearTimeout(limit);
        if (gone) return;
        gone = true;
        lost(started, how);
      };
      started.on('error', (error) => end(error.message));
      started.on('exit', (code, signal) => end(signal ? `signal ${signal}` : `exit code ${code}`));
      send({ type: 'setup', setup });
    } catch (error) {
      giveUp(new AppError('internal', `The scorer process cannot be started: ${error instanceof Error ? error.message : String(error)}`));
    } finally {
      starting = false;
    }
    pump();
  }

  function hear(message: FromScorer): void {
    if (message.type === 'ready') {
      ready = true;
      startFailures = 0;
    } else if (message.type === 'note') {
      notes.push(message.text);
      notes.splice(0, Math.max(0, notes.length - NOTES_KEPT));
    } else {
      bytes = message.bytes;
      crashesInARow = 0;
      const job = inFlight.get(message.id);
      inFlight.delete(message.id);
      if (message.type === 'done') {
        counts.done++;
        job?.resolve({ outputs: message.outputs, provider: message.provider });
      } else {
        counts.failed++;
        job?.reject(new AppError('scorerFailed', `A local model failed. ${message.message}`));
      }
    }
    pump();
  }

  /** The process is gone. What it was working on goes to the front of the queue once, or is given up by name. */
  function lost(which: ChildProcess, how: string): void {
    if (which !== child) return;
    const asked = ending !== undefined;
    const wasReady = ready;
    child = undefined;
    ready = false;
    const under = [...inFlight.values()];
    inFlight.clear();
    if (asked && under.length === 0) return;
    const words = lastWords.trim().split('\n').at(-1) ?? '';
    counts.crashes++;
    if (!wasReady && ++startFailures >= STARTS_IN_A_ROW) {
      waiting.unshift(...under);
      giveUp(
        new AppError('internal', `The scorer process does not start (${how}). ${words}`, {
          hint: 'Run nhr doctor; installing again may help.',
        }),
      );
      return;
    }
    if (wasReady && ++crashesInARow >= TRIES && provider !== 'cpu')
      options.onBadProvider(provider, `the scorer process was lost on it twice (${how})`);
    for (const job of under.reverse()) {
      job.tries++;
      if (job.tries < TRIES) {
        counts.retried++;
        waiting.unshift(job);
      } else {
        counts.failed++;
        job.reject(
          new AppError(
            'scorerFailed',
            `The scorer process was lost twice while it ran ${job.request.model.name} (${how}). ${words}`.trim(),
          ),
        );
      }
    }
    pump();
  }

  /** No process can be had: all that waits fails, and the next request tries again from the start. */
  function giveUp(error: AppError): void {
    broken = error;
    startFailures = 0;
    counts.failed += waiting.length;
    for (const job of waiting.splice(0)) job.reject(error);
  }

  async function freeMemory(): Promise<void> {
    if (ending) return ending;
    const old = child;
    if (!old || inFlight.size > 0) return;
    ready = false;
    old.ref();
    ending = new Promise<void>((resolve) => {
      const kill = setTimeout(() => old.kill('SIGKILL'), STOP_MS).unref();
      old.once('exit', () => {
        clearTimeout(kill);
        resolve();
      });
      if (old.exitCode !== null || old.signalCode !== null) resolve();
      else if (old.connected) old.disconnect();
      else old.kill();
    }).then(() => {
      if (child === old) child = undefined;
      ending = undefined;
      bytes = 0;
      pump();
    });
    return ending;
  }

  return {
    run(request, signal) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        if (closed) return reject(new AppError('engineDown', 'The scorers were stopped.'));
        broken = undefined;
        const stop = () => {
          const at = waiting.indexOf(job);
          if (at >= 0) waiting.splice(at, 1);
          if (inFlight.delete(job.id)) send({ type: 'cancel', id: job.id });
          reject(signal.reason);
          pump();
        };
        const settle =
          <T>(how: (value: T) => void) =>
          (value: T) => {
            signal.removeEventListener('abort', stop);
            how(value);
          };
        const job: Job = { id: nextId++, request, tries: 0, resolve: settle(resolve), reject: settle(reject) };
        signal.addEventListener('abort', stop, { once: true });
        waiting.push(job);
        pump();
      });
    },
    freeMemory,
    state() {
      const state = broken ? 'broken' : ready ? 'running' : starting || (child && !ending) ? 'starting' : 'idle';
      return { state, waiting: waiting.length + inFlight.size, ...counts, bytes, notes: [...notes] };
    },
    async close() {
      closed = true;
      giveUp(new AppError('engineDown', 'The scorers were stopped.'));
      for (const job of inFlight.values()) job.reject(new AppError('engineDown', 'The scorers were stopped.'));
      inFlight.clear();
      await freeMemory();
    },
  };
}

/** An idle process must not keep the engine's own from ending. */
function letGo(child: ChildProcess): void {
  child.unref();
  child.channel?.unref();
  (child.stderr as unknown as { unref?(): void } | null)?.unref?.();
}

function hold(child: ChildProcess): void {
  child.ref();
  child.channel?.ref();
}
