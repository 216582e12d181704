import type { TripletSort } from '../../../shared/contract/triplets.ts';
import { type TripletFilter, TripletKind, TripletState } from '../../../shared/model/triplet.ts';
import { unindexed } from './tripletViews.ts';

/** Where a page goes on: behind this row. `geometric` is 0 for a row nobody scored. */
export interface After {
  geometric: number;
  id: number;
}

export interface KeyQuery {
  /** SELECT of (id, geometric) in the order of the list, out of indexes alone. */
  sql: string;
  values: (string | number)[];
  /** What the indexes do not settle: conditions on `t`, for the rows that the keys name. */
  rest: { sql: string[]; values: (string | number)[] };
}

type Values = (string | number)[];

/**
 * How a list of triplets is read by key: one range of one index for each state and kind that is wanted, merged in order, so
 * that a page costs the same at any depth and nothing is sorted. Filters without an index are left to `rest`.
 * `runFirst` says which of run and category leads when both are given: the rarer one.
 */
export function tripletKeys(filter: TripletFilter, sort: TripletSort, after: After | undefined, runFirst: boolean): KeyQuery {
  const states = filter.states ?? TripletState.options;
  const kinds = filter.kinds ?? TripletKind.options;
  const rest = { sql: [] as string[], values: [] as Values };
  const leave = (sql: string, ...values: Values) => {
    rest.sql.push(sql);
    rest.values.push(...values);
  };
  const decided = filter.decision === 'accept' || filter.decision === 'reject';
  const byCategory = !decided && filter.category !== undefined && !(filter.runId !== undefined && runFirst);
  const byRun = !decided && !byCategory && filter.runId !== undefined;

  let prefixes: { sql: string; values: Values }[];
  if (decided) prefixes = [{ sql: 'decision = ?', values: [filter.decision as string] }];
  else if (byCategory)
    prefixes = states.map((state) => ({ sql: 'category = ? AND state = ?', values: [filter.category as string, state] }));
  else {
    const run = byRun ? { sql: 'run_id = ? AND ', values: [filter.runId as string] } : { sql: '', values: [] };
    prefixes = states.flatMap((state) =>
      kinds.map((kind) => ({ sql: `${run.sql}state = ? AND kind = ?`, values: [...run.values, state, kind] })),
    );
    // All there is, newest first: the table itself has that order.
    if (!byRun && sort === 'newest' && !filter.states && !filter.kinds) prefixes = [{ sql: '1', values: [] }];
  }

  if (filter.runId !== undefined && !byRun) leave('t.run_id = ?', filter.runId);
  if (filter.category !== undefined && !byCategory) leave('t.category = ?', filter.category);
  if (filter.states && decided) leave(`t.state IN (${states.map(() => '?').join(', ')})`, ...states);
  if (filter.kinds && (decided || byCategory)) leave(`t.kind IN (${kinds.map(() => '?').join(', ')})`, ...kinds);
  if (filter.decision === 'none') leave('t.decision IS NULL');
  if (filter.minGeometric !== undefined && sort === 'newest') leave('t.geometric >= ?', filter.minGeometric);
  const more = unindexed(filter);
  rest.sql.push(...more.sql);
  rest.values.push(...more.values);

  const ranges = sort === 'newest' ? newestRanges(after) : bestRanges(after, filter.minGeometric);
  const branches = prefixes.flatMap((prefix) =>
    ranges.map((range) => ({
      sql: `SELECT id, geometric FROM triplet WHERE ${prefix.sql}${range.sql}`,
      values: [...prefix.values, ...range.values],
    })),
  );
  // No state or no kind asked for: nothing can be found.
  if (branches.length === 0) branches.push({ sql: 'SELECT id, geometric FROM triplet WHERE 0', values: [] });
  return {
    sql: `${branches.map((branch) => branch.sql).join(' UNION ALL ')} ORDER BY ${sort === 'newest' ? '1 DESC' : '2 DESC, 1 DESC'}`,
    values: branches.flatMap((branch) => branch.values),
    rest,
  };
}

function newestRanges(after: After | undefined): { sql: string; values: Values }[] {
  return after ? [{ sql: ' AND id < ?', values: [after.id] }] : [{ sql: '', values: [] }];
}

/** Equal scores are many: the rest of those like the last row is a range of its own, else a deep page would step over them all. */
function bestRanges(after: After | undefined, minimum: number | undefined): { sql: string; values: Values }[] {
  const floor = minimum === undefined ? { sql: '', values: [] } : { sql: ' AND geometric >= ?', values: [minimum] };
  if (!after) return [floor];
  return [
    { sql: ' AND geometric = ? AND id < ?', values: [after.geometric, after.id] },
    { sql: `${floor.sql} AND geometric < ?`, values: [...floor.values, after.geometric] },
  ];
}
