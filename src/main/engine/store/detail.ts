import type { Database } from 'better-sqlite3';
import type { Scores } from '../../../shared/model/attempt.ts';
import { AppError } from '../../../shared/model/errors.ts';
import { readSignals } from '../../../shared/model/signals.ts';
import type { TripletDetail, TripletView } from '../../../shared/model/triplet.ts';
import { type LowLevelColumns, lowLevelOf, type VerdictRow, verdictOf } from './columns.ts';
import { createSiblings } from './siblings.ts';
import { TRIPLET_COLUMNS, type TripletViewRow, tripletView } from './tripletViews.ts';

/** Everything known of one triplet. A forward triplet's verdicts are those of its attempt. */
export function createDetail(db: Database, ratingOf: (id: number) => Scores | null): (id: number) => TripletDetail {
  const one = db.prepare(
    `SELECT ${TRIPLET_COLUMNS}, t.ll_width, t.ll_height, t.ll_flagged, t.ll_largest, t.ll_components, t.attempt_id, COALESCE(a.seed, k.seed) AS seed, n.session_id, n.id AS node_id, b.demo AS edit_demo,
       COALESCE(c.prompt, '') AS prompt
     FROM triplet t LEFT JOIN attempt a ON a.id = t.attempt_id LEFT JOIN source s ON s.id = t.source_id LEFT JOIN scene c ON c.id = s.scene_id
     LEFT JOIN interactive k ON k.triplet_id = t.id LEFT JOIN edit_node n ON n.id = k.node_id LEFT JOIN edit_batch b ON b.id = n.batch_id WHERE t.id = ?`,
  );
  const verdicts = db.prepare('SELECT * FROM verdict WHERE triplet_id = ? ORDER BY id');
  const attemptVerdicts = db.prepare('SELECT * FROM verdict WHERE attempt_id = ? ORDER BY id');
  const parents = db.prepare(
    `SELECT ${TRIPLET_COLUMNS} FROM triplet_parent p JOIN triplet t ON t.id = p.parent_id WHERE p.child_id = ? ORDER BY p.idx`,
  );
  const children = db.prepare(
    `SELECT ${TRIPLET_COLUMNS} FROM triplet_parent p JOIN triplet t ON t.id = p.child_id WHERE p.parent_id = ? ORDER BY t.id`,
  );
  const signals = db.prepare('SELECT signals FROM triplet_signals WHERE triplet_id = ?').pluck();
  const siblings = createSiblings(db);

  type Row = TripletViewRow &
    LowLevelColumns & {
      attempt_id: number | null;
      seed: number | null;
      prompt: string;
      session_id: string | null;
      node_id: number | null;
      edit_demo: number | null;
    };

  const views = (rows: unknown[]): TripletView[] => (rows as TripletViewRow[]).map(tripletView);

  return (id) => {
    const row = one.get(id) as Row | undefined;
    if (!row) throw new AppError('noSuchItem', `There is no triplet ${id}.`);
    const lowLevel = lowLevelOf(row);
    const found = [
      ...(row.attempt_id === null ? [] : (attemptVerdicts.all(row.attempt_id) as VerdictRow[])),
      ...(verdicts.all(id) as VerdictRow[]),
    ];
    return {
      ...tripletView(row),
      prompt: row.prompt,
      seed: row.seed,
      lowLevel,
      signals: readSignals((signals.get(id) as string | undefined) ?? null),
      verdicts: found.map((verdict) => verdictOf(verdict, lowLevel)),
      parents: views(parents.all(id)),
      children: views(children.all(id)),
      siblings: row.attempt_id === null ? [] : siblings(row.attempt_id),
      rating: ratingOf(id),
      difficulty: row.difficulty,
      edit:
        row.session_id === null || row.node_id === null
          ? null
          : { sessionId: row.session_id, nodeId: row.node_id, demo: row.edit_demo === 1 },
    };
  };
}
