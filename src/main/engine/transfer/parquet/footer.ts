import { type LightType, plainNumber } from './pages.ts';
import { type Leaf, type Node, physicalType, schemaElements } from './schema.ts';
import { binary, i16, i32, i64, list, struct, type ThriftValue } from './thrift.ts';

/** What the footer says of one column chunk. */
export interface ChunkFacts {
  leaf: Leaf;
  start: number;
  bytes: number;
  /** Entries, nulls included. */
  entries: number;
  nulls: number;
  /** Of numbers only; null when there is none or one is not a number. */
  range: { min: number | bigint; max: number | bigint } | null;
}

export interface GroupFacts {
  rows: number;
  chunks: ChunkFacts[];
}

const ENCODINGS = { plain: 0, rle: 3 };
const UNCOMPRESSED = 0;
const VERSION = 2;

/** FileMetaData of parquet.thrift, its length and the closing mark. */
export function footer(nodes: readonly Node[], groups: readonly GroupFacts[], keyValues: Readonly<Record<string, string>>): Uint8Array {
  const rows = groups.reduce((sum, group) => sum + group.rows, 0);
  const leaves = groups[0]?.chunks.length ?? 0;
  const pairs = Object.entries(keyValues).map(([key, value]) => struct({ 1: binary(key), 2: binary(value) }));
  // 1 = ordered by type: without it readers ignore min and max.
  const orders = Array.from({ length: leaves }, () => struct({ 1: struct({}) }));
  const { bytes } = struct({
    1: i32(VERSION),
    2: list(schemaElements(nodes)),
    3: i64(rows),
    4: list(groups.map(groupValue)),
    5: pairs.length > 0 ? list(pairs) : undefined,
    6: binary('nhr-studio'),
    7: leaves > 0 ? list(orders) : undefined,
  });
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([bytes, length, MAGIC]);
}

/** The first and the last four bytes of a file. */
export const MAGIC: Uint8Array = Buffer.from('PAR1');

function groupValue({ rows, chunks }: GroupFacts, ordinal: number): ThriftValue {
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.bytes, 0);
  return struct({
    1: list(chunks.map(chunkValue)),
    2: i64(bytes),
    3: i64(rows),
    5: i64(chunks[0]?.start ?? 0),
    6: i64(bytes),
    // 16 bits in the format; a file has fewer groups than that or does without.
    7: ordinal < 2 ** 15 ? i16(ordinal) : undefined,
  });
}

function chunkValue({ leaf, start, bytes, entries, nulls, range }: ChunkFacts): ThriftValue {
  const plain = (value: number | bigint) => binary(plainNumber(leaf.type as LightType, value));
  const metadata = struct({
    1: i32(physicalType(leaf.type)),
    2: list([i32(ENCODINGS.plain), i32(ENCODINGS.rle)]),
    3: list(leaf.path.map((name) => binary(name))),
    4: i32(UNCOMPRESSED),
    5: i64(entries),
    6: i64(bytes),
    7: i64(bytes),
    9: i64(start),
    12: struct({ 3: i64(nulls), 5: range ? plain(range.max) : undefined, 6: range ? plain(range.min) : undefined }),
  });
  return struct({ 2: i64(0), 3: metadata });
}
