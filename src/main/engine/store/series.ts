import type { Database } from 'better-sqlite3';
import type { BatchPart } from './writer.ts';

/** One call that came to an end. */
export interface EndedCall {
  runId: string;
  endpoint: string;
  role: string;
  model: string;
  /** Error code; '' = it was answered. */
  error: string;
  /** From asking to the end, in milliseconds. */
  ms: number;
  usd: number;
  gpuSeconds: number;
}

/**
 * Calls and attempts over time, kept like counters in the transaction of the rows they count: buckets of two seconds in the
 * first two minutes of a run, of fifteen in its first hour, then of two minutes, so that a day is about a thousand buckets.
 */
export interface Series extends BatchPart {
  call(call: EndedCall): void;
  attempt(runId: string, state: string): void;
}

const WIDTHS: readonly (readonly [untilMs: number, widthMs: number])[] = [
  [120_000, 2_000],
  [3_600_000, 15_000],
  [Number.POSITIVE_INFINITY, 120_000],
];

/** Latency bin of a call: four a doubling, so that a quantile read from bins is off by a tenth at most. */
export function latencyBin(ms: number): number {
  return Math.floor(4 * Math.log2(Math.max(0, ms) + 1));
}

export function createSeries(db: Database, now: () => number): Series {
  const putCall = db.prepare(
    `INSERT INTO call_series VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET calls = calls + excluded.calls, ms = ms + excluded.ms, usd = usd + excluded.usd, gpu_seconds = gpu_seconds + excluded.gpu_seconds`,
  );
  const putAttempt = db.prepare(
    'INSERT INTO attempt_series VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET attempts = attempts + excluded.attempts',
  );
  const startOf = db.prepare('SELECT created_at FROM run WHERE id = ?').pluck();
  const starts = new Map<string, number>();
  const calls = new Map<string, { key: (string | number)[]; sums: [calls: number, ms: number, usd: number, gpu: number] }>();
  const attempts = new Map<string, { key: [string, number, string]; by: number }>();

  /** Start of the bucket that is open now. What belongs to no run (an edit session) begins with its first call here. */
  function bucket(runId: string): number {
    const at = now();
    let start = starts.get(runId);
    if (start === undefined) {
      start = (startOf.get(runId) as number | undefined) ?? at;
      starts.set(runId, start);
    }
    const age = at - start;
    const width = WIDTHS.find(([until]) => age < until)?.[1] ?? 120_000;
    return Math.floor(at / width) * width;
  }

  return {
    call({ runId, endpoint, role, model, error, ms, usd, gpuSeconds }) {
      const key = [runId, bucket(runId), endpoint, role, model, error === '' ? latencyBin(ms) : -1, error];
      const name = key.join('\0');
      const known = calls.get(name);
      const add = [1, Math.round(ms), usd, gpuSeconds] as const;
      if (known) for (const [i, value] of add.entries()) known.sums[i]! += value;
      else calls.set(name, { key, sums: [...add] });
    },
    attempt(runId, state) {
      const key: [string, number, string] = [runId, bucket(runId), state];
      const name = key.join('\0');
      const known = attempts.get(name);
      if (known) known.by += 1;
      else attempts.set(name, { key, by: 1 });
    },
    flush() {
      for (const { key, sums } of calls.values()) putCall.run(...key, ...sums);
      for (const { key, by } of attempts.values()) putAttempt.run(...key, by);
      calls.clear();
      attempts.clear();
    },
    discard() {
      calls.clear();
      attempts.clear();
    },
  };
}
