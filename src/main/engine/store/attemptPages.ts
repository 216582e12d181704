import type Database from 'better-sqlite3';
import { AttemptState, type AttemptView } from '../../../shared/model/attempt.ts';
import { AttemptStage } from '../../../shared/model/recipe.ts';
import { type LowLevelColumns, lowLevelOf, type ScoreColumns, scoresOf } from './columns.ts';
import type { StoreContext } from './context.ts';

export interface AttemptPageQuery {
  runId: string;
  state?: string | undefined;
  stage?: string | undefined;
  /** The last id seen. */
  before?: number | undefined;
  limit: number;
}

export interface AttemptRow extends ScoreColumns, LowLevelColumns {
  id: number;
  run_id: string;
  job_index: number;
  source_hash: string;
  edited_hash: string | null;
  instruction: string;
  category: string;
  seed: number;
  state: AttemptView['state'];
  stage: AttemptView['stage'];
  reason: string;
  soft_adherence: number | null;
  soft_aesthetics: number | null;
  usd: number;
  ms: number;
  ended_at: number | null;
}

const ENDED_AT_A_STAGE: readonly string[] = ['rejected', 'failed', 'unknown'];

/** Attempts of a run, newest first: a range of the page index for each state and stage wanted, merged by id. */
export function createAttemptPages({ db }: StoreContext) {
  const statements = new Map<string, Database.Statement<unknown[]>>();

  function statementFor(branches: readonly (readonly [state: string, stage: string | null])[]) {
    const keys = branches
      .map(([state, stage]) => {
        const at = stage === null ? 'stage IS NULL' : `stage = '${stage}'`;
        return `SELECT id FROM attempt WHERE run_id = ?1 AND state = '${state}' AND ${at} AND id < ?2`;
      })
      .join(' UNION ALL ');
    let statement = statements.get(keys);
    if (!statement) {
      statement = db.prepare(
        `SELECT a.*, s.image_hash AS source_hash, i.text AS instruction, i.category FROM (${keys} ORDER BY 1 DESC LIMIT ?3) k CROSS JOIN attempt a ON a.id = k.id
           CROSS JOIN source s ON s.id = a.source_id CROSS JOIN instruction i ON i.id = a.instruction_id`,
      );
      statements.set(keys, statement);
    }
    return statement;
  }

  return function attempts({ runId, state, stage, before, limit }: AttemptPageQuery): { items: AttemptView[]; next: number | null } {
    // Words that are no state or stage name nothing; what goes into the SQL is from these lists alone.
    const branches = AttemptState.options
      .filter((known) => state === undefined || known === state)
      .flatMap((known) => (ENDED_AT_A_STAGE.includes(known) ? [...AttemptStage.options, null] : [null]).map((at) => [known, at] as const))
      .filter(([, at]) => stage === undefined || at === stage);
    if (branches.length === 0) return { items: [], next: null };
    const rows = statementFor(branches).all({ 1: runId, 2: before ?? Number.MAX_SAFE_INTEGER, 3: limit }) as AttemptRow[];
    return { items: rows.map(attemptView), next: rows.length === limit ? (rows.at(-1)?.id ?? null) : null };
  };
}

export function attemptView(row: AttemptRow): AttemptView {
  return {
    id: row.id,
    runId: row.run_id,
    jobIndex: row.job_index,
    sourceHash: row.source_hash,
    editedHash: row.edited_hash,
    instruction: row.instruction,
    category: row.category,
    seed: row.seed,
    state: row.state,
    stage: row.stage,
    reason: row.reason,
    scores: scoresOf(row),
    softScores: scoresOf({ adherence: row.soft_adherence, aesthetics: row.soft_aesthetics }),
    lowLevel: lowLevelOf(row),
    usd: row.usd,
    ms: row.ms,
    endedAt: row.ended_at,
  };
}
