import type { Leaf, LeafType } from './schema.ts';
import type { LeafEntries, LeafValue, PageRange } from './shred.ts';
import { i32, struct, varint } from './thrift.ts';

const ENCODING = { plain: 0, rle: 3 };
const DATA_PAGE = 0;

/** What stands in a page before its values, and how many entries (nulls included) it has. */
export interface PageHead {
  bytes: Uint8Array;
  entries: number;
}

/** Header and levels of a data page (version 1, uncompressed) whose values take `valueBytes` bytes. */
export function pageHead(
  leaf: Leaf,
  { definition, repetition, rowEntries }: LeafEntries,
  { fromRow, toRow }: PageRange,
  valueBytes: number,
): PageHead {
  const from = rowEntries[fromRow]!;
  const to = rowEntries[toRow] ?? definition.length;
  const levels = Buffer.concat([
    runLengths(repetition.slice(from, to), leaf.maxRepetition),
    runLengths(definition.slice(from, to), leaf.maxDefinition),
  ]);
  const size = i32(levels.length + valueBytes);
  const header = struct({
    1: i32(DATA_PAGE),
    2: size,
    3: size,
    5: struct({ 1: i32(to - from), 2: i32(ENCODING.plain), 3: i32(ENCODING.rle), 4: i32(ENCODING.rle) }),
  });
  return { bytes: Buffer.concat([header.bytes, levels]), entries: to - from };
}

/** Levels as runs (the RLE half of Parquet's hybrid encoding) with their length in front; nothing where the only level is 0. */
function runLengths(levels: readonly number[], highest: number): Uint8Array {
  if (highest === 0) return new Uint8Array(0);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < levels.length; ) {
    let end = at + 1;
    while (end < levels.length && levels[end] === levels[at]) end += 1;
    // Levels are below 256, so a run's value is one byte.
    parts.push(varint(BigInt((end - at) * 2)), Uint8Array.of(levels[at]!));
    at = end;
  }
  const runs = Buffer.concat(parts);
  return Buffer.concat([uint32(runs.length), runs]);
}

/** The values of a page in PLAIN encoding; bytes are not handled here, so that they need not be copied. */
export function plainValues(type: Exclude<LeafType, 'binary'>, values: readonly LeafValue[]): Uint8Array {
  switch (type) {
    case 'string':
      return strings(values as string[]);
    case 'boolean':
      return bits(values as boolean[]);
    case 'int32':
      return fixed(values, 4, (out, value, at) => out.writeInt32LE(value as number, at));
    case 'int64':
      return fixed(values, 8, (out, value, at) => writeInt64(out, value as number | bigint, at));
    case 'double':
      return fixed(values, 8, (out, value, at) => out.writeDoubleLE(value as number, at));
  }
}

/** A byte array in PLAIN encoding: its length, then itself, not copied. */
export function withLength(bytes: Uint8Array): [Uint8Array, Uint8Array] {
  return [uint32(bytes.length), bytes];
}

function uint32(value: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** Texts one after the other, each behind its length, in one piece of memory. */
function strings(values: readonly string[]): Uint8Array {
  const sizes = values.map((value) => Buffer.byteLength(value));
  const out = Buffer.allocUnsafe(sizes.reduce((sum, size) => sum + size + 4, 0));
  let at = 0;
  for (const [index, value] of values.entries()) {
    at = out.writeUInt32LE(sizes[index]!, at);
    at += out.write(value, at);
  }
  return out;
}

/** Without making a BigInt of a number: both halves come from its bits modulo 2^32. */
function writeInt64(out: Buffer, value: number | bigint, at: number): void {
  if (typeof value === 'bigint') {
    out.writeBigInt64LE(value, at);
    return;
  }
  out.writeUInt32LE(value >>> 0, at);
  out.writeInt32LE(Math.floor(value / 2 ** 32), at + 4);
}

function bits(values: readonly boolean[]): Uint8Array {
  const out = new Uint8Array(Math.ceil(values.length / 8));
  for (const [index, value] of values.entries()) if (value) out[index >> 3]! |= 1 << (index & 7);
  return out;
}

function fixed(values: readonly LeafValue[], width: number, put: (out: Buffer, value: LeafValue, at: number) => void): Uint8Array {
  const out = Buffer.allocUnsafe(values.length * width);
  for (const [index, value] of values.entries()) put(out, value, index * width);
  return out;
}
