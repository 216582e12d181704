import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createJobSpace, type JobSpace } from '../../../src/main/engine/domain/jobSpace.ts';
import { createScheduler, type DrawnJob, type Scheduler } from '../../../src/main/engine/domain/schedule.ts';

const nothing = { solved: () => false, tally: () => ({ claimed: 0, passed: 0 }) };
const kinds = ['uniform', 'untilSuccess', 'weakestCategoryFirst'] as const;

/** `counts` instructions of each category on every one of `n` sources. */
function spaceOf(n: number, counts: Record<string, number>, m: number): JobSpace {
  const instructions = Object.entries(counts).flatMap(([category, count], c) =>
    Array.from({ length: count }, (_, i) => ({ id: c * 100 + i, category })),
  );
  return createJobSpace(
    Array.from({ length: n }, (_, s) => ({ sourceId: s, instructions })),
    m,
  );
}

/** A run that tries jobs one by one: `passes` says which succeed. */
function simulate(scheduler: Scheduler, passes: (job: DrawnJob) => boolean, most = Number.POSITIVE_INFINITY) {
  const solved = new Set<number>();
  const tallies = new Map<string, { claimed: number; passed: number }>();
  const tally = (category: string) => tallies.get(category) ?? { claimed: 0, passed: 0 };
  const jobs: DrawnJob[] = [];
  while (jobs.length < most) {
    const job = scheduler.next({ solved: (group) => solved.has(group), tally });
    if (!job) break;
    jobs.push(job);
    const passed = passes(job);
    if (passed) solved.add(job.group);
    const { claimed, passed: before } = tally(job.category);
    tallies.set(job.category, { claimed: claimed + 1, passed: before + Number(passed) });
  }
  return { jobs, solved, tallies };
}

describe('createScheduler', () => {
  it.each(kinds)('%s draws every job once when nothing succeeds, and each is the job of its index', (kind) => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0 }), (n, m, seed) => {
        const space = spaceOf(n, { 'Add object': 2, 'Remove object': 1, ['__proto__']: 1, all: 1 }, m);
        const { jobs } = simulate(createScheduler(kind, space, seed, {}), () => false);
        expect(jobs.map((job) => job.jobIndex).sort((a, b) => a - b)).toEqual(Array.from({ length: space.size }, (_, i) => i));
        for (const { jobIndex, ...job } of jobs) expect(job).toEqual(space.at(jobIndex));
      }),
      { numRuns: 40 },
    );
  });

  it.each(kinds)('%s goes on from a stored cursor with the same jobs (catches a draw that starts over or skips one)', (kind) => {
    const space = spaceOf(20, { a: 2, b: 3, constructor: 1 }, 5);
    const passes = (job: DrawnJob) => job.jobIndex % 7 === 0;
    const whole = simulate(createScheduler(kind, space, 9, {}), passes);
    for (const stop of [0, 1, 137, whole.jobs.length]) {
      const first = createScheduler(kind, space, 9, {});
      const tail: DrawnJob[] = [];
      let second: Scheduler | null = null;
      // The results stay known over the stop, as they do in the store; only the scheduler is made anew.
      const head = { next: (view: Parameters<Scheduler['next']>[0]) => (drawn++ < stop ? first : ended()).next(view) };
      let drawn = 0;
      function ended(): Scheduler {
        second ??= createScheduler(kind, space, 9, JSON.parse(JSON.stringify(first.cursor())));
        return second;
      }
      tail.push(...simulate({ ...first, ...head }, passes).jobs);
      expect(tail.map((job) => job.jobIndex)).toEqual(whole.jobs.map((job) => job.jobIndex));
    }
  });

  it('uniform ignores results; another seed gives another order', () => {
    const space = spaceOf(10, { a: 3 }, 5);
    const order = (seed: number, passes: boolean) =>
      simulate(createScheduler('uniform', space, seed, {}), () => passes).jobs.map((j) => j.jobIndex);
    expect(order(1, true)).toEqual(order(1, false));
    expect(order(1, true)).not.toEqual(order(2, true));
  });

  it('untilSuccess leaves solved groups alone, in the order of uniform, and counts what it passed over', () => {
    const space = spaceOf(12, { a: 2, b: 2 }, 6);
    const passes = (job: DrawnJob) => job.jobIndex % 3 === 0;
    const scheduler = createScheduler('untilSuccess', space, 4, {});
    const { jobs } = simulate(scheduler, passes);
    const uniform = simulate(createScheduler('uniform', space, 4, {}), passes).jobs;
    const done = new Set<number>();
    const expected = uniform.filter((job) => {
      if (done.has(job.group)) return false;
      if (passes(job)) done.add(job.group);
      return true;
    });
    expect(jobs).toEqual(expected);
    expect(scheduler.skipped()).toBe(space.size - jobs.length);
    expect(createScheduler('untilSuccess', space, 4, scheduler.cursor()).skipped()).toBe(scheduler.skipped());
  });

  it('weakestCategoryFirst tries each category five times, then the one that succeeds least', () => {
    const space = spaceOf(40, { easy: 2, hard: 2, middle: 2 }, 5);
    const share: Record<string, number> = { easy: 1, middle: 0.5, hard: 0.1 };
    const scheduler = createScheduler('weakestCategoryFirst', space, 3, {});
    const { jobs, tallies } = simulate(scheduler, (job) => (job.jobIndex * 37) % 100 < share[job.category]! * 100, 300);
    expect(jobs.slice(0, 15).map((job) => job.category)).toEqual(Array.from({ length: 5 }, () => ['easy', 'hard', 'middle']).flat());
    expect(tallies.get('hard')!.claimed).toBeGreaterThan(250);
    expect(tallies.get('easy')!.claimed).toBe(5);
  });

  it('weakestCategoryFirst takes turns between categories that never succeed, and goes on when one is used up', () => {
    const space = spaceOf(10, { a: 1, b: 4 }, 2);
    const { jobs } = simulate(createScheduler('weakestCategoryFirst', space, 3, {}), () => false);
    expect(jobs.slice(0, 20).filter((job) => job.category === 'a')).toHaveLength(10);
    expect(jobs).toHaveLength(space.size);
  });

  it('refuses a broken cursor instead of drawing a job twice', () => {
    const space = spaceOf(2, { a: 1 }, 2);
    for (const all of [-1, 0.5, Number.NaN]) expect(() => createScheduler('uniform', space, 1, { all })).toThrow(RangeError);
    expect(createScheduler('uniform', space, 1, { all: 4 }).next(nothing)).toBeNull();
    expect(createScheduler('uniform', createJobSpace([], 5), 1, {}).next(nothing)).toBeNull();
  });
});
