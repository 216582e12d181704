import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shareDifference, wilson } from '../../../src/shared/model/intervals.ts';

describe('intervals of shares', () => {
  // Catches: a formula that is wrong in the second digit. Values from Newcombe (1998), tables I and II.
  it('gives the published values', () => {
    expect(wilson({ count: 81, of: 263 })).toMatchObject({ low: expect.closeTo(0.2553, 4), high: expect.closeTo(0.3662, 4) });
    expect(wilson({ count: 0, of: 20 })).toMatchObject({ low: 0, high: expect.closeTo(0.1611, 4) });
    const found = shareDifference({ count: 48, of: 80 }, { count: 56, of: 70 });
    expect(found).toMatchObject({ difference: expect.closeTo(0.2, 6), low: expect.closeTo(0.0524, 4), high: expect.closeTo(0.3339, 4) });
  });

  it('says nothing without trials', () => {
    expect(wilson({ count: 0, of: 0 })).toBeNull();
    expect(shareDifference({ count: 0, of: 0 }, { count: 1, of: 2 })).toBeNull();
  });

  // Catches: ends outside 0..1, or a share outside its own interval.
  it('holds its share and stays inside 0 to 1', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(1000), (count, more) => {
        const found = wilson({ count, of: count + more });
        return count + more === 0
          ? found === null
          : found!.low >= 0 && found!.low <= found!.share && found!.share <= found!.high && found!.high <= 1;
      }),
    );
  });
});
