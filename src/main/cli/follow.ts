import type { EngineClient } from '../../shared/contract.ts';
import { AppError } from '../../shared/model/errors.ts';
import type { EngineEvent, JobView } from '../../shared/model/events.ts';
import type { RunProgress, RunSummary } from '../../shared/model/run.ts';

/**
 * Follows a run until it rests (paused, interrupted or ended) and gives its last state. A snapshot first, then the events
 * after it, so that nothing that happens in between is missed; a stream that ends early is taken up again from a new snapshot.
 */
export function followRun(client: EngineClient, runId: string, onProgress: (progress: RunProgress) => void): Promise<RunSummary> {
  return follow(
    client,
    (snapshot) => atRest(snapshot.runs.find((run) => run.id === runId)),
    (event) => {
      if (event.type === 'progress' && event.progress.runId === runId) onProgress(event.progress);
      return event.type === 'run' && event.run.id === runId ? atRest(event.run) : undefined;
    },
  );
}

/** Follows a job until it has ended. */
export function followJob(client: EngineClient, jobId: string, onProgress: (job: JobView) => void): Promise<JobView> {
  const look = (job: JobView | undefined) => {
    if (job?.id !== jobId) return undefined;
    onProgress(job);
    return job.state === 'running' ? undefined : job;
  };
  return follow(
    client,
    (snapshot) => look(snapshot.jobs.find((job) => job.id === jobId)),
    (event) => (event.type === 'job' ? look(event.job) : undefined),
  );
}

function atRest(run: RunSummary | undefined): RunSummary | undefined {
  return run?.state === 'running' ? undefined : run;
}

type Snapshot = Awaited<ReturnType<EngineClient['system']['snapshot']>>;

async function follow<T>(
  client: EngineClient,
  fromSnapshot: (snapshot: Snapshot) => T | undefined,
  fromEvent: (event: EngineEvent) => T | undefined,
): Promise<T> {
  let seen = '';
  for (;;) {
    const snapshot = await client.system.snapshot();
    const now = fromSnapshot(snapshot);
    if (now !== undefined) return now;
    // A stream that ends without news twice in a row will never bring any.
    const at = `${snapshot.epoch} ${snapshot.seq}`;
    if (at === seen) throw new AppError('engineDown', 'The engine stopped sending news.');
    seen = at;
    const stop = new AbortController();
    try {
      for await (const { event } of await client.system.events({ epoch: snapshot.epoch, since: snapshot.seq }, { signal: stop.signal })) {
        const result = fromEvent(event);
        if (result !== undefined) return result;
      }
    } finally {
      stop.abort();
    }
  }
}
