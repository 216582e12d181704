/** Answered calls by latency bin: bin b holds the calls of 2^(b/4) - 1 up to 2^((b+1)/4) - 1 milliseconds. */
export type LatencyBins = ReadonlyMap<number, number>;

/** The least latency of a bin, in milliseconds. */
function edge(bin: number): number {
  return 2 ** (bin / 4) - 1;
}

/**
 * The latency that a share `q` of the calls stays under, read from bins with the calls of a bin spread evenly over it; null
 * without calls. Off by no more than the width of a bin, a fifth of the value.
 */
export function latencyQuantile(bins: LatencyBins, q: number): number | null {
  const sorted = [...bins].filter(([, calls]) => calls > 0).sort(([a], [b]) => a - b);
  const total = sorted.reduce((sum, [, calls]) => sum + calls, 0);
  if (total === 0) return null;
  const wanted = q * total;
  let before = 0;
  for (const [bin, calls] of sorted) {
    if (before + calls >= wanted) return edge(bin) + ((wanted - before) / calls) * (edge(bin + 1) - edge(bin));
    before += calls;
  }
  return edge((sorted.at(-1)?.[0] ?? 0) + 1);
}
