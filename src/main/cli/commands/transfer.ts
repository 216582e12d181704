import { createReadStream, existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { AppError } from '../../../shared/model/errors.ts';
import type { JobView } from '../../../shared/model/events.ts';
import type { TripletFilter } from '../../../shared/model/triplet.ts';
import { QuietFailure } from '../errors.ts';
import { findRun } from '../runReport.ts';
import { reportText, type Session, watchJob, withEngine, withScratchEngine } from '../session.ts';

/** `nhr score PAIRS.jsonl`: validates existing pairs; they become triplets of kind imported. */
export function scorePairs(session: Session, path: string): Promise<void> {
  return withEngine(session, true, async (client) => {
    const file = resolve(session.world.cwd, path);
    const job = requireDone(await watchJob(session, client, await client.transfer.startScore({ path: file })));
    const results = session.mode === 'text' ? [] : await readResults(job.target);
    const data = { pairs: file, workspace: session.workspaceDir, message: job.message, resultsFile: job.target, results };
    session.result(data, () => [
      ...reportText(job, session.style),
      ...(job.target === '' ? [] : [`All numbers: ${job.target}`]),
      `Look at them: npm start -- --workspace ${session.workspaceDir}`,
    ]);
  });
}

export interface ExportOptions {
  out: string;
  run: string | undefined;
  filter: TripletFilter;
  license: string | undefined;
}

/** `nhr export`: writes the set, or a part of it, as a dataset. */
export function exportSet(session: Session, options: ExportOptions): Promise<void> {
  return withEngine(session, false, async (client) => {
    const runId = options.run === undefined ? undefined : (await findRun(client, options.run)).id;
    const filter = runId === undefined ? options.filter : { ...options.filter, runId };
    const dir = resolve(session.world.cwd, options.out);
    const started = await client.transfer.startExport({ format: 'nhr', dir, filter, license: options.license });
    const job = requireDone(await watchJob(session, client, started));
    session.result({ dir: job.target, message: job.message, report: job.report }, () => [
      ...reportText(job, session.style),
      `Read it back: nhr check-export ${job.target}`,
    ]);
  });
}

/** `nhr check-export DIR`: reads an export back. Needs no workspace. */
export function checkExport(session: Session, path: string): Promise<void> {
  return withScratchEngine(session, async (client) => {
    const dir = resolve(session.world.cwd, path);
    const job = await watchJob(session, client, await client.transfer.startCheck({ dir }));
    // A check that could not look at all has no report, only a sentence.
    if (job.state === 'failed' && job.report.length === 0) throw new AppError('inputInvalid', job.message, { file: dir });
    const ok = job.state === 'done';
    session.result({ ok, dir, message: job.message, report: job.report }, () => reportText(job, session.style));
    if (!ok) throw new QuietFailure();
  });
}

function requireDone(job: JobView): JobView {
  if (job.state !== 'done') throw new AppError('inputInvalid', job.message, job.target === '' ? {} : { file: job.target });
  return job;
}

async function readResults(file: string): Promise<unknown[]> {
  const results: unknown[] = [];
  if (file === '' || !existsSync(file)) return results;
  // Written by our own engine, one ASCII-safe JSON object a line.
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY }))
    results.push(JSON.parse(line));
  return results;
}
