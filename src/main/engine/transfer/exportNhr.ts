import { link, mkdir, open, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { AppError } from '../../../shared/model/errors.ts';
import type { JobView } from '../../../shared/model/events.ts';
import type { TripletFilter } from '../../../shared/model/triplet.ts';
import { datasetCard, type ExportRun } from './card.ts';
import { type ExportRow, metadataLine, sampleId } from './columns.ts';
import { families, inContentOrder, picturesOf, planFamily } from './families.ts';
import { cannotLink, createHashedFile, fileTrouble, freeBytes, type HashedFile, pictureFile, placeFile } from './files.ts';
import { createIdSet } from './idSet.ts';
import { FILES, type Manifest } from './manifest.ts';
import { openPartial, publish, refuseOccupied, removeStalePartials } from './target.ts';

/** What an export takes from the engine. */
export interface ExportDeps {
  /** Rows of a filter; rows of one rootHash one after the other, roots in an order that depends on content alone. May be read twice. */
  rows(filter: TripletFilter): AsyncIterable<ExportRow> | Iterable<ExportRow>;
  /** How many rows that will be, for the progress bar; a bound is enough. */
  countRows(filter: TripletFilter): number;
  /** The runs those rows may have come from; those without a row in the export are left out. */
  runs(filter: TripletFilter): ExportRun[];
  /** Absolute path of a stored picture. */
  blobFile(hash: string): string;
  now(): number;
  /** Bytes free in a folder; the file system is asked when not given. */
  freeBytes?(dir: string): Promise<number>;
}

export interface ExportOptions {
  dir: string;
  /** States default to active; without a `decision`, what a reviewer rejected stays out. */
  filter: TripletFilter;
  toolVersion: string;
  /** For the card; "other" when nobody chose. */
  license?: string;
}

export interface ExportReport {
  dir: string;
  rows: number;
  originals: number;
  pictures: number;
  pictureBytes: number;
  linked: number;
  copied: number;
  /** Rows left out: rejected by the reviewer, or equal to a row before. */
  rejected: number;
  duplicates: number;
  lines: JobView['report'];
}

/** Room kept free beside the export itself, and what a row's texts take at most on average. */
const SPARE_BYTES = 16 * 1024 * 1024;
const ROW_BYTES = 2048;

/**
 * Writes triplets as an image folder in the NHR-Edit layout: pictures byte for byte, metadata.jsonl, a card, checksums and, last,
 * manifest.json. Built in a folder beside the target and published by rename: a target that exists is complete. Memory does not
 * grow with the number of rows but for 16 bytes each (duplicates). Rejects with the signal's reason when aborted, and with AppError
 * conflict (target occupied), diskFull, inputInvalid (nothing to export), workspaceCorrupt (a stored picture is missing or broken).
 */
export async function exportNhr(
  deps: ExportDeps,
  options: ExportOptions,
  onProgress: (done: number, total: number) => void,
  signal: AbortSignal,
): Promise<ExportReport> {
  const target = resolve(options.dir);
  await refuseOccupied(target);
  try {
    await removeStalePartials(target);
    const partial = await openPartial(target);
    try {
      const report = await build(deps, options, target, partial, onProgress, signal);
      signal.throwIfAborted();
      await publish(partial, target);
      return report;
    } catch (error) {
      await rm(partial, { recursive: true, force: true });
      throw error;
    }
  } catch (error) {
    throw signal.aborted ? signal.reason : fileTrouble(error, target);
  }
}

/** The text files of an export while they grow. */
interface OpenFiles {
  metadata: HashedFile;
  sums: HashedFile;
}

async function build(
  deps: ExportDeps,
  options: ExportOptions,
  target: string,
  partial: string,
  onProgress: (done: number, total: number) => void,
  signal: AbortSignal,
): Promise<ExportReport> {
  const filter: TripletFilter = { ...options.filter, states: options.filter.states ?? ['active'] };
  await checkSpace(deps, filter, partial, signal);
  await mkdir(join(partial, 'train'));
  const files = {
    metadata: await createHashedFile(join(partial, FILES.metadata)),
    sums: await createHashedFile(join(partial, FILES.sums)),
  };
  try {
    const written = await writeRows(deps, filter, partial, files, onProgress, signal);
    const { counts } = written;
    if (counts.rows === 0)
      throw new AppError('inputInvalid', 'There is nothing to export: no triplet in the set matches.', {
        hint: counts.rejected > 0 ? `${counts.rejected} were rejected in review.` : 'Widen the filter, or mine some triplets first.',
      });
    await writeEnd(deps, { ...options, filter }, target, partial, files, written);
    return { dir: target, ...counts, lines: reportLines(target, counts) };
  } finally {
    // Closing twice is refused and harmless; no handle may stay open on a folder that is renamed or removed next.
    await Promise.allSettled([files.metadata.abandon(), files.sums.abandon()]);
  }
}

/** What went into an export. */
interface Written {
  counts: Omit<ExportReport, 'dir' | 'lines'>;
  byKind: Map<string, number>;
  byCategory: Map<string, number>;
  runIds: Set<string>;
}

async function writeRows(
  deps: ExportDeps,
  filter: TripletFilter,
  partial: string,
  { metadata, sums }: OpenFiles,
  onProgress: (done: number, total: number) => void,
  signal: AbortSignal,
): Promise<Written> {
  const total = deps.countRows(filter);
  const counts = { rows: 0, originals: 0, pictures: 0, pictureBytes: 0, linked: 0, copied: 0, rejected: 0, duplicates: 0 };
  const written: Written = { counts, byKind: new Map(), byCategory: new Map(), runIds: new Set() };
  const seen = createIdSet();
  const folders = new Set<string>();
  let read = 0;

  const keep = (row: ExportRow) => {
    if (filter.decision === undefined && row.decision === 'reject') counts.rejected += 1;
    else if (!seen.add(sampleId(row))) counts.duplicates += 1;
    else return true;
    return false;
  };

  for await (const family of families(deps.rows(filter))) {
    signal.throwIfAborted();
    read += family.length;
    const rows = inContentOrder(family).filter(keep);
    if (rows.length > 0) {
      const facts = new Map(await allOf([...picturesOf(rows)], async (hash) => [hash, await pictureFile(deps.blobFile(hash))] as const));
      const plan = planFamily(rows, counts.originals, (hash) => facts.get(hash)!.extension);
      await makeFolders(partial, plan.pictures, folders);
      for (const how of await allOf(plan.pictures, ({ hash, path }) => placeFile(deps.blobFile(hash), join(partial, 'train', path))))
        counts[how] += 1;
      for (const { hash, path } of plan.pictures) {
        counts.pictureBytes += facts.get(hash)!.bytes;
        await sums.write(`${hash}  train/${path}\n`);
      }
      for (const row of plan.metadata) {
        await metadata.write(`${metadataLine(row)}\n`);
        written.runIds.add(row.run);
        countOne(written.byKind, row.kind);
        countOne(written.byCategory, row.category);
      }
      counts.rows += rows.length;
      counts.originals += 1;
      counts.pictures += plan.pictures.length;
    }
    onProgress(Math.min(read, total), total);
  }
  return written;
}

function countOne(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** Like Promise.all, but rejects only when everything has come to rest: what is removed next must not be written to any more. */
async function allOf<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const settled = await Promise.allSettled(items.map(work));
  return settled.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

/** Card, checksums and, last, the manifest. */
async function writeEnd(
  deps: ExportDeps,
  options: ExportOptions,
  target: string,
  partial: string,
  { metadata, sums }: OpenFiles,
  { counts, byKind, byCategory, runIds }: Written,
): Promise<void> {
  const { filter, toolVersion, license = 'other' } = options;
  const runs = deps.runs(filter).filter((run) => runIds.has(run.id));
  const metadataFacts = await metadata.close();
  const card = datasetCard({ ...counts, name: basename(target), license, toolVersion, byKind, byCategory, runs });
  const cardFacts = await writeWhole(join(partial, FILES.card), card);
  await sums.write(`${metadataFacts.sha256}  ${FILES.metadata}\n${cardFacts.sha256}  ${FILES.card}\n`);
  const sumsFacts = await sums.close();
  const manifest: Manifest = {
    tool: 'nhr-studio',
    toolVersion,
    format: 'nhr',
    formatVersion: 1,
    createdAt: new Date(deps.now()).toISOString(),
    demo: runs.some((run) => run.demo),
    license,
    filter,
    counts: {
      rows: counts.rows,
      originals: counts.originals,
      pictures: counts.pictures,
      pictureBytes: counts.pictureBytes,
      byKind: Object.fromEntries(byKind),
      byCategory: Object.fromEntries(byCategory),
    },
    leftOut: { rejected: counts.rejected, duplicates: counts.duplicates },
    files: [
      { path: FILES.metadata, ...metadataFacts },
      { path: FILES.card, ...cardFacts },
      { path: FILES.sums, ...sumsFacts },
    ],
    runs: runs.map(manifestRun),
  };
  await writeWhole(join(partial, FILES.manifest), `${JSON.stringify(manifest, null, 2)}\n`);
}

async function writeWhole(path: string, text: string): Promise<{ sha256: string; bytes: number }> {
  const file = await createHashedFile(path);
  try {
    await file.write(text);
    return await file.close();
  } catch (error) {
    await file.abandon().catch(() => undefined);
    throw error;
  }
}

function manifestRun(run: ExportRun): Manifest['runs'][number] {
  const { seed, schedule, stages, growth, gates, roles } = run.recipe;
  const models = Object.fromEntries(Object.entries(roles).map(([role, binding]) => [role, binding?.model ?? '']));
  return { id: run.id, name: run.name, demo: run.demo, seed, schedule, stages, growth, gates, models, promptVersions: run.promptVersions };
}

async function makeFolders(partial: string, pictures: { path: string }[], made: Set<string>): Promise<void> {
  for (const { path } of pictures) {
    const folder = path.slice(0, path.lastIndexOf('/'));
    if (made.has(folder)) continue;
    await mkdir(join(partial, 'train', folder), { recursive: true });
    made.add(folder);
  }
}

/** Refuses before anything is written when the room is too small. Only when pictures must be copied are their sizes added up first. */
async function checkSpace(deps: ExportDeps, filter: TripletFilter, partial: string, signal: AbortSignal): Promise<void> {
  let needed = SPARE_BYTES + deps.countRows(filter) * ROW_BYTES;
  let linkable: boolean | undefined;
  for await (const family of families(deps.rows(filter))) {
    signal.throwIfAborted();
    for (const hash of picturesOf(family)) {
      const file = deps.blobFile(hash);
      linkable ??= await canLink(file, partial);
      if (!linkable) needed += (await pictureFile(file)).bytes;
    }
    if (linkable) break;
  }
  const free = await (deps.freeBytes ?? freeBytes)(partial);
  if (free < needed)
    throw new AppError('diskFull', `The export needs about ${megabytes(needed)}, but only ${megabytes(free)} are free.`, {
      file: partial.replace(/\.partial-[^.]*$/, ''),
      hint: 'Free some space, choose another disk, or narrow the filter.',
    });
}

async function canLink(file: string, partial: string): Promise<boolean> {
  const probe = join(partial, 'probe');
  try {
    await link(file, probe);
    await rm(probe);
    return true;
  } catch (error) {
    if (cannotLink(error)) return false;
    const handle = await open(file, 'r').catch(() => undefined);
    await handle?.close();
    if (handle === undefined) throw new AppError('workspaceCorrupt', 'A stored picture is missing.', { file });
    throw error;
  }
}

function reportLines(dir: string, counts: Omit<ExportReport, 'dir' | 'lines'>): JobView['report'] {
  const number = (value: number) => value.toLocaleString('en-US');
  const lines = [
    { label: 'Rows', value: number(counts.rows), ok: true },
    { label: 'Original pictures', value: number(counts.originals), ok: true },
    { label: 'Pictures', value: `${number(counts.pictures)} (${megabytes(counts.pictureBytes)})`, ok: true },
    { label: 'Linked / copied', value: `${number(counts.linked)} / ${number(counts.copied)}`, ok: true },
    { label: 'Rejected in review, left out', value: number(counts.rejected), ok: true },
    { label: 'Duplicates, left out', value: number(counts.duplicates), ok: true },
    { label: 'Folder', value: dir, ok: true },
  ];
  return lines;
}

function megabytes(bytes: number): string {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}
