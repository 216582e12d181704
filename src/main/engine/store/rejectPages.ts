import { AttemptStage } from '../../../shared/model/recipe.ts';
import type { GateTally, RejectFilter, RejectSort, RejectView } from '../../../shared/model/rejects.ts';
import { type AttemptRow, attemptView } from './attemptPages.ts';
import type { StoreContext } from './context.ts';
import { type After, createKeyset, type KeyQuery, newestRanges, readCursor, SCAN_BOUND, scoreRanges, wholeList } from './keyset.ts';
import { containing } from './tripletViews.ts';

export interface RejectPageQuery {
  filter: RejectFilter;
  sort: RejectSort;
  cursor?: string | undefined;
  limit: number;
}

export interface RejectRow extends AttemptRow {
  edited_hash: string;
  width: number;
  height: number;
  decision: RejectView['decision'];
  /** JSON list. */
  tags: string | null;
  note: string | null;
  triplet_id: number | null;
  judged_order: number;
}

/** The columns of a rejected candidate, and the tables they are in, beside `attempt a`. */
export const REJECT_COLUMNS = `a.*, s.image_hash AS source_hash, i.text AS instruction, i.category, p.width, p.height, r.decision, r.tags, r.note, r.triplet_id`;
export const REJECT_JOINS = `CROSS JOIN source s ON s.id = a.source_id CROSS JOIN instruction i ON i.id = a.instruction_id CROSS JOIN image p ON p.hash = s.image_hash
  LEFT JOIN attempt_review r ON r.attempt_id = a.id`;

const ROWS = `CROSS JOIN attempt a ON a.id = k.id ${REJECT_JOINS}`;
/** An editor that refused left no picture: there is nothing to look at. */
const WITHOUT_PICTURE = { stage: 'edit', reason: 'refused' } as const;

type Values = (string | number)[];

/**
 * Candidates looked at, in order, for a page of an operation or of some words. Where so many do not fill it, those of the instructions
 * are read by their index and sorted: they are few, or else not where the order begins.
 */
const QUICK_LOOK = 10_000;

/** Instructions of an operation or with some words, of a run if one is given; null when a filter asks for neither. */
function instructionsOf({ runId, category, text }: RejectFilter): { sql: string; values: Values } | null {
  if (category === undefined && text === undefined) return null;
  const parts = { sql: [] as string[], values: [] as Values };
  const add = (sql: string, value: string | undefined) => {
    if (value === undefined) return;
    parts.sql.push(sql);
    parts.values.push(value);
  };
  add('scene_id IN (SELECT id FROM scene WHERE run_id = ?)', runId);
  add('category = ?', category);
  add(`text LIKE ? ESCAPE '\\'`, text === undefined ? undefined : containing(text));
  return { sql: `SELECT id FROM instruction WHERE ${parts.sql.join(' AND ')}`, values: parts.values };
}

/** Candidates of these instructions, with stage and reason where those are given: a range of one index for each instruction. */
function ofInstructions(instructions: { sql: string; values: Values }, { stage, reason }: RejectFilter) {
  const at = stage === undefined ? { sql: 'rejected_at IS NOT NULL', values: [] } : { sql: 'rejected_at = ?', values: [stage] };
  const why = reason === undefined ? { sql: '', values: [] } : { sql: ' AND reason = ?', values: [reason] };
  return {
    from: 'attempt INDEXED BY attempt_rejected_instruction',
    where: `instruction_id IN (${instructions.sql}) AND ${at.sql}${why.sql}`,
    values: [...instructions.values, ...at.values, ...why.values],
  };
}

interface Spoken {
  /** Of their ids. */
  sql: string;
  values: Values;
  rest: { sql: string; values: Values } | null;
}

/** Candidates that people said something of, by tag, else by decision: few among millions. Null when a filter asks for neither. */
function spokenOf({ decision, tag }: RejectFilter): Spoken | null {
  const said = decision === 'keep' || decision === 'right' ? decision : null;
  if (tag !== undefined)
    return {
      sql: 'SELECT attempt_id FROM attempt_tag WHERE tag = ?',
      values: [tag],
      rest: said && { sql: 'EXISTS (SELECT 1 FROM attempt_review d WHERE d.attempt_id = k.id AND d.decision = ?)', values: [said] },
    };
  return said && { sql: 'SELECT attempt_id FROM attempt_review WHERE decision = ?', values: [said], rest: null };
}

