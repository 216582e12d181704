import type { TripletSort } from '../../../shared/contract/triplets.ts';
import type { AttemptView } from '../../../shared/model/attempt.ts';
import { AppError } from '../../../shared/model/errors.ts';
import type { UnknownCall } from '../../../shared/model/run.ts';
import type { DecisionKind, TripletFilter, TripletView } from '../../../shared/model/triplet.ts';
import type { DifficultyTally } from '../domain/difficulty.ts';
import { lowLevelOf, scoresOf } from './columns.ts';
import type { StoreContext } from './context.ts';
import { createDetail } from './detail.ts';
import { filterSql, TRIPLET_COLUMNS, type TripletViewRow, tripletView } from './tripletViews.ts';

export type ScreenQueries = ReturnType<typeof createScreens>;

/** A filter that no counter answers is counted up to here and shown as "more than". */
const COUNT_BOUND = 10_000;

interface Page {
  filter: TripletFilter;
  sort: TripletSort;
  cursor?: string | undefined;
  limit: number;
}

/** What screens ask: pages by key, sums from counters. No OFFSET, and no COUNT(*) over a whole table. */
export function createScreens({ db, writer, counters, now }: StoreContext, schemaVersion: number) {
  const oneView = db.prepare(`SELECT ${TRIPLET_COLUMNS} FROM triplet t WHERE id = ?`);
  const detail = createDetail(db);
  const setDecision = db.prepare('UPDATE triplet SET decision = ? WHERE id = ?');
  const insertDecision = db.prepare('INSERT INTO decision (triplet_id, decision, note, created_at) VALUES (?, ?, ?, ?)');
  const latest = db.prepare(
    `SELECT ${TRIPLET_COLUMNS} FROM triplet t WHERE run_id = ? AND kind = 'forward' AND state = 'active' ORDER BY id DESC LIMIT ?`,
  );
  const unknown = db.prepare(
    `SELECT id, run_id AS runId, role, endpoint, model, usd_reserved AS usdReserved, sent_at AS sentAt FROM call WHERE state = 'unknown' ORDER BY id LIMIT 500`,
  );

  function viewOf(id: number): TripletView {
    const row = oneView.get(id) as TripletViewRow | undefined;
    if (!row) throw new AppError('noSuchItem', `There is no triplet ${id}.`);
    return tripletView(row);
  }

  function page({ filter, sort, cursor, limit }: Page): { items: TripletView[]; next: string | null } {
    const where = filterSql(filter);
    const [after, afterId] = readCursor(cursor, sort);
    const best = sort === 'best';
    if (after !== undefined) {
      where.sql.push(best ? '(geometric, id) < (?, ?)' : 'id < ?');
      where.values.push(...(best ? [after, afterId as number] : [after]));
    }
    if (best) where.sql.push('geometric IS NOT NULL');
    const order = best ? 'geometric DESC, id DESC' : 'id DESC';
    const sql = `SELECT ${TRIPLET_COLUMNS} FROM triplet t ${where.sql.length > 0 ? `WHERE ${where.sql.join(' AND ')}` : ''} ORDER BY ${order} LIMIT ?`;
    const rows = db.prepare(sql).all(...where.values, limit) as TripletViewRow[];
    const last = rows.length === limit ? rows.at(-1) : undefined;
    return { items: rows.map(tripletView), next: last ? (best ? `${last.geometric}:${last.id}` : `${last.id}`) : null };
  }

  function countTriplets(filter: TripletFilter): { count: number; exact: boolean } {
    const { runId, kinds, states, category, ...rest } = filter;
    const others = Object.values(rest).some((value) => value !== undefined && value !== '');
    if (!others && category === undefined) {
      let count = 0;
      for (const [name, value] of counters.read(runId ?? '')) {
        const [area, kind, state] = name.split('.');
        if (area !== 'triplet' || kind === 'category' || state === undefined) continue;
        if (kinds && !kinds.some((wanted) => wanted === kind)) continue;
        if (states && !states.some((wanted) => wanted === state)) continue;
        count += value;
      }
      return { count, exact: true };
    }
    const where = filterSql(filter);
    const sql = `SELECT COUNT(*) FROM (SELECT 1 FROM triplet t ${where.sql.length > 0 ? `WHERE ${where.sql.join(' AND ')}` : ''} LIMIT ?)`;
    const count = db
      .prepare(sql)
      .pluck()
      .get(...where.values, COUNT_BOUND + 1) as number;
    return { count: Math.min(count, COUNT_BOUND), exact: count <= COUNT_BOUND };
  }

  function decide(id: number, decision: DecisionKind, note: string): Promise<TripletView> {
    return writer.write(() => {
      const before = viewOf(id).decision;
      const after = decision === 'clear' ? null : decision;
      insertDecision.run(id, decision, note, now());
      setDecision.run(after, id);
      if (before) counters.bump('', `decision.${before}`, -1);
      if (after) counters.bump('', `decision.${after}`, 1);
      return viewOf(id);
    }, true);
  }

  function attempts(query: {
    runId: string;
    state?: string | undefined;
    stage?: string | undefined;
    before?: number | undefined;
    limit: number;
  }) {
    const sql = ['a.run_id = ?'];
    const values: (string | number)[] = [query.runId];
    for (const [column, value] of [
      ['a.state', query.state],
      ['a.stage', query.stage],
    ] as const) {
      if (value === undefined) continue;
      sql.push(`${column} = ?`);
      values.push(value);
    }
    if (query.before !== undefined) {
      sql.push('a.id < ?');
      values.push(query.before);
    }
    // `+` keeps the planner on the id order: one page is wanted, not a sorted whole.
    const rows = db
      .prepare(
        `SELECT a.*, s.image_hash AS source_hash, i.text AS instruction, i.category FROM attempt a JOIN source s ON s.id = a.source_id JOIN instruction i ON i.id = a.instruction_id
         WHERE ${sql.join(' AND ').replace('a.run_id', '+a.run_id')} ORDER BY a.id DESC LIMIT ?`,
      )
      .all(...values, query.limit) as AttemptRow[];
    return { items: rows.map(attemptView), next: rows.length === query.limit ? (rows.at(-1)?.id ?? null) : null };
  }

  return {
    page,
    countTriplets,
    decide,
    attempts,
    detail,
    latest: (runId: string, limit: number) => (latest.all(runId, limit) as TripletViewRow[]).map(tripletView),
    unknownCalls: () => unknown.all() as UnknownCall[],
    categories() {
      const prefix = 'triplet.category.';
      const found = [...counters.read('')].filter(([name, value]) => name.startsWith(prefix) && value > 0);
      return found
        .map(([name, value]) => ({ category: name.slice(prefix.length), count: value }))
        .sort((a, b) => b.count - a.count || (a.category < b.category ? -1 : 1));
    },
    thresholdCube: (runId: string) =>
      db
        .prepare(
          'SELECT adherence_bin AS adherenceBin, aesthetics_bin AS aestheticsBin, SUM(count) AS count FROM threshold_cube WHERE run_id = ? GROUP BY 1, 2',
        )
        .all(runId) as { adherenceBin: number; aestheticsBin: number; count: number }[],
    difficultyTallies: (runId: string) => db.prepare(DIFFICULTY_SQL).all(runId) as DifficultyTally[],
    totals() {
      const { count: triplets } = countTriplets({ states: ['active'] });
      const unknownCalls = db.prepare(`SELECT COUNT(*) FROM call WHERE state = 'unknown'`).pluck().get() as number;
      return { triplets, unknownCalls, schemaVersion };
    },
  };
}

