import type { TripletFilter, TripletView } from '../../../shared/model/triplet.ts';
import { type ScoreColumns, scoresOf } from './columns.ts';

/** The columns of a card in the grid, from `triplet t`. */
export const TRIPLET_COLUMNS =
  't.id, t.run_id, t.kind, t.state, t.reason, t.source_hash, t.edited_hash, t.width, t.height, t.instruction, t.category, t.style, t.adherence, t.aesthetics, t.geometric, t.decision, t.created_at';

export interface TripletViewRow extends ScoreColumns {
  id: number;
  run_id: string | null;
  kind: TripletView['kind'];
  state: TripletView['state'];
  reason: string;
  source_hash: string;
  edited_hash: string;
  width: number;
  height: number;
  instruction: string;
  category: string;
  style: string;
  /** 0 = nobody scored it. */
  geometric: number;
  decision: TripletView['decision'];
  created_at: number;
}

/** A row of TRIPLET_COLUMNS as the app knows it. */
export function tripletView(row: TripletViewRow): TripletView {
  return {
    id: row.id,
    runId: row.run_id,
    kind: row.kind,
    state: row.state,
    sourceHash: row.source_hash,
    editedHash: row.edited_hash,
    width: row.width,
    height: row.height,
    instruction: row.instruction,
    category: row.category,
    style: row.style,
    scores: scoresOf(row),
    geometric: row.adherence === null ? null : row.geometric,
    reason: row.reason,
    decision: row.decision,
    createdAt: row.created_at,
  };
}

/** A filter as conditions on `triplet t`, for readers of everything it lets through (exports); all must hold. */
export function filterSql(filter: TripletFilter): { sql: string[]; values: (string | number)[] } {
  const sql: string[] = [];
  const values: (string | number)[] = [];
  const add = (condition: string, ...more: (string | number)[]) => {
    sql.push(condition);
    values.push(...more);
  };
  const oneOf = (column: string, allowed: readonly string[]) =>
    add(allowed.length === 1 ? `${column} = '${allowed[0]}'` : `${column} IN (${allowed.map((value) => `'${value}'`).join(', ')})`);
  if (filter.states) oneOf('t.state', filter.states);
  if (filter.kinds) oneOf('t.kind', filter.kinds);
  if (filter.runId !== undefined) add('t.run_id = ?', filter.runId);
  if (filter.category !== undefined) add('t.category = ?', filter.category);
  if (filter.minGeometric !== undefined) add('t.geometric >= ?', filter.minGeometric);
  if (filter.decision === 'none') add('t.decision IS NULL');
  else if (filter.decision !== undefined) add('t.decision = ?', filter.decision);
  if (filter.text !== undefined && filter.text !== '')
    add(`t.instruction LIKE ? ESCAPE '\\'`, `%${filter.text.replace(/[\\%_]/g, '\\$&')}%`);
  return { sql, values };
}
