/** One task of the export bench in a process of its own: `node exportTasks.ts TASK DIR OUT`. Prints its time and its peak memory. */
import { hash } from 'node:crypto';
import { createReadStream, existsSync, linkSync, mkdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ImageFacts, NewTriplet } from '../../src/main/engine/ports.ts';
import type { Workspace } from '../../src/main/engine/store/index.ts';
import { type ExportRow, metadataLine, metadataRow, sampleId } from '../../src/main/engine/transfer/columns.ts';
import type { ExportDeps } from '../../src/main/engine/transfer/export/deps.ts';
import { createPictures } from '../../src/main/engine/transfer/export/pictures.ts';
import { planTree, type TreeRow } from '../../src/main/engine/transfer/formats/tree.ts';
import { writeTreeLines } from '../../src/main/engine/transfer/formats/treeLines.ts';
import { linkFiles } from '../../src/main/engine/transfer/links.ts';
import { createParquetWriter } from '../../src/main/engine/transfer/parquet/writer.ts';
import { createTarWriter } from '../../src/main/engine/transfer/tar/writer.ts';
import { wakeThread } from '../../src/main/engine/transfer/threadWork.ts';
import { type ExportFormat, ExportOptions } from '../../src/shared/model/export.ts';
import type { TripletFilter } from '../../src/shared/model/triplet.ts';

export interface BenchRow {
  id: string;
  source: string;
  edited: string;
  /** Of both files, as a workspace knows them. */
  bytes: [number, number];
  instruction: string;
}

export interface TaskResult {
  ms: number;
  peakMb: number;
}

/** The rules of formats-and-benchmarks.md 4.2 and 4.3. */
const GROUP_ROWS = 100;
const GROUP_BYTES = 64 * 1024 * 1024;
const SHARD_BYTES = 500 * 1024 * 1024;
const TAR_BYTES = 1_000_000_000;
const OPTIONAL = { repetition_type: 'OPTIONAL' as const };

async function* rowsOf(dir: string): AsyncGenerator<BenchRow> {
  for await (const line of createInterface({ input: createReadStream(join(dir, 'rows.jsonl')) })) yield JSON.parse(line);
}

/** Where the picture of a number lies: two a triplet, the source first. */
export function picturePath(number: number): string {
  const triplet = Math.floor(number / 2);
  const folder = String(triplet % 100).padStart(2, '0');
  return `images/${folder}/image_${String(triplet).padStart(7, '0')}_${number % 2 === 0 ? 'original' : 'edited_1'}.jpg`;
}

const file = (dir: string, path: string) => join(dir, 'in', path);

