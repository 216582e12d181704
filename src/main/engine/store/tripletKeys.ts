import type { TripletSort } from '../../../shared/contract/triplets.ts';
import { type TripletFilter, TripletKind, TripletState } from '../../../shared/model/triplet.ts';
import { type After, type KeyQuery, newestRanges, scoreRanges } from './keyset.ts';
import { unindexed } from './tripletViews.ts';

type Values = (string | number)[];

/** What is known of a filter's parts: the rarest leads. */
export interface Leads {
  /** Of a run and a category that are both given, the run leaves fewer. */
  runFirst: boolean;
  /** Few rows have the words asked for. */
  rareText: boolean;
  /** The highest difficulty there is; 0 = none was mined. */
  hardest: number;
}

/** Rows that have the words, by the text index; twice the same value. Only for words that `findable` takes. */
export const TEXT_ROWS =
  'SELECT rowid FROM triplet_text WHERE instruction LIKE ? UNION SELECT rowid FROM triplet_text WHERE corrected LIKE ?';

/** Whether the text index can be asked for these words: three letters, and none that LIKE understands otherwise. */
export function findable(text: string): boolean {
  return [...text].length >= 3 && !/[%_\\]/.test(text);
}

/** What a list is ordered by, as an index knows it; high to low, then newest first. Newest first needs no score. */
const SORT_SCORE: Record<TripletSort, string> = {
  newest: '0',
  best: 'geometric',
  adherence: 'adherence_order',
  aesthetics: 'aesthetics_order',
  difficulty: 'difficulty_order',
};

/**
 * How a list of triplets is read by key: one range of one index for each state and kind that is wanted, merged in order, so
 * that a page costs the same at any depth and nothing is sorted. Filters without an index are left to `rest`. The index is named:
 * left alone, the planner goes by statistics, and those of an older index make it sort half a million rows by a newer one.
 */
export function tripletKeys(
  filter: TripletFilter,
  sort: TripletSort,
  after: After | undefined,
  { runFirst, rareText, hardest }: Leads,
): KeyQuery {
  const states = filter.states ?? TripletState.options;
  const kinds = filter.kinds ?? TripletKind.options;
  const rest = { sql: [] as string[], values: [] as Values };
  const leave = (sql: string, ...values: Values) => {
    rest.sql.push(sql);
    rest.values.push(...values);
  };
  // One score alone is indexed by state, whatever else is asked for.
  const byText = rareText && filter.text !== undefined;
  const byScore = !byText && (sort === 'adherence' || sort === 'aesthetics' || sort === 'difficulty');
  const decided = !byText && !byScore && (filter.decision === 'accept' || filter.decision === 'reject');
  const byCategory = !byText && !byScore && !decided && filter.category !== undefined && !(filter.runId !== undefined && runFirst);
  const byRun = !byText && !byScore && !decided && !byCategory && filter.runId !== undefined;
  const hardness = difficultiesIn(filter, hardest);
  const byDifficulty = !byText && !byScore && !decided && !byCategory && !byRun && hardness !== null;

  const order = sort === 'newest' ? 'newest' : 'best';
  let index: string | null;
  let prefixes: { sql: string; values: Values }[];
  if (byText) {
    index = null;
    prefixes = [{ sql: `id IN (${TEXT_ROWS})`, values: [`%${filter.text}%`, `%${filter.text}%`] }];
  } else if (byScore) {
    index = `triplet_${sort}`;
    prefixes = states.map((state) => ({ sql: 'state = ?', values: [state] }));
  } else if (decided) {
    index = `triplet_decided_${order}`;
    prefixes = [{ sql: 'decision = ?', values: [filter.decision as string] }];
  } else if (byDifficulty) {
    index = sort === 'newest' ? 'triplet_difficulty' : 'triplet_difficulty_best';
    prefixes = states.flatMap((state) =>
      hardness.map((attempts) => ({
        sql: 'state = ? AND difficulty IS NOT NULL AND difficulty_order = ?',
        values: [state, attempts],
      })),
    );
  } else if (byCategory) {
    index = `triplet_category_${order}`;
    prefixes = states.map((state) => ({ sql: 'category = ? AND state = ?', values: [filter.category as string, state] }));
  } else if (!byRun && sort === 'newest' && !filter.states && !filter.kinds) {
    // All there is, newest first: the table itself has that order.
    index = null;
    prefixes = [{ sql: '1', values: [] }];
  } else {
    index = byRun ? `triplet_run_${order}` : `triplet_${order}`;
    const run = byRun ? { sql: 'run_id = ? AND ', values: [filter.runId as string] } : { sql: '', values: [] };
    prefixes = states.flatMap((state) =>
      kinds.map((kind) => ({ sql: `${run.sql}state = ? AND kind = ?`, values: [...run.values, state, kind] })),
    );
  }

  if (filter.runId !== undefined && !byRun) leave('t.run_id = ?', filter.runId);
  if (filter.category !== undefined && !byCategory) leave('t.category = ?', filter.category);
  if (filter.states && (decided || byText)) leave(`t.state IN (${states.map(() => '?').join(', ')})`, ...states);
  if (filter.kinds && (decided || byCategory || byScore || byText || byDifficulty))
    leave(`t.kind IN (${kinds.map(() => '?').join(', ')})`, ...kinds);
  if (filter.decision === 'none') leave('t.decision IS NULL');
  else if (filter.decision !== undefined && !decided) leave('t.decision = ?', filter.decision);
  if (filter.minGeometric !== undefined && sort !== 'best') leave('t.geometric >= ?', filter.minGeometric);
  const more = unindexed(byDifficulty ? { ...filter, minDifficulty: undefined, maxDifficulty: undefined } : filter);
  rest.sql.push(...more.sql);
  rest.values.push(...more.values);

  const score = SORT_SCORE[sort];
  const ranges =
    sort === 'newest'
      ? newestRanges(after)
      : scoreRanges(score, after, sort === 'best' ? filter.minGeometric : sort === 'difficulty' ? filter.minDifficulty : undefined);
  const from = `triplet ${index === null ? 'NOT INDEXED' : `INDEXED BY ${index}`}`;
  const branches = prefixes.flatMap((prefix) =>
    ranges.map((range) => ({
      sql: `SELECT id, ${score} AS score FROM ${from} WHERE ${prefix.sql}${range.sql}`,
      values: [...prefix.values, ...range.values],
    })),
  );
  // No state or no kind asked for: nothing can be found.
  if (branches.length === 0) branches.push({ sql: 'SELECT id, 0 AS score FROM triplet WHERE 0', values: [] });
  return {
    sql: `${branches.map((branch) => branch.sql).join(' UNION ALL ')} ORDER BY ${sort === 'newest' ? '1 DESC' : '2 DESC, 1 DESC'}`,
    values: branches.flatMap((branch) => branch.values),
    rest,
  };
}

/** Ranges that are merged at once, each of one difficulty; a wider filter is left to the rows. */
const MOST_DIFFICULTIES = 40;

/** The difficulties that a filter asks for; null when it asks for none, or for too many. */
function difficultiesIn({ minDifficulty, maxDifficulty }: TripletFilter, hardest: number): number[] | null {
  if (minDifficulty === undefined && maxDifficulty === undefined) return null;
  const from = minDifficulty ?? 1;
  const to = Math.min(maxDifficulty ?? hardest, hardest);
  if (to - from >= MOST_DIFFICULTIES) return null;
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
}
