import { AttemptStage } from '../../../shared/model/recipe.ts';
import { SURVIVED_STAGES } from './columns.ts';
import type { StoreContext } from './context.ts';

/** A counter that says something else than its rows. */
export interface CounterFault {
  scope: string;
  name: string;
  kept: number;
  counted: number;
}

const REJECTED_OR_FAILED = AttemptStage.options.join('|');
/** Counters that follow from rows; the pipeline's own (see counters.ts) are left alone. */
const DERIVED = new RegExp(
  `^(attempt\\.|survived\\.|category\\.|source\\.|triplet\\.|decision\\.|call\\.(sent|settled|failed|unknown|duplicate)$|usd\\.|gpuSeconds$|apiMs$` +
    `|error\\.sources\\.|(reject|error)\\.(${REJECTED_OR_FAILED})\\.)`,
);

/** Queries of (scope, name, value) that give every derived counter. `?1` is the run, or NULL for all. */
const RECOUNTS = [
  `SELECT run_id, 'attempt.' || state, COUNT(*) FROM attempt WHERE run_id = ?1 OR ?1 IS NULL GROUP BY 1, 2`,
  `SELECT run_id, 'attempt.claimed', COUNT(*) FROM attempt WHERE run_id = ?1 OR ?1 IS NULL GROUP BY 1`,
  `SELECT run_id, iif(state = 'failed', 'error.', 'reject.') || COALESCE(stage, 'null') || '.' || reason, COUNT(*) FROM attempt
     WHERE state IN ('failed', 'rejected') AND (run_id = ?1 OR ?1 IS NULL) GROUP BY 1, 2`,
  ...SURVIVED_STAGES.map(
    (stage, bit) =>
      `SELECT run_id, 'survived.${stage}', COUNT(*) FROM attempt WHERE survived & ${1 << bit} AND (run_id = ?1 OR ?1 IS NULL) GROUP BY 1`,
  ),
  `SELECT a.run_id, 'category.' || i.category || '.done', COUNT(*) FROM attempt a JOIN instruction i ON i.id = a.instruction_id
     WHERE a.state IN ('passed', 'rejected', 'failed', 'unknown') AND (a.run_id = ?1 OR ?1 IS NULL) GROUP BY 1, 2`,
  `SELECT a.run_id, 'category.' || i.category || '.passed', COUNT(*) FROM attempt a JOIN instruction i ON i.id = a.instruction_id
     WHERE a.state = 'passed' AND (a.run_id = ?1 OR ?1 IS NULL) GROUP BY 1, 2`,
  `SELECT run_id, 'source.' || state, COUNT(*) FROM source WHERE run_id = ?1 OR ?1 IS NULL GROUP BY 1, 2`,
  `SELECT run_id, 'source.generated', COUNT(*) FROM source WHERE image_hash IS NOT NULL AND (run_id = ?1 OR ?1 IS NULL) GROUP BY 1`,
  `SELECT run_id, 'error.sources.' || reason, COUNT(*) FROM source WHERE state = 'failed' AND (run_id = ?1 OR ?1 IS NULL) GROUP BY 1, 2`,
  `SELECT run_id, 'triplet.' || kind || '.' || state, COUNT(*) FROM triplet
     WHERE run_id IS NOT NULL AND (run_id = ?1 OR ?1 IS NULL) GROUP BY 1, 2`,
  `SELECT run_id, 'decision.' || decision, COUNT(*) FROM triplet
     WHERE decision IS NOT NULL AND run_id IS NOT NULL AND (run_id = ?1 OR ?1 IS NULL) GROUP BY 1, 2`,
  `SELECT run_id, 'call.' || state, COUNT(*) FROM call WHERE run_id = ?1 OR ?1 IS NULL GROUP BY 1, 2`,
  `SELECT run_id, 'call.duplicate', COUNT(*) FROM call WHERE state = 'failed' AND error = 'duplicate' AND (run_id = ?1 OR ?1 IS NULL) GROUP BY 1`,
  `SELECT run_id, 'usd.settled', SUM(usd) FROM call WHERE run_id = ?1 OR ?1 IS NULL GROUP BY 1`,
  `SELECT run_id, 'usd.reserved', SUM(usd_reserved) FROM call WHERE state = 'sent' AND (run_id = ?1 OR ?1 IS NULL) GROUP BY 1`,
  `SELECT run_id, 'usd.unknown', SUM(usd_reserved) FROM call WHERE state = 'unknown' AND (run_id = ?1 OR ?1 IS NULL) GROUP BY 1`,
  `SELECT run_id, 'gpuSeconds', SUM(gpu_seconds) FROM call WHERE run_id = ?1 OR ?1 IS NULL GROUP BY 1`,
  `SELECT run_id, 'apiMs', SUM(ms) FROM call WHERE run_id = ?1 OR ?1 IS NULL GROUP BY 1`,
  `SELECT '', 'triplet.' || kind || '.' || state, COUNT(*) FROM triplet WHERE ?1 IS ?1 GROUP BY 2`,
  `SELECT '', 'triplet.category.' || category, COUNT(*) FROM triplet WHERE state = 'active' AND ?1 IS ?1 GROUP BY 2`,
  `SELECT '', 'decision.' || decision, COUNT(*) FROM triplet WHERE decision IS NOT NULL AND ?1 IS ?1 GROUP BY 2`,
  `SELECT '', 'call.unknown', COUNT(*) FROM call WHERE state = 'unknown' AND ?1 IS ?1`,
];