const TASKS: Record<string, (dir: string, out: string) => Promise<void>> = {
  async tar(dir, out) {
    let shard = 0;
    let bytes = 0;
    let writer = await createTarWriter({ path: join(out, 'shard-000000.tar') });
    for await (const row of rowsOf(dir)) {
      if (bytes > TAR_BYTES) {
        await writer.close();
        writer = await createTarWriter({ path: join(out, `shard-${String(++shard).padStart(6, '0')}.tar`) });
        bytes = 0;
      }
      const text = Buffer.from(JSON.stringify({ instruction: row.instruction }));
      await writer.add(`${row.id}.source.jpg`, { file: file(dir, row.source) });
      await writer.add(`${row.id}.edited.jpg`, { file: file(dir, row.edited) });
      await writer.add(`${row.id}.json`, text);
      bytes += 400_000;
    }
    await writer.close();
  },

  async parquet(dir, out) {
    const open = (shard: number) =>
      createParquetWriter({
        path: join(out, `train-${String(shard).padStart(5, '0')}.parquet`),
        schema: [
          { name: 'source_image', type: 'image' },
          { name: 'edited_image', type: 'image' },
          { name: 'edit_instruction', type: 'string' },
        ],
        rowGroupRows: GROUP_ROWS,
        rowGroupBytes: GROUP_BYTES,
      });
    let shard = 0;
    let writer = await open(shard);
    for await (const row of rowsOf(dir)) {
      if (writer.bytes() > SHARD_BYTES) {
        await writer.close();
        writer = await open(++shard);
      }
      await writer.write({
        source_image: { bytes: { file: file(dir, row.source), bytes: row.bytes[0] }, path: row.source },
        edited_image: { bytes: { file: file(dir, row.edited), bytes: row.bytes[1] }, path: row.edited },
        edit_instruction: row.instruction,
      });
    }
    await writer.close();
  },

  /** The library at its best: incremental, one row group at a time, uncompressed, without statistics. */
  async library(dir, out) {
    const { fileWriter, ParquetWriter } = await import('hyparquet-writer');
    const image = (name: string) => [
      { name, num_children: 2, ...OPTIONAL },
      { name: 'bytes', type: 'BYTE_ARRAY' as const, ...OPTIONAL },
      { name: 'path', type: 'BYTE_ARRAY' as const, converted_type: 'UTF8' as const, ...OPTIONAL },
    ];
    const schema = [
      { name: 'root', num_children: 3 },
      ...image('source_image'),
      ...image('edited_image'),
      { name: 'edit_instruction', type: 'BYTE_ARRAY' as const, converted_type: 'UTF8' as const, ...OPTIONAL },
    ];
    const open = (shard: number) =>
      new ParquetWriter({ writer: fileWriter(join(out, `train-${shard}.parquet`)), schema, codec: 'UNCOMPRESSED', statistics: false });
    let shard = 0;
    let writer = open(shard);
    let groups = 0;
    let group: BenchRow[] = [];
    const flush = async () => {
      const bytes = (pick: (row: BenchRow) => string) =>
        Promise.all(group.map(async (row) => ({ bytes: await readFile(file(dir, pick(row))), path: pick(row) })));
      const columnData = [
        { name: 'source_image', data: await bytes((row) => row.source) },
        { name: 'edited_image', data: await bytes((row) => row.edited) },
        { name: 'edit_instruction', data: group.map((row) => row.instruction) },
      ];
      await writer.write({ columnData, rowGroupSize: GROUP_ROWS });
      group = [];
      groups += 1;
      if (groups % 12 > 0) return;
      await writer.finish();
      writer = open(++shard);
    };
    for await (const row of rowsOf(dir)) {
      group.push(row);
      if (group.length === GROUP_ROWS) await flush();
    }
    if (group.length > 0) await flush();
    await writer.finish();
  },

  /** What the layout writes for its pictures and rows: every picture linked under its name, and metadata.jsonl. */
  async tree(dir, out) {
    wakeThread();
    const items = [...exportRows(dir)].map((row) => {
      const pictures = [
        { role: 'source', hash: row.sourceHash, ...JPEG },
        { role: 'edited', hash: row.editedHash, ...JPEG },
      ];
      return { id: sampleId(row), row, pictures };
    });
    const { signal } = new AbortController();
    const pictures = createPictures({ pictureFile: fileOfPicture(dir), encode: encodeNothing }, KEEP, {}, signal);
    const plan = {
      splits: [{ name: 'train' as const, rows: items.length }],
      item: (_split: string, rank: number) => items[rank]!,
      rankAt: (_split: string, position: number) => position,
    };
    const tree = await planTree({ plan, pictures, dir: out, signal, progress: () => undefined });
    const lineOf = ({ item, paths }: TreeRow) => metadataLine(metadataRow(item, paths[0]!, paths[1]!, [item.row.instruction]));
    const lines = writeTreeLines({ dir: out, signal }, tree, 'train', 'train/metadata.jsonl', lineOf);
    const idle = lines.then(() => undefined);
    for (const piece of tree.pieces) await tree.write(piece, undefined, idle);
    await lines;
  },

  // Whole exports: with the plan, and all that stands beside pictures and rows.
  exportTree: (dir, out) => exportAll(dir, out, 'nhr'),
  exportTar: (dir, out) => exportAll(dir, out, 'webdataset'),
  exportParquet: (dir, out) => exportAll(dir, out, 'hf-parquet'),

  /** The whole tree out of a real workspace: with what its database takes to give 10,000 rows and their pictures. */
  async workspace(dir, out) {
    const { exports, screens, blobs, close } = await filledWorkspace(dir);
    const deps = {
      rows: exports.rows,
      countRows: (filter: TripletFilter) => screens.countTriplets(filter).count,
      runs: () => [],
      blobFile: blobs.fileOf,
      pictureFile: blobs.placeOf,
      contest: exports.contest,
      picture: exports.picture,
    };
    await timeExport(deps, out, 'nhr');
    await close();
  },

  /** What the tree cannot be faster than: its hard links, one after the other, and nothing else. */
  async links(dir, out) {
    const triplets = Number(await readFile(join(dir, 'count'), 'utf8'));
    const links = Array.from({ length: 2 * triplets }, (_, number) => {
      const path = picturePath(number);
      return { from: file(dir, path), to: join(out, path) };
    });
    for (const folder of new Set(links.map(({ to }) => dirname(to)))) await mkdir(folder, { recursive: true });
    started = performance.now();
    linkFiles(links);
  },

  async import(dir, out) {
    const { openWorkspace } = await import('../../src/main/engine/store/index.ts');
    const { createPictureThreads } = await import('../../src/main/engine/transfer/import/pictureThreads.ts');
    const { runImport } = await import('../../src/main/engine/transfer/import/runImport.ts');
    const { blobs, work, triplets, exports, imports, close } = openWorkspace(out, { create: true, now: Date.now, owner: 'bench' });
    const deps = {
      blobs,
      pixels: { inspect: () => Promise.reject(new Error('these heads need no decoder')) },
      addImage: (hash: string, facts: ImageFacts, bytes: number) => work.addImage(hash, facts, bytes, false),
      addTriplet: (triplet: NewTriplet) => triplets.add(triplet, false),
      hasOrigin: exports.hasOrigin,
      hasContent: imports.hasContent,
      findItem: imports.itemFinder(),
      addRating: imports.addRating,
      concurrency: 8,
      openThreads: () => createPictureThreads(out),
    };
    started = performance.now();
    const request = { format: 'nhr', path: join(dir, 'in'), map: {}, reportFile: join(dir, 'bad.jsonl') };
    const report = await runImport(deps, request, () => undefined, new AbortController().signal);
    await close();
    if (report.imported !== report.rows) throw new Error(`${report.rows - report.imported} rows did not go in`);
  },
};