/** Those of them with the stage, reason and run that a filter asks for: each row is read anyway, and by its id (hence the plus). */
function ofSpoken(spoken: Spoken, { stage, reason, runId }: RejectFilter) {
  const given = Object.entries({ rejected_at: stage, reason, run_id: runId }).flatMap(([column, value]) =>
    value === undefined ? [] : [{ sql: `+${column} = ?`, value }],
  );
  return {
    from: 'attempt',
    where: [`rejected_at IS NOT NULL AND id IN (${spoken.sql})`, ...given.map(({ sql }) => sql)].join(' AND '),
    values: [...spoken.values, ...given.map(({ value }) => value)],
  };
}

/**
 * How rejected candidates are read by key: a range of one covering index for each stage, merged in order. Run, reason and operation
 * stand in the index behind the order, so that what they leave out costs no row. With `byInstruction` operation and words lead, if there
 * are any: few are found among millions, and all that are found are sorted.
 */
export function rejectKeys(filter: RejectFilter, sort: RejectSort, after: After | undefined, byInstruction: boolean): KeyQuery {
  const { runId, stage, reason, decision } = filter;
  const rest = { sql: [] as string[], values: [] as Values };
  const leave = (sql: string, ...values: Values) => {
    rest.sql.push(sql);
    rest.values.push(...values);
  };
  const instructions = instructionsOf(filter);
  const spoken = spokenOf(filter);
  const leading = byInstruction && !spoken ? instructions : null;
  if (!leading) {
    if (!spoken && runId !== undefined) leave('k.run_id = ?', runId);
    if (!spoken && reason !== undefined) leave('k.reason = ?', reason);
    if (instructions) leave(`k.instruction_id IN (${instructions.sql})`, ...instructions.values);
  }
  if (spoken?.rest) leave(spoken.rest.sql, ...spoken.rest.values);
  if (decision === 'none') leave('NOT EXISTS (SELECT 1 FROM attempt_review d WHERE d.attempt_id = k.id AND d.decision IS NOT NULL)');

  const ranges = sort === 'newest' ? newestRanges(after) : scoreRanges('judged_order', after, undefined);
  const columns = `id, judged_order AS score${leading ? '' : ', rejected_at AS stage, run_id, reason, instruction_id'}`;
  let prefixes: { from: string; where: string; values: Values }[];
  if (leading) prefixes = [ofInstructions(leading, filter)];
  // People decide on few: those are read and sorted. The others are merged from one index.
  else if (spoken) prefixes = [ofSpoken(spoken, filter)];
  else
    prefixes = AttemptStage.options
      .filter((known) => stage === undefined || known === stage)
      .map((known) => ({
        from: `attempt INDEXED BY ${sort === 'newest' ? 'attempt_rejected_new' : 'attempt_rejected_score'}`,
        where: 'rejected_at = ?',
        values: [known],
      }));
  const branches = prefixes.flatMap(({ from, where, values }) =>
    ranges.map((range) => ({ sql: `SELECT ${columns} FROM ${from} WHERE ${where}${range.sql}`, values: [...values, ...range.values] })),
  );
  return {
    sql: `${branches.map((branch) => branch.sql).join(' UNION ALL ')} ORDER BY ${sort === 'newest' ? '1 DESC' : '2 DESC, 1 DESC'}`,
    values: branches.flatMap((branch) => branch.values),
    rest,
  };
}

