import { BLOCK, type PairBlocks } from './pairBlocks.ts';

const C1 = (0.01 * 255) ** 2;
const C2 = (0.03 * 255) ** 2;
const WINDOW = 4 * BLOCK * BLOCK;

/**
 * Mean SSIM of luma (Wang et al. 2004: K1 0.01, K2 0.03, L 255) over 8 x 8 uniform windows at a stride of 4 that lie wholly in blocks
 * marked by `inside` (all of them without). Sample covariance (n - 1), as scikit-image has by default. Null when no window fits.
 */
export function meanSsim({ columns, rows, sumA, sumB, squaresA, squaresB, products }: PairBlocks, inside?: Uint8Array): number | null {
  let total = 0;
  let windows = 0;
  for (let y = 0; y + 1 < rows; y++)
    for (let x = 0; x + 1 < columns; x++) {
      const i = y * columns + x;
      const j = i + columns;
      if (inside && (inside[i]! & inside[i + 1]! & inside[j]! & inside[j + 1]!) === 0) continue;
      const a = sumA[i]! + sumA[i + 1]! + sumA[j]! + sumA[j + 1]!;
      const b = sumB[i]! + sumB[i + 1]! + sumB[j]! + sumB[j + 1]!;
      const aa = squaresA[i]! + squaresA[i + 1]! + squaresA[j]! + squaresA[j + 1]!;
      const bb = squaresB[i]! + squaresB[i + 1]! + squaresB[j]! + squaresB[j + 1]!;
      const ab = products[i]! + products[i + 1]! + products[j]! + products[j + 1]!;
      const meanA = a / WINDOW;
      const meanB = b / WINDOW;
      const varA = (aa - a * meanA) / (WINDOW - 1);
      const varB = (bb - b * meanB) / (WINDOW - 1);
      const cov = (ab - a * meanB) / (WINDOW - 1);
      total += ((2 * meanA * meanB + C1) * (2 * cov + C2)) / ((meanA * meanA + meanB * meanB + C1) * (varA + varB + C2));
      windows++;
    }
  return windows === 0 ? null : total / windows;
}

/** Windows of the coarse SSIM: 4 x 4 blocks of which only the means count. */
const COARSE = 4;

/**
 * The same over the means of 4 x 4 blocks: 16 x 16 pixel windows at a stride of 8 in pictures of a quarter of the size. Blind to
 * grain and fine blur, and so about what the parts are and where.
 */
export function coarseSsim({ columns, rows, sumA, sumB }: PairBlocks, inside: Uint8Array): number | null {
  const n = COARSE * COARSE;
  let total = 0;
  let windows = 0;
  for (let y = 0; y + COARSE <= rows; y += 2)
    for (let x = 0; x + COARSE <= columns; x += 2) {
      let a = 0;
      let b = 0;
      let aa = 0;
      let bb = 0;
      let ab = 0;
      let marked = 0;
      for (let j = 0; j < COARSE; j++)
        for (let i = (y + j) * columns + x, end = i + COARSE; i < end; i++) {
          const p = sumA[i]! / (BLOCK * BLOCK);
          const q = sumB[i]! / (BLOCK * BLOCK);
          a += p;
          b += q;
          aa += p * p;
          bb += q * q;
          ab += p * q;
          marked += inside[i]!;
        }
      if (marked < n) continue;
      const [meanA, meanB] = [a / n, b / n];
      const varA = (aa - a * meanA) / (n - 1);
      const varB = (bb - b * meanB) / (n - 1);
      const cov = (ab - a * meanB) / (n - 1);
      total += ((2 * meanA * meanB + C1) * (2 * cov + C2)) / ((meanA * meanA + meanB * meanB + C1) * (varA + varB + C2));
      windows++;
    }
  return windows === 0 ? null : total / windows;
}

/** PSNR in dB over the channels of the marked blocks; 99 when nothing differs (and at most that). Null when no block is marked. */
export function psnr({ columns, rows, squaredError }: PairBlocks, inside: Uint8Array): number | null {
  let error = 0;
  let blocks = 0;
  for (let i = 0; i < columns * rows; i++)
    if (inside[i] !== 0) {
      error += squaredError[i]!;
      blocks++;
    }
  if (blocks === 0) return null;
  const mse = error / (blocks * BLOCK * BLOCK * 3);
  return mse === 0 ? 99 : Math.min(99, 10 * Math.log10((255 * 255) / mse));
}

/** Root mean square difference of all channels over all whole blocks, 0 to 255; 0 for pictures without a whole block. */
export function rmsDifference({ columns, rows, squaredError }: PairBlocks): number {
  const blocks = columns * rows;
  let sum = 0;
  for (let i = 0; i < blocks; i++) sum += squaredError[i]!;
  return blocks === 0 ? 0 : Math.sqrt(sum / (blocks * BLOCK * BLOCK * 3));
}
