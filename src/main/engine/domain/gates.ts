import type { LowLevelNumbers, Scores } from '../../../shared/model/attempt.ts';
import type { LowLevelGate } from '../../../shared/model/recipe.ts';

/**
 * The low-level check (paper, section 3): the largest component must hold at least `minLargestShare` of the flagged pixels.
 * A pair without one flagged pixel is its own reject, `noChange`: the share would be 0 / 0.
 */
export function judgeLowLevel(
  numbers: Pick<LowLevelNumbers, 'flagged' | 'largest'>,
  gate: Pick<LowLevelGate, 'minLargestShare'>,
): { passed: boolean; reason: '' | 'noChange' | 'speckle'; largestShare: number | null } {
  if (numbers.flagged === 0) return { passed: false, reason: 'noChange', largestShare: null };
  const largestShare = numbers.largest / numbers.flagged;
  const passed = largestShare >= gate.minLargestShare;
  return { passed, reason: passed ? '' : 'speckle', largestShare };
}

/** Both scores must reach their minimum (paper: >= T). A score that is not a number is low. */
export function judgeScores(scores: Scores, min: Scores): { passed: boolean; reason: '' | 'lowAdherence' | 'lowAesthetics' | 'lowBoth' } {
  const adheres = scores.adherence >= min.adherence;
  const pleases = scores.aesthetics >= min.aesthetics;
  if (adheres && pleases) return { passed: true, reason: '' };
  if (adheres) return { passed: false, reason: 'lowAesthetics' };
  return { passed: false, reason: pleases ? 'lowAdherence' : 'lowBoth' };
}

/** The soft judge's two yes/no answers, where yes is good in both; the first that says no gives the reason. */
export function judgeChecks(checks: { noUnwantedChange: boolean; pleasing: boolean }): {
  passed: boolean;
  reason: '' | 'unwantedChange' | 'notPleasing';
} {
  if (!checks.noUnwantedChange) return { passed: false, reason: 'unwantedChange' };
  if (!checks.pleasing) return { passed: false, reason: 'notPleasing' };
  return { passed: true, reason: '' };
}
