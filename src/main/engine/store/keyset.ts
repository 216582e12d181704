import type Database from 'better-sqlite3';
import { AppError } from '../../../shared/model/errors.ts';

/** Where a page goes on: behind this row. `score` is that of the order, 0 for a row nobody scored; newest first does not look at it. */
export interface After {
  score: number;
  id: number;
}

export interface KeyQuery {
  /** SELECT of (id, score) in the order of the list, out of indexes alone. */
  sql: string;
  values: (string | number)[];
  /** What the indexes do not settle: conditions on those and on the table behind them, for the rows that the keys name. */
  rest: { sql: string[]; values: (string | number)[] };
}

/** Rows one page looks at where no index helps (text, rare mixtures): a bound on time, tens of milliseconds. */
export const SCAN_BOUND = 50_000;
/** A count goes less far: it reads all it counts, and "more than" says enough. */
const COUNT_BOUND = 10_000;

interface PageShape<Row> {
  columns: string;
  joins: string;
  limit: number;
  /** Keys that are looked at when there is a rest. */
  bound?: number;
  scoreOf(row: Row): number;
}

/** What lies behind a row, newest first: a condition that goes on after a prefix. */
export function newestRanges(after: After | undefined): { sql: string; values: (string | number)[] }[] {
  return after ? [{ sql: ' AND id < ?', values: [after.id] }] : [{ sql: '', values: [] }];
}

/** Equal scores are many: the rest of those like the last row is a range of its own, else a deep page would step over them all. */
export function scoreRanges(
  score: string,
  after: After | undefined,
  minimum: number | undefined,
): { sql: string; values: (string | number)[] }[] {
  const floor = minimum === undefined ? { sql: '', values: [] } : { sql: ` AND ${score} >= ?`, values: [minimum] };
  if (!after) return [floor];
  return [
    { sql: ` AND ${score} = ? AND id < ?`, values: [after.score, after.id] },
    { sql: `${floor.sql} AND ${score} < ?`, values: [...floor.values, after.score] },
  ];
}

/** Reads by key: a page that looks at a bounded number of rows, and where it ended. Statements are kept: there are few shapes of filters. */
export function createKeyset(db: Database.Database) {
  const statements = new Map<string, Database.Statement<unknown[]>>();
  const prepare = (sql: string): Database.Statement<unknown[]> => {
    let statement = statements.get(sql);
    if (!statement) {
      statement = db.prepare(sql);
      statements.set(sql, statement);
    }
    return statement;
  };

  /** The bound-th key; undefined when there are fewer. The one OFFSET here is over index entries just read, and bounded. */
  function lastKey(keys: KeyQuery, bound: number): After | undefined {
    return prepare(`SELECT id, score FROM (${keys.sql} LIMIT ?) LIMIT 1 OFFSET ?`).get(...keys.values, bound, bound - 1) as
      | After
      | undefined;
  }

  /** Rows in the order of the keys `k`, at most `limit`; `next` is null at the end, and a page may be short before it. */
  function page<Row extends { id: number }>(
    keys: KeyQuery,
    { columns, joins, limit, bound: most = SCAN_BOUND, scoreOf }: PageShape<Row>,
  ): { rows: Row[]; next: string | null } {
    const bound = keys.rest.sql.length > 0 ? Math.max(most, limit) : limit;
    const rows = prepare(`SELECT ${columns} FROM (${keys.sql} LIMIT ?) k ${joins}${whereOf(keys)} LIMIT ?`).all(
      ...keys.values,
      bound,
      ...keys.rest.values,
      limit,
    ) as Row[];
    const last = rows.at(-1);
    if (last && rows.length === limit) return { rows, next: cursorOf({ id: last.id, score: scoreOf(last) }) };
    // Fewer than wanted: the end, unless the look stopped at its bound.
    const furthest = bound > limit ? lastKey(keys, bound) : undefined;
    return { rows, next: furthest ? cursorOf(furthest) : null };
  }

  /** Exact up to the bound of a look, and "at least" beyond it. */
  function count(keys: KeyQuery, joins: string): { count: number; exact: boolean } {
    const counted = prepare(`SELECT COUNT(*) FROM (${keys.sql} LIMIT ?) k ${keys.rest.sql.length > 0 ? joins : ''}${whereOf(keys)}`)
      .pluck()
      .get(...keys.values, COUNT_BOUND, ...keys.rest.values) as number;
    return { count: counted, exact: lastKey(keys, COUNT_BOUND) === undefined };
  }

  return { prepare, page, count, lastKey };
}

/** Everything that keys and their rest let through, in order: SQL of ids, for whoever reads all of it elsewhere. */
export function wholeList(keys: KeyQuery, joins: string): { sql: string; values: (string | number)[] } {
  // Without a limit the order of the inner query may be lost.
  return {
    sql: `SELECT k.id FROM (${keys.sql} LIMIT -1) k ${keys.rest.sql.length > 0 ? joins : ''}${whereOf(keys)}`,
    values: [...keys.values, ...keys.rest.values],
  };
}

/** The rest of a key query as a WHERE. */
export function whereOf({ rest }: KeyQuery): string {
  return rest.sql.length > 0 ? ` WHERE ${rest.sql.join(' AND ')}` : '';
}

function cursorOf({ score, id }: After): string {
  return `${score}:${id}`;
}

/** The place that a cursor names. AppError inputInvalid for one that is none. */
export function readCursor(cursor: string | undefined): After | undefined {
  if (cursor === undefined) return undefined;
  const parts = /^(\d+(?:\.\d+)?):(\d+)$/.exec(cursor);
  if (!parts) throw new AppError('inputInvalid', 'This is no place in a list.', { field: 'cursor' });
  return { score: Number(parts[1]), id: Number(parts[2]) };
}
