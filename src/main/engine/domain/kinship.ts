import type { PairBlocks } from './pairBlocks.ts';

const CELLS = 32;

/**
 * Whether two pictures of one size show the same things: the larger of two correlations over a grid of 32 x 32 cells, of brightness
 * and of the strength of texture. 1 for a picture and itself; a change of light leaves the second, a change of texture the first.
 * Null when a picture is smaller than the grid or has nothing to correlate.
 */
export function kinship({ columns, rows, sumA, sumB, squaresA, squaresB }: PairBlocks): number | null {
  if (columns < CELLS || rows < CELLS) return null;
  const size = CELLS * CELLS;
  const cells = Array.from({ length: 4 }, () => new Float64Array(size));
  const counts = new Float64Array(size);
  const [brightA, brightB, textureA, textureB] = cells as [Float64Array, Float64Array, Float64Array, Float64Array];
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++) {
      const cell = Math.floor((y * CELLS) / rows) * CELLS + Math.floor((x * CELLS) / columns);
      const i = y * columns + x;
      brightA[cell]! += sumA[i]!;
      brightB[cell]! += sumB[i]!;
      textureA[cell]! += Math.sqrt(Math.max(0, squaresA[i]! - (sumA[i]! * sumA[i]!) / 16));
      textureB[cell]! += Math.sqrt(Math.max(0, squaresB[i]! - (sumB[i]! * sumB[i]!) / 16));
      counts[cell]! += 1;
    }
  for (const values of cells) for (let i = 0; i < size; i++) values[i]! /= counts[i]!;
  const found = [correlation(brightA, brightB), correlation(textureA, textureB)].filter((value) => value !== null);
  return found.length === 0 ? null : Math.max(...found);
}

/** Pearson's; null when one side does not vary. */
function correlation(a: Float64Array, b: Float64Array): number | null {
  const n = a.length;
  let sa = 0;
  let sb = 0;
  for (let i = 0; i < n; i++) {
    sa += a[i]!;
    sb += b[i]!;
  }
  let saa = 0;
  let sbb = 0;
  let sab = 0;
  for (let i = 0; i < n; i++) {
    const [x, y] = [a[i]! - sa / n, b[i]! - sb / n];
    saa += x * x;
    sbb += y * y;
    sab += x * y;
  }
  return saa < 1e-6 || sbb < 1e-6 ? null : sab / Math.sqrt(saa * sbb);
}
