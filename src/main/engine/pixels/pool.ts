import { Worker } from 'node:worker_threads';
import { AppError } from '../../../shared/model/errors.ts';
import { ownProgram } from '../appRoot.ts';
import type { WorkerTasks } from '../worker.ts';
import { movable, type TaskRequest, unpackError, type WorkerMessage } from './wire.ts';

export type TaskName = keyof WorkerTasks;
export type TaskInput<K extends TaskName> = Parameters<WorkerTasks[K]>[0];
export type TaskOutput<K extends TaskName> = Awaited<ReturnType<WorkerTasks[K]>>;
type TaskTable<Tasks> = { [K in keyof Tasks]: (input: never) => Promise<unknown> };

export interface RunOptions {
  /** An aborted task rejects at once with the signal's reason: taken out of the queue, or its result dropped. */
  signal?: AbortSignal;
  /** `low` tasks wait for the normal ones; one in every nine starts is theirs, so that they always come through. */
  priority?: 'normal' | 'low';
  /** Tasks with the same key go to the same worker when it is free, for what it has in memory. */
  key?: string;
}

/** Threads that answer the tasks of a table. */
export interface Pool<Tasks extends TaskTable<Tasks>> {
  /**
   * Does a task in a worker thread. Rejects with the task's own AppError or ProviderError; with AppError internal when
   * the worker dies meanwhile or none can be started; with AppError engineDown when the pool is closed.
   */
  run<K extends keyof Tasks & string>(
    name: K,
    input: Parameters<Tasks[K]>[0],
    options?: RunOptions,
  ): Promise<Awaited<ReturnType<Tasks[K]>>>;
  /** Refuses what is queued, waits for what is running and ends the threads; after 2 seconds at the latest. */
  close(): Promise<void>;
}

export interface PoolOptions {
  /** Threads at most; each is started when there is work for it. */
  workers: number;
  /** Tasks a thread is given at once, so that it computes while libvips decodes for another. */
  inFlightPerWorker: number;
  /** What runs in the threads; it serves the tasks (serve.ts). */
  module: URL;
}

interface Job {
  id: number;
  name: string;
  input: unknown;
  key: string | undefined;
  low: boolean;
  settled: boolean;
  /** Settles the caller's promise; later calls do nothing. */
  done(result: { output: unknown } | { error: unknown }): void;
}

interface Thread {
  worker: Worker;
  ready: boolean;
  jobs: Map<number, Job>;
  /** What the thread said before it ended. */
  lastError: Error | undefined;
}

const NORMAL_STARTS_PER_LOW = 8;
const REMEMBERED_KEYS = 256;
const START_FAILURES_ALLOWED = 3;
const CLOSE_WAIT_MS = 1500;
const CLOSE_LIMIT_MS = 2000;

/** The threads of the engine's picture work. */
export type PixelPool = Pool<WorkerTasks>;

export function createPixelPool(options: Omit<PoolOptions, 'module'> & { module?: URL }): PixelPool {
  return createPool<WorkerTasks>({ module: ownProgram(import.meta.url, '../worker.ts', 'worker.js'), ...options });
}

