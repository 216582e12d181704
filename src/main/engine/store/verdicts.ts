import type { Statement } from 'better-sqlite3';
import type { Verdict } from '../../../shared/model/attempt.ts';
import { signalsText } from '../../../shared/model/signals.ts';
import { marks, type StoreContext } from './context.ts';

/** What a verdict is about: exactly one of the three. */
export type Subject = { attemptId: number } | { sourceId: number } | { tripletId: number };

const SQL = `INSERT INTO verdict (attempt_id, source_id, triplet_id, stage, passed, reason, adherence, aesthetics, model, prompt_version, raw, signals, checks)
  VALUES ${marks(13)}`;
const prepared = new WeakMap<object, Statement<unknown[]>>();

/** Stores verdicts of one subject; call inside a unit of the writer. */
export function insertVerdicts({ db }: StoreContext, subject: Subject, verdicts: readonly Verdict[]): void {
  let insert = prepared.get(db);
  if (!insert) {
    insert = db.prepare(SQL);
    prepared.set(db, insert);
  }
  const attemptId = 'attemptId' in subject ? subject.attemptId : null;
  const sourceId = 'sourceId' in subject ? subject.sourceId : null;
  const tripletId = 'tripletId' in subject ? subject.tripletId : null;
  for (const verdict of verdicts) {
    const { stage, passed, reason, scores, model, promptVersion, raw, checks } = verdict;
    const adherence = scores?.adherence ?? null;
    const aesthetics = scores?.aesthetics ?? null;
    const measured = [signalsText(verdict.signals), checks.length > 0 ? JSON.stringify(checks) : null];
    const about = [attemptId, sourceId, tripletId, stage, passed ? 1 : 0, reason];
    insert.run(...about, adherence, aesthetics, model, promptVersion, raw, ...measured);
  }
}
