import { stat } from 'node:fs/promises';
import { AppError } from '../../../../shared/model/errors.ts';
import { createOutFile } from '../outFile.ts';
import { createPictureReads } from '../pictureReads.ts';
import { type ChunkFacts, chunkFacts, footer, type GroupFacts, MAGIC } from './footer.ts';
import { pageHead, plainValues, withLength } from './pages.ts';
import { type Leaf, leavesOf, nodeOf, type ParquetColumn } from './schema.ts';
import {
  appendEntries,
  type BytesValue,
  clearEntries,
  emptyEntries,
  type LeafEntries,
  type LeafValue,
  type PageRange,
  pageRanges,
  shred,
} from './shred.ts';

export type { ParquetColumn };

export interface ParquetOptions {
  path: string;
  schema: readonly ParquetColumn[];
  /** Written into the footer, e.g. `huggingface`. */
  keyValues?: Readonly<Record<string, string>>;
  /** A row group is closed at this many rows, or when the next row would pass this many bytes. */
  rowGroupRows: number;
  rowGroupBytes: number;
}

export interface ParquetWriter {
  /**
   * Adds a row: values by column name, null where there is none. A picture (`image`) is `{ bytes, path }`; bytes may be `{ file }`,
   * which is read when its row group is written and never held longer. Throws RangeError naming column and row for a value that is
   * not of its column's type or belongs to no column, AppError workspaceCorrupt for a file that cannot be read.
   */
  write(row: Record<string, unknown>): Promise<void>;
  /** Bytes of the file so far, with the rows that wait; the footer is not counted. */
  bytes(): number;
  /** Writes the footer, makes the file durable and gives its facts. */
  close(): Promise<{ bytes: number; sha256: string; rowGroups: number; rows: number }>;
  /** Closes without a result, for the way out of a failure; harmless after `close`. The file stays for the caller to remove. */
  abandon(): Promise<void>;
}

/** Small pages for pictures: only two of them are in memory. */
const HEAVY_ROWS = 16;
const HEAVY_BYTES = 8 * 1024 * 1024;
const LIGHT_ROWS = 20_000;
const LIGHT_BYTES = 1024 * 1024;

/** Bytes that a picture's file will take, known before it is read. */
type Sizes = Map<LeafValue, number>;

/**
 * A Parquet file written as a stream: PLAIN, uncompressed (JPEG, PNG and WebP do not get smaller), checksum on the way. Pictures go from
 * their files to this one without a copy; memory does not grow with rows but for the footer. Fails when the file exists.
 */
