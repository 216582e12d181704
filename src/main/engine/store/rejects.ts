import { AppError } from '../../../shared/model/errors.ts';
import { AttemptStage } from '../../../shared/model/recipe.ts';
import {
  type GateTally,
  KEPT_ORIGIN,
  type RejectDecision,
  type RejectDetail,
  type RejectFilter,
  type RejectView,
} from '../../../shared/model/rejects.ts';
import { readSignals } from '../../../shared/model/signals.ts';
import type { TripletView } from '../../../shared/model/triplet.ts';
import { type AttemptRow, attemptView } from './attemptPages.ts';
import { type VerdictRow, verdictOf } from './columns.ts';
import type { StoreContext } from './context.ts';
import { createReview } from './review.ts';
import { createTripletRows } from './tripletRows.ts';

export type RejectStore = ReturnType<typeof createRejectStore>;

/** Rows one page looks at for a rare reason or decision: a bound on time, as for triplets. */
const SCAN_BOUND = 50_000;

interface RejectRow extends AttemptRow {
  edited_hash: string;
  width: number;
  height: number;
  decision: RejectView['decision'];
  note: string | null;
  triplet_id: number | null;
}

interface DetailRow extends RejectRow {
  source_id: number;
  style: string;
  prompt: string;
  signals: string | null;
}

const COLUMNS = `a.*, s.image_hash AS source_hash, i.text AS instruction, i.category, p.width, p.height, r.decision, r.note, r.triplet_id`;
const JOINS = `CROSS JOIN source s ON s.id = a.source_id CROSS JOIN instruction i ON i.id = a.instruction_id CROSS JOIN image p ON p.hash = s.image_hash
  LEFT JOIN attempt_review r ON r.attempt_id = a.id`;
/** Ids of a run's rejected attempts at one stage, newest first, from the page index. */
const keysAt = (stage: AttemptStage) =>
  `SELECT id FROM attempt WHERE run_id = $run AND state = 'rejected' AND stage = '${stage}' AND id < $before`;

