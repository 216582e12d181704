import { createReadStream, existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { AppError } from '../../../shared/model/errors.ts';
import type { JobView } from '../../../shared/model/events.ts';
import type { ExportFormat, ExportOptionsInput } from '../../../shared/model/export.ts';
import type { GateProfile, SizeMismatch } from '../../../shared/model/gates.ts';
import type { ImportColumns } from '../../../shared/model/import.ts';
import { QuietFailure } from '../errors.ts';
import { findRun } from '../runReport.ts';
import { reportText, type Session, watchJob, withEngine, withScratchEngine } from '../session.ts';

/** `nhr score PAIRS.jsonl`: validates existing pairs; they become triplets of kind imported. */
export function scorePairs(session: Session, path: string, profile: GateProfile, sizes: SizeMismatch): Promise<void> {
  return withEngine(session, true, async (client) => {
    const file = resolve(session.world.cwd, path);
    const job = requireDone(await watchJob(session, client, await client.transfer.startScore({ path: file, profile, sizes })));
    const results = session.mode === 'text' ? [] : await readResults(job.target);
    const data = { pairs: file, workspace: session.workspaceDir, message: job.message, resultsFile: job.target, results };
    session.result(data, () => [
      ...reportText(job, session.style),
      ...(job.target === '' ? [] : [`All numbers: ${job.target}`]),
      `Look at them: npm start -- --workspace ${session.workspaceDir}`,
    ]);
  });
}

/** Who judges imported pairs, and for how much; profile ids of endpoints. */
export interface JudgeCommand {
  softJudge: string | undefined;
  validator: string | undefined;
  budgetUsd: number | undefined;
  askAgain: boolean;
}

/** `nhr score --imported`: checks imported triplets that are in the workspace and were never checked, or that no judge has seen. */
export function scoreImported(session: Session, profile: GateProfile, judge: JudgeCommand): Promise<void> {
  return withEngine(session, false, async (client) => {
    const { softJudge = null, validator = null, budgetUsd = null, askAgain } = judge;
    const judges = softJudge === null && validator === null ? null : { softJudge, validator, checks: false };
    const input = { profile, judges, budgetUsd, askAgain };
    const job = await watchJob(session, client, await client.transfer.startScoreImported(input));
    // One that stopped before its end tells how far it came.
    if (job.report.length === 0) requireDone(job);
    session.result({ workspace: session.workspaceDir, message: job.message, report: job.report }, () => reportText(job, session.style));
    if (job.state !== 'done') throw new QuietFailure();
  });
}

export interface ExportCommand {
  out: string;
  format: ExportFormat;
  run: string | undefined;
  /** Whether everything is read back afterwards. */
  check: boolean;
  /** As the contract takes them; what is left out has its default there. */
  options: ExportOptionsInput;
}

/** `nhr export`: writes the set, or a part of it, as a dataset, and reads it back. */
export function exportSet(session: Session, { out, format, run, check, options }: ExportCommand): Promise<void> {
  return withEngine(session, false, async (client) => {
    const runId = run === undefined ? undefined : (await findRun(client, run)).id;
    const filter = runId === undefined ? options.filter : { ...options.filter, runId };
    const dir = resolve(session.world.cwd, out);
    const started = await client.transfer.startExport({ ...options, format, dir, filter });
    const job = requireDone(await watchJob(session, client, started));
    const read = check ? await watchJob(session, client, await client.transfer.startCheck({ dir: job.target })) : undefined;
    const ok = read === undefined || read.state === 'done';
    const checked = read && { ok, message: read.message, report: read.report };
    session.result({ dir: job.target, message: job.message, report: job.report, check: checked ?? null }, () => [
      ...reportText(job, session.style),
      ...(read === undefined ? [`Read it back: nhr check-export ${job.target}`] : reportText(read, session.style)),
    ]);
    if (!ok) throw new QuietFailure();
  });
}

/** `nhr import FORMAT PATH`: reads a set into the workspace. Started again after a stop, it goes on where it was. */
export function importSet(session: Session, format: string, path: string, columns: ImportColumns): Promise<void> {
  return withEngine(session, true, async (client) => {
    const started = await client.transfer.startImport({ format, path: resolve(session.world.cwd, path), columns });
    const job = requireDone(await watchJob(session, client, started));
    const badRows = session.mode === 'text' ? [] : await readResults(job.target);
    session.result({ workspace: session.workspaceDir, message: job.message, report: job.report, badRowsFile: job.target, badRows }, () => [
      ...reportText(job, session.style),
      ...(job.target === '' ? [] : [`Every bad row: ${job.target}`]),
    ]);
  });
}

export interface UploadCommand {
  key: string;
  hub: string | undefined;
  branch: string | undefined;
  isPrivate: boolean;
  commitBytes: number | undefined;
}

/** `nhr upload DIR REPO`: pushes an export to a hub. Needs no workspace. Started again after a stop, it goes on where it was. */
export function uploadSet(session: Session, path: string, repo: string, options: UploadCommand): Promise<void> {
  return withScratchEngine(session, async (client) => {
    const dir = resolve(session.world.cwd, path);
    const job = requireDone(await watchJob(session, client, await client.transfer.startUpload({ ...options, dir, repo })));
    session.result({ dir, repo, message: job.message, report: job.report }, () => reportText(job, session.style));
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
