import { createReadStream } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { formatCount } from '../../../../shared/count.ts';
import { AppError } from '../../../../shared/model/errors.ts';
import type { JobView } from '../../../../shared/model/events.ts';
import type { ExportOptions, ExportFormat as FormatId } from '../../../../shared/model/export.ts';
import { datasetCard } from '../card.ts';
import { fileTrouble, megabytes } from '../files.ts';
import { formatOf } from '../formats/index.ts';
import { FILES, type FileFacts, type Manifest } from '../manifest.ts';
import { categoryPlots } from '../plots.ts';
import { type Building, openBuilding, refuseOccupied } from '../target.ts';
import { wakeThread } from '../threadWork.ts';
import type { ExportDeps } from './deps.ts';
import type { ExportFormat, FormatContext, Writing } from './format.ts';
import { tripletItems } from './items.ts';
import { createPictures, type Pictures } from './pictures.ts';
import { createPieceRecords, freshFile, type Piece, type PieceRecord, type PieceRecords, sumCounts, writeText } from './pieces.ts';
import { type LeftOut, makePlan, type Plan } from './plan.ts';
import { canLinkInto, neededBytes, requireSpace } from './space.ts';

/** A tree of fewer rows is written before the thread that links is up. */
const ROWS_FOR_THREAD = 1_000;

export interface ExportRequest {
  format: FormatId;
  dir: string;
  options: ExportOptions;
  toolVersion: string;
}

export interface ExportReport {
  dir: string;
  rows: number;
  originals: number;
  pictures: number;
  bytes: number;
  linked: number;
  cloned: number;
  copied: number;
  encoded: number;
  leftOut: LeftOut;
  /** Pieces that an earlier, stopped export had finished. */
  kept: number;
  lines: JobView['report'];
}

type Finished = { piece: Piece; record: PieceRecord }[];

/**
 * Writes triplets in one of the formats: pieces, metadata, card, checksums and, last, manifest.json; published by one rename, so a
 * target that exists is complete. It is built in `<target>.partial`. When the process is killed, or the engine closes, the same
 * export started again goes on after the pieces that are complete, and ends in the same bytes; a set or options that changed meanwhile
 * start it anew. A cancelled export is removed. Memory does not grow with the rows but for about 40 bytes each. Rejects with the
 * signal's reason when aborted, and with AppError conflict (target occupied), diskFull, inputInvalid (nothing to export),
 * workspaceCorrupt (a stored picture is missing or broken).
 */
export async function exportSet(
  deps: ExportDeps,
  request: ExportRequest,
  onProgress: (done: number, total: number) => void,
  signal: AbortSignal,
): Promise<ExportReport> {
  const target = resolve(request.dir);
  await refuseOccupied(target);
  let finished = 0;
  try {
    await mkdir(dirname(target), { recursive: true });
    const building = await openBuilding(target);
    try {
      const report = await build(deps, request, target, building, { onProgress, onPiece: () => (finished += 1) }, signal);
      signal.throwIfAborted();
      await building.publish();
      return report;
    } catch (error) {
      // What a stop or a full disk left complete is worth keeping; what somebody cancelled is not.
      const cancelled = signal.aborted && !(signal.reason instanceof AppError && signal.reason.code === 'engineDown');
      if (finished > 0 && !cancelled) await building.leave();
      else await building.remove();
      throw error;
    }
  } catch (error) {
    throw signal.aborted ? signal.reason : withHint(fileTrouble(error, target), finished);
  }
}

function withHint(error: unknown, finished: number): unknown {
  if (finished === 0 || !(error instanceof AppError)) return error;
  const more = 'What is ready is kept: the same export started again goes on from there.';
  return new AppError(error.code, error.message, { ...error.details, hint: [error.details.hint, more].filter(Boolean).join(' ') });
}

interface Hooks {
  onProgress(done: number, total: number): void;
  onPiece(): void;
}

