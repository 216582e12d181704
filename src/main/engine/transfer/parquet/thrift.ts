/** A value in Thrift's compact protocol: its type code and its bytes. */
export interface ThriftValue {
  type: number;
  bytes: Uint8Array;
}

const TYPE = { i16: 4, i32: 5, i64: 6, binary: 8, list: 9, struct: 12 };

export function i16(value: number): ThriftValue {
  return { type: TYPE.i16, bytes: varint(zigzag(BigInt(value))) };
}

export function i32(value: number): ThriftValue {
  return { type: TYPE.i32, bytes: varint(zigzag(BigInt(value))) };
}

export function i64(value: number): ThriftValue {
  return { type: TYPE.i64, bytes: varint(zigzag(BigInt(value))) };
}

export function binary(value: string | Uint8Array): ThriftValue {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  return { type: TYPE.binary, bytes: Buffer.concat([varint(BigInt(bytes.length)), bytes]) };
}

/** All items of one type; an empty list is one of structs. */
export function list(items: readonly ThriftValue[]): ThriftValue {
  const type = items[0]?.type ?? TYPE.struct;
  const head =
    items.length < 15
      ? Uint8Array.of((items.length << 4) | type)
      : Buffer.concat([Uint8Array.of(0xf0 | type), varint(BigInt(items.length))]);
  return { type: TYPE.list, bytes: Buffer.concat([head, ...items.map((item) => item.bytes)]) };
}

/** Fields by number, which must be in rising order; undefined ones are left out. */
export function struct(fields: Record<number, ThriftValue | undefined>): ThriftValue {
  const parts: Uint8Array[] = [];
  let before = 0;
  for (const [id, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    // All field numbers of Parquet are below 16 apart, so the short form always fits.
    parts.push(Uint8Array.of(((Number(id) - before) << 4) | value.type), value.bytes);
    before = Number(id);
  }
  return { type: TYPE.struct, bytes: Buffer.concat([...parts, Uint8Array.of(0)]) };
}

function zigzag(value: bigint): bigint {
  return value >= 0n ? value << 1n : (-value << 1n) - 1n;
}

/** Seven bits a byte, the lowest first. */
function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
