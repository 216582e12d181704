type NumberArray = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float32Array | Float64Array;

/** A list of numbers that grows in place, at the size of its typed array. */
export interface Numbers<A extends NumberArray> {
  push(value: number): void;
  length(): number;
  at(index: number): number;
  /** All numbers so far, in one array. Asking again costs nothing until the list has grown by a block. */
  data(): A;
}

/** Numbers of a block; a power of two. */
const BLOCK_BITS = 16;
const BLOCK = 2 ** BLOCK_BITS;

/**
 * An empty list. It grows by blocks, so that growing copies nothing and leaves nothing behind; an array that grows in place
 * (`ArrayBuffer.resize`) does the same, but every write to it is several times slower.
 */
export function createNumbers<A extends NumberArray>(Kind: new (length: number) => A): Numbers<A> {
  let blocks: A[] = [];
  let last: A = new Kind(0);
  let length = 0;
  /** What `data` made, while the blocks are parts of it. */
  let whole: A | undefined;
  const at = (index: number) => blocks[index >>> BLOCK_BITS]![index & (BLOCK - 1)]!;

  function join(): A {
    const all = new Kind(blocks.length * BLOCK);
    for (const [i, block] of blocks.entries()) all.set(block, i * BLOCK);
    blocks = blocks.map((_, i) => all.subarray(i * BLOCK, (i + 1) * BLOCK) as A);
    last = blocks.at(-1) ?? last;
    return all;
  }

  return {
    push(value) {
      if (length === blocks.length * BLOCK) {
        last = new Kind(BLOCK);
        blocks.push(last);
        whole = undefined;
      }
      last[length & (BLOCK - 1)] = value;
      length += 1;
    },
    length: () => length,
    at,
    data() {
      whole ??= join();
      return whole.subarray(0, length) as A;
    },
  };
}
