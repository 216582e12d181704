import { AttemptStage } from '../../../shared/model/recipe.ts';
import type { TripletView } from '../../../shared/model/triplet.ts';
import type { SourceRecord } from '../ports.ts';
import { survivedOf } from './columns.ts';
import type { StoreContext } from './context.ts';

/** A counter that says something else than its rows. A cell of the threshold cube is called cube.<category>.<bin>.<bin>. */
export interface CounterFault {
  scope: string;
  name: string;
  kept: number;
  counted: number;
}

/** Counters that follow from rows; the pipeline's own (see counters.ts) are left alone. */
const DERIVED = new RegExp(
  `^(attempt\\.|survived\\.|fit\\.|category\\.|source\\.|triplet\\.|inSet\\.|decision\\.|call\\.(sent|settled|failed|unknown|duplicate)$|usd\\.|gpuSeconds$|apiMs$|error\\.sources\\.|(reject|error)\\.(${AttemptStage.options.join('|')})\\.)`,
);

/** `?` is the run, or NULL for all of them. */
const ATTEMPTS = `SELECT a.run_id, a.state, a.stage, a.reason, a.survived, i.category, COUNT(*) FROM attempt a JOIN instruction i ON i.id = a.instruction_id
  WHERE a.run_id = $run OR $run IS NULL GROUP BY 1, 2, 3, 4, 5, 6`;
const FITS = `SELECT a.run_id, v.reason, COUNT(*) FROM verdict v JOIN attempt a ON a.id = v.attempt_id
  WHERE v.stage = 'edit' AND v.passed = 1 AND v.reason <> '' AND (a.run_id = $run OR $run IS NULL) GROUP BY 1, 2`;
const SOURCES = `SELECT run_id, state, reason, image_hash IS NOT NULL, COUNT(*) FROM source WHERE run_id = $run OR $run IS NULL GROUP BY 1, 2, 3, 4`;
const TRIPLETS = 'SELECT run_id, kind, state, category, decision, COUNT(*) FROM triplet GROUP BY 1, 2, 3, 4, 5';
const CALLS = `SELECT run_id, state, error = 'duplicate', COUNT(*), SUM(usd), SUM(usd_reserved), SUM(gpu_seconds), SUM(ms) FROM call GROUP BY 1, 2, 3`;
const CUBE = `SELECT a.run_id, i.category, CAST(floor(a.adherence * 10 + 1e-9) AS INTEGER), CAST(floor(a.aesthetics * 10 + 1e-9) AS INTEGER), COUNT(*)
  FROM attempt a JOIN instruction i ON i.id = a.instruction_id WHERE a.adherence IS NOT NULL AND (a.run_id = $run OR $run IS NULL) GROUP BY 1, 2, 3, 4`;

type AttemptGroup = [run: string, state: string, stage: string | null, reason: string, survived: number, category: string, count: number];
type SourceGroup = [run: string, state: SourceRecord['state'], reason: string, made: number, count: number];
type TripletGroup = [run: string | null, kind: string, state: string, category: string, decision: TripletView['decision'], count: number];
type CallGroup = [
  run: string,
  state: string,
  duplicate: number,
  count: number,
  usd: number,
  reserved: number,
  gpuSeconds: number,
  ms: number,
];
type Cell = [run: string, category: string, adherence: number, aesthetics: number, count: number];

