import { createHash } from 'node:crypto';

/** The largest space one permutation covers: 2^40 jobs. */
export const MAX_SPACE = 2 ** 40;
const ROUNDS = 8;

/**
 * A keyed permutation of 0..size-1: the i-th number drawn, for i in 0..size-1, each exactly once. It holds eight round
 * keys and nothing else, so the place in the draw is the whole state needed to go on.
 *
 * Alternating Feistel network over ceil(log2(size)) bits, split into two halves of at most one bit difference, with cycle
 * walking. The cover is smaller than twice the space, so a draw takes fewer than two walks on average.
 * `key` has 16 bytes; the round keys are SHA-256 of it. Throws RangeError for a size outside 1..2^40, another key length,
 * or an i outside the space.
 */
export function createPermutation(key: Uint8Array, size: number): (i: number) => number {
  if (!Number.isInteger(size) || size < 1 || size > MAX_SPACE) throw new RangeError(`a job space holds 1 to 2^40 jobs, not ${size}`);
  if (key.length !== 16) throw new RangeError(`a draw key has 16 bytes, not ${key.length}`);
  const bits = bitsOf(size);
  const lowBits = bits >>> 1;
  const lowSize = 2 ** lowBits;
  const lowMask = lowSize - 1;
  const highMask = 2 ** (bits - lowBits) - 1;
  const digest = createHash('sha256').update('draw-1').update(key).digest();
  const keys = new Int32Array(ROUNDS);
  for (let r = 0; r < ROUNDS; r++) keys[r] = digest.readInt32LE(r * 4);

  return function draw(i) {
    if (!(i >= 0 && i < size) || !Number.isInteger(i)) throw new RangeError(`draw ${i} is outside a space of ${size}`);
    let value = i;
    do {
      let high = Math.floor(value / lowSize);
      let low = value - high * lowSize;
      for (let r = 0; r < ROUNDS; r += 2) {
        high ^= mix(low + keys[r]!) & highMask;
        low ^= mix(high + keys[r + 1]!) & lowMask;
      }
      value = high * lowSize + low;
    } while (value >= size);
    return value;
  };
}

/** Bits needed to write 0..size-1, counted without logarithms, which round. */
function bitsOf(size: number): number {
  let bits = 0;
  while (2 ** bits < size) bits++;
  return bits;
}

/** A 32-bit integer hash with low bias (multiply and xor-shift, three steps). */
function mix(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b | 0);
  return x ^ (x >>> 16);
}
