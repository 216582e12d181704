import { geometricScore } from '../../../shared/model/attempt.ts';
import type { StageName } from '../../../shared/model/recipe.ts';
import { mergeSignals, signalsText } from '../../../shared/model/signals.ts';
import type { AttemptOutcome, WorkStore } from '../ports.ts';
import { type LowLevelColumns, lowLevelOf, lowLevelValues, type ScoreColumns, scoresOf, survivedBits } from './columns.ts';
import type { StoreContext } from './context.ts';
import { createDifficultyUpdate } from './difficulty.ts';
import { insertVerdicts } from './verdicts.ts';

type AttemptStore = Pick<WorkStore, 'finish' | 'candidates' | 'passedGroups' | 'categoryTally'>;

/** Only these ended at a stage; the index that pages attempts goes by it. */
const ENDED_AT_A_STAGE = new Set<AttemptOutcome['state']>(['rejected', 'failed', 'unknown']);

/** How attempts end: once, counted in the same transaction. And what those that passed offer to selection. */
export function createAttemptStore(store: StoreContext): AttemptStore {
  const { db, writer, counters, cube, series, now } = store;
  const updateDifficulty = createDifficultyUpdate(db);
  const finishFrom = (state: string) =>
    db.prepare(
      `UPDATE attempt SET state = ?, stage = ?, reason = ?, survived = ?, edited_hash = ?, adherence = ?, aesthetics = ?, geometric = ?, soft_adherence = ?, soft_aesthetics = ?,
         ll_width = ?, ll_height = ?, ll_flagged = ?, ll_largest = ?, ll_components = ?, signals = ?, usd = ?, ms = ?, ended_at = ? WHERE id = ? AND state = '${state}'`,
    );
  const finishRunning = finishFrom('running');
  // A pause may have put a row back while its last answer was on the way.
  const finishQueued = finishFrom('queued');
  const candidates = db.prepare(
    `SELECT id AS attemptId, edited_hash AS editedHash, adherence, aesthetics, ll_width, ll_height, ll_flagged, ll_largest, ll_components, seed, try_index AS tryIndex
     FROM attempt WHERE run_id = ? AND source_id = ? AND instruction_id = ? AND state = 'passed' ORDER BY try_index`,
  );
  const groups = db.prepare(
    `SELECT g.source_id AS sourceId, g.instruction_id AS instructionId, i.category
     FROM (SELECT DISTINCT source_id, instruction_id FROM attempt WHERE run_id = ? AND state = 'passed') g JOIN instruction i ON i.id = g.instruction_id
     ORDER BY 1, 2`,
  );

  function count(runId: string, from: 'running' | 'queued', category: string, stage: StageName | null, outcome: AttemptOutcome): void {
    const { state, reason, scores, survived, verdicts } = outcome;
    counters.bump(runId, `attempt.${from}`, -1);
    counters.bump(runId, `attempt.${state}`, 1);
    if (state !== 'cancelled') series.attempt(runId, state);
    for (const name of survived) counters.bump(runId, `survived.${name}`, 1);
    for (const verdict of verdicts) if (isFit(verdict)) counters.bump(runId, `fit.${verdict.reason}`, 1);
    if (state === 'rejected') counters.bump(runId, `reject.${stage}.${reason}`, 1);
    if (state === 'failed') counters.bump(runId, `error.${stage}.${reason}`, 1);
    if (state !== 'cancelled') counters.bump(runId, `category.${category}.done`, 1);
    if (state === 'passed') counters.bump(runId, `category.${category}.passed`, 1);
    if (scores) cube.add(runId, category, scores, 1);
  }

  return {
    finish(runId, attemptId, category, outcome) {
      const { state, reason, editedHash, scores, softScores, lowLevel, verdicts, survived, usd, ms } = outcome;
      const stage = ENDED_AT_A_STAGE.has(state) ? outcome.stage : null;
      return writer.write(() => {
        const values = [
          state,
          stage,
          reason,
          survivedBits(survived),
          editedHash,
          scores?.adherence ?? null,
          scores?.aesthetics ?? null,
          scores ? geometricScore(scores) : null,
          softScores?.adherence ?? null,
          softScores?.aesthetics ?? null,
          ...lowLevelValues(lowLevel),
          signalsText(mergeSignals(verdicts)),
          usd,
          Math.round(ms),
          now(),
          attemptId,
        ];
        if (finishRunning.run(...values).changes === 1) count(runId, 'running', category, stage, outcome);
        else if (finishQueued.run(...values).changes === 1) count(runId, 'queued', category, stage, outcome);
        else return false;
        insertVerdicts(store, { attemptId }, verdicts);
        if (state === 'passed' || state === 'rejected') updateDifficulty(attemptId);
        return true;
      });
    },
    candidates(runId, sourceId, instructionId) {
      type Row = ScoreColumns & LowLevelColumns & { attemptId: number; editedHash: string; seed: number; tryIndex: number };
      return (candidates.all(runId, sourceId, instructionId) as Row[]).map((row) => ({
        attemptId: row.attemptId,
        editedHash: row.editedHash,
        seed: row.seed,
        tryIndex: row.tryIndex,
        scores: scoresOf(row),
        lowLevel: lowLevelOf(row),
      }));
    },
    passedGroups: (runId) => groups.all(runId) as ReturnType<AttemptStore['passedGroups']>,
    categoryTally(runId) {
      const tallies = new Map<string, { category: string; done: number; passed: number }>();
      for (const [name, value] of counters.read(runId)) {
        const match = /^category\.(.*)\.(done|passed)$/.exec(name);
        if (!match) continue;
        const category = match[1] as string;
        const tally = tallies.get(category) ?? { category, done: 0, passed: 0 };
        tally[match[2] as 'done' | 'passed'] = value;
        tallies.set(category, tally);
      }
      return [...tallies.values()].sort((a, b) => (a.category < b.category ? -1 : 1));
    },
  };
}

/** An edit that passed with a reason was brought to the size of its source. */
function isFit({ stage, passed, reason }: AttemptOutcome['verdicts'][number]): boolean {
  return stage === 'edit' && passed && reason !== '';
}
