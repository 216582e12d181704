import { expect, it } from 'vitest';
import { createLane, LaneClosed, RETRY, waitBefore } from '../../src/main/engine/pipeline/lanes.ts';
import type { Clock } from '../../src/main/engine/ports.ts';
import { ProviderError } from '../../src/shared/model/errors.ts';
import { Endpoint } from '../../src/shared/model/provider.ts';

/** A clock that jumps: sleeping takes no time and is written down. */
function jumpingClock() {
  let now = 0;
  const slept: number[] = [];
  const clock: Clock = {
    now: () => now,
    async sleep(ms) {
      slept.push(ms);
      now += ms;
    },
  };
  return { clock, slept };
}
const endpoint = (more: object = {}) => Endpoint.parse({ id: 'e', transport: 'demo', concurrency: 2, ...more });
const never = new AbortController().signal;

// Catches: more calls at once than the endpoint allows, or a place that is lost when a call fails.
it('holds the concurrency of its endpoint, also over failures', async () => {
  const lane = createLane(endpoint(), jumpingClock().clock, () => undefined);
  let open = 0;
  let most = 0;
  const call = async (fails: boolean) => {
    open += 1;
    most = Math.max(most, open);
    await new Promise((resolve) => setImmediate(resolve));
    open -= 1;
    if (fails) throw new ProviderError('badRequest', 'no');
  };
  await Promise.allSettled(Array.from({ length: 20 }, (_, i) => lane.through(never, () => call(i % 3 === 0))));
  expect(most).toBe(2);
});

// Catches: a retry that ignores Retry-After, retries what will never work, or goes on for ever.
it('retries what is worth it, waits as the server asks, and counts', async () => {
  const { clock, slept } = jumpingClock();
  let retries = 0;
  const lane = createLane(endpoint(), clock, () => {
    retries += 1;
  });
  const answers = [new ProviderError('rateLimited', 'slow down', { retryAfterMs: 1234 }), new ProviderError('serverError', 'oops'), 'fine'];
  const answer = await lane.through(never, async () => {
    const next = answers.shift();
    if (next instanceof Error) throw next;
    return next;
  });
  expect({ answer, retries, slept }).toEqual({ answer: 'fine', retries: 2, slept: [1234, waitBefore(2, undefined)] });
  await expect(lane.through(never, () => Promise.reject(new ProviderError('refused', 'no')))).rejects.toMatchObject({ code: 'refused' });
});

// Catches: thousands of jobs burnt against a wrong key or a dead server.
it('closes on a wrong key at once and on a dead server after a row of failures', async () => {
  const lane = createLane(endpoint(), jumpingClock().clock, () => undefined);
  await expect(lane.through(never, () => Promise.reject(new ProviderError('auth', 'no key')))).rejects.toBeInstanceOf(LaneClosed);
  let asked = 0;
  const dead = () => {
    asked += 1;
    return Promise.reject(new ProviderError('network', 'down'));
  };
  let closed = false;
  while (!closed && asked < 100) await lane.through(never, dead).catch((error) => (closed = error instanceof LaneClosed));
  expect({ closed, asked }).toEqual({ closed: true, asked: RETRY.breaker });
});

// Catches: a place in the queue that is kept by a caller who has gone, so that the lane slowly dies.
it('gives the place of an aborted waiter to the next', async () => {
  const lane = createLane(endpoint({ concurrency: 1 }), jumpingClock().clock, () => undefined);
  let release: () => void = () => {};
  const first = lane.through(never, () => new Promise<void>((resolve) => (release = () => resolve())));
  await new Promise((resolve) => setImmediate(resolve));
  const gone = new AbortController();
  const second = lane.through(gone.signal, async () => 'never');
  const third = lane.through(never, async () => 'third');
  gone.abort(new Error('left'));
  await expect(second).rejects.toThrow('left');
  release();
  await first;
  expect(await third).toBe('third');
});
