import fc from 'fast-check';
import { expect, it } from 'vitest';
import { latencyQuantile } from '../../../src/main/engine/domain/latency.ts';
import { latencyBin } from '../../../src/main/engine/store/series.ts';

function binned(values: readonly number[]): Map<number, number> {
  const bins = new Map<number, number>();
  for (const ms of values) bins.set(latencyBin(ms), (bins.get(latencyBin(ms)) ?? 0) + 1);
  return bins;
}

// Catches: bins and their edges that do not belong together, so that a p95 is off by more than the width of one.
it('reads quantiles within a bin of the true ones', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 600_000 }), { minLength: 1, maxLength: 200 }),
      fc.constantFrom(0.5, 0.95),
      (values, q) => {
        const found = latencyQuantile(binned(values), q)!;
        const sorted = [...values].sort((a, b) => a - b);
        const true_ = sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)]!;
        return (found + 1) / (true_ + 1) < 1.2 && (true_ + 1) / (found + 1) < 1.2;
      },
    ),
  );
  expect(latencyQuantile(new Map(), 0.5)).toBeNull();
});
