import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { Verdict } from '../../../shared/model/attempt.ts';
import type { TripletContent } from '../transfer/columns.ts';
import type { Loser } from '../transfer/export/deps.ts';
import { type ScoreColumns, scoresOf } from './columns.ts';

/** In the set, and nobody has rejected it. */
const IN_SET = `t.state = 'active' AND (t.decision IS NULL OR t.decision <> 'reject')`;

interface Candidate extends ScoreColumns {
  editedHash: string;
  seed: number;
  verdicts: string;
}

/** What exports read of edits that people made: chains of kept ones, and what a kept one was chosen over. */
export function createEditExports(db: Database) {
  const goesOn = db
    .prepare(
      `SELECT 1 FROM interactive me JOIN edit_node n ON n.parent_id = me.node_id JOIN interactive k ON k.node_id = n.id JOIN triplet t ON t.id = k.triplet_id
       WHERE me.triplet_id = ? AND ${IN_SET} LIMIT 1`,
    )
    .pluck();
  const upwards = db.prepare(
    `WITH RECURSIVE up(node_id, triplet_id, level) AS (
       SELECT node_id, triplet_id, 0 FROM interactive WHERE triplet_id = ?
       UNION ALL
       SELECT k.node_id, k.triplet_id, up.level + 1 FROM up JOIN edit_node n ON n.id = up.node_id JOIN interactive k ON k.node_id = n.parent_id
         JOIN triplet t ON t.id = k.triplet_id WHERE ${IN_SET})
     SELECT t.source_hash AS sourceHash, t.edited_hash AS editedHash, t.instruction FROM up JOIN triplet t ON t.id = up.triplet_id ORDER BY up.level DESC`,
  );
  const verdictsOf = db.prepare('SELECT verdicts FROM edit_node WHERE id = ?').pluck();
  // Kept ones won too, so they are no losers.
  const others = db.prepare(
    `SELECT o.picture_hash AS editedHash, o.adherence, o.aesthetics, o.seed, o.verdicts
     FROM edit_node n JOIN edit_batch b ON b.id = n.batch_id JOIN edit_node o ON o.parent_id = n.parent_id AND o.id <> n.id JOIN edit_batch ob ON ob.id = o.batch_id
     WHERE n.id = ? AND ob.instruction = b.instruction AND o.picture_hash IS NOT NULL AND o.adherence IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM interactive k JOIN triplet t ON t.id = k.triplet_id WHERE k.node_id = o.id AND t.state = 'active')
     ORDER BY o.picture_hash`,
  );

  const read = (text: string) => z.array(Verdict).parse(JSON.parse(text));
  const validatorOf = (verdicts: Verdict[]) => {
    const last = verdicts.findLast(({ stage }) => stage === 'validator');
    return last && `${last.model} ${last.promptVersion}`;
  };

  return {
    /** The kept edits from the first to this one, when it is the last of its branch and not the only one. */
    chain(tripletId: number): TripletContent[] | undefined {
      if (goesOn.get(tripletId) !== undefined) return undefined;
      const turns = upwards.all(tripletId) as TripletContent[];
      return turns.length > 1 ? turns : undefined;
    },
    /** The scored variants of the same picture and instruction that were not kept; null when nobody scored the kept one. */
    contest(nodeId: number): { validator: string; losers: Loser[] } | null {
      const validator = validatorOf(read(verdictsOf.get(nodeId) as string));
      if (validator === undefined) return null;
      const losers = (others.all(nodeId) as Candidate[]).flatMap(({ editedHash, seed, verdicts: text, ...columns }) => {
        const verdicts = read(text);
        const scores = scoresOf(columns);
        const failed = verdicts.find(({ passed }) => !passed);
        const { stage = '', reason = '' } = failed ?? {};
        return scores === null ? [] : [{ editedHash, scores, seed, stage, reason, validator: validatorOf(verdicts) ?? '' }];
      });
      return { validator, losers };
    },
  };
}
