import type { TripletSort } from '../../../shared/contract/triplets.ts';
import { DIFFICULTY_BINS, type ScoreHistogram } from '../../../shared/model/review.ts';
import { type TripletFilter, type TripletKind, TripletState, type TripletView } from '../../../shared/model/triplet.ts';
import type { StoreContext } from './context.ts';
import { createKeyset, readCursor, SCAN_BOUND, whereOf, wholeList } from './keyset.ts';
import { findable, type Leads, TEXT_ROWS, tripletKeys } from './tripletKeys.ts';
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

/** With fewer rows than this the words of a search lead, and all of them are sorted. */
const RARE = 3_000;

const SCORE_NAMES = ['geometric', 'adherence', 'aesthetics'] as const;
type BinRow = Record<(typeof SCORE_NAMES)[number] | 'difficulty', number | null> & { count: number };

/** The rows behind keys. */
const JOINS = 'CROSS JOIN triplet t ON t.id = k.id';

/** Pages and counts of triplets: by key, never by OFFSET, and never a count of a whole table. */
export function createTripletPages({ db, counters }: StoreContext) {
  const { prepare, page: pageOf, count: countOf, lastKey } = createKeyset(db);

  /** Which parts of a filter leave the fewest rows. */
  function leads(filter: TripletFilter): Leads {
    const hard = filter.minDifficulty !== undefined || filter.maxDifficulty !== undefined;
    return { runFirst: runIsRarer(filter), rareText: filter.text !== undefined && isRare(filter.text), hardest: hard ? hardest() : 0 };
  }

  /** The end of an index for each state. */
  function hardest(): number {
    const most = prepare('SELECT MAX(difficulty_order) FROM triplet WHERE state = ?').pluck();
    return Math.max(...TripletState.options.map((state) => (most.get(state) as number | null) ?? 0));
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
    const { rows, next } = pageOf<TripletViewRow>(keys, {
      columns: TRIPLET_COLUMNS,
      joins: JOINS,
      limit,
      scoreOf: (row) => scoreOf(row, sort),
    });
    return { items: rows.map(tripletView), next };
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
    return countOf(tripletKeys(filter, minGeometric === undefined ? 'newest' : 'best', undefined, leads(filter)), JOINS);
  }

  /** Scores and difficulty over what a filter lets through, of its newest SCAN_BOUND rows at most. */
  function histogram(filter: TripletFilter): ScoreHistogram {
    const keys = tripletKeys(filter, 'newest', undefined, leads(filter));
    const bin = (column: string) => `CAST(${column} * 10 + 1e-6 AS INTEGER)`;
    const rows = prepare(
      `SELECT ${bin('t.geometric')} AS geometric, ${bin('t.adherence')} AS adherence, ${bin('t.aesthetics')} AS aesthetics, t.difficulty, COUNT(*) AS count
       FROM (${keys.sql} LIMIT ?) k ${JOINS}${whereOf(keys)} GROUP BY 1, 2, 3, 4`,
    ).all(...keys.values, SCAN_BOUND, ...keys.rest.values) as BinRow[];
    const empty = () => new Array<number>(41).fill(0);
    const made = { geometric: empty(), adherence: empty(), aesthetics: empty(), difficulty: new Array<number>(DIFFICULTY_BINS).fill(0) };
    for (const row of rows) {
      if (row.difficulty) made.difficulty[Math.min(row.difficulty, DIFFICULTY_BINS) - 1]! += row.count;
      for (const name of SCORE_NAMES) {
        const at = (row[name] ?? 0) - 10;
        if (at >= 0 && at <= 40) made[name][at]! += row.count;
      }
    }
    return { ...made, looked: rows.reduce((sum, { count }) => sum + count, 0), exact: lastKey(keys, SCAN_BOUND) === undefined };
  }

  /** Newest triplets in the set, of one run. */
  const latest = (runId: string, limit: number, kinds: TripletKind[]) =>
    page({ filter: { runId, kinds, states: ['active'] }, sort: 'newest', limit }).items;

  /** Everything a filter lets through, in order: SQL for whoever reads all of it, elsewhere. */
  const whole = (filter: TripletFilter, sort: TripletSort) => wholeList(tripletKeys(filter, sort, undefined, leads(filter)), JOINS);

  /** Rows of these ids, in their order. */
  const rows = (ids: readonly number[]): TripletView[] =>
    (
      prepare(`SELECT ${TRIPLET_COLUMNS} FROM json_each(?) j JOIN triplet t ON t.id = j.value ORDER BY j.key`).all(
        JSON.stringify(ids),
      ) as TripletViewRow[]
    ).map(tripletView);

  return { page, countTriplets, histogram, latest, whole, rows };
}

/** What a row is ordered by. */
function scoreOf(row: TripletViewRow, sort: TripletSort): number {
  return (sort === 'newest' || sort === 'best' ? row.geometric : row[sort]) ?? 0;
}
