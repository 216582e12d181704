import type { DifficultyRow } from '../../../shared/model/run.ts';

/** One finished attempt. `group` names its <source, instruction>; `tryOrder` is its place among that group's attempts. */
export interface DifficultyInput {
  category: string;
  group: number | string;
  tryOrder: number;
  passed: boolean;
}

/** The same, already summed over the groups of a category. */
export interface DifficultyTally {
  category: string;
  attempts: number;
  passed: number;
  groups: number;
  solved: number;
  /** Sum over the solved groups of the attempts made up to and with the first that passed. */
  attemptsToSuccess: number;
}

/**
 * How hard each category was, hardest first (lowest share of passed attempts, then by name). Groups never solved are
 * censored: they count in `groups`, while the mean is over solved groups alone. successRate = passed / attempts.
 */
export function difficultyFromTallies(tallies: readonly DifficultyTally[]): DifficultyRow[] {
  return tallies
    .map((t) => ({
      category: t.category,
      attempts: t.attempts,
      groups: t.groups,
      solved: t.solved,
      meanAttemptsToSuccess: t.solved > 0 ? t.attemptsToSuccess / t.solved : null,
      successRate: t.attempts > 0 ? t.passed / t.attempts : 0,
    }))
    .sort((a, b) => a.successRate - b.successRate || (a.category < b.category ? -1 : 1));
}

/** difficultyFromTallies over single attempts, in any order. What counts is the rank of a try, not the number it carries. */
export function difficultyRows(attempts: readonly DifficultyInput[]): DifficultyRow[] {
  const categories = new Map<string, Map<number | string, DifficultyInput[]>>();
  for (const attempt of attempts) {
    const groups = categories.get(attempt.category) ?? new Map<number | string, DifficultyInput[]>();
    categories.set(attempt.category, groups);
    const tries = groups.get(attempt.group);
    if (tries) tries.push(attempt);
    else groups.set(attempt.group, [attempt]);
  }
  const tallies: DifficultyTally[] = [];
  for (const [category, groups] of categories) {
    const tally = { category, attempts: 0, passed: 0, groups: groups.size, solved: 0, attemptsToSuccess: 0 };
    for (const tries of groups.values()) {
      tries.sort((a, b) => a.tryOrder - b.tryOrder);
      const first = tries.findIndex((t) => t.passed);
      tally.attempts += tries.length;
      tally.passed += tries.filter((t) => t.passed).length;
      if (first >= 0) {
        tally.solved++;
        tally.attemptsToSuccess += first + 1;
      }
    }
    tallies.push(tally);
  }
  return difficultyFromTallies(tallies);
}
