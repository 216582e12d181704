type NumberArray = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float32Array | Float64Array;

/** A list of numbers that grows in place, at the size of its typed array. */
export interface Numbers<A extends NumberArray> {
  push(value: number): void;
  length(): number;
  at(index: number): number;
  /** All numbers so far. */
  data(): A;
}

/** Address space is kept free for so many; memory is taken only as the list grows. */
const MOST = 2 ** 26;
const STEP = 2 ** 16;

/** An empty list; at most 2^26 numbers (RangeError). Growing copies nothing, so a million rows do not leave half of their size behind. */
export function createNumbers<A extends NumberArray>(
  Kind: (new (buffer: ArrayBuffer, at?: number, length?: number) => A) & { BYTES_PER_ELEMENT: number },
): Numbers<A> {
  const size = Kind.BYTES_PER_ELEMENT;
  const buffer = new ArrayBuffer(STEP * size, { maxByteLength: MOST * size });
  // Follows the buffer as it grows.
  const data = new Kind(buffer);
  let length = 0;
  return {
    push(value) {
      if (length === data.length) buffer.resize((length + STEP) * size);
      data[length++] = value;
    },
    length: () => length,
    at: (index) => data[index]!,
    data: () => new Kind(buffer, 0, length),
  };
}