async function build(
  deps: ExportDeps,
  request: ExportRequest,
  target: string,
  building: Building,
  hooks: Hooks,
  signal: AbortSignal,
): Promise<ExportReport> {
  const { options } = request;
  const format = formatOf(request.format);
  const { set: dir, work } = building;
  const atLeast = { rows: deps.countRows(options.filter), pictureBytes: 0 };
  await requireSpace(deps, dir, target, neededBytes(format, options, atLeast, true));
  hooks.onProgress(0, deps.countRows(options.filter));
  if (format.linksPictures && atLeast.rows >= ROWS_FOR_THREAD) wakeThread();
  const plan = await makePlan(deps, options, format.items ?? tripletItems, work, signal);
  try {
    const records = createPieceRecords(work, dir, deps.blobFile);
    const createdAt = await agree(request, plan, building, records, deps.now());
    const oneFormat = format.oneFormatPerRole ? plan.formatsByRole : undefined;
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    const pictures = createPictures(deps, options.pictures, { takes: format.takes, oneFormat }, either);
    await requireSpace(deps, dir, target, neededBytes(format, options, plan, await canLink(deps, plan, dir)));
    let done = 0;
    const progress = (samples: number) => {
      done += samples;
      hooks.onProgress(Math.min(done, plan.rows), plan.rows);
    };
    progress(0);
    const context: FormatContext = { options, plan, pictures, name: basename(target), dir, target, work, signal: either, progress };
    const writing = await format.prepare(context);
    const pieces = writePieces(format, writing, records, pictures, { context, onPiece: hooks.onPiece });
    const [{ finished, kept }, beside] = await bothOrNone(stop, pieces, writing.beside?.() ?? Promise.resolve([]));
    const files = await writeEnd(deps, request, format, context, writing, finished, beside, records);
    const report = makeReport(target, plan, finished, kept, files);
    await writeManifest(deps, request, context, report, files, createdAt);
    return report;
  } finally {
    await plan.close();
  }
}

/** Goes on with what is there when it was made for the same plan, else clears it. Gives the time the export was begun. */
async function agree(request: ExportRequest, plan: Plan, { set, work }: Building, records: PieceRecords, now: number): Promise<number> {
  const file = join(work, 'plan.json');
  const wanted = { format: request.format, toolVersion: request.toolVersion, digest: plan.digest };
  const found = await readFile(file, 'utf8').then(
    (text) => JSON.parse(text) as typeof wanted & { createdAt: number },
    () => undefined,
  );
  if (found && found.format === wanted.format && found.toolVersion === wanted.toolVersion && found.digest === wanted.digest)
    return found.createdAt;
  await records.clear();
  await rm(set, { recursive: true, force: true });
  await mkdir(set);
  await writeFile(`${file}.new`, JSON.stringify({ ...wanted, createdAt: now }));
  await rename(`${file}.new`, file);
  return now;
}

async function canLink(deps: ExportDeps, plan: Plan, dir: string): Promise<boolean> {
  const split = plan.splits.find(({ rows }) => rows > 0)!;
  return canLinkInto(deps.pictureFile(plan.item(split.name, 0).pictures[0]!), dir);
}

/** Both results. When one fails, the other is stopped and waited for before the failure goes on. */
async function bothOrNone<A, B>(stop: AbortController, first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  for (const work of [first, second]) work.catch((error) => stop.abort(error));
  const [one, other] = await Promise.allSettled([first, second]);
  if (one.status === 'rejected') throw stop.signal.reason;
  if (other.status === 'rejected') throw stop.signal.reason;
  return [one.value, other.value];
}

async function writePieces(
  format: ExportFormat,
  writing: Writing,
  records: PieceRecords,
  pictures: Pictures,
  { context, onPiece }: { context: FormatContext; onPiece(): void },
): Promise<{ finished: Finished; kept: number }> {
  const finished: Finished = [];
  let kept = 0;
  for (const piece of writing.pieces) {
    context.signal.throwIfAborted();
    let record = await records.find(piece, context.signal);
    if (record === undefined) {
      pictures.takeCounts();
      const lines = format.ownProvenance ? undefined : await freshFile(records.linesFile(piece));
      try {
        const files = await writing.write(piece, async (line) => lines?.write(`${JSON.stringify(line)}\n`));
        await lines?.close();
        record = { files, counts: pictures.takeCounts() };
      } catch (error) {
        await lines?.abandon().catch(() => undefined);
        throw error;
      }
      records.save(piece, record);
    } else {
      kept += 1;
      context.progress(piece.to - piece.from);
    }
    onPiece();
    finished.push({ piece, record });
  }
  return { finished, kept };
}

/** Everything but the manifest: what the format adds, provenance, plots, card, and the checksums of all of it. */
async function writeEnd(
  deps: ExportDeps,
  request: ExportRequest,
  format: ExportFormat,
  context: FormatContext,
  writing: Writing,
  finished: Finished,
  beside: FileFacts[],
  records: PieceRecords,
): Promise<FileFacts[]> {
  const { plan, dir, name } = context;
  const files = [...finished.flatMap(({ record }) => record.files), ...beside];
  files.push(...(await writing.finish(finished)));
  if (!format.ownProvenance) files.push(await joinLines(dir, FILES.provenance, finished, records, context.signal));
  const card = datasetCard({
    name,
    format: format.id,
    license: request.options.license,
    toolVersion: request.toolVersion,
    plan,
    options: request.options,
    runs: runsOf(deps, request, plan),
    part: writing.card,
    encoded: sumCounts(finished.map(({ record }) => record.counts)).encoded,
  });
  // At once: what makes them durable is one sync of the disk's journal then.
  const texts = [...categoryPlots(plan).map(({ path, svg }) => [path, svg] as const), [FILES.card, card] as const];
  files.push(...(await Promise.all(texts.map(([path, text]) => writeText(dir, path, text)))));
  context.signal.throwIfAborted();
  return files;
}

