import { AttemptStage } from '../../../shared/model/recipe.ts';
import { type GateCell, type LowLevelCell, lowLevelBin } from '../../../shared/model/whatIf.ts';
import { scoreBin } from './columns.ts';
import type { StoreContext } from './context.ts';

/** Rows read before others get a turn of the event loop. */
const ROWS_A_TURN = 2_000;

interface Row {
  id: number;
  adherence: number | null;
  aesthetics: number | null;
  soft_adherence: number | null;
  soft_aesthetics: number | null;
  ll_flagged: number | null;
  ll_largest: number | null;
}

export interface GateCells {
  validator: GateCell[];
  softJudge: GateCell[];
  lowLevel: LowLevelCell[];
}

type Said = 'accepted' | 'rejected' | null;

/**
 * Scores and low-level numbers of every attempt of a run, counted into bins, with what people said of those that became triplets
 * (their decision, else the mean of their ratings). Attempts are read once per number of results; what people said, every time.
 */
export function createGateCells({ db }: StoreContext, results: (runId: string) => number): (runId: string) => Promise<GateCells> {
  const columns = 'id, adherence, aesthetics, soft_adherence, soft_aesthetics, ll_flagged, ll_largest';
  // One range of the page index each: over several stages at once every slice would sort them all.
  const sliceOf = (state: string, stage: string) =>
    db.prepare(
      `SELECT ${columns} FROM attempt WHERE run_id = ? AND state = '${state}' AND stage ${stage} AND id > ? ORDER BY id LIMIT ${ROWS_A_TURN}`,
    );
  const slices = [
    sliceOf('passed', 'IS NULL'),
    ...['IS NULL', ...AttemptStage.options.map((stage) => `= '${stage}'`)].map((stage) => sliceOf('rejected', stage)),
  ];
  const decided = db.prepare(
    `SELECT a.${columns.replaceAll(', ', ', a.')}, t.decision FROM triplet t INDEXED BY triplet_decided_newest JOIN attempt a ON a.id = t.attempt_id
     WHERE t.decision IS NOT NULL AND t.run_id = ?`,
  );
  const rated = db.prepare(
    `SELECT a.${columns.replaceAll(', ', ', a.')}, MIN(r.good) AS good FROM (SELECT triplet_id, MIN(AVG(adherence), AVG(aesthetics)) >= 4 AS good FROM rating GROUP BY triplet_id) r
     JOIN triplet t ON t.id = r.triplet_id JOIN attempt a ON a.id = t.attempt_id WHERE t.run_id = ? AND t.decision IS NULL GROUP BY a.id`,
  );
  const known = new Map<string, { results: number; count: Count }>();

  async function readAll(runId: string): Promise<Count> {
    const count = new Count();
    for (const slice of slices) {
      for (let after = 0; ; ) {
        const rows = slice.all(runId, after) as Row[];
        for (const row of rows) count.add(row, 1, null);
        const last = rows.at(-1);
        if (!last) break;
        after = last.id;
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
    }
    return count;
  }

  return async (runId) => {
    const now = results(runId);
    let last = known.get(runId);
    if (last?.results !== now) {
      last = { results: now, count: await readAll(runId) };
      known.set(runId, last);
    }
    const count = last.count.copy();
    for (const row of decided.all(runId) as (Row & { decision: string })[])
      count.add(row, 0, row.decision === 'accept' ? 'accepted' : 'rejected');
    for (const row of rated.all(runId) as (Row & { good: number })[]) count.add(row, 0, row.good ? 'accepted' : 'rejected');
    return count.cells();
  };
}

interface Cell {
  count: number;
  accepted: number;
  rejected: number;
}

/** Cells of the three gates, by the bins of one row. */
class Count {
  readonly #cells: Record<'validator' | 'softJudge' | 'lowLevel', Map<number, Cell>>;

  constructor(cells?: Record<'validator' | 'softJudge' | 'lowLevel', Map<number, Cell>>) {
    this.#cells = cells ?? { validator: new Map(), softJudge: new Map(), lowLevel: new Map() };
  }

  add(row: Row, by: number, said: Said): void {
    if (row.adherence !== null && row.aesthetics !== null)
      put(this.#cells.validator, scoreBin(row.adherence) * 100 + scoreBin(row.aesthetics), by, said);
    if (row.soft_adherence !== null && row.soft_aesthetics !== null)
      put(this.#cells.softJudge, scoreBin(row.soft_adherence) * 100 + scoreBin(row.soft_aesthetics), by, said);
    if (row.ll_flagged !== null)
      put(this.#cells.lowLevel, lowLevelBin(row.ll_flagged > 0 ? (row.ll_largest ?? 0) / row.ll_flagged : 0), by, said);
  }

  copy(): Count {
    const copyOf = (cells: Map<number, Cell>) => new Map([...cells].map(([key, cell]) => [key, { ...cell }]));
    const { validator, softJudge, lowLevel } = this.#cells;
    return new Count({ validator: copyOf(validator), softJudge: copyOf(softJudge), lowLevel: copyOf(lowLevel) });
  }

  cells(): GateCells {
    const pairs = (cells: Map<number, Cell>) =>
      [...cells].map(([key, cell]) => ({ adherence: Math.floor(key / 100), aesthetics: key % 100, ...cell }));
    const { validator, softJudge, lowLevel } = this.#cells;
    return {
      validator: pairs(validator),
      softJudge: pairs(softJudge),
      lowLevel: [...lowLevel].map(([bin, cell]) => ({ bin, ...cell })),
    };
  }
}

function put(cells: Map<number, Cell>, key: number, by: number, said: Said): void {
  const cell = cells.get(key) ?? { count: 0, accepted: 0, rejected: 0 };
  cell.count += by;
  if (said) cell[said] += 1;
  cells.set(key, cell);
}
