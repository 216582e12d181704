import type { Database } from 'better-sqlite3';
import type { DifficultyTally } from '../domain/difficulty.ts';

/** Rows read before others get a turn of the event loop: about 10 ms of reading. */
const ROWS_A_TURN = 5_000;

/**
 * Attempts made until the first success of the <source, instruction> of an attempt, in the order of the tries. The tries of a
 * group stand side by side in the job space (index = group x M + try), so one short range of its index holds them all.
 */
export function createAttemptsToSuccess(db: Database): (attemptId: number) => number | null {
  const tries = db
    .prepare(
      `SELECT t.state FROM attempt a JOIN attempt t ON t.run_id = a.run_id AND t.job_index BETWEEN a.job_index - a.try_index AND a.job_index
       WHERE a.id = ? AND t.source_id = a.source_id AND t.instruction_id = a.instruction_id AND t.state IN ('passed', 'rejected') ORDER BY t.job_index`,
    )
    .pluck();
  return (attemptId) => {
    const first = (tries.all(attemptId) as string[]).indexOf('passed');
    return first < 0 ? null : first + 1;
  };
}

/**
 * What `difficultyFromTallies` needs, by category, over every attempt of a run that has a result. It reads the run's attempts
 * in the order of the job space, a slice at a time, and keeps the answer until the number of results changes.
 */
export function createDifficultyTallies(db: Database, results: (runId: string) => number): (runId: string) => Promise<DifficultyTally[]> {
  const slice = db
    .prepare(
      `SELECT job_index, try_index, instruction_id, state FROM attempt WHERE run_id = ? AND job_index >= ? ORDER BY job_index LIMIT ?`,
    )
    .raw();
  const categoryOf = db.prepare('SELECT category FROM instruction WHERE id = ?').pluck();
  const known = new Map<string, { results: number; tallies: DifficultyTally[] }>();

  async function read(runId: string): Promise<DifficultyTally[]> {
    const tallies = new Map<string, DifficultyTally>();
    const categories = new Map<number, string>();
    let from = 0;
    let group: { start: number; instruction: number; attempts: number; passed: number; first: number } | null = null;

    const close = () => {
      if (!group || group.attempts === 0) return;
      let category = categories.get(group.instruction);
      if (category === undefined) {
        category = categoryOf.get(group.instruction) as string;
        categories.set(group.instruction, category);
      }
      let tally = tallies.get(category);
      if (!tally) {
        tally = { category, attempts: 0, passed: 0, groups: 0, solved: 0, attemptsToSuccess: 0 };
        tallies.set(category, tally);
      }
      tally.attempts += group.attempts;
      tally.passed += group.passed;
      tally.groups += 1;
      tally.attemptsToSuccess += group.first;
      if (group.first > 0) tally.solved += 1;
    };

    for (;;) {
      const rows = slice.all(runId, from, ROWS_A_TURN) as [job: number, tryIndex: number, instruction: number, state: string][];
      for (const [job, tryIndex, instruction, state] of rows) {
        if (group?.start !== job - tryIndex) {
          close();
          group = { start: job - tryIndex, instruction, attempts: 0, passed: 0, first: 0 };
        }
        if (state !== 'passed' && state !== 'rejected') continue;
        group.attempts += 1;
        if (state !== 'passed') continue;
        group.passed += 1;
        if (group.first === 0) group.first = group.attempts;
      }
      const last = rows.at(-1);
      if (!last || rows.length < ROWS_A_TURN) break;
      from = last[0] + 1;
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    close();
    return [...tallies.values()].sort((a, b) => (a.category < b.category ? -1 : 1));
  }

  return async (runId) => {
    const now = results(runId);
    const last = known.get(runId);
    if (last?.results === now) return last.tallies;
    const tallies = await read(runId);
    known.set(runId, { results: now, tallies });
    return tallies;
  };
}
