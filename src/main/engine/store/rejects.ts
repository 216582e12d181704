import { AppError } from '../../../shared/model/errors.ts';
import {
  KEPT_ORIGIN,
  type RejectDecision,
  type RejectDetail,
  type RejectFilter,
  type RejectSort,
  type RejectView,
} from '../../../shared/model/rejects.ts';
import { readSignals } from '../../../shared/model/signals.ts';
import type { TripletView } from '../../../shared/model/triplet.ts';
import { attemptView } from './attemptPages.ts';
import { type VerdictRow, verdictOf } from './columns.ts';
import type { StoreContext } from './context.ts';
import { type IdLists, placeIn } from './idLists.ts';
import { createRejectPages, REJECT_COLUMNS, REJECT_JOINS, type RejectRow, rejectView } from './rejectPages.ts';
import { createReview, type DecisionRow, inForce, type NewDecision } from './review.ts';
import { createSiblings } from './siblings.ts';
import { createTripletRows } from './tripletRows.ts';

export type RejectStore = ReturnType<typeof createRejectStore>;

interface DetailRow extends RejectRow {
  source_id: number;
  style: string;
  prompt: string;
  signals: string | null;
}

/** Candidates that gates threw away: pages by stage and reason, and what people say of them. Every word is appended. */
export function createRejectStore(store: StoreContext, lists: IdLists) {
  const { db, writer, now } = store;
  const review = createReview(store);
  const triplets = createTripletRows(store);
  const insertDecision = db.prepare('INSERT INTO attempt_decision (attempt_id, decision, note, tags, created_at) VALUES (?, ?, ?, ?, ?)');
  const history = db.prepare('SELECT decision, note, tags FROM attempt_decision WHERE attempt_id = ? ORDER BY id');
  const setInForce = db.prepare(
    `INSERT INTO attempt_review (attempt_id, decision, note, tags, triplet_id) VALUES ($id, $decision, $note, $tags, $triplet)
     ON CONFLICT DO UPDATE SET decision = $decision, note = $note, tags = $tags, triplet_id = $triplet`,
  );
  const one = db.prepare(
    `SELECT ${REJECT_COLUMNS}, c.style, c.prompt FROM attempt a ${REJECT_JOINS} JOIN scene c ON c.id = s.scene_id
     WHERE a.id = ? AND a.state = 'rejected' AND a.edited_hash IS NOT NULL`,
  );
  const verdicts = db.prepare('SELECT * FROM verdict WHERE attempt_id = ? ORDER BY id');
  const sizeOf = db.prepare('SELECT width, height FROM image WHERE hash = ?');
  const siblings = createSiblings(db);
  const pages = createRejectPages(store);

  function rowOf(id: number): DetailRow {
    const row = one.get(id) as DetailRow | undefined;
    if (!row) throw new AppError('noSuchItem', `There is no rejected candidate ${id}.`);
    return row;
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

  function decideOne(id: number, { decision, tags, note }: NewDecision<RejectDecision>): void {
    const row = rowOf(id);
    if (decision === 'clear' && row.decision === null) return;
    insertDecision.run(id, decision, note, JSON.stringify(tags), now());
    const said = inForce(history.all(id) as DecisionRow<RejectDecision>[]);
    const after = said?.decision ?? null;
    let tripletId = row.triplet_id;
    if (after === 'keep' && row.decision !== 'keep') tripletId = keep(row);
    if (after !== 'keep' && row.decision === 'keep' && tripletId !== null) {
      review.decideNow(tripletId, { decision: 'clear', tags: [], note: '' });
      triplets.setState([tripletId], 'dropped', 'takenBack');
    }
    setInForce.run({ id, decision: after, note: said?.note ?? '', tags: said?.tags ?? '[]', triplet: tripletId });
  }

  return {
    page: pages.page,
    count: pages.count,
    gates: pages.gates,
    categories: pages.categories,
    /** Reads all that a filter lets through in a thread of its own; resolves with its name and length. */
    async list(query: { filter: RejectFilter; sort: RejectSort }) {
      await writer.flush();
      return lists.make(pages.whole(query));
    },
    listRows: ({ list, from, limit }: { list: string; from: number; limit: number }): RejectView[] =>
      pages.rows(Array.from(lists.idsOf(list).subarray(from, from + limit))),
    placeIn: (query: { list: string; id: number }): number | null => placeIn(lists, query),
    detail(id: number): RejectDetail {
      const row = rowOf(id);
      const view = rejectView(row);
      return {
        ...view,
        style: row.style,
        prompt: row.prompt,
        signals: readSignals(row.signals),
        siblings: siblings(id),
        verdicts: (verdicts.all(id) as VerdictRow[]).map((verdict) => verdictOf(verdict, view.lowLevel)),
      };
    },
    /** Appends a decision for each, all of them or none; resolves with the candidates and the triplets that changed. AppError noSuchItem. */
    decide: (ids: readonly number[], said: NewDecision<RejectDecision>): Promise<{ rejects: RejectView[]; triplets: TripletView[] }> =>
      writer.write(() => {
        const before = ids.map((id) => rowOf(id).triplet_id);
        for (const id of ids) decideOne(id, said);
        const after = ids.map((id) => rejectView(rowOf(id)));
        const changed = new Set([...before, ...after.map((view) => view.tripletId)].filter((id) => id !== null));
        return { rejects: after, triplets: [...changed].map((id) => review.view(id)) };
      }, true),
  };
}
