import type { EndpointSeries, RunSeries } from '../../../shared/model/series.ts';
import { latencyQuantile } from '../domain/latency.ts';
import type { StoreContext } from './context.ts';

/** Points of a plot: more cannot be told apart on a screen. */
const POINTS = 90;
/** Widths that people can read off an axis, in milliseconds. */
const WIDTHS = [2_000, 5_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000, 7_200_000, 21_600_000, 86_400_000];

interface CallRow {
  at: number;
  endpoint: string;
  role: string;
  bin: number;
  error: string;
  calls: number;
  usd: number;
  gpu: number;
}

interface Bucket {
  calls: number;
  failed: number;
  bins: Map<number, number>;
}

const emptyBucket = (): Bucket => ({ calls: 0, failed: 0, bins: new Map() });

function take(bucket: Bucket, { bin, calls }: CallRow): void {
  bucket.calls += calls;
  if (bin < 0) bucket.failed += calls;
  else bucket.bins.set(bin, (bucket.bins.get(bin) ?? 0) + calls);
}

/** A run over time out of its stored buckets, merged into at most POINTS stretches. */
export function createRunSeries({ db }: StoreContext): (runId: string) => RunSeries {
  const span = db.prepare(
    `SELECT MIN(at) AS "from", MAX(at) AS "to" FROM (SELECT at FROM call_series WHERE run_id = ?1 UNION ALL SELECT at FROM attempt_series WHERE run_id = ?1)`,
  );
  const calls = db.prepare(
    `SELECT at / ?2 * ?2 AS at, endpoint, role, bin, error, SUM(calls) AS calls, SUM(usd) AS usd, SUM(gpu_seconds) AS gpu FROM call_series WHERE run_id = ?1
     GROUP BY 1, 2, 3, 4, 5 ORDER BY 1`,
  );
  const attempts = db.prepare(
    'SELECT at / ?2 * ?2 AS at, state, SUM(attempts) AS n FROM attempt_series WHERE run_id = ?1 GROUP BY 1, 2 ORDER BY 1',
  );

  return (runId) => {
    const { from, to } = span.get({ 1: runId }) as { from: number | null; to: number | null };
    if (from === null || to === null) return { from: 0, to: 0, widthMs: WIDTHS[0]!, attempts: [], endpoints: [] };
    const widthMs = WIDTHS.find((width) => (to - from) / width <= POINTS) ?? WIDTHS.at(-1)!;
    const done = new Map<number, RunSeries['attempts'][number]>();
    for (const { at, state, n } of attempts.all({ 1: runId, 2: BigInt(widthMs) }) as { at: number; state: string; n: number }[]) {
      const point = done.get(at) ?? { at, passed: 0, rejected: 0, failed: 0 };
      if (state === 'passed' || state === 'rejected') point[state] += n;
      else point.failed += n;
      done.set(at, point);
    }
    const rows = calls.all({ 1: runId, 2: BigInt(widthMs) }) as CallRow[];
    const names = [...new Set(rows.map((row) => row.endpoint))].sort();
    const endpoints = names.map((endpoint) =>
      endpointSeries(
        endpoint,
        rows.filter((row) => row.endpoint === endpoint),
      ),
    );
    return { from, to: to + widthMs, widthMs, attempts: [...done.values()], endpoints };
  };
}

function endpointSeries(endpoint: string, rows: readonly CallRow[]): EndpointSeries {
  const all = emptyBucket();
  const points = new Map<number, Bucket>();
  const errors = new Map<string, number>();
  for (const row of rows) {
    const point = points.get(row.at) ?? emptyBucket();
    points.set(row.at, point);
    take(point, row);
    take(all, row);
    if (row.bin < 0) errors.set(row.error, (errors.get(row.error) ?? 0) + row.calls);
  }
  const numbers = ({ calls, failed, bins }: Bucket) => ({
    calls,
    failed,
    p50: latencyQuantile(bins, 0.5),
    p95: latencyQuantile(bins, 0.95),
  });
  return {
    endpoint,
    roles: [...new Set(rows.map((row) => row.role))].sort(),
    ...numbers(all),
    usd: rows.reduce((sum, row) => sum + row.usd, 0),
    gpuSeconds: rows.reduce((sum, row) => sum + row.gpu, 0),
    errors: [...errors].map(([code, count]) => ({ code, count })).sort((a, b) => b.count - a.count),
    points: [...points].map(([at, bucket]) => ({ at, ...numbers(bucket) })),
  };
}