function runsOf(deps: ExportDeps, request: ExportRequest, plan: Plan) {
  return deps.runs(request.options.filter).filter((run) => plan.runIds.has(run.id));
}

/** The lines the pieces kept, in the order of the pieces. */
async function joinLines(dir: string, path: string, finished: Finished, records: PieceRecords, signal: AbortSignal): Promise<FileFacts> {
  const file = await freshFile(join(dir, path));
  try {
    for (const { piece } of finished)
      for await (const chunk of createReadStream(records.linesFile(piece), { encoding: 'utf8', signal })) await file.write(chunk as string);
    return { path, ...(await file.close()) };
  } catch (error) {
    await file.abandon().catch(() => undefined);
    throw error;
  }
}

async function writeManifest(
  deps: ExportDeps,
  request: ExportRequest,
  { plan, dir }: FormatContext,
  report: ExportReport,
  files: readonly FileFacts[],
  createdAt: number,
): Promise<void> {
  const sums = await freshFile(join(dir, FILES.sums));
  for (const { path, sha256 } of files) {
    const toFile = sums.write(`${sha256}  ${path}\n`);
    if (toFile) await toFile;
  }
  const runs = runsOf(deps, request, plan);
  const manifest: Manifest = {
    tool: 'nhr-studio',
    toolVersion: request.toolVersion,
    format: request.format,
    formatVersion: 2,
    createdAt: new Date(createdAt).toISOString(),
    demo: plan.demoEdits || runs.some((run) => run.demo),
    license: request.options.license,
    options: request.options,
    counts: {
      rows: plan.rows,
      originals: plan.originals,
      pictures: report.pictures,
      encoded: report.encoded,
      bytes: report.bytes,
      byKind: Object.fromEntries(plan.byKind),
      byCategory: Object.fromEntries(plan.byCategory),
      bySplit: Object.fromEntries(plan.splits.map(({ name, rows }) => [name, rows])),
    },
    leftOut: plan.leftOut,
    sums: { path: FILES.sums, ...(await sums.close()) },
    runs: runs.map(({ id, name, demo, recipe, promptVersions }) => ({
      id,
      name,
      demo,
      seed: recipe.seed,
      schedule: recipe.schedule,
      stages: recipe.stages,
      growth: recipe.growth,
      gates: recipe.gates,
      models: Object.fromEntries(Object.entries(recipe.roles).map(([role, binding]) => [role, binding?.model ?? ''])),
      promptVersions,
    })),
  };
  await writeText(dir, FILES.manifest, `${JSON.stringify(manifest, null, 2)}\n`);
}

function makeReport(dir: string, plan: Plan, finished: Finished, kept: number, files: readonly FileFacts[]): ExportReport {
  const counts = sumCounts(finished.map(({ record }) => record.counts));
  const { linked, cloned, copied, embedded, encoded } = counts;
  const pictures = linked + cloned + copied + embedded + encoded;
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const { rows, originals, leftOut } = plan;
  const line = (label: string, value: string, show = true) => (show ? [{ label, value, ok: true }] : []);
  const lines = [
    ...line('Rows', formatCount(rows)),
    ...line('Splits', plan.splits.map((split) => `${split.name} ${formatCount(split.rows)}`).join(', '), plan.splits.length > 1),
    ...line('Original pictures', formatCount(originals)),
    ...line('Pictures', `${formatCount(pictures)} (${megabytes(bytes)})`),
    ...line(
      'Linked / cloned / copied',
      `${formatCount(linked)} / ${formatCount(cloned)} / ${formatCount(copied)}`,
      linked + cloned + copied > 0,
    ),
    ...line('Encoded anew', formatCount(encoded), encoded > 0),
    ...line('Rejected in review, left out', formatCount(leftOut.rejected)),
    ...line('Duplicates, left out', formatCount(leftOut.duplicates)),
    ...line('Over the caps, left out', formatCount(leftOut.capped), leftOut.capped > 0),
    ...line('Nothing for this format, left out', formatCount(leftOut.notForFormat), leftOut.notForFormat > 0),
    ...line('Pieces kept from a stopped export', formatCount(kept), kept > 0),
    ...line('Folder', dir),
  ];
  return { dir, rows, originals, pictures, bytes, linked, cloned, copied, encoded, leftOut, kept, lines };
}
