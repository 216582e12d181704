import { SIGNALS, type SignalName } from '../../../shared/model/signals.ts';
import type { TripletFilter, TripletView } from '../../../shared/model/triplet.ts';
import { type ScoreColumns, scoresOf } from './columns.ts';

/** The columns of a card in the grid, from `triplet t`. */
export const TRIPLET_COLUMNS =
  't.id, t.run_id, t.kind, t.state, t.reason, t.source_hash, t.edited_hash, t.width, t.height, t.instruction, t.corrected, t.category, t.style, t.adherence, t.aesthetics, t.geometric, t.decision, t.tags, t.note, t.difficulty, t.created_at';

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
  corrected: string | null;
  category: string;
  style: string;
  /** 0 = nobody scored it. */
  geometric: number;
  decision: TripletView['decision'];
  /** JSON list. */
  tags: string;
  note: string;
  difficulty: number | null;
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
    corrected: row.corrected,
    category: row.category,
    style: row.style,
    scores: scoresOf(row),
    geometric: row.adherence === null ? null : row.geometric,
    reason: row.reason,
    decision: row.decision,
    tags: row.tags === '[]' ? [] : (JSON.parse(row.tags) as string[]),
    note: row.note,
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
  const rest = unindexed(filter);
  return { sql: [...sql, ...rest.sql], values: [...values, ...rest.values] };
}

const ASPECTS = { landscape: 't.width > t.height', portrait: 't.width < t.height', square: 't.width = t.height' } as const;
/** A pattern, for LIKE with the backslash as its escape, of what contains the text. */
export const containing = (text: string) => `%${text.replace(/[\\%_]/g, '\\$&')}%`;

/** The parts of a filter that no index answers, as conditions on `triplet t`. */
export function unindexed(filter: TripletFilter): { sql: string[]; values: (string | number)[] } {
  const sql: string[] = [];
  const values: (string | number)[] = [];
  const add = (condition: string, ...more: (string | number | undefined)[]) => {
    const given = more.filter((value) => value !== undefined);
    if (given.length < more.length) return;
    sql.push(condition);
    values.push(...given);
  };
  add('t.geometric <= ? AND t.geometric > 0', filter.maxGeometric);
  add('t.adherence >= ?', filter.minAdherence);
  add('t.adherence <= ?', filter.maxAdherence);
  add('t.aesthetics >= ?', filter.minAesthetics);
  add('t.aesthetics <= ?', filter.maxAesthetics);
  add('t.difficulty >= ?', filter.minDifficulty);
  add('t.difficulty <= ?', filter.maxDifficulty);
  add('t.style = ?', filter.style);
  if (filter.aspect) add(ASPECTS[filter.aspect]);
  if (filter.tag) add(`t.tags LIKE ? ESCAPE '\\'`, containing(JSON.stringify(filter.tag)));
  if (filter.remarked === true) add(`(t.tags <> '[]' OR t.note <> '' OR t.corrected IS NOT NULL)`);
  if (filter.remarked === false) add(`t.tags = '[]' AND t.note = '' AND t.corrected IS NULL`);
  for (const [name, { min, max }] of Object.entries(filter.signals ?? {})) {
    // From the closed list alone: the name goes into the SQL.
    if (!(name in SIGNALS)) throw new RangeError(`${name} is no signal`);
    const value = `(SELECT json_extract(g.signals, '$.${name as SignalName}') FROM triplet_signals g WHERE g.triplet_id = t.id)`;
    add(`${value} >= ?`, min);
    add(`${value} <= ?`, max);
  }
  if (filter.text)
    add(`(t.instruction LIKE ? ESCAPE '\\' OR t.corrected LIKE ? ESCAPE '\\')`, containing(filter.text), containing(filter.text));
  return { sql, values };
}
