import { BLOCK, type PairBlocks } from './pairBlocks.ts';

/** Under this variance of the Laplacian, or this mean step, a picture is flat and its ratio says nothing. */
const FLAT_VARIANCE = 0.5;
const FLAT_STEP = 0.05;
/** The strongest share of pixels, by the steps to their left and upper neighbours, that count as edges; film grain lies under them. */
const EDGE_SHARE = 0.02;
/** Steps of both pictures together under which a pixel is on no edge. */
const LEAST_EDGE = 24;
/** Edge pixels that are needed for a mean. */
const LEAST_EDGES = 100;
/** Largest sum of the two steps in the two pictures. */
const STEPS = 4 * 255 + 1;
/** The Laplacian of white noise has 20 times its variance. */
const NOISE_GAIN = 20;
/** Share of the Laplacian that must be more than grain for a ratio of details. */
const LEAST_DETAIL = 0.5;
/** Rank of the blocks that noise is read off: the smoothest quarter. */
const SMOOTH = 0.25;
/** Bins of the root of a block's Laplacian energy, one grey level each: a quarter of a level of root mean square. */
const BINS = 4096;

export interface TextureRatios {
  /** Variance of the 4-neighbour Laplacian of luma. Grain counts as much as edges. */
  sharpness: number | null;
  /** The same less the grain (the Laplacian of the smoothest quarter of the blocks). Null where grain is most of the first picture's. */
  detail: number | null;
  /** Mean step of luma over the strongest 2 % of pixels of the two pictures taken together. Grain does not count. */
  edges: number | null;
  /**
   * Not a ratio: standard deviation of the noise that came on top, in grey levels; negative when some went. The lesser of what the
   * smoothest quarter of the blocks says and what all of them say: noise lies everywhere.
   */
  noise: number | null;
  /** Mean step across the lines of the 8 px grid, over the mean step elsewhere. */
  blockiness: number | null;
}

/**
 * How the fine texture of the marked blocks changed, each number second picture over first. Null where the first picture has
 * nothing to compare with, or no block is marked. Blocks at the border are left out: their pixels lack neighbours.
 */
export function textureRatios(blocks: PairBlocks, inside: Uint8Array): TextureRatios {
  const a = textureOf(blocks.lumaA, blocks, inside);
  const b = textureOf(blocks.lumaB, blocks, inside);
  return {
    sharpness: a.laplacian < FLAT_VARIANCE ? null : b.laplacian / a.laplacian,
    detail: detailRatio(a, b),
    edges: edgeRatio(blocks, inside),
    noise: a.smooth === null || b.smooth === null ? null : Math.min(added(a.smooth ** 2, b.smooth ** 2), added(a.laplacian, b.laplacian)),
    blockiness: a.grid === null || b.grid === null ? null : b.grid / a.grid,
  };
}

/** Noise adds up as variances do: from two variances of the Laplacian, the deviation of what came on top. */
function added(before: number, after: number): number {
  const variance = (after - before) / NOISE_GAIN;
  return Math.sign(variance) * Math.sqrt(Math.abs(variance));
}

function edgeRatio({ lumaA, lumaB, width, columns, rows }: PairBlocks, inside: Uint8Array): number | null {
  // Counts and sums by strength, so that one pass finds the strongest pixels and what they are in either picture.
  const counts = new Float64Array(STEPS);
  const before = new Float64Array(STEPS);
  let n = 0;
  for (let by = 1; by < rows; by++)
    for (let bx = 1; bx < columns; bx++) {
      if (inside[by * columns + bx] === 0) continue;
      n += BLOCK * BLOCK;
      for (let y = 0, row = by * BLOCK * width + bx * BLOCK; y < BLOCK; y++, row += width)
        for (let p = row; p < row + BLOCK; p++) {
          const ca = lumaA[p]!;
          const cb = lumaB[p]!;
          const ga = Math.abs(ca - lumaA[p - 1]!) + Math.abs(ca - lumaA[p - width]!);
          const both = ga + Math.abs(cb - lumaB[p - 1]!) + Math.abs(cb - lumaB[p - width]!);
          if (both < LEAST_EDGE) continue;
          counts[both]! += 1;
          before[both]! += ga;
        }
    }
  let found = 0;
  let sumA = 0;
  let sumBoth = 0;
  for (let step = STEPS - 1; step >= LEAST_EDGE && found < EDGE_SHARE * n; step--) {
    found += counts[step]!;
    sumA += before[step]!;
    sumBoth += step * counts[step]!;
  }
  return found < LEAST_EDGES || sumA === 0 ? null : (sumBoth - sumA) / sumA;
}

