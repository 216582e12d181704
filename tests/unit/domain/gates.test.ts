import { describe, expect, it } from 'vitest';
import { judgeChecks, judgeLowLevel, judgeScores } from '../../../src/main/engine/domain/gates.ts';
import { selectWinner } from '../../../src/main/engine/domain/selection.ts';

describe('judgeLowLevel', () => {
  const gate = { minLargestShare: 0.005 };

  it('keeps a pair whose largest component holds just the share asked for (paper: reject only below 0.5 %)', () => {
    expect(judgeLowLevel({ flagged: 1000, largest: 5 }, gate)).toEqual({ passed: true, reason: '', largestShare: 0.005 });
    expect(judgeLowLevel({ flagged: 1001, largest: 5 }, gate)).toEqual({ passed: false, reason: 'speckle', largestShare: 5 / 1001 });
  });

  it('rejects an untouched picture by its own name, also when the share is off (catches 0 / 0 passing as NaN)', () => {
    for (const minLargestShare of [0, 0.005])
      expect(judgeLowLevel({ flagged: 0, largest: 0 }, { minLargestShare })).toEqual({
        passed: false,
        reason: 'noChange',
        largestShare: null,
      });
  });
});

describe('judgeScores', () => {
  it.each([
    [4.7, 4.7, ''],
    [4.69, 4.7, 'lowAdherence'],
    [4.7, 4.69, 'lowAesthetics'],
    [1, 1, 'lowBoth'],
    [Number.NaN, 5, 'lowAdherence'],
    [Number.NaN, Number.NaN, 'lowBoth'],
  ])('adherence %f and aesthetics %f against 4.7: "%s"', (adherence, aesthetics, reason) => {
    expect(judgeScores({ adherence, aesthetics }, { adherence: 4.7, aesthetics: 4.7 })).toEqual({ passed: reason === '', reason });
  });
});

describe('judgeChecks', () => {
  it.each([
    [true, true, ''],
    [false, true, 'unwantedChange'],
    [true, false, 'notPleasing'],
    [false, false, 'unwantedChange'],
  ])('only the asked change %s, pleasing %s: "%s"', (noUnwantedChange, pleasing, reason) => {
    expect(judgeChecks({ noUnwantedChange, pleasing })).toEqual({ passed: reason === '', reason });
  });
});

describe('selectWinner', () => {
  const scored = (attemptId: number, tryIndex: number, adherence: number, aesthetics: number) => ({
    attemptId,
    tryIndex,
    scores: { adherence, aesthetics },
  });

  it('takes the highest geometric score, which is not the highest sum (paper: argmax of sqrt(a * b))', () => {
    expect(selectWinner([scored(1, 0, 5, 4.6), scored(2, 1, 4.8, 4.8)])?.attemptId).toBe(2);
    expect(selectWinner([scored(1, 0, 5, 2), scored(2, 1, 3.4, 3.4)])?.attemptId).toBe(2);
  });

  it('gives the same winner in every order of completion (catches a tie decided by arrival)', () => {
    const tied = [scored(30, 2, 4.8, 4.9), scored(10, 3, 4.9, 4.8), scored(20, 1, 4.8, 4.9)];
    for (const order of [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ])
      expect(selectWinner(order.map((i) => tied[i]!))?.attemptId).toBe(20);
  });

  it('ranks unscored candidates below any score, by try among themselves; none gives null', () => {
    const unscored = { attemptId: 1, tryIndex: 0, scores: null };
    expect(selectWinner([unscored, scored(2, 4, 1, 1)])?.attemptId).toBe(2);
    expect(selectWinner([{ ...unscored, attemptId: 9, tryIndex: 3 }, unscored])?.attemptId).toBe(1);
    expect(selectWinner([])).toBeNull();
  });
});
