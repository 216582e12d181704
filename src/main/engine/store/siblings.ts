import type { Database } from 'better-sqlite3';
import type { Sibling } from '../../../shared/model/triplet.ts';
import { type ScoreColumns, scoresOf } from './columns.ts';

interface SiblingRow extends ScoreColumns {
  id: number;
  edited_hash: string;
  seed: number;
  state: Sibling['state'];
  stage: Sibling['stage'];
  reason: string;
}

/** Other candidates of the same <source, instruction> as an attempt, in the order of their tries; nine at most. */
export function createSiblings(db: Database): (attemptId: number) => Sibling[] {
  // The tries of a group stand side by side in the job space (index = group x M + try).
  const siblings = db.prepare(
    `SELECT t.id, t.edited_hash, t.seed, t.state, t.stage, t.reason, t.adherence, t.aesthetics FROM attempt a JOIN attempt t
       ON t.run_id = a.run_id AND t.job_index BETWEEN a.job_index - a.try_index AND a.job_index - a.try_index + 1000
     WHERE a.id = ? AND t.id <> a.id AND t.source_id = a.source_id AND t.instruction_id = a.instruction_id AND t.edited_hash IS NOT NULL
     ORDER BY t.job_index LIMIT 9`,
  );
  return (attemptId) =>
    (siblings.all(attemptId) as SiblingRow[]).map(({ id, edited_hash, seed, state, stage, reason, ...scores }) => ({
      attemptId: id,
      editedHash: edited_hash,
      seed,
      state,
      stage,
      reason,
      scores: scoresOf(scores),
    }));
}