let started = 0;
/** Of a task that ends with something that is not timed. */
let elapsed: number | undefined;

const JPEG = { format: 'jpeg', bytes: 187_000, lossy: true };
const KEEP = ExportOptions.parse({}).pictures;
const encodeNothing = () => Promise.reject(new Error('nothing is encoded here'));

/** Rows as the store gives them: one after the other, without waiting. A hash here is the picture's number. */
function* exportRows(dir: string): Generator<ExportRow> {
  const lines = readFileSync(join(dir, 'rows.jsonl'), 'utf8').trimEnd().split('\n');
  for (const [index, line] of lines.entries()) {
    const { instruction } = JSON.parse(line) as BenchRow;
    const [sourceHash, editedHash] = [2 * index, 2 * index + 1].map((number) => (number + 1).toString(16).padStart(64, '0'));
    yield {
      runId: null,
      kind: 'imported',
      sourceHash: sourceHash!,
      editedHash: editedHash!,
      rootHash: sourceHash!,
      width: 1024,
      height: 1024,
      instruction,
      category: 'Add object',
      style: 'standard',
      prompt: '',
      scores: null,
      softScores: null,
      lowLevel: null,
      signals: null,
      seed: null,
      difficulty: null,
      parents: [],
      decision: null,
      paraphrases: [],
      attemptId: null,
      human: null,
    };
  }
}