/** Pages, counts and tallies of what gates threw away. */
export function createRejectPages({ db, counters }: StoreContext) {
  const { prepare, page: pageOf, count: countOf } = createKeyset(db);
  const everywhere = db.prepare(`SELECT name, SUM(value) FROM counter WHERE scope <> '' AND name LIKE ? GROUP BY name`).raw();
  const reviewed = db.prepare(
    `SELECT a.stage, a.reason, r.decision, COUNT(*) AS count FROM attempt_review r CROSS JOIN attempt a ON a.id = r.attempt_id
     WHERE r.decision IS NOT NULL AND (a.run_id = $run OR $run IS NULL) GROUP BY 1, 2, 3`,
  );

  /** Sums of one run, or of all. */
  const sums = (runId: string | undefined, prefix: string): [name: string, value: number][] =>
    runId === undefined ? (everywhere.all(`${prefix}%`) as [string, number][]) : [...counters.read(runId)];

  /** What each gate threw away, by its reason; candidates without a picture left out. */
  function rejected(runId: string | undefined): Map<string, GateTally> {
    const tallies = new Map<string, GateTally>();
    for (const [name, value] of sums(runId, 'reject.')) {
      const [, word, reason = ''] = /^reject\.([A-Za-z]+)\.(.*)$/.exec(name) ?? [];
      const stage = AttemptStage.safeParse(word);
      if (!stage.success || value <= 0 || (word === WITHOUT_PICTURE.stage && reason === WITHOUT_PICTURE.reason)) continue;
      tallies.set(`${word}.${reason}`, { stage: stage.data, reason, rejected: value, keep: 0, right: 0 });
    }
    return tallies;
  }

  return {
    page({ filter, sort, cursor, limit }: RejectPageQuery): { items: RejectView[]; next: string | null } {
      const look = (byInstruction: boolean) =>
        pageOf<RejectRow>(rejectKeys(filter, sort, readCursor(cursor), byInstruction), {
          columns: REJECT_COLUMNS,
          joins: ROWS,
          limit,
          bound: instructionsOf(filter) ? QUICK_LOOK : SCAN_BOUND,
          scoreOf: (row) => row.judged_order,
        });
      const first = look(false);
      const { rows, next } = instructionsOf(filter) && first.next !== null && first.rows.length < limit ? look(true) : first;
      return { items: rows.map(rejectView), next };
    },
    /** Exact from counters for run, stage and reason; else exact up to the bound of a look, and "at least" beyond it. */
    count(filter: RejectFilter): { count: number; exact: boolean } {
      const { runId, stage, reason, category, decision, tag, text } = filter;
      if (category !== undefined || decision !== undefined || tag !== undefined || text !== undefined)
        return countOf(rejectKeys(filter, 'newest', undefined, false), ROWS);
      let count = 0;
      for (const tally of rejected(runId).values())
        if ((stage === undefined || tally.stage === stage) && (reason === undefined || tally.reason === reason)) count += tally.rejected;
      return { count, exact: true };
    },
    /** Everything a filter lets through, in order: SQL for the thread that reads lists. */
    whole: ({ filter, sort }: { filter: RejectFilter; sort: RejectSort }) => wholeList(rejectKeys(filter, sort, undefined, true), ''),
    /** Rows of these ids, in their order. */
    rows: (ids: readonly number[]): RejectView[] =>
      (
        prepare(`SELECT ${REJECT_COLUMNS} FROM json_each(?) j CROSS JOIN attempt a ON a.id = j.value ${REJECT_JOINS} ORDER BY j.key`).all(
          JSON.stringify(ids),
        ) as RejectRow[]
      ).map(rejectView),
    /** By stage and reason, most first, with what people said of them: of one run or of all. */
    gates(runId: string | undefined): GateTally[] {
      const tallies = rejected(runId);
      type Said = Pick<GateTally, 'stage' | 'reason'> & { decision: 'keep' | 'right'; count: number };
      for (const { stage, reason, decision, count } of reviewed.all({ run: runId ?? null }) as Said[]) {
        const tally = tallies.get(`${stage}.${reason}`);
        if (tally) tally[decision] = count;
      }
      return [...tallies.values()].sort((a, b) => b.rejected - a.rejected);
    },
    /** Operations that were tried, by the attempts that did not pass: of one run or of all. */
    categories(runId: string | undefined): { category: string; count: number }[] {
      const counts = new Map<string, number>();
      for (const [name, value] of sums(runId, 'category.')) {
        const [, category, what] = /^category\.(.*)\.(done|passed)$/.exec(name) ?? [];
        if (category !== undefined) counts.set(category, (counts.get(category) ?? 0) + (what === 'done' ? value : -value));
      }
      return [...counts]
        .flatMap(([category, count]) => (count > 0 ? [{ category, count }] : []))
        .sort((a, b) => b.count - a.count || (a.category < b.category ? -1 : 1));
    },
  };
}

/** A row of REJECT_COLUMNS as the app knows it. */
export function rejectView(row: RejectRow): RejectView {
  return {
    ...attemptView(row),
    editedHash: row.edited_hash,
    width: row.width,
    height: row.height,
    decision: row.decision,
    tags: JSON.parse(row.tags ?? '[]') as string[],
    note: row.note ?? '',
    tripletId: row.triplet_id,
  };
}
