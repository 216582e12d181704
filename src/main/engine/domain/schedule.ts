import type { Schedule } from '../../../shared/model/recipe.ts';
import { createPermutation } from './draw.ts';
import type { Job, JobSpace } from './jobSpace.ts';
import { deriveKey } from './seeds.ts';

/** Draws made so far, by permutation: `all` for uniform and untilSuccess (with `skipped` beside it), a category otherwise. */
export type DrawCursor = Record<string, number>;

/** What the schedules that adapt need to know of the run; read at each draw. */
export interface ScheduleView {
  /** The <source, instruction> has a candidate that passed every stage. */
  solved(group: number): boolean;
  /** Attempts drawn and attempts passed of a category so far. */
  tally(category: string): { claimed: number; passed: number };
}

export interface DrawnJob extends Job {
  jobIndex: number;
}

export interface Scheduler {
  /** The next job, drawn without replacement; null when none is left. */
  next(view: ScheduleView): DrawnJob | null;
  /** A copy of where the draw stands; store it together with the claimed jobs. */
  cursor(): DrawCursor;
  /** Jobs passed over because their group was solved (untilSuccess), since the run began. */
  skipped(): number;
}

/** Under so many claims a category's share of passed attempts says nothing yet. */
const TALLY_FLOOR = 5;

/**
 * Decides which job is tried next. The order follows from (space, seed) alone for `uniform` (the paper); the other two also
 * look at results. A cursor from an earlier sitting goes on where it stood. Throws RangeError for a broken cursor.
 */
export function createScheduler(kind: Schedule, space: JobSpace, seed: number, cursor: DrawCursor): Scheduler {
  return kind === 'weakestCategoryFirst' ? byCategory(space, seed, cursor) : overAll(space, seed, cursor, kind === 'untilSuccess');
}

function overAll(space: JobSpace, seed: number, cursor: DrawCursor, skipSolved: boolean): Scheduler {
  const permutation = space.size > 0 ? createPermutation(deriveKey(seed, 'draw', 'all'), space.size) : null;
  let drawn = place(cursor, 'all');
  let skipped = place(cursor, 'skipped');
  return {
    next(view) {
      while (permutation && drawn < space.size) {
        const jobIndex = permutation(drawn++);
        const job = space.at(jobIndex);
        if (skipSolved && view.solved(job.group)) skipped++;
        else return { jobIndex, ...job };
      }
      return null;
    },
    cursor: (): DrawCursor => (skipSolved ? { all: drawn, skipped } : { all: drawn }),
    skipped: () => skipped,
  };
}

function byCategory(space: JobSpace, seed: number, cursor: DrawCursor): Scheduler {
  const tries = space.attemptsPerInstruction;
  const lists = space.categories().map(({ category, groups }) => ({
    category,
    groups,
    size: groups.length * tries,
    drawn: place(cursor, category),
    permutation: createPermutation(deriveKey(seed, 'draw', 'category', category), groups.length * tries),
  }));

  function weakest(view: ScheduleView) {
    let best: { list: (typeof lists)[number]; rank: [number, number, number] } | null = null;
    for (const list of lists) {
      if (list.drawn >= list.size) continue;
      const { claimed, passed } = view.tally(list.category);
      // First those hardly tried, then by success; equal ones take turns. The lists are in name order already.
      const rank: [number, number, number] = claimed < TALLY_FLOOR ? [0, claimed, 0] : [1, passed / claimed, claimed];
      if (!best || isBefore(rank, best.rank)) best = { list, rank };
    }
    return best?.list ?? null;
  }

  return {
    next(view) {
      const list = weakest(view);
      if (!list) return null;
      const at = list.permutation(list.drawn++);
      const jobIndex = space.jobOf(list.groups[Math.floor(at / tries)]!, at % tries);
      return { jobIndex, ...space.at(jobIndex) };
    },
    cursor: () => Object.fromEntries(lists.map(({ category, drawn }) => [category, drawn])),
    skipped: () => 0,
  };
}

function isBefore(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at >= 0 && a[at]! < b[at]!;
}

/** Categories come from models, so a key is read as an own property only. */
function place(cursor: DrawCursor, key: string): number {
  const value = Object.hasOwn(cursor, key) ? cursor[key]! : 0;
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`the draw position "${key}" is ${value}, not a count`);
  return value;
}