const CUBE = `SELECT a.run_id, i.category, CAST(floor(a.adherence * 10 + 1e-9) AS INTEGER), CAST(floor(a.aesthetics * 10 + 1e-9) AS INTEGER), COUNT(*)
  FROM attempt a JOIN instruction i ON i.id = a.instruction_id WHERE a.adherence IS NOT NULL AND (a.run_id = ?1 OR ?1 IS NULL) GROUP BY 1, 2, 3, 4`;

/** Counters and threshold cube against their rows. All of it reads whole tables: for repair and for tests, never for a screen. */
export function createRepair({ db, writer, counters }: StoreContext) {
  /** Differences, of one run and the workspace's own scope, or of everything. */
  function faultyCounters(runId: string | null = null): CounterFault[] {
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
    for (const sql of RECOUNTS)
      for (const [scope, name, value] of db.prepare(sql).raw().all({ 1: runId }) as [string, string, number][])
        fault(scope, name).counted = value;
    const kept = db.prepare(`SELECT scope, name, value FROM counter WHERE scope IN (?1, '') OR ?1 IS NULL`).raw();
    for (const [scope, name, value] of kept.all({ 1: runId }) as [string, string, number][])
      if (DERIVED.test(name)) fault(scope, name).kept = value;
    compareCube(runId, fault);
    return [...faults.values()].filter(({ kept, counted }) => Math.abs(kept - counted) > 1e-6 * Math.max(1, Math.abs(counted)));
  }

  /** Cells of the threshold cube, as if they were counters called cube.<category>.<bin>.<bin>. */
  function compareCube(runId: string | null, fault: (scope: string, name: string) => CounterFault): void {
    type Cell = [run: string, category: string, adherence: number, aesthetics: number, count: number];
    const stored = db.prepare(
      'SELECT run_id, category, adherence_bin, aesthetics_bin, count FROM threshold_cube WHERE run_id = ?1 OR ?1 IS NULL',
    );
    for (const [run, category, x, y, count] of stored.raw().all({ 1: runId }) as Cell[])
      fault(run, `cube.${category}.${x}.${y}`).kept = count;
    for (const [run, category, x, y, count] of db.prepare(CUBE).raw().all({ 1: runId }) as Cell[])
      fault(run, `cube.${category}.${x}.${y}`).counted = count;
  }

  /** Sets every counter that follows from rows to what they say; gives what was wrong. */
  function repairCounters(runId: string | null = null): Promise<CounterFault[]> {
    return writer.write(() => {
      const faults = faultyCounters(runId);
      for (const { scope, name, counted } of faults) if (!name.startsWith('cube.')) counters.set(scope, name, counted);
      db.prepare('DELETE FROM threshold_cube WHERE run_id = ?1 OR ?1 IS NULL').run({ 1: runId });
      db.prepare(`INSERT INTO threshold_cube ${CUBE}`).run({ 1: runId });
      return faults;
    }, true);
  }

  return { faultyCounters, repairCounters };
}
