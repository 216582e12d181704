import { hash } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { formatCount } from '../../../../shared/count.ts';
import { AppError } from '../../../../shared/model/errors.ts';
import type { JobView } from '../../../../shared/model/events.ts';
import type { Blobs, ImageFacts, NewTriplet, Pixels } from '../../ports.ts';
import { sampleId, type TripletContent } from '../columns.ts';
import { createHashedFile } from '../files.ts';
import { createIdSet } from '../idIndex.ts';
import { createPictureReads, type PictureReads } from '../pictureReads.ts';
import { type ColumnMap, refuseSwapped } from './columnMap.ts';
import { importerOf } from './index.ts';
import { type PictureThreads, ROWS_A_MESSAGE } from './pictureThreads.ts';
import { type StoredPicture, takePicture } from './takePicture.ts';
import { type BadRow, badRow, type ImportItem, type ImportRow, type RatingRow, type RowFault, RowProblem } from './types.ts';

/** What an import takes from the engine. */
export interface ImportDeps {
  blobs: Pick<Blobs, 'put'>;
  pixels: Pick<Pixels, 'inspect'>;
  addImage(hash: string, facts: ImageFacts, bytes: number): Promise<void>;
  addTriplet(triplet: NewTriplet): Promise<number>;
  /** Of a triplet with this origin; the id, or undefined. */
  hasOrigin(origin: string): boolean;
  /** True when a triplet with these pictures and this instruction is stored, wherever it came from. */
  hasContent(content: TripletContent): boolean;
  /** The triplet that an item of a rating is: by its id here, its id in an imported set, or its sample id. */
  findItem(item: string): number | undefined;
  addRating(tripletId: number, rating: { rater: string; adherence: number; aesthetics: number; origin: string }): Promise<void>;
  /** Rows whose pictures are worked on at once. */
  concurrency: number;
  /** Threads for pictures that are files; without them they go through this one, as those that come inside a table do. */
  openThreads?(): PictureThreads;
}

export interface ImportOptions {
  format: string;
  path: string;
  map: ColumnMap;
  /** Where the report of bad rows goes, one JSON object a line; nothing is left there when there are none. */
  reportFile: string;
}

export interface ImportReport {
  rows: number;
  /** In the set. */
  imported: number;
  /** Stored, but kept out of the set: sizes differ, or not preferred. */
  dropped: number;
  ratings: number;
  /** The same row of the same file, from an earlier import. */
  alreadyThere: number;
  /** The same pictures and instruction, from this set or another. */
  duplicates: number;
  bad: number;
  faults: Map<RowFault, number>;
  columnsLeftOut: string[];
  /** The first SHOWN_ROWS; all of them are in the report file. */
  shown: BadRow[];
  /** Empty when there was nothing to write. */
  reportFile: string;
  lines: JobView['report'];
}

const SHOWN_ROWS = 50;
/** Rows whose commit is waited for; the commits of many share one sync of the disk. */
const MOST_UNCOMMITTED = 512;

/**
 * Reads a set of another tool, or of ours, into the workspace as triplets of kind imported. Pictures are kept byte for byte. A row that
 * was imported before (same file and row, same content) or that is here already (same pictures, same instruction) is counted and left
 * alone, so an import that was stopped at any moment is simply started again. A bad row is written to the report with file, line and
 * reason, and the rest goes in. Rows are stored in the order of the set. Memory does not grow with the set but for 32 bytes a row.
 * Throws AppError inputInvalid when there is no such format or set, or the map is swapped; rejects with the signal's reason when aborted.
 */