/** Candidates that gates threw away: pages by stage and reason, and what people say of them. Every word is appended. */
export function createRejectStore(store: StoreContext) {
  const { db, writer, counters, now } = store;
  const review = createReview(store);
  const triplets = createTripletRows(store);
  const insertDecision = db.prepare('INSERT INTO attempt_decision (attempt_id, decision, note, created_at) VALUES (?, ?, ?, ?)');
  const history = db.prepare('SELECT decision, note FROM attempt_decision WHERE attempt_id = ? ORDER BY id');
  const setInForce = db.prepare(
    `INSERT INTO attempt_review VALUES ($id, $decision, $note, $triplet) ON CONFLICT DO UPDATE SET decision = $decision, note = $note, triplet_id = $triplet`,
  );
  const one = db.prepare(
    `SELECT ${COLUMNS}, c.style, c.prompt FROM attempt a ${JOINS} JOIN scene c ON c.id = s.scene_id
     WHERE a.id = ? AND a.state = 'rejected' AND a.edited_hash IS NOT NULL`,
  );
  const verdicts = db.prepare('SELECT * FROM verdict WHERE attempt_id = ? ORDER BY id');
  const sizeOf = db.prepare('SELECT width, height FROM image WHERE hash = ?');
  const reviewed = db.prepare(
    `SELECT a.stage, a.reason, r.decision, COUNT(*) AS count FROM attempt_review r CROSS JOIN attempt a ON a.id = r.attempt_id
     WHERE r.decision IS NOT NULL AND a.run_id = ? GROUP BY 1, 2, 3`,
  );

  function rowOf(id: number): DetailRow {
    const row = one.get(id) as DetailRow | undefined;
    if (!row) throw new AppError('noSuchItem', `There is no rejected candidate ${id}.`);
    return row;
  }

  function page(filter: RejectFilter, before: number | undefined, limit: number): { items: RejectView[]; next: number | null } {
    const stages = filter.stage === undefined ? AttemptStage.options : [filter.stage];
    const keys = `${stages.map(keysAt).join(' UNION ALL ')} ORDER BY 1 DESC LIMIT $bound`;
    const rest = ['a.edited_hash IS NOT NULL'];
    if (filter.reason !== undefined) rest.push('a.reason = $reason');
    if (filter.decision === 'none') rest.push('r.decision IS NULL');
    else if (filter.decision !== undefined) rest.push('r.decision = $decision');
    const values = { run: filter.runId, before: before ?? Number.MAX_SAFE_INTEGER, bound: Math.max(SCAN_BOUND, limit) };
    const more = {
      ...(filter.reason === undefined ? {} : { reason: filter.reason }),
      ...(filter.decision === undefined || filter.decision === 'none' ? {} : { decision: filter.decision }),
    };
    const rows = db
      .prepare(`SELECT ${COLUMNS} FROM (${keys}) k CROSS JOIN attempt a ON a.id = k.id ${JOINS} WHERE ${rest.join(' AND ')} LIMIT $limit`)
      .all({ ...values, ...more, limit }) as RejectRow[];
    const items = rows.map(viewOf);
    if (items.length === limit) return { items, next: items.at(-1)?.id ?? null };
    // Fewer than wanted: the end, unless the look stopped at its bound. The OFFSET is over index entries just read, and bounded.
    const furthest = db.prepare(`SELECT id FROM (${keys}) LIMIT 1 OFFSET $last`).pluck();
    return { items, next: (furthest.get({ ...values, last: values.bound - 1 }) as number | undefined) ?? null };
  }

  function gates(runId: string): GateTally[] {
    const tallies = new Map<string, GateTally>();
    const of = (stage: AttemptStage, reason: string): GateTally => {
      const found = tallies.get(`${stage}.${reason}`) ?? { stage, reason, rejected: 0, keep: 0, right: 0 };
      tallies.set(`${stage}.${reason}`, found);
      return found;
    };
    for (const [name, value] of counters.read(runId)) {
      const [, word, reason = ''] = /^reject\.([A-Za-z]+)\.(.*)$/.exec(name) ?? [];
      const stage = AttemptStage.safeParse(word);
      if (stage.success && value > 0) of(stage.data, reason).rejected = value;
    }
    for (const { stage, reason, decision, count } of reviewed.all(runId) as {
      stage: AttemptStage;
      reason: string;
      decision: 'keep' | 'right';
      count: number;
    }[])
      of(stage, reason)[decision] = count;
    return [...tallies.values()].sort((a, b) => b.rejected - a.rejected);
  }

  /** The decision in force: every `clear` takes back the last one that was not taken back before it. */
  function inForce(id: number): { decision: 'keep' | 'right'; note: string } | undefined {
    const standing: { decision: 'keep' | 'right'; note: string }[] = [];
    for (const { decision, note } of history.all(id) as { decision: RejectDecision; note: string }[]) {
      if (decision === 'clear') standing.pop();
      else standing.push({ decision, note });
    }
    return standing.at(-1);
  }

  /** Puts the candidate into the set, accepted by a person; its attempt and so all its verdicts stay its provenance. */
  function keep(row: DetailRow): number {
    const { scores, lowLevel } = attemptView(row);
    const said = { decision: 'accept', tags: [], note: `Rejected by ${row.stage} (${row.reason}), kept by a reviewer` } as const;
    const edited = sizeOf.get(row.edited_hash) as { width: number; height: number } | undefined;
    if (edited?.width !== row.width || edited.height !== row.height)
      throw new AppError(
        'inputInvalid',
        `Candidate ${row.id} has ${edited ? `${edited.width} x ${edited.height}` : 'no known'} pixels and its source ${row.width} x ${row.height}; a triplet needs two pictures of one size.`,
      );
    let id = row.triplet_id;
    if (id === null)
      id = triplets.add({
        runId: row.run_id,
        kind: 'forward',
        state: 'active',
        reason: '',
        sourceHash: row.source_hash,
        editedHash: row.edited_hash,
        width: row.width,
        height: row.height,
        instruction: row.instruction,
        category: row.category,
        style: row.style,
        attemptId: row.id,
        sourceId: row.source_id,
        origin: `${KEPT_ORIGIN}${row.id}`,
        scores,
        lowLevel,
        parents: [],
        verdicts: [],
      });
    else triplets.setState([id], 'active', '');
    review.decideNow(id, said);
    return id;
  }

  function decideOne(id: number, decision: RejectDecision, note: string): void {
    const row = rowOf(id);
    if (decision === 'clear' && row.decision === null) return;
    insertDecision.run(id, decision, note, now());
    const said = inForce(id);
    const after = said?.decision ?? null;
    let tripletId = row.triplet_id;
    if (after === 'keep' && row.decision !== 'keep') tripletId = keep(row);
    if (after !== 'keep' && row.decision === 'keep' && tripletId !== null) {
      review.decideNow(tripletId, { decision: 'clear', tags: [], note: '' });
      triplets.setState([tripletId], 'dropped', 'takenBack');
    }
    setInForce.run({ id, decision: after, note: said?.note ?? '', triplet: tripletId });
  }

  return {
    page,
    gates,
    detail(id: number): RejectDetail {
      const row = rowOf(id);
      const view = viewOf(row);
      return {
        ...view,
        style: row.style,
        prompt: row.prompt,
        signals: readSignals(row.signals),
        verdicts: (verdicts.all(id) as VerdictRow[]).map((verdict) => verdictOf(verdict, view.lowLevel)),
      };
    },
    /** Appends a decision for each, all of them or none; resolves with the candidates and the triplets that changed. AppError noSuchItem. */
    decide: (ids: readonly number[], decision: RejectDecision, note: string): Promise<{ rejects: RejectView[]; triplets: TripletView[] }> =>
      writer.write(() => {
        const before = ids.map((id) => rowOf(id).triplet_id);
        for (const id of ids) decideOne(id, decision, note);
        const after = ids.map((id) => viewOf(rowOf(id)));
        const changed = new Set([...before, ...after.map((view) => view.tripletId)].filter((id) => id !== null));
        return { rejects: after, triplets: [...changed].map((id) => review.view(id)) };
      }, true),
  };
}

function viewOf(row: RejectRow): RejectView {
  return {
    ...attemptView(row),
    editedHash: row.edited_hash,
    width: row.width,
    height: row.height,
    decision: row.decision,
    note: row.note ?? '',
    tripletId: row.triplet_id,
  };
}
