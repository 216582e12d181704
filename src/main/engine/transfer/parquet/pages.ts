import type { LeafType } from './schema.ts';
import type { LeafValue } from './shred.ts';
import { i32, struct } from './thrift.ts';

const ENCODING = { plain: 0, rle: 3 };
const DATA_PAGE = 0;

/** Header and levels of a data page (version 1, uncompressed) of so many entries, nulls included, whose values take `valueBytes` bytes. */
export function pageHead(entries: number, levels: Uint8Array, valueBytes: number): Uint8Array {
  const size = i32(levels.length + valueBytes);
  const header = struct({
    1: i32(DATA_PAGE),
    2: size,
    3: size,
    5: struct({ 1: i32(entries), 2: i32(ENCODING.plain), 3: i32(ENCODING.rle), 4: i32(ENCODING.rle) }),
  });
  return Buffer.concat([header.bytes, levels]);
}

/** Levels of a page as runs: the RLE half of Parquet's hybrid encoding. */
export interface Runs {
  add(level: number): void;
  /** The runs behind their length, and starts anew; nothing where the only level is 0. */
  take(): Uint8Array;
}

/** An empty list of levels of at most `highest`, which is below 256. */
export function createRuns(highest: number): Runs {
  let bytes: number[] = [];
  let level = 0;
  let length = 0;
  const endRun = () => {
    if (length === 0) return;
    let rest = length * 2;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
    bytes.push(rest, level);
    length = 0;
  };
  return {
    add(next) {
      if (next !== level) endRun();
      level = next;
      length += 1;
    },
    take() {
      endRun();
      const runs = highest === 0 ? new Uint8Array(0) : Buffer.concat([uint32(bytes.length), Uint8Array.from(bytes)]);
      bytes = [];
      return runs;
    },
  };
}

/** Types whose values are bytes as soon as they are there. */
export type LightType = Exclude<LeafType, 'binary'>;

/** Values in PLAIN encoding, one behind the other in memory that grows to the largest page. */
export interface PlainValues {
  /** `bytes` is what the value takes at most. */
  add(value: LeafValue, bytes: number): void;
  /** A copy of them, and starts anew. */
  take(): Uint8Array;
}

const FIRST_BYTES = 4096;

export function createPlainValues(type: LightType): PlainValues {
  const put = PUT[type] as (out: Buffer, value: LeafValue, at: number) => number;
  let out = Buffer.allocUnsafeSlow(FIRST_BYTES);
  let at = 0;
  return {
    add(value, bytes) {
      if (Math.ceil(at) + bytes > out.length) {
        const larger = Buffer.allocUnsafeSlow(Math.max(out.length * 2, Math.ceil(at) + bytes));
        out.copy(larger, 0, 0, Math.ceil(at));
        out = larger;
      }
      at = put(out, value, at);
    },
    take() {
      const values = new Uint8Array(out.subarray(0, Math.ceil(at)));
      at = 0;
      return values;
    },
  };
}

/** A number in PLAIN encoding. */
export function plainNumber(type: LightType, value: number | bigint): Uint8Array {
  const values = createPlainValues(type);
  values.add(value, 8);
  return values.take();
}

/** Each writes a value and gives the place of the next one. Truth values are bits: their places are eighths. */
const PUT = {
  string(out: Buffer, value: string, at: number): number {
    const bytes = out.write(value, at + 4);
    return out.writeUInt32LE(bytes, at) + bytes;
  },
  boolean(out: Buffer, value: boolean, at: number): number {
    const byte = Math.floor(at);
    if (byte === at) out[byte] = 0;
    if (value) out[byte]! |= 1 << ((at - byte) * 8);
    return at + 1 / 8;
  },
  int32: (out: Buffer, value: number, at: number) => out.writeInt32LE(value, at),
  /** Without making a BigInt of a number: both halves come from its bits modulo 2^32. */
  int64(out: Buffer, value: number | bigint, at: number): number {
    if (typeof value === 'bigint') return out.writeBigInt64LE(value, at);
    return out.writeInt32LE(Math.floor(value / 2 ** 32), out.writeUInt32LE(value >>> 0, at));
  },
  double: (out: Buffer, value: number, at: number) => out.writeDoubleLE(value, at),
};

/** A byte array in PLAIN encoding: its length, then itself, not copied. */
export function withLength(bytes: Uint8Array): [Uint8Array, Uint8Array] {
  return [uint32(bytes.length), bytes];
}

function uint32(value: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
