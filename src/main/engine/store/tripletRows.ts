import type { Database } from 'better-sqlite3';
import { geometricScore, type Scores } from '../../../shared/model/attempt.ts';
import { mergeSignals, type Signals, signalsText } from '../../../shared/model/signals.ts';
import type { TripletState } from '../../../shared/model/triplet.ts';
import type { NewTriplet } from '../ports.ts';
import type { TripletContent } from '../transfer/columns.ts';
import { lowLevelValues } from './columns.ts';
import { marks, type StoreContext } from './context.ts';
import { createAttemptsToSuccess } from './difficulty.ts';
import { insertVerdicts } from './verdicts.ts';

/** 0 = nobody scored it. */
export const geometricOf = (scores: Scores | null): number => (scores ? geometricScore(scores) : 0);

/** How triplets come into the set and change their state, counted. For use inside a unit of the writer. */
export function createTripletRows(store: StoreContext) {
  const { db, counters, now } = store;
  const insert = db.prepare(
    `INSERT INTO triplet (run_id, kind, state, reason, source_hash, edited_hash, width, height, instruction, category, style, attempt_id, source_id, origin,
       adherence, aesthetics, geometric, ll_width, ll_height, ll_flagged, ll_largest, ll_components, difficulty, created_at) VALUES ${marks(24)}`,
  );
  const attemptsToSuccess = createAttemptsToSuccess(db);
  const byContent = createContentLookup(db);
  const insertParent = db.prepare('INSERT INTO triplet_parent VALUES (?, ?, ?)');
  const insertImported = db.prepare('INSERT INTO imported VALUES (?, ?, ?, ?, ?)');
  const insertInteractive = db.prepare('INSERT INTO interactive VALUES (?, ?, ?, ?)');
  const insertSignals = db.prepare('INSERT OR REPLACE INTO triplet_signals VALUES (?, ?)');
  const dropSignals = db.prepare('DELETE FROM triplet_signals WHERE triplet_id = ?');
  const attemptSignals = db.prepare('SELECT signals FROM attempt WHERE id = ?').pluck();
  const one = db.prepare('SELECT id, run_id, kind, state, category FROM triplet WHERE id = ?');
  const setState = db.prepare('UPDATE triplet SET state = ?, reason = ? WHERE id = ? AND state <> ?');

  /** A forward triplet has those of its attempt; others have what their own verdicts say. */
  function signalsFor(attemptId: number | null, own: Signals | null): string | null | undefined {
    return attemptId === null ? signalsText(own) : (attemptSignals.get(attemptId) as string | null | undefined);
  }
  function setSignals(id: number, attemptId: number | null, own: Signals | null): void {
    const text = signalsFor(attemptId, own);
    if (text) insertSignals.run(id, text);
    else dropSignals.run(id);
  }

  function tally(row: { run_id: string | null; kind: string; state: string; category: string }, by: number): void {
    counters.bump('', `triplet.${row.kind}.${row.state}`, by);
    if (row.state === 'active') counters.bump('', `triplet.category.${row.category}`, by);
    if (row.run_id === null) return;
    counters.bump(row.run_id, `triplet.${row.kind}.${row.state}`, by);
    if (row.state === 'active') counters.bump(row.run_id, `inSet.${row.category}`, by);
  }

  /** Puts a new triplet in, with everything that hangs on it; gives its id. */
  function add(t: NewTriplet): number {
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
        geometricOf(t.scores),
        ...lowLevelValues(t.lowLevel),
        t.attemptId === null ? null : attemptsToSuccess(t.attemptId),
        now(),
      ).lastInsertRowid,
    );
    for (const [idx, parent] of t.parents.entries()) insertParent.run(id, idx, parent);
    if (t.parentContent !== undefined) {
      const parent = byContent(t.parentContent);
      if (parent !== undefined) insertParent.run(id, t.parents.length, parent);
    }
    insertVerdicts(store, { tripletId: id }, t.verdicts);
    const signals = signalsFor(t.attemptId, mergeSignals([{ signals: t.signals ?? null }, ...t.verdicts]));
    if (signals) insertSignals.run(id, signals);
    if (t.imported)
      insertImported.run(id, t.imported.itemId, t.imported.kind, JSON.stringify(t.imported.paraphrases), JSON.stringify(t.imported.facts));
    if (t.interactive) {
      insertInteractive.run(id, t.interactive.nodeId, t.interactive.seed, t.interactive.rootHash);
      for (const child of t.interactive.children) insertParent.run(child, 0, id);
    }
    tally({ run_id: t.runId, kind: t.kind, state: t.state, category: t.category }, 1);
    return id;
  }

  /** Changes the state of those that have another one; ids without a triplet are passed over. */
  function changeState(ids: readonly number[], state: TripletState, reason: string): void {
    for (const id of ids) {
      const row = one.get(id) as { run_id: string | null; kind: string; state: string; category: string } | undefined;
      if (!row || setState.run(state, reason, id, state).changes !== 1) continue;
      tally(row, -1);
      tally({ ...row, state }, 1);
    }
  }

  return { add, setState: changeState, setSignals };
}

/** The id of a triplet with these pictures and this instruction; undefined when there is none. */
export function createContentLookup(db: Database): (content: TripletContent) => number | undefined {
  const find = db
    .prepare(
      'SELECT id FROM triplet WHERE substr(edited_hash, 1, 16) = ? AND edited_hash = ? AND source_hash = ? AND instruction = ? LIMIT 1',
    )
    .pluck();
  return ({ editedHash, sourceHash, instruction }) =>
    find.get(editedHash.slice(0, 16), editedHash, sourceHash, instruction) as number | undefined;
}