/** Where the picture of such a hash lies. */
function fileOfPicture(dir: string) {
  return ({ hash: number }: { hash: string }) => file(dir, picturePath(Number.parseInt(number, 16) - 1));
}

/** A whole export of rows that no database has to give. */
async function exportAll(dir: string, out: string, format: ExportFormat): Promise<void> {
  const triplets = Number(await readFile(join(dir, 'count'), 'utf8'));
  const pictureFile = fileOfPicture(dir);
  const deps = {
    rows: () => exportRows(dir),
    countRows: () => triplets,
    runs: () => [],
    blobFile: (picture: string) => pictureFile({ hash: picture }),
    pictureFile,
    contest: () => null,
    picture: () => JPEG,
  };
  await timeExport(deps, out, format);
}

/** Exports; only that is timed. */
async function timeExport(deps: Omit<ExportDeps, 'encode' | 'now'>, out: string, format: ExportFormat): Promise<void> {
  const { exportSet } = await import('../../src/main/engine/transfer/export/exportSet.ts');
  const request = { format, dir: join(out, 'set'), options: ExportOptions.parse({}), toolVersion: '0.0.0' };
  started = performance.now();
  await exportSet({ ...deps, encode: encodeNothing, now: () => 0 }, request, () => undefined, new AbortController().signal);
  elapsed = performance.now() - started;
}

/** A workspace of the input's triplets, made by the first task that asks: its pictures are links, named by their numbers. */
async function filledWorkspace(dir: string): Promise<Workspace> {
  const { openWorkspace } = await import('../../src/main/engine/store/index.ts');
  const path = join(dir, 'workspace');
  const isThere = existsSync(path);
  const workspace = openWorkspace(path, { create: true, now: Date.now, owner: 'bench' });
  if (isThere) return workspace;
  const { blobs, work, triplets } = workspace;
  const facts = { width: 1024, height: 1024, format: 'jpeg', lossy: true };
  const commits: Promise<unknown>[] = [];
  for await (const row of rowsOf(dir)) {
    const [sourceHash, editedHash] = [row.source, row.edited].map((picture, i) => {
      const name = hash('sha256', picture);
      const to = blobs.placeOf({ hash: name, format: facts.format });
      mkdirSync(dirname(to), { recursive: true });
      linkSync(file(dir, picture), to);
      commits.push(work.addImage(name, facts, row.bytes[i]!, false));
      return name;
    }) as [string, string];
    const { width, height } = facts;
    const own = { sourceHash, editedHash, width, height, instruction: row.instruction, category: 'Add object', style: 'standard' };
    const none = { runId: null, reason: '', attemptId: null, sourceId: null, scores: null, lowLevel: null, parents: [], verdicts: [] };
    commits.push(triplets.add({ ...own, ...none, kind: 'imported', state: 'active', origin: '' }, false));
  }
  await Promise.all(commits);
  return workspace;
}

/** Of this process alone. What Linux reports as maxRSS begins at what the process that started this one had taken. */
function peakMegabytes(): number {
  const status = process.platform === 'linux' ? readFileSync('/proc/self/status', 'utf8') : '';
  const peak = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return peak === undefined ? process.resourceUsage().maxRSS / 1024 : Number(peak) / 1024;
}

if (import.meta.main) {
  const [name, dir, out] = process.argv.slice(2) as [string, string, string];
  await mkdir(out, { recursive: true });
  started = performance.now();
  await TASKS[name]!(dir, out);
  const result: TaskResult = { ms: elapsed ?? performance.now() - started, peakMb: peakMegabytes() };
  // By rename, so that a result is whole or not there.
  await writeFile(join(dir, 'result.part'), JSON.stringify(result));
  await rename(join(dir, 'result.part'), join(dir, 'result.json'));
}