/** Counters and threshold cube against their rows. It reads whole tables: for repair and for tests, never for a screen. */
export function createRepair({ db, writer, counters }: StoreContext) {
  /** Every derived counter of the run and of the workspace, as the rows have it. */
  function recount(run: string | null, add: (scope: string, name: string, by: number) => void): void {
    const groups = <T>(sql: string) =>
      db
        .prepare(sql)
        .raw()
        .all(sql.includes('$run') ? { run } : {}) as T[];
    const wanted = (scope: string | null): scope is string => scope !== null && (run === null || scope === run);
    for (const [scope, state, stage, reason, survived, category, count] of groups<AttemptGroup>(ATTEMPTS)) {
      add(scope, 'attempt.claimed', count);
      add(scope, `attempt.${state}`, count);
      if (state === 'rejected') add(scope, `reject.${stage}.${reason}`, count);
      if (state === 'failed') add(scope, `error.${stage}.${reason}`, count);
      for (const name of survivedOf(survived)) add(scope, `survived.${name}`, count);
      if (['passed', 'rejected', 'failed', 'unknown'].includes(state)) add(scope, `category.${category}.done`, count);
      if (state === 'passed') add(scope, `category.${category}.passed`, count);
    }
    for (const [scope, reason, count] of groups<[run: string, reason: string, count: number]>(FITS)) add(scope, `fit.${reason}`, count);
    for (const [scope, state, reason, made, count] of groups<SourceGroup>(SOURCES)) {
      add(scope, `source.${state}`, count);
      if (made) add(scope, 'source.generated', count);
      if (state === 'failed') add(scope, `error.sources.${reason}`, count);
    }
    for (const [scope, kind, state, category, decision, count] of groups<TripletGroup>(TRIPLETS)) {
      add('', `triplet.${kind}.${state}`, count);
      if (state === 'active') add('', `triplet.category.${category}`, count);
      if (decision !== null) add('', `decision.${decision}`, count);
      if (!wanted(scope)) continue;
      add(scope, `triplet.${kind}.${state}`, count);
      if (state === 'active') add(scope, `inSet.${category}`, count);
      if (decision !== null) add(scope, `decision.${decision}`, count);
    }
    for (const [scope, state, duplicate, count, usd, reserved, gpuSeconds, ms] of groups<CallGroup>(CALLS)) {
      if (state === 'unknown') add('', 'call.unknown', count);
      if (!wanted(scope)) continue;
      add(scope, `call.${state}`, count);
      if (state === 'failed' && duplicate) add(scope, 'call.duplicate', count);
      add(scope, 'usd.settled', usd);
      if (state === 'sent') add(scope, 'usd.reserved', reserved);
      if (state === 'unknown') add(scope, 'usd.unknown', reserved);
      add(scope, 'gpuSeconds', gpuSeconds);
      add(scope, 'apiMs', ms);
    }
    for (const [scope, category, x, y, count] of groups<Cell>(CUBE)) add(scope, `cube.${category}.${x}.${y}`, count);
  }

  /** Differences, of one run and the workspace's own scope, or of everything. */
  function faultyCounters(run: string | null = null): CounterFault[] {
    const faults = new Map<string, CounterFault>();
    const fault = (scope: string, name: string) => {
      const key = `${scope}\0${name}`;
      let found = faults.get(key);
      if (!found) {
        found = { scope, name, kept: 0, counted: 0 };
        faults.set(key, found);
      }
      return found;
    };
    recount(run, (scope, name, by) => {
      fault(scope, name).counted += by;
    });
    const kept = db.prepare(`SELECT scope, name, value FROM counter WHERE scope IN ($run, '') OR $run IS NULL`).raw();
    for (const [scope, name, value] of kept.all({ run }) as [string, string, number][])
      if (DERIVED.test(name)) fault(scope, name).kept = value;
    const cells = db.prepare(
      'SELECT run_id, category, adherence_bin, aesthetics_bin, count FROM threshold_cube WHERE run_id = $run OR $run IS NULL',
    );
    for (const [scope, category, x, y, count] of cells.raw().all({ run }) as Cell[])
      fault(scope, `cube.${category}.${x}.${y}`).kept = count;
    return [...faults.values()].filter(({ kept, counted }) => Math.abs(kept - counted) > 1e-6 * Math.max(1, Math.abs(counted)));
  }

  /** Sets every counter that follows from rows, and the cube, to what they say; gives what was wrong. */
  function repairCounters(run: string | null = null): Promise<CounterFault[]> {
    return writer.write(() => {
      const faults = faultyCounters(run);
      for (const { scope, name, counted } of faults) if (!name.startsWith('cube.')) counters.set(scope, name, counted);
      if (!faults.some(({ name }) => name.startsWith('cube.'))) return faults;
      db.prepare('DELETE FROM threshold_cube WHERE run_id = $run OR $run IS NULL').run({ run });
      db.prepare(`INSERT INTO threshold_cube ${CUBE}`).run({ run });
      return faults;
    }, true);
  }

  return { faultyCounters, repairCounters };
}
