/**
 * Bins of a score histogram as bars: 41 counts from 1.0 to 5.0 in steps of 0.1; heights from 0 to 1 by square root, so that rare
 * scores can be seen beside common ones.
 */
export function bars(bins: readonly number[]): { from: number; height: number }[] {
  const most = Math.max(1, ...bins);
  return bins.map((count, i) => ({ from: (i + 10) / 10, height: Math.sqrt(count / most) }));
}
