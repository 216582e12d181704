import type Database from 'better-sqlite3';
import type { TripletSort } from '../../../shared/contract/triplets.ts';
import { AppError } from '../../../shared/model/errors.ts';
import type { ScoreHistogram } from '../../../shared/model/review.ts';
import type { TripletFilter, TripletKind, TripletView } from '../../../shared/model/triplet.ts';
import type { StoreContext } from './context.ts';
import { type After, findable, type KeyQuery, type Leads, TEXT_ROWS, tripletKeys } from './tripletKeys.ts';
import { TRIPLET_COLUMNS, type TripletViewRow, tripletView, unindexed } from './tripletViews.ts';

export interface TripletPageQuery {
  filter: TripletFilter;
  sort: TripletSort;
  cursor?: string | undefined;
  limit: number;
}

export interface TripletPage {
  items: TripletView[];
  /** Null at the end. A page may be short, even empty, before it: then the next one looks further. */
  next: string | null;
}

/** Rows one page looks at where no index helps (text, rare mixtures): a bound on time, tens of milliseconds. */
export const SCAN_BOUND = 50_000;
/** A count goes less far: it reads all it counts, and "more than" says enough. */
const COUNT_BOUND = 10_000;

/** With fewer rows than this the words of a search lead, and all of them are sorted. */
const RARE = 3_000;

const SCORE_NAMES = ['geometric', 'adherence', 'aesthetics'] as const;
type BinRow = Record<(typeof SCORE_NAMES)[number], number | null> & { count: number };

type Statement = Database.Statement<unknown[]>;

