import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createJobs, type JobContext, type JobResult } from '../../../src/main/engine/transfer/jobs.ts';
import type { JobView } from '../../../src/shared/model/events.ts';

beforeEach(() => vi.useFakeTimers({ now: 0 }));
afterEach(() => vi.useRealTimers());

function scripted() {
  const seen: JobView[] = [];
  const jobs = createJobs({ emit: (view) => seen.push(view), now: () => Date.now() });
  let context!: JobContext;
  let finish!: (result: JobResult) => void;
  let fail!: (error: unknown) => void;
  const start = () =>
    jobs.start('export', 'Export', '/set', (given) => {
      context = given;
      return new Promise((resolve, reject) => {
        finish = resolve;
        fail = reject;
        given.signal.addEventListener('abort', () => reject(given.signal.reason));
      });
    });
  return { jobs, seen, start, context: () => context, finish: (r: JobResult) => finish(r), fail: (e: unknown) => fail(e) };
}
const good: JobResult = { ok: true, report: [], message: 'All there.' };

// Catches: a job that floods the page, a last number that is never shown, an estimate from the first millisecond.
test('progress goes out at most ten times a second and the newest number wins', async () => {
  const { seen, start, context } = scripted();
  start();
  await vi.advanceTimersByTimeAsync(1);
  seen.length = 0;
  for (let i = 1; i <= 1000; i++) {
    context().progress(i, 2000);
    vi.advanceTimersByTime(2);
  }
  expect(seen.length).toBeGreaterThanOrEqual(15);
  expect(seen.length).toBeLessThanOrEqual(20);
  expect(seen[0]?.etaSeconds).toBeNull();
  await vi.advanceTimersByTimeAsync(200);
  expect(seen.at(-1)).toMatchObject({ done: 1000, total: 2000 });
  expect(seen.at(-1)?.etaSeconds).toBeCloseTo(2, 1);
});

// Catches: ends that are told late or twice, or a faulty check that ends as done.
test('a job ends once: done, failed with its report, failed with a sentence, or cancelled', async () => {
  const { jobs, seen, start, finish, fail } = scripted();
  start();
  await vi.advanceTimersByTimeAsync(0);
  finish({ ...good, target: '/set-2' });
  await vi.advanceTimersByTimeAsync(0);
  expect(seen.at(-1)).toMatchObject({ state: 'done', message: 'All there.', target: '/set-2' });

  start();
  await vi.advanceTimersByTimeAsync(0);
  finish({ ok: false, report: [{ label: 'a.jpg', value: 'broken', ok: false }], message: '1 fault found.' });
  await vi.advanceTimersByTimeAsync(0);
  expect(seen.at(-1)).toMatchObject({ state: 'failed', report: [{ label: 'a.jpg' }] });

  start();
  await vi.advanceTimersByTimeAsync(0);
  fail(new Error('The disk went away.'));
  await vi.advanceTimersByTimeAsync(0);
  expect(seen.at(-1)).toMatchObject({ state: 'failed', message: 'The disk went away.' });

  const { id } = start();
  await vi.advanceTimersByTimeAsync(0);
  jobs.cancel(id);
  jobs.cancel(id);
  await vi.advanceTimersByTimeAsync(1000);
  expect(seen.filter((view) => view.id === id && view.state === 'cancelled')).toHaveLength(1);
  expect(jobs.list().map((view) => view.state)).toEqual(['done', 'failed', 'failed', 'cancelled']);
  expect(() => jobs.cancel('nobody')).toThrow('no such job');
});

// Catches: an engine that closes its database under a job that still writes.
test('closing stops what runs and waits for it', async () => {
  const { jobs, start } = scripted();
  const { id } = start();
  await vi.advanceTimersByTimeAsync(0);
  await jobs.close();
  expect(jobs.list().find((view) => view.id === id)?.state).toBe('cancelled');
});
