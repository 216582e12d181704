import type { Database } from 'better-sqlite3';
import { AttemptStage } from '../../../shared/model/recipe.ts';
import type { DifficultyTally } from '../domain/difficulty.ts';

/** Rows read before others get a turn of the event loop: a few milliseconds of reading. */
const ROWS_A_TURN = 2_000;

/** What is noted of a job: it has a result, it passed, the tries of a group begin with it. */
const RESULT = 1;
const PASSED = 2;
const FIRST_OF_GROUP = 4;

/**
 * Attempts made until the first success of the <source, instruction> of an attempt, in the order of the tries; null while none
 * passed. The tries of a group stand side by side in the job space (index = group x M + try), so one short range of its index
 * holds them all. The index of passed ones must be named: left alone, the planner walks the run from its first job to find the least.
 */
export function createAttemptsToSuccess(db: Database): (attemptId: number) => number | null {
  const tries = db
    .prepare(
      `SELECT NULLIF(COUNT(*), 0) FROM attempt a JOIN attempt t ON t.run_id = a.run_id AND t.job_index BETWEEN a.job_index - a.try_index AND
         (SELECT MIN(p.job_index) FROM attempt p INDEXED BY attempt_passed WHERE p.run_id = a.run_id AND p.source_id = a.source_id AND p.instruction_id = a.instruction_id AND p.state = 'passed')
       WHERE a.id = ? AND t.source_id = a.source_id AND t.instruction_id = a.instruction_id AND t.state IN ('passed', 'rejected')`,
    )
    .pluck();
  return (attemptId) => tries.get(attemptId) as number | null;
}

/**
 * Brings the difficulty of a group's triplets to what it is after one of its attempts got a result: an earlier try may come to
 * its end long after a later one passed. For use inside the unit of the writer that stored the result.
 */
export function createDifficultyUpdate(db: Database): (attemptId: number) => void {
  const attemptsToSuccess = createAttemptsToSuccess(db);
  const set = db.prepare(
    `UPDATE triplet SET difficulty = $difficulty FROM attempt a
     WHERE a.id = $id AND triplet.run_id = a.run_id AND triplet.source_id = a.source_id AND triplet.difficulty IS NOT $difficulty
       AND EXISTS (SELECT 1 FROM attempt b WHERE b.id = triplet.attempt_id AND b.instruction_id = a.instruction_id)`,
  );
  return (id) => {
    const difficulty = attemptsToSuccess(id);
    if (difficulty !== null) set.run({ id, difficulty });
  };
}

/**
 * What `difficultyFromTallies` needs, by category, over every attempt of a run that has a result; kept until the number of
 * results changes. Rows are read in the order they lie in (that of the job space would be millions of jumps), a slice at a
 * time, into three bytes a job; then one walk over the job space sees the groups whole.
 */
export function createDifficultyTallies(db: Database, results: (runId: string) => number): (runId: string) => Promise<DifficultyTally[]> {
  const sliceOf = (state: string, stage: string) =>
    db
      .prepare(
        `SELECT id, job_index, try_index, instruction_id FROM attempt WHERE run_id = ? AND state = '${state}' AND stage ${stage} AND id > ? ORDER BY id LIMIT ?`,
      )
      .raw();
  const slices = [
    { flags: RESULT | PASSED, read: sliceOf('passed', 'IS NULL') },
    ...['IS NULL', ...AttemptStage.options.map((stage) => `= '${stage}'`)].map((stage) => ({
      flags: RESULT,
      read: sliceOf('rejected', stage),
    })),
  ];
  const lastJob = db.prepare('SELECT MAX(job_index) FROM attempt WHERE run_id = ?').pluck();
  const categoryOf = db.prepare('SELECT category FROM instruction WHERE id = ?').pluck();
  const known = new Map<string, { results: number; tallies: DifficultyTally[] }>();

  async function read(runId: string): Promise<DifficultyTally[]> {
    const size = ((lastJob.get(runId) as number | null) ?? -1) + 1;
    const flags = new Uint8Array(size);
    const categoryAt = new Uint16Array(size);
    const names = new Map<string, number>();
    const byInstruction = new Map<number, number>();

    function categoryNumber(instructionId: number): number {
      let number = byInstruction.get(instructionId);
      if (number === undefined) {
        const name = categoryOf.get(instructionId) as string;
        number = names.get(name) ?? names.size;
        names.set(name, number);
        byInstruction.set(instructionId, number);
      }
      return number;
    }

    for (const slice of slices) {
      let after = 0;
      for (;;) {
        const rows = slice.read.all(runId, after, ROWS_A_TURN) as [id: number, job: number, tryIndex: number, instruction: number][];
        for (const [, job, tryIndex, instruction] of rows) {
          // Claimed after the size was read: the next look has it.
          if (job >= size) continue;
          flags[job]! |= slice.flags;
          flags[job - tryIndex]! |= FIRST_OF_GROUP;
          categoryAt[job] = categoryNumber(instruction);
        }
        const last = rows.at(-1);
        if (!last) break;
        after = last[0];
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
    }
    return sumGroups(flags, categoryAt, [...names.keys()]);
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

/** One walk over the jobs in order: groups begin where FIRST_OF_GROUP says, and their tries follow each other. */
function sumGroups(flags: Uint8Array, categoryAt: Uint16Array, names: readonly string[]): DifficultyTally[] {
  const tallies = names.map((category) => ({ category, attempts: 0, passed: 0, groups: 0, solved: 0, attemptsToSuccess: 0 }));
  let attempts = 0;
  let solved = false;
  for (let job = 0; job < flags.length; job++) {
    const flag = flags[job]!;
    if (flag & FIRST_OF_GROUP) {
      attempts = 0;
      solved = false;
    }
    if (!(flag & RESULT)) continue;
    const tally = tallies[categoryAt[job]!]!;
    attempts += 1;
    tally.attempts += 1;
    if (attempts === 1) tally.groups += 1;
    if (!(flag & PASSED)) continue;
    tally.passed += 1;
    if (solved) continue;
    solved = true;
    tally.solved += 1;
    tally.attemptsToSuccess += attempts;
  }
  return tallies.sort((a, b) => (a.category < b.category ? -1 : 1));
}
