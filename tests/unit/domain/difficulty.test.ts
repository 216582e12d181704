import { describe, expect, it } from 'vitest';
import { difficultyFromTallies, difficultyRows } from '../../../src/main/engine/domain/difficulty.ts';

/** One group's tries as a string of results: - failed, + passed. */
function tries(category: string, group: number, results: string, gap = 1) {
  return [...results].map((result, i) => ({ category, group, tryOrder: i * gap, passed: result === '+' }));
}

describe('difficultyRows', () => {
  const attempts = [...tries('hard', 1, '---'), ...tries('hard', 2, '--+'), ...tries('easy', 1, '+'), ...tries('easy', 3, '-++')];

  it('means over solved groups and still counts the unsolved ones (catches censored groups that vanish)', () => {
    expect(difficultyRows(attempts)).toEqual([
      { category: 'hard', attempts: 6, groups: 2, solved: 1, meanAttemptsToSuccess: 3, successRate: 1 / 6 },
      { category: 'easy', attempts: 4, groups: 2, solved: 2, meanAttemptsToSuccess: 1.5, successRate: 3 / 4 },
    ]);
  });

  it('takes rows in any order and tries with gaps in their numbers', () => {
    expect(difficultyRows([...attempts].reverse())).toEqual(difficultyRows(attempts));
    expect(difficultyRows(tries('a', 1, '-+', 10))[0]?.meanAttemptsToSuccess).toBe(2);
  });

  it('has no mean where nothing was solved, and no row for nothing', () => {
    expect(difficultyRows(tries('a', 1, '--'))).toEqual([
      { category: 'a', attempts: 2, groups: 1, solved: 0, meanAttemptsToSuccess: null, successRate: 0 },
    ]);
    expect(difficultyRows([])).toEqual([]);
    expect(difficultyFromTallies([{ category: 'a', attempts: 0, passed: 0, groups: 0, solved: 0, attemptsToSuccess: 0 }])[0]).toMatchObject(
      {
        meanAttemptsToSuccess: null,
        successRate: 0,
      },
    );
  });
});