type Texture = ReturnType<typeof textureOf>;

function detailRatio(a: Texture, b: Texture): number | null {
  if (a.smooth === null || b.smooth === null) return null;
  const before = a.laplacian - a.smooth ** 2;
  if (before < FLAT_VARIANCE || before < LEAST_DETAIL * a.laplacian) return null;
  return Math.max(0, b.laplacian - b.smooth ** 2) / before;
}

function textureOf(luma: Uint8Array, { width, height, columns, rows }: PairBlocks, inside: Uint8Array) {
  let blocks = 0;
  let sum = 0;
  let squares = 0;
  // Steps to the left and to the upper neighbour: on a line of the grid, and all of them.
  let onGrid = 0;
  let gridSteps = 0;
  let all = 0;
  const byRoughness = new Uint32Array(BINS);
  // Blocks at the border have pixels without neighbours; the ones inside are enough.
  const lastX = columns * BLOCK < width ? columns : columns - 1;
  const lastY = rows * BLOCK < height ? rows : rows - 1;
  for (let by = 1; by < lastY; by++)
    for (let bx = 1; bx < lastX; bx++) {
      if (inside[by * columns + bx] === 0) continue;
      let leftEdge = 0;
      let upperEdge = 0;
      let energy = 0;
      for (let y = 0, p = by * BLOCK * width + bx * BLOCK; y < BLOCK; y++, p += width) {
        const c0 = luma[p]!;
        const c1 = luma[p + 1]!;
        const c2 = luma[p + 2]!;
        const c3 = luma[p + 3]!;
        const x0 = c0 - luma[p - 1]!;
        const x1 = c1 - c0;
        const x2 = c2 - c1;
        const x3 = c3 - c2;
        const x4 = luma[p + 4]! - c3;
        const above = p - width;
        const below = p + width;
        const u0 = c0 - luma[above]!;
        const u1 = c1 - luma[above + 1]!;
        const u2 = c2 - luma[above + 2]!;
        const u3 = c3 - luma[above + 3]!;
        const l0 = x0 - x1 + u0 + c0 - luma[below]!;
        const l1 = x1 - x2 + u1 + c1 - luma[below + 1]!;
        const l2 = x2 - x3 + u2 + c2 - luma[below + 2]!;
        const l3 = x3 - x4 + u3 + c3 - luma[below + 3]!;
        sum += l0 + l1 + l2 + l3;
        energy += l0 * l0 + l1 * l1 + l2 * l2 + l3 * l3;
        const left = Math.abs(x0);
        const up = Math.abs(u0) + Math.abs(u1) + Math.abs(u2) + Math.abs(u3);
        leftEdge += left;
        if (y === 0) upperEdge = up;
        all += left + Math.abs(x1) + Math.abs(x2) + Math.abs(x3) + up;
      }
      blocks++;
      squares += energy;
      byRoughness[Math.min(BINS - 1, Math.sqrt(energy) | 0)]!++;
      if ((bx & 1) === 0) {
        onGrid += leftEdge;
        gridSteps += BLOCK;
      }
      if ((by & 1) === 0) {
        onGrid += upperEdge;
        gridSteps += BLOCK;
      }
    }
  const n = blocks * BLOCK * BLOCK;
  const otherSteps = 2 * n - gridSteps;
  const elsewhere = otherSteps > 0 ? (all - onGrid) / otherSteps : 0;
  let smooth: number | null = null;
  for (let bin = 0, left = SMOOTH * blocks; blocks > 0 && smooth === null; bin++) {
    left -= byRoughness[bin]!;
    // The root of the energy of 16 pixels is four times their root mean square.
    if (left <= 0) smooth = (bin + 0.5) / BLOCK;
  }
  return {
    smooth,
    laplacian: n === 0 ? 0 : squares / n - (sum / n) ** 2,
    grid: gridSteps === 0 || elsewhere < FLAT_STEP ? null : onGrid / gridSteps / elsewhere,
  };
}
