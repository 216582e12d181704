import { randomUUID } from 'node:crypto';
import { AppError, toWireError } from '../../../shared/model/errors.ts';
import type { JobView } from '../../../shared/model/events.ts';

/** What a job gives when it is done. */
export interface JobResult {
  report: JobView['report'];
  message: string;
  /** False when it ran to its end and found faults: the job is then failed, with its report. */
  ok: boolean;
  /** When it is known only at the end. */
  target?: string;
}

export interface JobContext {
  signal: AbortSignal;
  /** `already` was done before this job began, so that the estimate is about what it does itself. */
  progress(done: number, total: number, already?: number): void;
}

/** Long jobs that are not runs. They belong to the engine: they go on when the page that started them is closed. */
export interface Jobs {
  /** Starts at once and returns; the rest comes as views. */
  start(kind: JobView['kind'], title: string, target: string, work: (context: JobContext) => Promise<JobResult>): JobView;
  /** Asks a job to stop; a job that has ended stays as it is. Throws AppError noSuchItem. */
  cancel(id: string): JobView;
  /** Newest last. */
  list(): JobView[];
  /** Stops everything and waits until it has stopped. */
  close(): Promise<void>;
}

const PROGRESS_MS = 100;
/** Before this an estimate would be a guess. */
const ETA_AFTER_MS = 1000;
const KEPT_ENDED = 50;

/** Every change is emitted as a whole view; progress at most ten times a second, ends at once. */
export function createJobs(deps: { emit(job: JobView): void; now(): number }): Jobs {
  const jobs = new Map<string, { view: JobView; abort: AbortController; ended: Promise<void> }>();

  function forgetOldest(): void {
    const ended = [...jobs.values()].filter((job) => job.view.state !== 'running');
    for (const job of ended.slice(0, Math.max(0, ended.length - KEPT_ENDED))) jobs.delete(job.view.id);
  }

  function start(kind: JobView['kind'], title: string, target: string, work: (context: JobContext) => Promise<JobResult>): JobView {
    const id = randomUUID();
    const abort = new AbortController();
    const view: JobView = { id, kind, title, state: 'running', done: 0, total: 0, etaSeconds: null, target, report: [], message: '' };
    const startedAt = deps.now();
    let timer: NodeJS.Timeout | undefined;
    let emittedAt = startedAt;

    const emit = () => {
      clearTimeout(timer);
      timer = undefined;
      emittedAt = deps.now();
      deps.emit({ ...view });
    };
    const progress = (done: number, total: number, already = 0) => {
      if (view.state !== 'running') return;
      const elapsed = deps.now() - startedAt;
      view.done = done;
      view.total = total;
      const own = done - already;
      view.etaSeconds = elapsed < ETA_AFTER_MS || own <= 0 ? null : ((elapsed / own) * (total - done)) / 1000;
      const wait = emittedAt + PROGRESS_MS - deps.now();
      if (wait <= 0) emit();
      else timer ??= setTimeout(emit, wait);
    };
    const end = (change: Partial<JobView>) => {
      Object.assign(view, change, { etaSeconds: null });
      emit();
      forgetOldest();
    };

    // A turn later, so that work that throws at once is a failed job like any other.
    const ended = Promise.resolve()
      .then(() => work({ signal: abort.signal, progress }))
      .then(
        ({ report, message, ok, target: made }) => end({ state: ok ? 'done' : 'failed', report, message, target: made ?? view.target }),
        (error: unknown) => {
          if (abort.signal.aborted) return end({ state: 'cancelled', message: 'Cancelled.' });
          const { message, details } = toWireError(error);
          end({ state: 'failed', message: details.hint ? `${message} ${details.hint}` : message });
        },
      );
    jobs.set(id, { view, abort, ended });
    emit();
    return { ...view };
  }

  return {
    start,
    cancel(id) {
      const job = jobs.get(id);
      if (job === undefined) throw new AppError('noSuchItem', 'There is no such job.');
      if (job.view.state === 'running') job.abort.abort(new Error('The job was cancelled.'));
      return { ...job.view };
    },
    list: () => [...jobs.values()].map((job) => ({ ...job.view })),
    async close() {
      for (const job of jobs.values()) job.abort.abort(new AppError('engineDown', 'The engine is closing.'));
      await Promise.all([...jobs.values()].map((job) => job.ended));
    },
  };
}
