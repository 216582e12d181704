import { geometricScore, type Scores, type Verdict } from '../../../shared/model/attempt.ts';
import { mergeSignals, readSignals, type Signals, signalsText } from '../../../shared/model/signals.ts';
import type { TripletKind, TripletState } from '../../../shared/model/triplet.ts';
import type { TripletRecord, TripletStore } from '../ports.ts';
import { type LowLevelColumns, lowLevelOf, lowLevelValues, type ScoreColumns, scoresOf } from './columns.ts';
import { marks, type StoreContext } from './context.ts';
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
  const { db, writer, counters, now } = store;
  const insert = db.prepare(
    `INSERT INTO triplet (run_id, kind, state, reason, source_hash, edited_hash, width, height, instruction, category, style, attempt_id, source_id, origin,
       adherence, aesthetics, geometric, ll_width, ll_height, ll_flagged, ll_largest, ll_components, created_at) VALUES ${marks(23)}`,
  );
  const insertParent = db.prepare('INSERT INTO triplet_parent VALUES (?, ?, ?)');
  const insertImported = db.prepare('INSERT INTO imported VALUES (?, ?, ?, ?, ?)');
  const insertInteractive = db.prepare('INSERT INTO interactive VALUES (?, ?, ?, ?)');
  const insertSignals = db.prepare('INSERT OR REPLACE INTO triplet_signals VALUES (?, ?)');
  const dropSignals = db.prepare('DELETE FROM triplet_signals WHERE triplet_id = ?');
  const signalsOf = db.prepare('SELECT signals FROM triplet_signals WHERE triplet_id = ?').pluck();
  const attemptSignals = db.prepare('SELECT signals FROM attempt WHERE id = ?').pluck();
  const one = db.prepare('SELECT id, run_id, kind, state, category FROM triplet WHERE id = ?');
  const setState = db.prepare('UPDATE triplet SET state = ?, reason = ? WHERE id = ? AND state <> ?');
  const setScores = db.prepare('UPDATE triplet SET adherence = ?, aesthetics = ?, geometric = ? WHERE id = ?');
  const replace = db.prepare(
    `UPDATE triplet SET attempt_id = ?, edited_hash = ?, adherence = ?, aesthetics = ?, geometric = ?, ll_width = ?, ll_height = ?, ll_flagged = ?, ll_largest = ?, ll_components = ?
     WHERE id = ? AND kind = 'forward' AND state = 'active' AND NOT EXISTS (SELECT 1 FROM decision WHERE triplet_id = triplet.id)
       AND NOT EXISTS (SELECT 1 FROM review_entry WHERE triplet_id = triplet.id)
       AND NOT EXISTS (SELECT 1 FROM triplet_parent WHERE parent_id = triplet.id)`,
  );
  const children = db.prepare('SELECT child_id FROM triplet_parent WHERE parent_id = ?').pluck();

  /** A forward triplet has those of its attempt; others have what their own verdicts say. */
  function setSignals(id: number, attemptId: number | null, own: Signals | null): void {
    const text = attemptId === null ? signalsText(own) : (attemptSignals.get(attemptId) as string | null | undefined);
    if (text) insertSignals.run(id, text);
    else dropSignals.run(id);
  }

  /** What later verdicts measured joins what is known. */
  function addSignals(id: number, verdicts: readonly Verdict[]): void {
    const more = mergeSignals(verdicts);
    if (!more) return;
    const known = readSignals((signalsOf.get(id) as string | undefined) ?? null);
    insertSignals.run(id, signalsText({ ...known, ...more }));
  }

  /** 0 = nobody scored it. */
  const geometric = (scores: Scores | null) => (scores ? geometricScore(scores) : 0);

  function tally(row: { run_id: string | null; kind: string; state: string; category: string }, by: number): void {
    counters.bump('', `triplet.${row.kind}.${row.state}`, by);
    if (row.state === 'active') counters.bump('', `triplet.category.${row.category}`, by);
    if (row.run_id === null) return;
    counters.bump(row.run_id, `triplet.${row.kind}.${row.state}`, by);
    if (row.state === 'active') counters.bump(row.run_id, `inSet.${row.category}`, by);
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
    add(triplet) {
      return writer.write(() => {
        const t = triplet;
        const id = Number(
          insert.run(
            t.runId,
            t.kind,
            t.state,
            t.reason,
            t.sourceHash,
            t.editedHash,
            t.width,
            t.height,
            t.instruction,
            t.category,
            t.style,
            t.attemptId,
            t.sourceId,
            t.origin,
            t.scores?.adherence ?? null,
            t.scores?.aesthetics ?? null,
            geometric(t.scores),
            ...lowLevelValues(t.lowLevel),
            now(),
          ).lastInsertRowid,
        );
        for (const [idx, parent] of t.parents.entries()) insertParent.run(id, idx, parent);
        insertVerdicts(store, { tripletId: id }, t.verdicts);
        setSignals(id, t.attemptId, mergeSignals([{ signals: t.signals ?? null }, ...t.verdicts]));
        if (t.imported)
          insertImported.run(
            id,
            t.imported.itemId,
            t.imported.kind,
            JSON.stringify(t.imported.paraphrases),
            JSON.stringify(t.imported.facts),
          );
        if (t.interactive) {
          insertInteractive.run(id, t.interactive.nodeId, t.interactive.seed, t.interactive.rootHash);
          for (const child of t.interactive.children) insertParent.run(child, 0, id);
        }
        tally({ run_id: t.runId, kind: t.kind, state: t.state, category: t.category }, 1);
        return id;
      }, true);
    },
    replaceWinner(id, winner) {
      const scores = winner.scores;
      return writer.write(() => {
        const values = [scores?.adherence ?? null, scores?.aesthetics ?? null, geometric(scores), ...lowLevelValues(winner.lowLevel)];
        if (replace.run(winner.attemptId, winner.editedHash, ...values, id).changes !== 1) return false;
        setSignals(id, winner.attemptId, null);
        return true;
      }, true);
    },
    async setState(ids, state, reason) {
      await writer.write(() => {
        for (const id of ids) {
          const row = one.get(id) as { run_id: string | null; kind: string; state: string; category: string } | undefined;
          if (!row || setState.run(state, reason, id, state).changes !== 1) continue;
          tally(row, -1);
          tally({ ...row, state }, 1);
        }
      }, true);
    },
    async addVerdicts(id, verdicts, scores) {
      await writer.write(() => {
        insertVerdicts(store, { tripletId: id }, verdicts);
        addSignals(id, verdicts);
        if (scores) setScores.run(scores.adherence, scores.aesthetics, geometric(scores), id);
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
