import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { neighbours } from '../../../src/renderer/features/review/ahead.ts';
import { didStep, EMPTY_HISTORY, redoStep, takeBack, undoStep } from '../../../src/renderer/features/review/history.ts';
import { tagsOf } from '../../../src/renderer/features/review/tags.ts';
import { offsetShowing, scrolledHeight, scrolledTo, TALLEST, topOf } from '../../../src/renderer/ui/scaledScroll.ts';

describe('undo', () => {
  // Catches: an undone `clear` that forgets what was decided before, or its tags.
  it('puts back each decision that a clear took away', () => {
    const step = {
      said: { ids: [1, 2, 3], decision: 'clear' as const, tags: [] },
      before: [
        { id: 1, decision: 'accept' as const, tags: [] },
        { id: 2, decision: 'reject' as const, tags: ['residuals'] },
        { id: 3, decision: 'accept' as const, tags: [] },
      ],
    };
    expect(takeBack(step)).toEqual([
      { ids: [1, 3], decision: 'accept', tags: [] },
      { ids: [2], decision: 'reject', tags: ['residuals'] },
    ]);
  });

  // Catches: a redo after a new step, which would do something that nobody saw.
  it('forgets what was undone when something new is done', () => {
    const step = (id: number) => ({ said: { ids: [id], decision: 'accept' as const, tags: [] }, before: [] });
    const undone = undoStep(didStep(didStep(EMPTY_HISTORY, step(1)), step(2)));
    expect(redoStep(undone).done).toHaveLength(2);
    expect(didStep(undone, step(3)).undone).toEqual([]);
  });
});

// Catches: a list that runs over its ends, or fetches far ones first.
it('fetches five ahead and two behind, nearest first', () => {
  expect(neighbours(3, 10, (n) => n)).toEqual([4, 2, 5, 1, 6, 7, 8]);
  expect(neighbours(2, 3, (n) => n)).toEqual([1, 0]);
  expect(neighbours(-1, 2, (n) => n)).toEqual([]);
});

// Catches: empty or doubled tags, which the engine would refuse.
it('reads tags parted by commas', () => {
  expect(tagsOf(' blurry,, too dark , blurry ')).toEqual(['blurry', 'too dark']);
});

describe('a list longer than a scroll bar can be', () => {
  const size = { total: 250_000 * 244, view: 700 };
  const bar = TALLEST - size.view;

  // Catches: rows at the end that no position of the bar shows, which is what a plain list does at this length.
  it('reaches both ends', () => {
    expect(scrolledTo(bar, { offset: 0, top: 0 }, size).offset).toBe(size.total - size.view);
    expect(scrolledTo(0, { offset: 5_000_000, top: 700_000 }, size).offset).toBe(0);
  });

  // Catches: a wheel that leaps over rows because the bar is scaled.
  it('moves pixel for pixel by small steps, and in proportion by large ones', () => {
    const from = { offset: 30_000_000, top: topOf(30_000_000, size) };
    expect(scrolledTo(from.top + 100, from, size).offset).toBe(30_000_100);
    const far = scrolledTo(from.top + 1_000_000, from, size);
    expect(far.offset).toBeCloseTo(((from.top + 1_000_000) / bar) * (size.total - size.view), 0);
  });

  it('never leaves the list, and shows every row it is asked for (any list, any row)', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4_000_000 }),
        fc.integer({ min: 40, max: 600 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (rows, height, share) => {
          const of = { total: rows * height, view: 800 };
          const row = Math.floor(share * (rows - 1));
          const offset = offsetShowing(row * height, height, 0, of, 0);
          expect(row * height).toBeGreaterThanOrEqual(offset - 1e-6);
          if (of.total > of.view) expect(row * height + height).toBeLessThanOrEqual(offset + of.view + 1e-6);
          const top = topOf(offset, of);
          expect(top).toBeLessThanOrEqual(Math.max(0, scrolledHeight(of.total) - of.view));
        },
      ),
    );
  });

  it('is an ordinary list where it fits', () => {
    expect(scrolledTo(3_000, { offset: 0, top: 0 }, { total: 9_000, view: 700 })).toEqual({ offset: 3_000, top: 3_000 });
  });
});