export async function runImport(
  deps: ImportDeps,
  options: ImportOptions,
  onProgress: (done: number, total: number) => void,
  signal: AbortSignal,
): Promise<ImportReport> {
  const importer = importerOf(options.format);
  refuseSwapped(options.map);
  const leftOut = new Set<string>();
  const context = { path: resolve(options.path), map: options.map, signal, leaveOut: (column: string) => leftOut.add(column) };
  const total = await importer.count(context);
  const books = await openBooks(options.reportFile);
  const keep = createKeeper(deps, books);
  const tools: Tools = { ...deps, reads: createPictureReads(), threads: deps.openThreads?.(), taken: new WeakMap() };
  const inOrder = createIdWatch();
  onProgress(0, total);

  // A window of promises: pictures of several rows are worked on together, rows are stored in the order of the set.
  const window: Promise<Ready>[] = [];
  try {
    for await (const item of importer.rows(context)) {
      signal.throwIfAborted();
      const work = prepare(tools, inOrder(item));
      work.catch(() => undefined);
      window.push(work);
      while (window.length >= mostAtOnce(tools, item)) await keep.take(await window.shift()!);
      onProgress(Math.min(books.rows(), total || books.rows()), total);
    }
    for (let next = window.shift(); next !== undefined; next = window.shift()) await keep.take(await next);
    await keep.settle();
    onProgress(books.rows(), Math.max(total, books.rows()));
    return await books.close([...leftOut].sort());
  } catch (error) {
    await Promise.allSettled(window);
    await keep.settle().catch(() => undefined);
    await books.abandon();
    throw signal.aborted ? signal.reason : error;
  } finally {
    await tools.threads?.close();
  }
}

/** Rows that may be worked on with this one. Threads have the next ones at hand, whose pictures take no memory until they are read. */
function mostAtOnce({ threads, concurrency }: Tools, item: ImportItem): number {
  const inFiles = item.type === 'pair' && 'file' in item.source && 'file' in item.edited;
  return threads !== undefined && inFiles ? concurrency * ROWS_A_MESSAGE : concurrency;
}

type Tools = ImportDeps & {
  reads: PictureReads;
  threads: PictureThreads | undefined;
  /** Pictures of rows: those that another row is the way back of are read once for both. */
  taken: WeakMap<object, Promise<[StoredPicture, StoredPicture]>>;
};

/** A row whose pictures are in the workspace, or what became of it without that. */
type Ready =
  | { type: 'bad'; row: BadRow }
  | { type: 'rating'; row: RatingRow }
  | { type: 'known' }
  | { type: 'pair'; row: ImportRow; origin: string; source: StoredPicture; edited: StoredPicture };

async function prepare(tools: Tools, row: ImportItem): Promise<Ready> {
  if (row.type === 'bad') return { type: 'bad', row };
  if (row.type === 'rating') return { type: 'rating', row };
  const origin = originOf(row);
  if (tools.hasOrigin(origin)) return { type: 'known' };
  try {
    const [source, edited] = await picturesOf(tools, row);
    if (source.hash === edited.hash) throw new RowProblem('samePicture', `${row.source.name} and ${row.edited.name} are the same picture.`);
    if (row.hashes !== null && row.hashes.source === edited.hash && row.hashes.edited === source.hash)
      throw new RowProblem('swapped', `By their SHA-256, ${row.source.name} is the edited picture and ${row.edited.name} the source.`);
    return { type: 'pair', row, origin, source, edited };
  } catch (error) {
    // Only what is wrong with the row itself is the row's fault; a full disk stops the job.
    if (error instanceof RowProblem) return { type: 'bad', row: badRow(row, row.id, error.fault, error.message) };
    throw error;
  }
}

/** Both pictures of a row in the workspace; the way back has those of the way there, which was asked for just before. Throws RowProblem. */
async function picturesOf(tools: Tools, row: ImportRow): Promise<[StoredPicture, StoredPicture]> {
  const there = row.forward && (await tools.taken.get(row.forward)?.catch(() => undefined));
  if (there) return [there[1], there[0]];
  const taking = takeBoth(tools, row);
  tools.taken.set(row, taking);
  return taking;
}

/** Both pictures of a row, brought into the workspace. Throws RowProblem for the first of them that has one. */
async function takeBoth(tools: Tools, { source, edited }: ImportRow): Promise<[StoredPicture, StoredPicture]> {
  if (tools.threads === undefined || !('file' in source) || !('file' in edited))
    return bothOf(takePicture(tools, source), takePicture(tools, edited));
  const taken = await tools.threads.take([source, edited]);
  const pictures: StoredPicture[] = [];
  for (const [i, one] of taken.entries()) {
    if ('problem' in one) throw new RowProblem(one.problem.fault, one.problem.message);
    pictures.push('picture' in one ? one.picture : await takePicture(tools, i === 0 ? source : edited));
  }
  return [pictures[0]!, pictures[1]!];
}