/** Per group: attempts made, passed, and those up to and with the first that passed; then summed by category. */
const DIFFICULTY_SQL = `
  WITH done AS (
    SELECT source_id, instruction_id, state, ROW_NUMBER() OVER (PARTITION BY source_id, instruction_id ORDER BY try_index) AS nth
    FROM attempt WHERE run_id = ? AND state IN ('passed', 'rejected')
  ), grouped AS (
    SELECT instruction_id, COUNT(*) AS attempts, SUM(state = 'passed') AS passed, MIN(CASE WHEN state = 'passed' THEN nth END) AS first
    FROM done GROUP BY source_id, instruction_id
  )
  SELECT i.category, SUM(attempts) AS attempts, SUM(passed) AS passed, COUNT(*) AS groups, SUM(first IS NOT NULL) AS solved, COALESCE(SUM(first), 0) AS attemptsToSuccess
  FROM grouped JOIN instruction i ON i.id = instruction_id GROUP BY i.category`;

// biome-ignore lint/suspicious/noExplicitAny: a row of SELECT *, shaped by attemptView alone
type AttemptRow = any;

function attemptView(row: AttemptRow): AttemptView {
  const soft = scoresOf({ adherence: row.soft_adherence, aesthetics: row.soft_aesthetics });
  return {
    id: row.id,
    runId: row.run_id,
    jobIndex: row.job_index,
    sourceHash: row.source_hash,
    editedHash: row.edited_hash,
    instruction: row.instruction,
    category: row.category,
    seed: row.seed,
    state: row.state,
    stage: row.stage,
    reason: row.reason,
    scores: scoresOf(row),
    softScores: soft,
    lowLevel: lowLevelOf(row),
    usd: row.usd,
    ms: row.ms,
    endedAt: row.ended_at,
  };
}

function readCursor(cursor: string | undefined, sort: TripletSort): [number | undefined, number | undefined] {
  if (cursor === undefined) return [undefined, undefined];
  const parts = cursor.split(':').map(Number);
  if (parts.length !== (sort === 'best' ? 2 : 1) || parts.some(Number.isNaN))
    throw new AppError('inputInvalid', 'This place in the list is not one of this order.', { field: 'cursor' });
  return [parts[0], parts[1]];
}
