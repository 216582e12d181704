import { createHash } from 'node:crypto';

/** Seeds lie in 1..SEED_RANGE: the range BAGEL's own app offers, and inside what every other editor takes. */
const SEED_RANGE = 1_000_000;

/**
 * A 128-bit key for one purpose, named by labels: the first 16 bytes of SHA-256 over the seed and the labels as JSON,
 * so that ('a', 'b') and ('ab') or (1) and ('1') never give the same key.
 */
export function deriveKey(seed: number, ...labels: (string | number)[]): Uint8Array {
  return new Uint8Array(
    createHash('sha256')
      .update(JSON.stringify([seed, ...labels]))
      .digest()
      .subarray(0, 16),
  );
}

/** A model seed in 1..1,000,000 for one purpose. 48 bits are reduced, so no seed is likelier than another by more than 4e-9. */
export function deriveSeed(seed: number, ...labels: (string | number)[]): number {
  const key = deriveKey(seed, ...labels);
  let value = 0;
  for (let i = 0; i < 6; i++) value = value * 256 + key[i]!;
  return (value % SEED_RANGE) + 1;
}

/** The next seed in the range: for a question that is put once more and may not get the same answer. */
export function nextSeed(seed: number): number {
  return (seed % SEED_RANGE) + 1;
}

/** Like deriveSeed, but never the seed its source was painted with: an editor that shares it tends to give the source back. */
export function editSeed(seed: number, sourceSeed: number, ...labels: (string | number)[]): number {
  const drawn = deriveSeed(seed, ...labels);
  return drawn === sourceSeed ? nextSeed(drawn) : drawn;
}
