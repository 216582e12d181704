/** Heights from 0 to 1 by square root, so that what is rare can be seen beside what is common. */
function heights(bins: readonly number[]): number[] {
  const most = Math.max(1, ...bins);
  return bins.map((count) => Math.sqrt(count / most));
}

/** Bins of a score histogram as bars: 41 counts from 1.0 to 5.0 in steps of 0.1. */
export function bars(bins: readonly number[]): { from: number; height: number }[] {
  return heights(bins).map((height, i) => ({ from: (i + 10) / 10, height }));
}

/** Bins of a histogram of attempts as bars, from one attempt on. */
export function attemptBars(bins: readonly number[]): { from: number; height: number }[] {
  return heights(bins).map((height, i) => ({ from: i + 1, height }));
}