/** Like Promise.all, but nothing runs on after a failure. */
async function bothOf<T>(first: Promise<T>, second: Promise<T>): Promise<[T, T]> {
  const [a, b] = await Promise.allSettled([first, second]);
  if (a.status === 'rejected') throw a.reason;
  if (b.status === 'rejected') throw b.reason;
  return [a.value, b.value];
}

/** File and row, and a mark of what the row says: a row that was edited is another one. */
function originOf(row: ImportRow): string {
  const picture = (ref: ImportRow['source']) => ('bytes' in ref ? `${ref.name}:${ref.bytes.length}` : ref.file);
  const said = [row.instruction, row.category, row.style, row.kind, row.scores, row.dropped, picture(row.source), picture(row.edited)];
  const mark = hash('sha256', JSON.stringify(said)).slice(0, 12);
  return `${row.file}#${row.id === '' ? row.line : row.id}:${mark}`;
}

/** An id stands for one row of a file; the second row with it is refused. */
function createIdWatch() {
  let file = '';
  let ids = createIdSet();
  return (item: ImportItem): ImportItem => {
    if (item.type !== 'pair' || item.id === '') return item;
    if (item.file !== file) {
      file = item.file;
      ids = createIdSet();
    }
    const isNew = ids.add(hash('sha256', item.id).slice(0, 16));
    return isNew ? item : badRow(item, item.id, 'duplicateId', `The id ${item.id} was used by a row before.`);
  };
}

type Books = Awaited<ReturnType<typeof openBooks>>;

/** Stores what is ready, in order, and counts it when it is durable. */
function createKeeper(deps: ImportDeps, books: Books) {
  const seen = createIdSet();
  const open: Promise<unknown>[] = [];

  function keep(commit: Promise<unknown>): void {
    commit.catch(() => undefined);
    open.push(commit);
  }

  function store(triplet: NewTriplet, source: StoredPicture, edited: StoredPicture): void {
    // Queued one after the other: the writer keeps their order, so a row always follows its pictures.
    const images = [source, edited].map(({ hash, bytes, ...facts }) => deps.addImage(hash, facts, bytes));
    const row = deps.addTriplet(triplet).then(() => books.count(triplet.state === 'active' ? 'imported' : 'dropped'));
    keep(Promise.all([...images, row]));
  }

  async function rate(row: RatingRow): Promise<void> {
    const tripletId = deps.findItem(row.id);
    if (tripletId === undefined) return books.bad(badRow(row, row.id, 'unknownItem', `${row.id} is no triplet of this workspace.`));
    const { rater, adherence, aesthetics } = row;
    keep(deps.addRating(tripletId, { rater, adherence, aesthetics, origin: `${row.file}#${row.line}` }).then(() => books.count('ratings')));
  }

  async function takeOne(ready: Ready): Promise<void> {
    if (ready.type === 'bad') return books.bad(ready.row);
    if (ready.type === 'known') return books.count('alreadyThere');
    if (ready.type === 'rating') return rate(ready.row);
    const { row, origin, source, edited } = ready;
    const content = { sourceHash: source.hash, editedHash: edited.hash, instruction: row.instruction };
    if (!seen.add(sampleId(content)) || deps.hasContent(content)) return books.count('duplicates');
    store(tripletOf(row, origin, source, edited), source, edited);
  }

  return {
    async take(ready: Ready): Promise<void> {
      await takeOne(ready);
      while (open.length >= MOST_UNCOMMITTED) await open.shift();
    },
    async settle(): Promise<void> {
      await Promise.all(open.splice(0));
    },
  };
}