/** Makes a pool of worker threads. A process that has nothing else to do can end while it is idle. */
export function createPool<Tasks extends TaskTable<Tasks>>({ workers, inFlightPerWorker, module }: PoolOptions): Pool<Tasks> {
  const threads = new Set<Thread>();
  const queues = { normal: new Set<Job>(), low: new Set<Job>() };
  /** Where each key was worked on last, oldest first. */
  const homes = new Map<string, Thread>();
  let nextId = 1;
  let inFlight = 0;
  let normalStarts = 0;
  let startFailures = 0;
  let stopped: AppError | undefined;
  let whenIdle: (() => void) | undefined;

  const queued = () => queues.normal.size + queues.low.size;

  function run<K extends keyof Tasks & string>(
    name: K,
    input: Parameters<Tasks[K]>[0],
    options: RunOptions = {},
  ): Promise<Awaited<ReturnType<Tasks[K]>>> {
    const { signal, priority = 'normal', key } = options;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      if (stopped) return reject(stopped);
      const queue = queues[priority];
      const abort = () => {
        queue.delete(job);
        job.done({ error: signal?.reason });
        pump();
      };
      const job: Job = {
        id: nextId++,
        name,
        input,
        key,
        low: priority === 'low',
        settled: false,
        done(result) {
          if (job.settled) return;
          job.settled = true;
          signal?.removeEventListener('abort', abort);
          if ('output' in result) resolve(result.output as Awaited<ReturnType<Tasks[K]>>);
          else reject(result.error);
        },
      };
      signal?.addEventListener('abort', abort, { once: true });
      queue.add(job);
      pump();
    });
  }

  /** Starts threads and hands out tasks as far as both allow. */
  function pump(): void {
    while (!stopped && threads.size < workers && threads.size < queued() + inFlight) startThread();
    for (let job = nextJob(); job; job = nextJob()) {
      const thread = threadFor(job);
      if (!thread) break;
      queues[job.low ? 'low' : 'normal'].delete(job);
      normalStarts = job.low ? 0 : normalStarts + 1;
      give(thread, job);
    }
    const busy = queued() + inFlight > 0;
    for (const { worker } of threads) busy ? worker.ref() : worker.unref();
    if (!busy) whenIdle?.();
  }

  function nextJob(): Job | undefined {
    const [normal] = queues.normal;
    const [low] = queues.low;
    return low && (!normal || normalStarts >= NORMAL_STARTS_PER_LOW) ? low : normal;
  }

  function threadFor(job: Job): Thread | undefined {
    const free = [...threads].filter((thread) => thread.ready && thread.jobs.size < inFlightPerWorker);
    const home = job.key === undefined ? undefined : homes.get(job.key);
    if (home && free.includes(home)) return home;
    return free.sort((a, b) => a.jobs.size - b.jobs.size)[0];
  }

  function give(thread: Thread, job: Job): void {
    if (job.key !== undefined) {
      homes.delete(job.key);
      homes.set(job.key, thread);
      for (const oldest of homes.keys()) {
        if (homes.size <= REMEMBERED_KEYS) break;
        homes.delete(oldest);
      }
    }
    try {
      const { value, transfer } = movable(job.input, true);
      thread.worker.postMessage({ id: job.id, name: job.name, input: value } satisfies TaskRequest, transfer);
    } catch (error) {
      job.done({ error: new AppError('internal', `The input of ${job.name} cannot be sent to a worker: ${String(error)}`) });
      return;
    }
    thread.jobs.set(job.id, job);
    inFlight++;
  }

  function startThread(): void {
    const thread: Thread = { worker: new Worker(module, { execArgv: [] }), ready: false, jobs: new Map(), lastError: undefined };
    threads.add(thread);
    thread.worker.on('message', (message: WorkerMessage) => {
      if (message === 'ready') {
        thread.ready = true;
        startFailures = 0;
      } else {
        const job = thread.jobs.get(message.id);
        if (thread.jobs.delete(message.id)) inFlight--;
        job?.done('error' in message ? { error: unpackError(message.error) } : message);
      }
      pump();
    });
    thread.worker.on('error', (error) => {
      thread.lastError = error instanceof Error ? error : new Error(String(error));
    });
    thread.worker.on('exit', (code) => ended(thread, code));
  }

  /** A thread that ends fails its tasks; the next task starts another, unless threads do not come up at all. */
  function ended(thread: Thread, code: number): void {
    threads.delete(thread);
    for (const [key, home] of homes) if (home === thread) homes.delete(key);
    inFlight -= thread.jobs.size;
    const why = thread.lastError?.message ?? `exit code ${code}`;
    for (const job of thread.jobs.values())
      job.done({ error: stopped ?? new AppError('internal', `A pixel worker stopped during ${job.name}: ${why}`) });
    thread.jobs.clear();
    if (!thread.ready && !stopped && ++startFailures >= START_FAILURES_ALLOWED)
      stop(new AppError('internal', `The pixel workers do not start: ${why}`, { hint: 'Run nhr doctor; installing again may help.' }));
    pump();
  }

  function stop(reason: AppError): void {
    stopped = reason;
    for (const queue of [queues.normal, queues.low]) {
      for (const job of queue) job.done({ error: reason });
      queue.clear();
    }
  }

  async function close(): Promise<void> {
    stop(new AppError('engineDown', 'The pixel workers were stopped.'));
    if (inFlight > 0) await atMost(CLOSE_WAIT_MS, new Promise<void>((resolve) => (whenIdle = resolve)));
    await atMost(CLOSE_LIMIT_MS - CLOSE_WAIT_MS, Promise.all([...threads].map(({ worker }) => worker.terminate())));
  }

  return { run, close };
}

async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([
    work,
    new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    }),
  ]);
  clearTimeout(timer);
}