/** Pages and counts of triplets: by key, never by OFFSET, and never a count of a whole table. */
export function createTripletPages({ db, counters }: StoreContext) {
  /** One statement for each shape of filter; there are few. */
  const statements = new Map<string, Statement>();
  const prepare = (sql: string): Statement => {
    let statement = statements.get(sql);
    if (!statement) {
      statement = db.prepare(sql);
      statements.set(sql, statement);
    }
    return statement;
  };

  /** Which parts of a filter leave the fewest rows. */
  function leads(filter: TripletFilter): Leads {
    return { runFirst: runIsRarer(filter), rareText: filter.text !== undefined && isRare(filter.text) };
  }

  function isRare(text: string): boolean {
    if (!findable(text)) return false;
    // UNION ALL stops at the limit; UNION would read them all first.
    const some = prepare(`SELECT COUNT(*) FROM (${TEXT_ROWS.replace('UNION', 'UNION ALL')} LIMIT ${RARE})`)
      .pluck()
      .get(`%${text}%`, `%${text}%`) as number;
    return some < RARE;
  }

  /** Of a run and a category that are both given, the one that leaves more behind. */
  function runIsRarer({ runId, category }: TripletFilter): boolean {
    if (runId === undefined || category === undefined) return true;
    return sumOf(runId, { states: ['active'] }) < (counters.read('').get(`triplet.category.${category}`) ?? 0);
  }

  function sumOf(scope: string, { kinds, states }: TripletFilter): number {
    let sum = 0;
    for (const [name, value] of counters.read(scope)) {
      const [area, kind, state, more] = name.split('.');
      if (area !== 'triplet' || kind === 'category' || state === undefined || more !== undefined) continue;
      if (kinds && !kinds.some((wanted) => wanted === kind)) continue;
      if (states && !states.some((wanted) => wanted === state)) continue;
      sum += value;
    }
    return sum;
  }

  function page({ filter, sort, cursor, limit }: TripletPageQuery): TripletPage {
    const keys = tripletKeys(filter, sort, readCursor(cursor), leads(filter));
    const bound = keys.rest.sql.length > 0 ? Math.max(SCAN_BOUND, limit) : limit;
    const rows = prepare(
      `SELECT ${TRIPLET_COLUMNS} FROM (${keys.sql} LIMIT ?) k CROSS JOIN triplet t ON t.id = k.id${whereOf(keys)} LIMIT ?`,
    ).all(...keys.values, bound, ...keys.rest.values, limit) as TripletViewRow[];
    const last = rows.at(-1);
    if (last && rows.length === limit) return { items: rows.map(tripletView), next: cursorOf({ id: last.id, score: scoreOf(last, sort) }) };
    // Fewer than wanted: the end, unless the look stopped at its bound.
    const furthest = bound > limit ? lastKey(keys, bound) : undefined;
    return { items: rows.map(tripletView), next: furthest ? cursorOf(furthest) : null };
  }

  /** The bound-th key; undefined when there are fewer. The one OFFSET here is over index entries just read, and bounded. */
  function lastKey(keys: KeyQuery, bound: number): After | undefined {
    return prepare(`SELECT id, score FROM (${keys.sql} LIMIT ?) LIMIT 1 OFFSET ?`).get(...keys.values, bound, bound - 1) as
      | After
      | undefined;
  }

  /** Exact from counters where they answer; else exact up to the bound of a look, and "at least" beyond it. */
  function countTriplets(filter: TripletFilter): { count: number; exact: boolean } {
    const { runId, kinds, states, category, minGeometric, decision } = filter;
    const plain = minGeometric === undefined && unindexed(filter).sql.length === 0;
    if (plain && category === undefined && decision === undefined) return { count: sumOf(runId ?? '', filter), exact: true };
    if (plain && category === undefined && decision !== 'none' && !kinds && !states)
      return { count: counters.read(runId ?? '').get(`decision.${decision}`) ?? 0, exact: true };
    if (plain && decision === undefined && !kinds && states?.length === 1 && states[0] === 'active')
      return {
        count: counters.read(runId ?? '').get(runId === undefined ? `triplet.category.${category}` : `inSet.${category}`) ?? 0,
        exact: true,
      };
    const keys = tripletKeys(filter, minGeometric === undefined ? 'newest' : 'best', undefined, leads(filter));
    const count = prepare(
      `SELECT COUNT(*) FROM (${keys.sql} LIMIT ?) k${keys.rest.sql.length > 0 ? ` CROSS JOIN triplet t ON t.id = k.id${whereOf(keys)}` : ''}`,
    )
      .pluck()
      .get(...keys.values, COUNT_BOUND, ...keys.rest.values) as number;
    return { count, exact: lastKey(keys, COUNT_BOUND) === undefined };
  }

  /** Scores over what a filter lets through, of its newest SCAN_BOUND rows at most. */
  function histogram(filter: TripletFilter): ScoreHistogram {
    const keys = tripletKeys(filter, 'newest', undefined, leads(filter));
    const bin = (column: string) => `CAST(${column} * 10 + 1e-6 AS INTEGER)`;
    const rows = prepare(
      `SELECT ${bin('t.geometric')} AS geometric, ${bin('t.adherence')} AS adherence, ${bin('t.aesthetics')} AS aesthetics, COUNT(*) AS count
       FROM (${keys.sql} LIMIT ?) k CROSS JOIN triplet t ON t.id = k.id${whereOf(keys)} GROUP BY 1, 2, 3`,
    ).all(...keys.values, SCAN_BOUND, ...keys.rest.values) as BinRow[];
    const empty = () => new Array<number>(41).fill(0);
    const made = { geometric: empty(), adherence: empty(), aesthetics: empty() };
    for (const row of rows)
      for (const name of SCORE_NAMES) {
        const at = (row[name] ?? 0) - 10;
        if (at >= 0 && at <= 40) made[name][at]! += row.count;
      }
    return { ...made, looked: rows.reduce((sum, { count }) => sum + count, 0), exact: lastKey(keys, SCAN_BOUND) === undefined };
  }

  /** Newest triplets in the set, of one run. */
  const latest = (runId: string, limit: number, kinds: TripletKind[]) =>
    page({ filter: { runId, kinds, states: ['active'] }, sort: 'newest', limit }).items;

  /** Everything a filter lets through, in order: SQL for whoever reads all of it, elsewhere. */
  const whole = (filter: TripletFilter, sort: TripletSort) => wholeList(tripletKeys(filter, sort, undefined, leads(filter)));

  /** Rows of these ids, in their order. */
  const rows = (ids: readonly number[]): TripletView[] =>
    (
      prepare(`SELECT ${TRIPLET_COLUMNS} FROM json_each(?) j JOIN triplet t ON t.id = j.value ORDER BY j.key`).all(
        JSON.stringify(ids),
      ) as TripletViewRow[]
    ).map(tripletView);

  return { page, countTriplets, histogram, latest, whole, rows };
}

function wholeList(keys: KeyQuery): { sql: string; values: (string | number)[] } {
  if (keys.rest.sql.length === 0) return { sql: `SELECT id FROM (${keys.sql} LIMIT -1)`, values: keys.values };
  return {
    // Without a limit the order of the inner query may be lost.
    sql: `SELECT t.id FROM (${keys.sql} LIMIT -1) k CROSS JOIN triplet t ON t.id = k.id${whereOf(keys)}`,
    values: [...keys.values, ...keys.rest.values],
  };
}

function whereOf({ rest }: KeyQuery): string {
  return rest.sql.length > 0 ? ` WHERE ${rest.sql.join(' AND ')}` : '';
}

function cursorOf({ score, id }: After): string {
  return `${score}:${id}`;
}

/** What a row is ordered by. */
function scoreOf(row: TripletViewRow, sort: TripletSort): number {
  return (sort === 'adherence' || sort === 'aesthetics' ? row[sort] : row.geometric) ?? 0;
}

function readCursor(cursor: string | undefined): After | undefined {
  if (cursor === undefined) return undefined;
  const parts = /^(\d+(?:\.\d+)?):(\d+)$/.exec(cursor);
  if (!parts) throw new AppError('inputInvalid', 'This is no place in a list of triplets.', { field: 'cursor' });
  return { score: Number(parts[1]), id: Number(parts[2]) };
}
