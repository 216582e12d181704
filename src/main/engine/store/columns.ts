import { z } from 'zod';
import type { LowLevelNumbers, Scores, Verdict } from '../../../shared/model/attempt.ts';
import type { StageName } from '../../../shared/model/recipe.ts';
import { readSignals, SignalCheck } from '../../../shared/model/signals.ts';

/** Columns that several tables share, and their shapes in the app. */
export interface ScoreColumns {
  adherence: number | null;
  aesthetics: number | null;
}
export interface LowLevelColumns {
  ll_width: number | null;
  ll_height: number | null;
  ll_flagged: number | null;
  ll_largest: number | null;
  ll_components: number | null;
}
export interface VerdictRow extends ScoreColumns {
  stage: StageName;
  passed: number;
  reason: string;
  model: string;
  prompt_version: string;
  raw: string;
  /** JSON. */
  signals: string | null;
  checks: string | null;
}

/** Two scores, or null when nobody gave them. */
export function scoresOf(row: ScoreColumns): Scores | null {
  return row.adherence === null || row.aesthetics === null ? null : { adherence: row.adherence, aesthetics: row.aesthetics };
}

/** The low-level numbers, or null when the check did not run. */
export function lowLevelOf(row: LowLevelColumns): LowLevelNumbers | null {
  if (row.ll_width === null) return null;
  return {
    width: row.ll_width,
    height: row.ll_height ?? 0,
    flagged: row.ll_flagged ?? 0,
    largest: row.ll_largest ?? 0,
    components: row.ll_components ?? 0,
  };
}

/** The five columns of the low-level numbers, in schema order. */
export function lowLevelValues(numbers: LowLevelNumbers | null): (number | null)[] {
  return numbers ? [numbers.width, numbers.height, numbers.flagged, numbers.largest, numbers.components] : [null, null, null, null, null];
}

/** A stored verdict as the app knows it; low-level numbers stand in the row of their subject. */
export function verdictOf(row: VerdictRow, lowLevel: LowLevelNumbers | null): Verdict {
  return {
    stage: row.stage,
    passed: row.passed === 1,
    reason: row.reason,
    scores: scoresOf(row),
    lowLevel: row.stage === 'lowLevel' ? lowLevel : null,
    signals: readSignals(row.signals),
    checks: row.checks === null ? [] : checksOf(row.checks),
    model: row.model,
    promptVersion: row.prompt_version,
    raw: row.raw,
  };
}

/** Checks of a signal that this version does not know are left out. */
function checksOf(json: string): SignalCheck[] {
  return z
    .array(z.unknown())
    .parse(JSON.parse(json))
    .flatMap((item) => SignalCheck.safeParse(item).data ?? []);
}

/** Bins of 0.1, held against scores such as 4.7 that binary numbers do not hit exactly. */
export function scoreBin(score: number): number {
  return Math.floor(score * 10 + 1e-9);
}

/** The bits of attempt.survived, lowest first. Stored: append only. */
const SURVIVED_STAGES: readonly StageName[] = [
  'edit',
  'lowLevel',
  'softJudge',
  'softChecks',
  'validator',
  'fullReference',
  'textCheck',
  'learned',
  'localValidator',
];

/** Stages as bits; RangeError for one that is no stage of an attempt. */
export function survivedBits(stages: readonly StageName[]): number {
  let bits = 0;
  for (const stage of stages) {
    const bit = SURVIVED_STAGES.indexOf(stage);
    if (bit < 0) throw new RangeError(`${stage} is no stage of an attempt`);
    bits |= 1 << bit;
  }
  return bits;
}

/** Bits as stages, in the order of the bits. */
export function survivedOf(bits: number): StageName[] {
  return SURVIVED_STAGES.filter((_, bit) => bits & (1 << bit));
}
