import type { AttemptState } from '../../../shared/model/attempt.ts';
import { geometricScore } from '../../../shared/model/attempt.ts';
import type { OpenAttempt, WorkStore } from '../ports.ts';
import { type LowLevelColumns, lowLevelOf, lowLevelValues, type ScoreColumns, scoreBin, scoresOf } from './columns.ts';
import { marks, type StoreContext } from './context.ts';
import { insertVerdicts } from './verdicts.ts';

type AttemptStore = Omit<WorkStore, 'addImage' | 'image' | 'addScenes' | 'scenes' | 'addSource' | 'sources' | 'reopenSources'>;

const OPEN_COLUMNS = 'id, job_index AS jobIndex, source_id AS sourceId, instruction_id AS instructionId, try_index AS tryIndex, seed';

/** Attempts: claimed with the draw's position, finished once, counted in the same transaction. */
export function createAttemptStore(store: StoreContext): AttemptStore {
  const { db, writer, counters, now } = store;
  const insert = db.prepare(
    `INSERT INTO attempt (run_id, job_index, source_id, instruction_id, try_index, seed, state, created_at) VALUES (?, ?, ?, ?, ?, ?, 'running', ?)`,
  );
  const setCursor = db.prepare('UPDATE run SET cursor = ?, updated_at = ? WHERE id = ?');
  const open = db.prepare(`SELECT ${OPEN_COLUMNS} FROM attempt WHERE run_id = ? AND state IN ('queued','running') ORDER BY id`);
  const setState = db.prepare('UPDATE attempt SET state = ? WHERE run_id = ? AND state = ?');
  const stateOf = db.prepare('SELECT state FROM attempt WHERE id = ?').pluck();
  const finish = db.prepare(
    `UPDATE attempt SET state = ?, stage = ?, reason = ?, edited_hash = ?, adherence = ?, aesthetics = ?, geometric = ?, soft_adherence = ?, soft_aesthetics = ?,
       ll_width = ?, ll_height = ?, ll_flagged = ?, ll_largest = ?, ll_components = ?, usd = ?, ms = ?, ended_at = ? WHERE id = ? AND state IN ('queued','running')`,
  );
  const cube = db.prepare('INSERT INTO threshold_cube VALUES (?, ?, ?, ?, 1) ON CONFLICT DO UPDATE SET count = count + 1');
  const candidates = db.prepare(
    `SELECT id AS attemptId, edited_hash AS editedHash, adherence, aesthetics, ll_width, ll_height, ll_flagged, ll_largest, ll_components, seed, try_index AS tryIndex
     FROM attempt WHERE run_id = ? AND source_id = ? AND instruction_id = ? AND state = 'passed' ORDER BY try_index`,
  );
  const groups = db.prepare(
    `SELECT DISTINCT a.source_id AS sourceId, a.instruction_id AS instructionId, i.category FROM attempt a JOIN instruction i ON i.id = a.instruction_id
     WHERE a.run_id = ? AND a.state = 'passed' ORDER BY 1, 2`,
  );

  function move(runId: string, from: AttemptState, to: AttemptState): number {
    const { changes } = setState.run(to, runId, from);
    counters.bump(runId, `attempt.${from}`, -changes);
    counters.bump(runId, `attempt.${to}`, changes);
    return changes;
  }

  /** Final rows back to queued: their place in every sum goes with them. */
  function reopenRow(
    runId: string,
    row: { id: number; state: AttemptState; stage: string | null; reason: string; category: string },
  ): void {
    db.prepare('DELETE FROM verdict WHERE attempt_id = ?').run(row.id);
    db.prepare(`UPDATE attempt SET state = 'queued', stage = NULL, reason = '', ended_at = NULL WHERE id = ?`).run(row.id);
    counters.bump(runId, `attempt.${row.state}`, -1);
    counters.bump(runId, 'attempt.queued', 1);
    if (row.state !== 'cancelled') counters.bump(runId, `category.${row.category}.done`, -1);
    if (row.state === 'failed') counters.bump(runId, `error.${row.stage}.${row.reason}`, -1);
  }

  return {
    claim(runId, cursor, attempts) {
      const position = JSON.stringify(cursor);
      return writer.write(() => {
        const at = now();
        const ids = attempts.map((a) =>
          Number(insert.run(runId, a.jobIndex, a.sourceId, a.instructionId, a.tryIndex, a.seed, at).lastInsertRowid),
        );
        setCursor.run(position, at, runId);
        counters.bump(runId, 'attempt.claimed', attempts.length);
        counters.bump(runId, 'attempt.running', attempts.length);
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
            `SELECT a.id, a.state, a.stage, a.reason, i.category FROM attempt a JOIN instruction i ON i.id = a.instruction_id
             WHERE a.run_id = ? AND a.state IN ${marks(states.length)}`,
          )
          .all(runId, ...states) as Parameters<typeof reopenRow>[1][];
        for (const row of rows) reopenRow(runId, row);
        return rows.length;
      }, true);
    },
    finish(runId, attemptId, category, outcome) {
      const { state, stage, reason, editedHash, scores, softScores, lowLevel, verdicts, survived, usd, ms } = outcome;
      return writer.write(() => {
        const before = stateOf.get(attemptId) as AttemptState | undefined;
        const changed = finish.run(
          state,
          stage,
          reason,
          editedHash,
          scores?.adherence ?? null,
          scores?.aesthetics ?? null,
          scores ? geometricScore(scores) : null,
          softScores?.adherence ?? null,
          softScores?.aesthetics ?? null,
          ...lowLevelValues(lowLevel),
          usd,
          Math.round(ms),
          now(),
          attemptId,
        ).changes;
        if (changed !== 1) return false;
        insertVerdicts(store, { attemptId }, verdicts);
        counters.bump(runId, `attempt.${before}`, -1);
        counters.bump(runId, `attempt.${state}`, 1);
        for (const name of survived) counters.bump(runId, `survived.${name}`, 1);
        if (state === 'rejected') counters.bump(runId, `reject.${stage}.${reason}`, 1);
        if (state === 'failed') counters.bump(runId, `error.${stage}.${reason}`, 1);
        if (state !== 'cancelled') counters.bump(runId, `category.${category}.done`, 1);
        if (state === 'passed') counters.bump(runId, `category.${category}.passed`, 1);
        if (scores) cube.run(runId, category, scoreBin(scores.adherence), scoreBin(scores.aesthetics));
        return true;
      });
    },
    cancelOpen: (runId) => writer.write(() => move(runId, 'queued', 'cancelled') + move(runId, 'running', 'cancelled'), true),
    candidates(runId, sourceId, instructionId) {
      type Row = ScoreColumns & LowLevelColumns & { attemptId: number; editedHash: string; seed: number; tryIndex: number };
      return (candidates.all(runId, sourceId, instructionId) as Row[]).map((row) => ({
        attemptId: row.attemptId,
        editedHash: row.editedHash,
        seed: row.seed,
        tryIndex: row.tryIndex,
        scores: scoresOf(row),
        lowLevel: lowLevelOf(row),
      }));
    },
    passedGroups: (runId) => groups.all(runId) as ReturnType<AttemptStore['passedGroups']>,
    categoryTally(runId) {
      const tallies = new Map<string, { category: string; done: number; passed: number }>();
      for (const [name, value] of counters.read(runId)) {
        const match = /^category\.(.*)\.(done|passed)$/.exec(name);
        if (!match) continue;
        const category = match[1] as string;
        const tally = tallies.get(category) ?? { category, done: 0, passed: 0 };
        tally[match[2] as 'done' | 'passed'] = value;
        tallies.set(category, tally);
      }
      return [...tallies.values()].sort((a, b) => (a.category < b.category ? -1 : 1));
    },
  };
}
