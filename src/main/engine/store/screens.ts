import type { TripletSort } from '../../../shared/contract/triplets.ts';
import type { UnknownCall } from '../../../shared/model/run.ts';
import type { TripletFilter } from '../../../shared/model/triplet.ts';
import type { CallTotal } from '../ports.ts';
import { createAttemptPages } from './attemptPages.ts';
import type { StoreContext } from './context.ts';
import { createDetail } from './detail.ts';
import { createDifficultyTallies } from './difficulty.ts';
import { createGateCells } from './gateCells.ts';
import { type IdLists, placeIn } from './idLists.ts';
import { createReview } from './review.ts';
import { createRunSeries } from './runSeries.ts';
import { createTripletPages } from './tripletPages.ts';

export type ScreenQueries = ReturnType<typeof createScreens>;

/** Held calls listed at once; the counter says how many there are. */
const UNKNOWN_CALLS_SHOWN = 500;

/** What screens ask: pages by key, sums from counters. */
export function createScreens(store: StoreContext, schemaVersion: number, lists: IdLists) {
  const { db, counters } = store;
  const unknown = db.prepare(
    `SELECT id, run_id AS runId, role, endpoint, model, usd_reserved AS usdReserved, sent_at AS sentAt FROM call WHERE state = 'unknown' ORDER BY id LIMIT ${UNKNOWN_CALLS_SHOWN}`,
  );
  const cube = db.prepare(
    'SELECT adherence_bin AS adherenceBin, aesthetics_bin AS aestheticsBin, SUM(count) AS count FROM threshold_cube WHERE run_id = ? GROUP BY 1, 2',
  );
  const callTotals = db.prepare(
    'SELECT role, model, SUM(calls) AS calls, SUM(ms) / 1000.0 AS seconds, SUM(usd) AS usd, SUM(gpu_seconds) AS gpuSeconds FROM call_series WHERE run_id = ? GROUP BY 1, 2',
  );
  const triplets = createTripletPages(store);
  /** Attempts of a run that have a result: what is kept of a read over all of them holds until this changes. */
  const results = (runId: string) => {
    const sums = counters.read(runId);
    return (sums.get('attempt.passed') ?? 0) + (sums.get('attempt.rejected') ?? 0);
  };
  const review = createReview(store);

  return {
    ...triplets,
    ...review,
    /** Reads all that a filter lets through in a thread of its own; resolves with its name and length. */
    async list({ filter, sort }: { filter: TripletFilter; sort: TripletSort }) {
      await store.writer.flush();
      return lists.make(triplets.whole(filter, sort));
    },
    /** All ids that a filter lets through, newest first, read in the same thread. */
    async allIds(filter: TripletFilter): Promise<Uint32Array> {
      await store.writer.flush();
      return lists.read(triplets.whole(filter, 'newest'));
    },
    listRows: ({ list, from, limit }: { list: string; from: number; limit: number }) =>
      triplets.rows(Array.from(lists.idsOf(list).subarray(from, from + limit))),
    placeIn: (query: { list: string; id: number }): number | null => placeIn(lists, query),
    detail: createDetail(db, review.ratingOf),
    attempts: createAttemptPages(store),
    unknownCalls: () => unknown.all() as UnknownCall[],
    /** Categories in the set, by number of active triplets. */
    categories() {
      const prefix = 'triplet.category.';
      const found = [...counters.read('')].filter(([name, value]) => name.startsWith(prefix) && value > 0);
      return found
        .map(([name, value]) => ({ category: name.slice(prefix.length), count: value }))
        .sort((a, b) => b.count - a.count || (a.category < b.category ? -1 : 1));
    },
    /** Validator scores of a run's candidates in bins of 0.1 (10..50), over all categories. */
    thresholdCube: (runId: string) => cube.all(runId) as { adherenceBin: number; aestheticsBin: number; count: number }[],
    difficultyTallies: createDifficultyTallies(db, results),
    gateCells: createGateCells(store, results),
    series: createRunSeries(store),
    /** Every call of a run that came to an end, by role and model. */
    callTotals: (runId: string) => callTotals.all(runId) as CallTotal[],
    totals() {
      const { count } = triplets.countTriplets({ states: ['active'] });
      return { triplets: count, unknownCalls: counters.read('').get('call.unknown') ?? 0, schemaVersion };
    },
  };
}
