import type { StoreContext } from './context.ts';

/** What a stop left behind and opening put in order. */
export interface Recovered {
  runs: number;
  attempts: number;
  calls: number;
  /** Variants of edit sessions. */
  edits: number;
}

/**
 * After a stop of any kind nothing is running: runs and variants become interrupted, attempts queued, calls without an
 * answer unknown.
 * One transaction, so that a stop while recovering leaves it to the next opening.
 */
export function recover({ db, counters, now }: StoreContext): Recovered {
  const grouped = (sql: string) => db.prepare(sql).all() as { run_id: string; n: number; usd: number }[];
  return db.transaction(() => {
    let calls = 0;
    let attempts = 0;
    for (const { run_id, n, usd } of grouped(
      `SELECT run_id, COUNT(*) AS n, SUM(usd_reserved) AS usd FROM call WHERE state = 'sent' GROUP BY run_id`,
    )) {
      calls += n;
      counters.bump(run_id, 'call.sent', -n);
      counters.bump(run_id, 'call.unknown', n);
      counters.bump('', 'call.unknown', n);
      counters.bump(run_id, 'usd.reserved', -usd);
      counters.bump(run_id, 'usd.unknown', usd);
    }
    // Run by run: the index that finds open attempts starts with the run, and a plain search would read every attempt there is.
    const requeue = db.prepare(`UPDATE attempt SET state = 'queued' WHERE run_id = ? AND state = 'running'`);
    for (const run_id of db.prepare('SELECT id FROM run').pluck().all() as string[]) {
      const n = requeue.run(run_id).changes;
      attempts += n;
      counters.bump(run_id, 'attempt.running', -n);
      counters.bump(run_id, 'attempt.queued', n);
    }
    db.prepare(`UPDATE call SET state = 'unknown', error = 'the engine stopped', ended_at = ? WHERE state = 'sent'`).run(now());
    const runs = db.prepare(`UPDATE run SET state = 'interrupted', updated_at = ? WHERE state = 'running'`).run(now()).changes;
    const edits = db.prepare(`UPDATE edit_node SET state = 'interrupted', rev = rev + 1 WHERE state IN ('queued','running')`).run().changes;
    counters.flush();
    return { runs, attempts, calls, edits };
  })();
}
