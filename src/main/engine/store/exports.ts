import type { TripletFilter, TripletKind } from '../../../shared/model/triplet.ts';
import type { ExportRow, TripletContent } from '../transfer/columns.ts';
import { type LowLevelColumns, lowLevelOf, type ScoreColumns, scoresOf } from './columns.ts';
import type { StoreContext } from './context.ts';
import { createAttemptsToSuccess } from './difficulty.ts';
import { filterSql } from './tripletViews.ts';

interface Row extends ScoreColumns, LowLevelColumns {
  id: number;
  run_id: string | null;
  kind: TripletKind;
  source_hash: string;
  edited_hash: string;
  root_hash: string;
  width: number;
  height: number;
  instruction: string;
  category: string;
  style: string;
  prompt: string;
  soft_adherence: number | null;
  soft_aesthetics: number | null;
  seed: number | null;
  attempt_id: number | null;
  decision: ExportRow['decision'];
}

/** What an export reads. Rows of one root picture come together, roots by hash: the order depends on content alone. */
export function createExportQueries({ db }: StoreContext) {
  const parents = db.prepare(
    'SELECT t.source_hash AS sourceHash, t.edited_hash AS editedHash, t.instruction FROM triplet_parent p JOIN triplet t ON t.id = p.parent_id WHERE p.child_id = ? ORDER BY p.idx',
  );
  const attemptsToSuccess = createAttemptsToSuccess(db);
  const origin = db.prepare('SELECT 1 FROM triplet WHERE origin = ?').pluck();

  function* rows(filter: TripletFilter): Generator<ExportRow> {
    const where = filterSql(filter);
    // Ids in order first: other reads (and the run that goes on) may use the connection between two rows.
    const ids = db
      .prepare(
        `SELECT t.id FROM triplet t LEFT JOIN source s ON s.id = t.source_id ${where.sql.length > 0 ? `WHERE ${where.sql.join(' AND ')}` : ''}
         ORDER BY COALESCE(s.image_hash, t.source_hash), t.id`,
      )
      .pluck()
      .all(...where.values) as number[];
    const one = db.prepare(
      `SELECT t.*, COALESCE(s.image_hash, t.source_hash) AS root_hash, COALESCE(c.prompt, '') AS prompt, a.soft_adherence, a.soft_aesthetics, a.seed
       FROM triplet t LEFT JOIN source s ON s.id = t.source_id LEFT JOIN scene c ON c.id = s.scene_id LEFT JOIN attempt a ON a.id = t.attempt_id WHERE t.id = ?`,
    );
    for (const id of ids) yield rowOf(one.get(id) as Row);
  }

  function rowOf(row: Row): ExportRow {
    return {
      runId: row.run_id,
      kind: row.kind,
      sourceHash: row.source_hash,
      editedHash: row.edited_hash,
      rootHash: row.root_hash,
      width: row.width,
      height: row.height,
      instruction: row.instruction,
      category: row.category,
      style: row.style,
      prompt: row.prompt,
      scores: scoresOf(row),
      softScores: scoresOf({ adherence: row.soft_adherence, aesthetics: row.soft_aesthetics }),
      lowLevel: lowLevelOf(row),
      seed: row.seed,
      difficulty: row.attempt_id === null ? null : attemptsToSuccess(row.attempt_id),
      parents: parents.all(row.id) as TripletContent[],
      decision: row.decision,
    };
  }

  return { rows, hasOrigin: (text: string) => origin.get(text) === 1 };
}
