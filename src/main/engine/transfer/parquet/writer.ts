import { createOutFile } from '../outFile.ts';
import { createPictureReads } from '../pictureReads.ts';
import { type ChunkFacts, footer, type GroupFacts, MAGIC } from './footer.ts';
import { createLeafPages, type LeafPages, type Page, sizeOf } from './leafPages.ts';
import { pageHead, withLength } from './pages.ts';
import { type Leaf, leavesOf, type Node, nodeOf, type ParquetColumn } from './schema.ts';
import { type BytesValue, checkedLeaf, type LeafEntries, type LeafValue, shred } from './shred.ts';

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
   * Adds a row: values by column name, null where there is none. A picture (`image`) is `{ bytes, path }`; bytes may be a file and its
   * size, `{ file, bytes }`, which is read when its row group is written and never held longer. Throws RangeError naming column and row
   * for a value that is not of its column's type or belongs to no column. A file that cannot be read rejects the call that writes its
   * row group, or `close`, with AppError workspaceCorrupt; nothing can follow.
   */
  write(row: Record<string, unknown>): Promise<void>;
  /** Bytes of the file so far, with the rows that wait; the footer is not counted. */
  bytes(): number;
  /** Writes the footer, makes the file durable and gives its facts. */
  close(): Promise<{ bytes: number; sha256: string; rowGroups: number; rows: number }>;
  /** Closes without a result, for the way out of a failure; harmless after `close`. The file stays for the caller to remove. */
  abandon(): Promise<void>;
}

/**
 * A Parquet file written as a stream: PLAIN, uncompressed (JPEG, PNG and WebP do not get smaller), checksum on the way. Pictures go from
 * their files to this one without a copy; memory does not grow with rows but for the footer. Fails when the file exists.
 */
export async function createParquetWriter(options: ParquetOptions): Promise<ParquetWriter> {
  const { schema, rowGroupRows, rowGroupBytes, keyValues = {} } = options;
  const nodes = schema.map(nodeOf);
  const columns = nodes.map(createColumn);
  const leaves = columns.flatMap((column) => column.leaves);
  const names = new Set(schema.map(({ name }) => name));
  const out = await createOutFile(options.path);
  const reads = createPictureReads();
  const groups: GroupFacts[] = [];
  let rows = 0;
  let groupRows = 0;
  let groupBytes = 0;
  await out.write([MAGIC]);

  async function flush(): Promise<void> {
    if (groupRows === 0) return;
    const chunks: ChunkFacts[] = [];
    const ended = leaves.map(({ leaf, pages }) => ({ leaf, ...pages.take() }));
    const pages = ended.flatMap((one) => one.pages);
    // Pictures of the next page are read while this one is hashed and written.
    let next = load(pages[0]);
    let following = 1;
    for (const { leaf, pages: own, facts } of ended) {
      const start = out.position();
      for (let i = 0; i < own.length; i += 1) {
        const loaded = await next;
        next = load(pages[following++]);
        next.catch(() => undefined);
        await out.write(loaded.pieces, loaded.release);
      }
      chunks.push({ leaf, ...facts, start, bytes: out.position() - start });
    }
    groups.push({ rows: groupRows, chunks });
    groupRows = 0;
    groupBytes = 0;
  }

  async function load(page: Page | undefined): Promise<{ pieces: Uint8Array[]; release(): void }> {
    if (page === undefined) return { pieces: [], release: () => undefined };
    const { entries, levels, values } = page;
    const { pieces, release } = values instanceof Uint8Array ? { pieces: [values], release: () => undefined } : await borrowAll(values);
    const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
    return { pieces: [pageHead(entries, levels, bytes), ...pieces], release };
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
      let bytes = 0;
      let given = 0;
      // What is wrong with a row is found before any of it is kept.
      try {
        for (const column of columns) {
          const value = row[column.name];
          if (value !== undefined) given += 1;
          bytes += column.check(value);
        }
      } catch (error) {
        throw error instanceof RangeError ? new RangeError(`row ${rows + 1}: ${error.message}`) : error;
      }
      const keys = Object.keys(row);
      const unknown = keys.length > given ? keys.find((name) => !names.has(name)) : undefined;
      if (unknown !== undefined) throw new RangeError(`row ${rows + 1}: there is no column ${unknown}`);
      if (groupRows > 0 && groupBytes + bytes > rowGroupBytes) await flush();
      for (const column of columns) column.keep();
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

/** A column and the row that is looked at: first `check`, which gives the bytes of its values, then `keep`. */
interface Column {
  name: string;
  leaves: { leaf: Leaf; pages: LeafPages }[];
  check(value: unknown): number;
  keep(): void;
}

function createColumn(node: Node): Column {
  const leaves = leavesOf(node).map((leaf) => ({ leaf, pages: createLeafPages(leaf) }));
  const { name } = node;
  if (node.kind === 'leaf') {
    // Most columns are one leaf.
    const { pages } = leaves[0]!;
    let value: LeafValue | undefined;
    let bytes = 0;
    return {
      name,
      leaves,
      check(given) {
        value = checkedLeaf(node, given, name);
        bytes = value === undefined ? 0 : sizeOf(value);
        return bytes;
      },
      keep: () => pages.addValue(value, bytes),
    };
  }
  let row: LeafEntries[] = [];
  const bytesOf = ({ values }: LeafEntries) => values.reduce<number>((sum, value) => sum + sizeOf(value), 0);
  return {
    name,
    leaves,
    check(given) {
      row = shred(node, given);
      return row.reduce((sum, entries) => sum + bytesOf(entries), 0);
    },
    keep() {
      for (const [i, entries] of row.entries()) leaves[i]!.pages.addRow(entries, bytesOf(entries));
    },
  };
}
