import type { Verdict } from '../../../shared/model/attempt.ts';
import { mergeSignals, readSignals, signalsText } from '../../../shared/model/signals.ts';
import type { TripletKind, TripletState } from '../../../shared/model/triplet.ts';
import type { TripletRecord, TripletStore } from '../ports.ts';
import { type LowLevelColumns, lowLevelOf, lowLevelValues, type ScoreColumns, scoresOf } from './columns.ts';
import type { StoreContext } from './context.ts';
import { createTripletRows, geometricOf } from './tripletRows.ts';
import { insertVerdicts } from './verdicts.ts';

interface TripletRow extends ScoreColumns, LowLevelColumns {
  id: number;
  run_id: string | null;
  kind: TripletKind;
  state: TripletState;
  reason: string;
  source_hash: string;
  edited_hash: string;
  width: number;
  height: number;
  instruction: string;
  category: string;
  style: string;
  attempt_id: number | null;
  source_id: number | null;
  instruction_id: number | null;
  origin: string;
  parents: string | null;
}

const list = (values: readonly string[]) => values.map((value) => `'${value}'`).join(', ');

/** Triplets and their family ties. Every change of a state keeps the counters of run and workspace right. */
export function createTripletStore(store: StoreContext): TripletStore {
  const { db, writer } = store;
  const rows = createTripletRows(store);
  const insertSignals = db.prepare('INSERT OR REPLACE INTO triplet_signals VALUES (?, ?)');
  const signalsOf = db.prepare('SELECT signals FROM triplet_signals WHERE triplet_id = ?').pluck();
  const setScores = db.prepare('UPDATE triplet SET adherence = ?, aesthetics = ?, geometric = ? WHERE id = ?');
  const replace = db.prepare(
    `UPDATE triplet SET attempt_id = ?, edited_hash = ?, adherence = ?, aesthetics = ?, geometric = ?, ll_width = ?, ll_height = ?, ll_flagged = ?, ll_largest = ?, ll_components = ?
     WHERE id = ? AND kind = 'forward' AND state = 'active' AND NOT EXISTS (SELECT 1 FROM decision WHERE triplet_id = triplet.id)
       AND NOT EXISTS (SELECT 1 FROM review_entry WHERE triplet_id = triplet.id)
       AND NOT EXISTS (SELECT 1 FROM triplet_parent WHERE parent_id = triplet.id)`,
  );
  const children = db.prepare('SELECT child_id FROM triplet_parent WHERE parent_id = ?').pluck();

  /** What later verdicts measured joins what is known. */
  function addSignals(id: number, verdicts: readonly Verdict[]): void {
    const more = mergeSignals(verdicts);
    if (!more) return;
    const known = readSignals((signalsOf.get(id) as string | undefined) ?? null);
    insertSignals.run(id, signalsText({ ...known, ...more }));
  }

  function recordOf(row: TripletRow): TripletRecord {
    return {
      id: row.id,
      runId: row.run_id,
      kind: row.kind,
      state: row.state,
      reason: row.reason,
      sourceHash: row.source_hash,
      editedHash: row.edited_hash,
      width: row.width,
      height: row.height,
      instruction: row.instruction,
      category: row.category,
      style: row.style,
      attemptId: row.attempt_id,
      sourceId: row.source_id,
      instructionId: row.instruction_id,
      origin: row.origin,
      scores: scoresOf(row),
      lowLevel: lowLevelOf(row),
      parents: row.parents === null ? [] : row.parents.split(',').map(Number),
    };
  }

  return {
    add: (triplet, urgent = true) => writer.write(() => rows.add(triplet), urgent),
    replaceWinner(id, winner) {
      const scores = winner.scores;
      return writer.write(() => {
        const values = [scores?.adherence ?? null, scores?.aesthetics ?? null, geometricOf(scores), ...lowLevelValues(winner.lowLevel)];
        if (replace.run(winner.attemptId, winner.editedHash, ...values, id).changes !== 1) return false;
        rows.setSignals(id, winner.attemptId, null);
        return true;
      }, true);
    },
    async setState(ids, state, reason) {
      await writer.write(() => rows.setState(ids, state, reason), true);
    },
    async addVerdicts(id, verdicts, scores) {
      await writer.write(() => {
        insertVerdicts(store, { tripletId: id }, verdicts);
        addSignals(id, verdicts);
        if (scores) setScores.run(scores.adherence, scores.aesthetics, geometricOf(scores), id);
      }, true);
    },
    ofRun(runId, kinds, states) {
      const rows = db
        .prepare(
          `SELECT t.*, a.instruction_id, (SELECT group_concat(parent_id) FROM (SELECT parent_id FROM triplet_parent WHERE child_id = t.id ORDER BY idx)) AS parents
           FROM triplet t LEFT JOIN attempt a ON a.id = t.attempt_id WHERE t.run_id = ? AND t.kind IN (${list(kinds)}) AND t.state IN (${list(states)}) ORDER BY t.id`,
        )
        .all(runId) as TripletRow[];
      return rows.map(recordOf);
    },
    descendants(ids) {
      const found = new Set<number>();
      const open = [...ids];
      for (let id = open.pop(); id !== undefined; id = open.pop()) {
        for (const child of children.all(id) as number[]) {
          if (found.has(child)) continue;
          found.add(child);
          open.push(child);
        }
      }
      return [...found].sort((a, b) => a - b);
    },
  };
}