export async function createParquetWriter(options: ParquetOptions): Promise<ParquetWriter> {
  const { schema, rowGroupRows, rowGroupBytes, keyValues = {} } = options;
  const nodes = schema.map(nodeOf);
  const leaves = nodes.map((node) => leavesOf(node));
  const flatLeaves = leaves.flat();
  const names = new Set(schema.map(({ name }) => name));
  const out = await createOutFile(options.path);
  const reads = createPictureReads();
  const groups: GroupFacts[] = [];
  let rows = 0;

  /** Of one row: what is wrong with it is found before it is anywhere else. */
  const rowOf = leaves.map((below) => below.map(emptyEntries));
  const rowLeaves = rowOf.flat();
  let entries: LeafEntries[] = [];
  let sizes: Sizes = new Map();
  let groupRows = 0;
  let groupBytes = 0;
  const startGroup = () => {
    entries = flatLeaves.map(emptyEntries);
    sizes = new Map();
    groupRows = 0;
    groupBytes = 0;
  };
  startGroup();
  await out.write([MAGIC]);

  async function flush(): Promise<void> {
    if (groupRows === 0) return;
    const chunks: ChunkFacts[] = [];
    const pages = flatLeaves.flatMap((leaf, index) => pagesOf(leaf, entries[index]!, sizes));
    // Pictures of the next page are read while this one is hashed and written.
    let next = load(pages[0]);
    let start = out.position();
    for (const [index, page] of pages.entries()) {
      const loaded = await next;
      const following = pages[index + 1];
      next = load(following);
      next.catch(() => undefined);
      await out.write(loaded.pieces, loaded.release);
      if (following?.leaf === page.leaf) continue;
      chunks.push(chunkFacts(page.leaf, page.entries, start, out.position() - start));
      start = out.position();
    }
    groups.push({ rows: groupRows, chunks });
    startGroup();
  }

  async function load(page: Page | undefined): Promise<{ pieces: Uint8Array[]; release(): void }> {
    if (page === undefined) return { pieces: [], release: () => undefined };
    const { leaf, entries: all, range, values } = page;
    const { pieces, release } =
      leaf.type === 'binary'
        ? await borrowAll(values as BytesValue[])
        : { pieces: [plainValues(leaf.type, values)], release: () => undefined };
    const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
    return { pieces: [pageHead(leaf, all, range, bytes).bytes, ...pieces], release };
  }

  async function borrowAll(values: readonly BytesValue[]): Promise<{ pieces: Uint8Array[]; release(): void }> {
    const settled = await Promise.allSettled(
      values.map((value) => (value instanceof Uint8Array ? { bytes: value, release: () => undefined } : reads.read(value.file))),
    );
    const borrowed = settled.map((result) => {
      if (result.status === 'rejected') throw result.reason;
      return result.value!;
    });
    return {
      pieces: borrowed.flatMap(({ bytes }) => withLength(bytes)),
      release: () => {
        for (const { release } of borrowed) release();
      },
    };
  }

  return {
    async write(row) {
      for (const name in row) if (!names.has(name)) throw new RangeError(`row ${rows + 1}: there is no column ${name}`);
      for (const leaf of rowLeaves) clearEntries(leaf);
      for (const [index, node] of nodes.entries()) {
        try {
          shred(node, row[node.name], rowOf[index]!);
        } catch (error) {
          throw error instanceof RangeError ? new RangeError(`row ${rows + 1}: ${error.message}`) : error;
        }
      }
      const measured = await measure(rowLeaves);
      let bytes = 0;
      for (const { values } of rowLeaves) for (const value of values) bytes += sizeOf(value, measured);
      if (groupRows > 0 && groupBytes + bytes > rowGroupBytes) await flush();
      for (const [index, leaf] of rowLeaves.entries()) appendEntries(entries[index]!, leaf);
      for (const [value, size] of measured) sizes.set(value, size);
      groupRows += 1;
      groupBytes += bytes;
      rows += 1;
      if (groupRows >= rowGroupRows) await flush();
    },
    bytes: () => out.position() + groupBytes,
    async close() {
      await flush();
      await out.write([footer(nodes, groups, keyValues)]);
      return { ...(await out.close()), rowGroups: groups.length, rows };
    },
    abandon: () => out.abandon(),
  };
}

interface Page {
  leaf: Leaf;
  entries: LeafEntries;
  range: PageRange;
  values: LeafValue[];
}

function pagesOf(leaf: Leaf, entries: LeafEntries, sizes: Sizes): Page[] {
  const [mostRows, mostBytes] = leaf.heavy ? [HEAVY_ROWS, HEAVY_BYTES] : [LIGHT_ROWS, LIGHT_BYTES];
  return pageRanges(entries, (value) => sizeOf(value, sizes), mostRows, mostBytes).map((range) => ({
    leaf,
    entries,
    range,
    values: entries.values.slice(entries.rowValues[range.fromRow]!, entries.rowValues[range.toRow]),
  }));
}

/** Bytes a value takes in a page, near enough to cut pages and groups by. */
function sizeOf(value: LeafValue, sizes: Sizes): number {
  if (typeof value === 'string') return 4 + Buffer.byteLength(value);
  if (value instanceof Uint8Array) return 4 + value.length;
  return typeof value === 'object' ? 4 + (sizes.get(value) ?? 0) : 8;
}

const NO_FILES: Sizes = new Map();

async function measure(leaves: readonly LeafEntries[]): Promise<Sizes> {
  const files: { file: string }[] = [];
  for (const { values } of leaves) for (const value of values) if (typeof value === 'object' && 'file' in value) files.push(value);
  if (files.length === 0) return NO_FILES;
  const sizes = await Promise.all(
    files.map(async ({ file }) => {
      const facts = await stat(file).catch((error: NodeJS.ErrnoException) => {
        throw new AppError('workspaceCorrupt', `A picture cannot be read (${error.code}).`, { file });
      });
      return facts.size;
    }),
  );
  return new Map(files.map((value, index) => [value, sizes[index]!]));
}
