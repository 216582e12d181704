import type { Database } from 'better-sqlite3';

/**
 * Sums kept in the transaction of the rows they count, so that no screen ever counts rows. `bump` adds up in memory during
 * a batch and `flush` writes each sum once, inside the batch's transaction. Scope: a run id, or '' for the workspace.
 */
export interface Counters {
  bump(scope: string, name: string, by: number): void;
  set(scope: string, name: string, value: number): void;
  /** Writes what was added; call inside the transaction. */
  flush(): void;
  /** Forgets what was added, when the batch is rolled back. */
  discard(): void;
  read(scope: string): Map<string, number>;
}

export function createCounters(db: Database): Counters {
  const add = db.prepare('INSERT INTO counter VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = value + excluded.value');
  const put = db.prepare('INSERT INTO counter VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value');
  const all = db.prepare('SELECT name, value FROM counter WHERE scope = ?').raw();
  const pending = new Map<string, Map<string, number>>();
  const fixed: [string, string, number][] = [];
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
      this.discard();
    },
    discard() {
      pending.clear();
      fixed.length = 0;
    },
    read: (scope) => new Map(all.all(scope) as [string, number][]),
  };
}

/** Rows with counters of their own, and how to count them: what `repairCounters` and its test go by. */
const RECOUNTS: [name: string, sql: string][] = [
  ['attempt', `SELECT run_id, 'attempt.' || state, COUNT(*) FROM attempt GROUP BY 1, 2`],
  ['attempt', `SELECT run_id, 'attempt.claimed', COUNT(*) FROM attempt GROUP BY 1`],
  ['reject', `SELECT run_id, 'reject.' || stage || '.' || reason, COUNT(*) FROM attempt WHERE state = 'rejected' GROUP BY 1, 2`],
  ['error', `SELECT run_id, 'error.' || stage || '.' || reason, COUNT(*) FROM attempt WHERE state = 'failed' GROUP BY 1, 2`],
  ['source', `SELECT run_id, 'source.' || state, COUNT(*) FROM source GROUP BY 1, 2`],
  ['triplet', `SELECT run_id, 'triplet.' || kind || '.' || state, COUNT(*) FROM triplet WHERE run_id IS NOT NULL GROUP BY 1, 2`],
  ['triplet', `SELECT '', 'triplet.' || kind || '.' || state, COUNT(*) FROM triplet GROUP BY 2`],
  ['triplet', `SELECT '', 'triplet.category.' || category, COUNT(*) FROM triplet WHERE state = 'active' GROUP BY 2`],
  ['decision', `SELECT '', 'decision.' || decision, COUNT(*) FROM triplet WHERE decision IS NOT NULL GROUP BY 2`],
  ['call', `SELECT run_id, 'call.' || state, COUNT(*) FROM call GROUP BY 1, 2`],
  ['usd', `SELECT run_id, 'usd.settled', SUM(usd) FROM call WHERE state = 'settled' GROUP BY 1`],
  ['usd', `SELECT run_id, 'usd.reserved', SUM(usd_reserved) FROM call WHERE state = 'sent' GROUP BY 1`],
  ['usd', `SELECT run_id, 'usd.unknown', SUM(usd_reserved) FROM call WHERE state = 'unknown' GROUP BY 1`],
];

/** The counters as the rows say they should be; `scope\\0name` -> value. Slow at millions of rows: for repair and tests. */
export function recount(db: Database): Map<string, number> {
  const found = new Map<string, number>();
  for (const [, sql] of RECOUNTS) {
    for (const [scope, name, value] of db.prepare(sql).raw().all() as [string, string, number][]) found.set(`${scope}\0${name}`, value);
  }
  return found;
}
