/** Two-sided 95 %. */
const Z = 1.959964;

export interface Interval {
  low: number;
  high: number;
}

/** How often something happened. Counts need not be whole: design effects make them smaller. */
export interface Share {
  count: number;
  of: number;
}

/** Share with its 95 % interval by Wilson's score, which stays inside 0..1 and is honest for few trials; null without trials. */
export function wilson({ count, of }: Share): (Interval & { share: number }) | null {
  if (!(of > 0)) return null;
  const share = Math.min(1, Math.max(0, count / of));
  const z2 = Z * Z;
  const middle = (share + z2 / (2 * of)) / (1 + z2 / of);
  const half = (Z / (1 + z2 / of)) * Math.sqrt((share * (1 - share)) / of + z2 / (4 * of * of));
  return { share, low: share === 0 ? 0 : Math.max(0, middle - half), high: share === 1 ? 1 : Math.min(1, middle + half) };
}

/**
 * b - a for two independent shares with its 95 % interval, by Newcombe's hybrid of two Wilson intervals (1998, method 10); null
 * when one of them has no trials.
 */
export function shareDifference(a: Share, b: Share): (Interval & { difference: number }) | null {
  const wa = wilson(a);
  const wb = wilson(b);
  if (!wa || !wb) return null;
  const difference = wb.share - wa.share;
  return {
    difference,
    low: difference - Math.hypot(wb.share - wb.low, wa.high - wa.share),
    high: difference + Math.hypot(wb.high - wb.share, wa.share - wa.low),
  };
}
