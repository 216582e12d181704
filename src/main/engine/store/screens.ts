import { AppError } from '../../../shared/model/errors.ts';
import type { UnknownCall } from '../../../shared/model/run.ts';
import type { DecisionKind, TripletView } from '../../../shared/model/triplet.ts';
import { createAttemptPages } from './attemptPages.ts';
import type { StoreContext } from './context.ts';
import { createDetail } from './detail.ts';
import { createDifficultyTallies } from './difficulty.ts';
import { createTripletPages } from './tripletPages.ts';
import { TRIPLET_COLUMNS, type TripletViewRow, tripletView } from './tripletViews.ts';

export type ScreenQueries = ReturnType<typeof createScreens>;

/** Held calls listed at once; the counter says how many there are. */
const UNKNOWN_CALLS_SHOWN = 500;

/** What screens ask: pages by key, sums from counters. */
export function createScreens(store: StoreContext, schemaVersion: number) {
  const { db, writer, counters, now } = store;
  const oneView = db.prepare(`SELECT ${TRIPLET_COLUMNS} FROM triplet t WHERE id = ?`);
  const setDecision = db.prepare('UPDATE triplet SET decision = ? WHERE id = ?');
  const insertDecision = db.prepare('INSERT INTO decision (triplet_id, decision, note, created_at) VALUES (?, ?, ?, ?)');
  const history = db.prepare('SELECT decision FROM decision WHERE triplet_id = ? ORDER BY id').pluck();
  const unknown = db.prepare(
    `SELECT id, run_id AS runId, role, endpoint, model, usd_reserved AS usdReserved, sent_at AS sentAt FROM call WHERE state = 'unknown' ORDER BY id LIMIT ${UNKNOWN_CALLS_SHOWN}`,
  );
  const cube = db.prepare(
    'SELECT adherence_bin AS adherenceBin, aesthetics_bin AS aestheticsBin, SUM(count) AS count FROM threshold_cube WHERE run_id = ? GROUP BY 1, 2',
  );
  const triplets = createTripletPages(store);

  function viewOf(id: number): TripletView {
    const row = oneView.get(id) as TripletViewRow | undefined;
    if (!row) throw new AppError('noSuchItem', `There is no triplet ${id}.`);
    return tripletView(row);
  }

  /** The decision in force: every `clear` takes back the last one that was not taken back before it. */
  function decisionInForce(id: number): TripletView['decision'] {
    const standing: ('accept' | 'reject')[] = [];
    for (const decision of history.all(id) as DecisionKind[]) {
      if (decision === 'clear') standing.pop();
      else standing.push(decision);
    }
    return standing.at(-1) ?? null;
  }

  /** Appends a decision, or takes the last one back; resolves with the triplet as it is then. */
  function decide(id: number, decision: DecisionKind, note: string): Promise<TripletView> {
    return writer.write(() => {
      const { decision: before, runId } = viewOf(id);
      if (decision === 'clear' && before === null) return viewOf(id);
      insertDecision.run(id, decision, note, now());
      const after = decisionInForce(id);
      if (after !== before) {
        setDecision.run(after, id);
        for (const scope of runId === null ? [''] : ['', runId]) {
          if (before) counters.bump(scope, `decision.${before}`, -1);
          if (after) counters.bump(scope, `decision.${after}`, 1);
        }
      }
      return viewOf(id);
    }, true);
  }

  return {
    ...triplets,
    decide,
    view: viewOf,
    detail: createDetail(db),
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
    difficultyTallies: createDifficultyTallies(db, (runId) => {
      const sums = counters.read(runId);
      return (sums.get('attempt.passed') ?? 0) + (sums.get('attempt.rejected') ?? 0);
    }),
    totals() {
      const { count } = triplets.countTriplets({ states: ['active'] });
      return { triplets: count, unknownCalls: counters.read('').get('call.unknown') ?? 0, schemaVersion };
    },
  };
}