function tripletOf(row: ImportRow, origin: string, source: StoredPicture, edited: StoredPicture): NewTriplet {
  const sameSize = source.width === edited.width && source.height === edited.height;
  const reason = row.dropped !== '' ? row.dropped : sameSize ? '' : 'sizeDiffers';
  return {
    runId: null,
    kind: 'imported',
    state: reason === '' ? 'active' : 'dropped',
    reason,
    sourceHash: source.hash,
    editedHash: edited.hash,
    width: source.width,
    height: source.height,
    instruction: row.instruction,
    category: row.category,
    style: row.style,
    attemptId: null,
    sourceId: null,
    origin,
    scores: row.scores,
    lowLevel: null,
    signals: row.signals ?? null,
    parents: [],
    ...(row.forward && { parentContent: { sourceHash: edited.hash, editedHash: source.hash, instruction: row.forward.instruction } }),
    verdicts: [],
    imported: { itemId: row.id, kind: row.kind, paraphrases: row.paraphrases, facts: row.facts },
  };
}

/** Counts and the report of bad rows. */
async function openBooks(reportFile: string) {
  await mkdir(dirname(reportFile), { recursive: true });
  const file = await createHashedFile(reportFile);
  const counts = { imported: 0, dropped: 0, ratings: 0, alreadyThere: 0, duplicates: 0, bad: 0 };
  const faults = new Map<RowFault, number>();
  const shown: BadRow[] = [];
  let rows = 0;
  let written = 0;
  let wholeFiles = 0;

  const lines = (columnsLeftOut: string[]): JobView['report'] => [
    { label: 'Rows', value: formatCount(rows), ok: true },
    { label: 'Imported', value: formatCount(counts.imported), ok: true },
    { label: 'Stored, kept out of the set', value: formatCount(counts.dropped), ok: true },
    ...(counts.ratings > 0 ? [{ label: 'Ratings', value: formatCount(counts.ratings), ok: true }] : []),
    { label: 'Already there', value: formatCount(counts.alreadyThere), ok: true },
    { label: 'Duplicates, left out', value: formatCount(counts.duplicates), ok: true },
    { label: 'Bad rows, skipped', value: formatCount(counts.bad), ok: counts.bad === 0 },
    ...[...faults].map(([fault, count]) => ({ label: `  ${fault}`, value: formatCount(count), ok: false })),
    ...(columnsLeftOut.length > 0 ? [{ label: 'Columns left behind (pictures)', value: columnsLeftOut.join(', '), ok: true }] : []),
    ...shown.map((row) => ({ label: `${row.file}:${row.line}`, value: `${row.fault}: ${row.message}`, ok: false, place: true })),
    ...(written > shown.length
      ? [{ label: 'More', value: `${formatCount(written - shown.length)} in the report`, ok: false, place: true }]
      : []),
  ];

  return {
    rows: () => rows,
    count(what: keyof typeof counts): void {
      counts[what] += 1;
      rows += 1;
    },
    async bad(row: BadRow): Promise<void> {
      faults.set(row.fault, (faults.get(row.fault) ?? 0) + 1);
      if (row.skipped) {
        counts.bad += 1;
        rows += 1;
      }
      written += 1;
      if (row.wholeFile === true) wholeFiles += 1;
      if (shown.length < SHOWN_ROWS) shown.push(row);
      const { file: from, line, id, fault, message, skipped } = row;
      await file.write(`${JSON.stringify({ file: from, line, id, fault, message, skipped })}\n`);
    },
    async close(columnsLeftOut: string[]): Promise<ImportReport> {
      await file.close();
      if (written === 0) await rm(reportFile, { force: true });
      // Nothing but files that could not be read: that is no import with a report, it is no import.
      if (rows === wholeFiles) {
        await rm(reportFile, { force: true });
        throw new AppError('inputInvalid', shown[0]?.message ?? 'There is not a single row in it.', { file: shown[0]?.file });
      }
      return { rows, ...counts, faults, columnsLeftOut, shown, reportFile: written === 0 ? '' : reportFile, lines: lines(columnsLeftOut) };
    },
    async abandon(): Promise<void> {
      await file.abandon();
      await rm(reportFile, { force: true });
    },
  };
}
