type NumberArray = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array;

/** A list of numbers that grows, at the size of its typed array. */
export interface Numbers<A extends NumberArray> {
  push(value: number): void;
  length(): number;
  /** All numbers; changes place when the list grows, so ask again. */
  data(): A;
}

export function createNumbers<A extends NumberArray>(Kind: new (length: number) => A): Numbers<A> {
  let data = new Kind(1024);
  let length = 0;
  return {
    push(value) {
      if (length === data.length) {
        const larger = new Kind(length * 2);
        larger.set(data);
        data = larger;
      }
      data[length++] = value;
    },
    length: () => length,
    data: () => data.subarray(0, length) as A,
  };
}
