import type { AttemptState } from '../../../shared/model/attempt.ts';
import type { DrawCursor, OpenAttempt, WorkStore } from '../ports.ts';
import { type ScoreColumns, scoresOf, survivedOf } from './columns.ts';
import { marks, type StoreContext } from './context.ts';

type OpenAttemptStore = Pick<WorkStore, 'claim' | 'takeOpen' | 'requeue' | 'reopen' | 'cancelOpen'>;

const OPEN_COLUMNS = 'id, job_index AS jobIndex, source_id AS sourceId, instruction_id AS instructionId, try_index AS tryIndex, seed';

interface FinalRow extends ScoreColumns {
  id: number;
  state: AttemptState;
  stage: string | null;
  reason: string;
  survived: number;
  category: string;
}

/** Attempts before their end: claimed together with the draw's position, put back, taken up again. */
export function createOpenAttemptStore(store: StoreContext): OpenAttemptStore {
  const { db, writer, counters, cube, now } = store;
  const insert = db.prepare(
    `INSERT INTO attempt (run_id, job_index, source_id, instruction_id, try_index, seed, state, created_at) VALUES (?, ?, ?, ?, ?, ?, 'running', ?)`,
  );
  const open = db.prepare(`SELECT ${OPEN_COLUMNS} FROM attempt WHERE run_id = ? AND state IN ('queued', 'running') ORDER BY id`);
  const setState = db.prepare('UPDATE attempt SET state = ?, ended_at = ? WHERE run_id = ? AND state = ?');
  const fits = db.prepare(`SELECT reason FROM verdict WHERE attempt_id = ? AND stage = 'edit' AND passed = 1 AND reason <> ''`).pluck();
  const removeVerdicts = db.prepare('DELETE FROM verdict WHERE attempt_id = ?');
  const clear = db.prepare(
    `UPDATE attempt SET state = 'queued', stage = NULL, reason = '', survived = 0, edited_hash = NULL, adherence = NULL, aesthetics = NULL, geometric = NULL,
       soft_adherence = NULL, soft_aesthetics = NULL, ll_width = NULL, ll_height = NULL, ll_flagged = NULL, ll_largest = NULL, ll_components = NULL,
       usd = 0, ms = 0, ended_at = NULL WHERE id = ?`,
  );

  /** Of each run in this batch: how many were claimed, and the last position of the draw. One update a commit, not one a claim. */
  const batch = new Map<string, { claimed: number; cursor: DrawCursor }>();
  const setCursor = db.prepare('UPDATE run SET cursor = ?, updated_at = ? WHERE id = ?');
  writer.join({
    flush() {
      for (const [runId, { claimed, cursor }] of batch) {
        setCursor.run(JSON.stringify(cursor), now(), runId);
        counters.bump(runId, 'attempt.claimed', claimed);
        counters.bump(runId, 'attempt.running', claimed);
      }
      batch.clear();
    },
    discard: () => batch.clear(),
  });

  function move(runId: string, from: AttemptState, to: AttemptState): number {
    const { changes } = setState.run(to, to === 'cancelled' ? now() : null, runId, from);
    counters.bump(runId, `attempt.${from}`, -changes);
    counters.bump(runId, `attempt.${to}`, changes);
    return changes;
  }

  /** A final row as it was when it was claimed; its place in every sum goes, its verdicts too: they will be given again. */
  function reopenRow(runId: string, row: FinalRow): void {
    for (const reason of fits.all(row.id)) counters.bump(runId, `fit.${reason}`, -1);
    removeVerdicts.run(row.id);
    clear.run(row.id);
    counters.bump(runId, `attempt.${row.state}`, -1);
    counters.bump(runId, 'attempt.queued', 1);
    for (const stage of survivedOf(row.survived)) counters.bump(runId, `survived.${stage}`, -1);
    if (row.state !== 'cancelled') counters.bump(runId, `category.${row.category}.done`, -1);
    if (row.state === 'failed') counters.bump(runId, `error.${row.stage}.${row.reason}`, -1);
    const scores = scoresOf(row);
    if (scores) cube.add(runId, row.category, scores, -1);
  }

  return {
    claim(runId, cursor, attempts) {
      return writer.write(() => {
        const at = now();
        const ids: number[] = [];
        for (const a of attempts)
          ids.push(Number(insert.run(runId, a.jobIndex, a.sourceId, a.instructionId, a.tryIndex, a.seed, at).lastInsertRowid));
        const sums = batch.get(runId);
        if (sums) {
          sums.claimed += attempts.length;
          sums.cursor = cursor;
        } else batch.set(runId, { claimed: attempts.length, cursor });
        return ids;
      }, true);
    },
    takeOpen(runId) {
      return writer.write(() => {
        const rows = open.all(runId) as OpenAttempt[];
        move(runId, 'queued', 'running');
        return rows;
      }, true);
    },
    requeue: (runId) => writer.write(() => move(runId, 'running', 'queued'), true),
    reopen(runId, states) {
      return writer.write(() => {
        const rows = db
          .prepare(
            `SELECT a.id, a.state, a.stage, a.reason, a.survived, a.adherence, a.aesthetics, i.category FROM attempt a JOIN instruction i ON i.id = a.instruction_id
             WHERE a.run_id = ? AND a.state IN ${marks(states.length)}`,
          )
          .all(runId, ...states) as FinalRow[];
        for (const row of rows) reopenRow(runId, row);
        return rows.length;
      }, true);
    },
    cancelOpen: (runId) => writer.write(() => move(runId, 'queued', 'cancelled') + move(runId, 'running', 'cancelled'), true),
  };
}
