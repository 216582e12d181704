import type { Scores } from '../../../shared/model/attempt.ts';
import { AppError } from '../../../shared/model/errors.ts';
import type { DecisionKind, TripletView } from '../../../shared/model/triplet.ts';
import type { StoreContext } from './context.ts';
import { TRIPLET_COLUMNS, type TripletViewRow, tripletView } from './tripletViews.ts';

/** One decision about one triplet or rejected candidate. `clear` takes the last one back, with its tags and note. */
export interface NewDecision<Kind = DecisionKind> {
  decision: Kind;
  tags: readonly string[];
  note: string;
}

export interface DecisionRow<Kind> {
  decision: Kind;
  /** JSON list. */
  tags: string;
  note: string;
}

/** `rater` under which ratings given in review stand beside imported ones. */
const REVIEWER = 'review';

/** Of what was said of one thing, in order, the word in force: every `clear` takes back the last one that was not taken back before it. */
export function inForce<Kind extends string>(rows: readonly DecisionRow<Kind>[]): DecisionRow<Exclude<Kind, 'clear'>> | undefined {
  const standing: DecisionRow<Kind>[] = [];
  for (const row of rows) {
    if (row.decision === 'clear') standing.pop();
    else standing.push(row);
  }
  return standing.at(-1) as DecisionRow<Exclude<Kind, 'clear'>> | undefined;
}

/** What people decide, correct and rate: every word is appended, and the triplet carries what is in force. */
export function createReview({ db, writer, counters, now }: StoreContext) {
  const oneView = db.prepare(`SELECT ${TRIPLET_COLUMNS} FROM triplet t WHERE id = ?`);
  const setInForce = db.prepare('UPDATE triplet SET decision = ?, tags = ?, note = ? WHERE id = ?');
  const insertDecision = db.prepare('INSERT INTO decision (triplet_id, decision, note, tags, created_at) VALUES (?, ?, ?, ?, ?)');
  const history = db.prepare('SELECT decision, tags, note FROM decision WHERE triplet_id = ? ORDER BY id');
  const insertEntry = db.prepare('INSERT INTO review_entry (triplet_id, what, value, created_at) VALUES (?, ?, ?, ?)');
  const setCorrected = db.prepare('UPDATE triplet SET corrected = ? WHERE id = ?');
  const putRating = db.prepare('INSERT OR REPLACE INTO rating VALUES (?, ?, ?, ?, ?, ?)');
  const dropRating = db.prepare('DELETE FROM rating WHERE triplet_id = ? AND rater = ?');
  const rating = db.prepare('SELECT adherence, aesthetics FROM rating WHERE triplet_id = ? AND rater = ?');

  function viewOf(id: number): TripletView {
    const row = oneView.get(id) as TripletViewRow | undefined;
    if (!row) throw new AppError('noSuchItem', `There is no triplet ${id}.`);
    return tripletView(row);
  }

  function decideOne(id: number, { decision, tags, note }: NewDecision): TripletView {
    const { decision: before, runId } = viewOf(id);
    if (decision === 'clear' && before === null) return viewOf(id);
    insertDecision.run(id, decision, note, JSON.stringify(tags), now());
    const row = inForce(history.all(id) as DecisionRow<DecisionKind>[]);
    const after = row?.decision ?? null;
    setInForce.run(after, row?.tags ?? '[]', row?.note ?? '', id);
    if (after !== before)
      for (const scope of runId === null ? [''] : ['', runId]) {
        if (before) counters.bump(scope, `decision.${before}`, -1);
        if (after) counters.bump(scope, `decision.${after}`, 1);
      }
    return viewOf(id);
  }

  return {
    view: viewOf,
    /** One decision inside a unit of the writer that does more. */
    decideNow: decideOne,
    /** Appends a decision for each, all of them or none; resolves with the triplets as they are then. AppError noSuchItem. */
    decideMany: (ids: readonly number[], said: NewDecision): Promise<TripletView[]> =>
      writer.write(() => ids.map((id) => decideOne(id, said)), true),
    /** Puts an instruction beside the original, for exports to use; the original itself, or none, takes it back. */
    correct: (id: number, instruction: string): Promise<TripletView> =>
      writer.write(() => {
        const { instruction: original, corrected } = viewOf(id);
        const wanted = instruction === '' || instruction === original ? null : instruction;
        if (wanted === corrected) return viewOf(id);
        insertEntry.run(id, 'instruction', wanted ?? '', now());
        setCorrected.run(wanted, id);
        return viewOf(id);
      }, true),
    /** A person's scores; null takes them back. They count as one rater beside imported ratings. */
    rate: (id: number, scores: Scores | null): Promise<void> =>
      writer.write(() => {
        viewOf(id);
        insertEntry.run(id, 'rating', scores ? JSON.stringify(scores) : '', now());
        if (scores) putRating.run(id, REVIEWER, scores.adherence, scores.aesthetics, REVIEWER, now());
        else dropRating.run(id, REVIEWER);
      }, true),
    /** What the reviewer gave, if anything. */
    ratingOf: (id: number): Scores | null => (rating.get(id, REVIEWER) as Scores | undefined) ?? null,
  };
}
