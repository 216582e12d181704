import type { SurvivalCurve } from '../../../shared/model/run.ts';

/** Bins of 0.1: 10 = 1.0 .. 50 = 5.0. */
const LOWEST_BIN = 10;
const HIGHEST_BIN = 50;
/** Knees closer than this (in bins) are one bend: no threshold lies between them. */
const KNEE_GAP = 2;
/** A bend in the curve, not a knee: the paper's knees take 62 % and 84 % of what is left, its noise a few. */
const KNEE_DROP = 0.15;

/** The 0.1 bin of a score from 1 to 5. The small addition keeps a 4.7 that arithmetic made 4.699... in bin 47. */
export function scoreBin(score: number): number {
  return Math.min(HIGHEST_BIN, Math.max(LOWEST_BIN, Math.floor(score * 10 + 1e-9)));
}

/**
 * The threshold rule of the paper (section 3): S(T) = share of candidates with both scores >= T; the knees are the two
 * thresholds at which S drops most against the step before (paper: 4.5 by 62.1 %, 4.9 by 84.0 %); the suggestion is the
 * grid point between them that is furthest from both (paper: 4.7), the stricter of two equals.
 *
 * A drop of less than KNEE_DROP is no knee, and a drop to nothing is the end of the data and no knee. Fewer than two knees suggest nothing.
 */
export function survivalCurve(cube: readonly { adherenceBin: number; aestheticsBin: number; count: number }[]): SurvivalCurve {
  const reached = new Array<number>(HIGHEST_BIN + 1).fill(0);
  for (const { adherenceBin, aestheticsBin, count } of cube) {
    const lower = Math.min(HIGHEST_BIN, adherenceBin, aestheticsBin);
    if (lower >= LOWEST_BIN) reached[lower]! += count;
  }
  const total = cube.reduce((sum, { count }) => sum + count, 0);
  for (let bin = HIGHEST_BIN - 1; bin >= LOWEST_BIN; bin--) reached[bin]! += reached[bin + 1]!;

  const points = [];
  for (let bin = LOWEST_BIN; bin <= HIGHEST_BIN; bin++)
    points.push({ t: bin / 10, share: total > 0 ? reached[bin]! / total : 0, count: reached[bin]! });
  const knees = kneesOf(reached);
  const [low, high] = knees;
  return {
    points,
    knees: knees.map((bin) => bin / 10),
    suggested: low !== undefined && high !== undefined ? Math.ceil((low + high) / 2) / 10 : null,
  };
}

/** Up to two bins in rising order. Equal drops: the lower bin. */
function kneesOf(reached: readonly number[]): number[] {
  const drops = [];
  for (let bin = LOWEST_BIN + 1; bin <= HIGHEST_BIN; bin++) {
    const before = reached[bin - 1]!;
    if (reached[bin]! > 0 && 1 - reached[bin]! / before >= KNEE_DROP) drops.push({ bin, drop: 1 - reached[bin]! / before });
  }
  drops.sort((a, b) => b.drop - a.drop || a.bin - b.bin);
  const first = drops[0];
  if (!first) return [];
  const second = drops.find(({ bin }) => Math.abs(bin - first.bin) >= KNEE_GAP);
  return second ? [first.bin, second.bin].sort((a, b) => a - b) : [first.bin];
}
