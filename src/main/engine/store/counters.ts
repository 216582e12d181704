import type { Database } from 'better-sqlite3';
import type { BatchPart } from './writer.ts';

/**
 * Sums kept in the transaction of the rows they count, so that no screen ever counts rows. They add up in memory during a
 * batch and each is written once, inside the batch's transaction. Scope: a run id, or '' for the workspace.
 *
 * COUNTERS of a run: attempt.claimed (rows ever), attempt.<state> (rows now) · survived.<stage> · fit.<aligned or resampled> · reject.<stage>.<reason>,
 * error.<stage>.<reason> · category.<name>.done (passed, rejected, failed, unknown), category.<name>.passed ·
 * source.generated (with a picture), source.<state>, error.sources.<reason> · triplet.<kind>.<state> · inSet.<category> (active triplets) · decision.accept,
 * decision.reject · call.<state> (rows now), call.duplicate · usd.settled (all that was paid), usd.reserved (sent),
 * usd.unknown · gpuSeconds · apiMs.
 * Of the workspace: triplet.<kind>.<state>, triplet.category.<name> (active ones), decision.*, call.unknown.
 * `repair.ts` knows how each follows from the rows. Others (funnel.*, call.retries, call.reused, cost.*, answered *, reject.scenes.*,
 * error.<growth stage>.*) are set by the pipeline and have no rows.
 */
export interface Counters extends BatchPart {
  bump(scope: string, name: string, by: number): void;
  set(scope: string, name: string, value: number): void;
  /** By name; what is missing is 0. Sums of money are cleared of the dust of binary fractions. */
  read(scope: string): Map<string, number>;
}

export function createCounters(db: Database): Counters {
  const add = db.prepare('INSERT INTO counter VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = value + excluded.value');
  const put = db.prepare('INSERT INTO counter VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value');
  const all = db.prepare('SELECT name, value FROM counter WHERE scope = ?').raw();
  const pending = new Map<string, Map<string, number>>();
  const fixed: [string, string, number][] = [];

  function discard(): void {
    pending.clear();
    fixed.length = 0;
  }

  return {
    bump(scope, name, by) {
      let names = pending.get(scope);
      if (!names) {
        names = new Map();
        pending.set(scope, names);
      }
      names.set(name, (names.get(name) ?? 0) + by);
    },
    set: (scope, name, value) => void fixed.push([scope, name, value]),
    flush() {
      for (const [scope, names] of pending) for (const [name, by] of names) if (by !== 0) add.run(scope, name, by);
      for (const entry of fixed) put.run(...entry);
      discard();
    },
    discard,
    // Adding zero makes one zero out of the two: a rounded negative speck would be -0 and print so.
    read: (scope) => new Map((all.all(scope) as [string, number][]).map(([name, value]) => [name, Math.round(value * 1e9) / 1e9 + 0])),
  };
}
