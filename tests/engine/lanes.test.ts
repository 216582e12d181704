import { expect, it } from 'vitest';
import { createLane, createLanes, type Lane, LaneClosed, type LaneWork, RETRY } from '../../src/main/engine/pipeline/lanes.ts';
import { ProviderError } from '../../src/shared/model/errors.ts';
import { Endpoint } from '../../src/shared/model/provider.ts';
import { createVirtualWorld, type VirtualWorld } from './virtualWorld.ts';

const endpoint = (more: object = {}) => Endpoint.parse({ id: 'e', transport: 'demo', concurrency: 2, ...more });
const never = new AbortController().signal;
/** A call of which nothing is known but that the endpoint was asked. */
function work(more: Partial<LaneWork<unknown>> = {}): LaneWork<unknown> {
  return { kind: 'edit', tokens: 0, took: () => ({ tokens: 0, ms: Number.MAX_VALUE }), onRetry: () => undefined, ...more };
}
/** A lane on a virtual clock. `ask` sends one call through and lets time pass until it is over. */
function laneOf(more: object = {}) {
  const world = createVirtualWorld();
  const lane = createLane(endpoint(more), world);
  const ask = async <T>(call: () => Promise<T>, about = work()): Promise<T> => {
    const answer = lane.through(never, about as LaneWork<T>, call);
    answer.catch(() => undefined);
    await world.run();
    return answer;
  };
  return { world, lane, ask };
}
/** Sends `count` calls of `ms` each at once; gives when each began. */
async function begins(world: VirtualWorld, lane: Lane, count: number, about = work(), ms = 0): Promise<number[]> {
  const began: number[] = [];
  const call = async () => {
    began.push(world.now());
    await world.sleep(ms);
  };
  const all = Promise.all(Array.from({ length: count }, () => lane.through(never, about, call)));
  await world.run();
  await all;
  return began;
}
const fails = (code: ProviderError['code'], more: { retryAfterMs?: number; unsent?: boolean } = {}) => {
  return () => Promise.reject(new ProviderError(code, code, more));
};

// Catches: more calls at once than the endpoint allows, or a place that is lost when a call fails.
it('holds the concurrency of its endpoint, also over failures', async () => {
  const { world, lane } = laneOf();
  let open = 0;
  let most = 0;
  const call = async (bad: boolean) => {
    open += 1;
    most = Math.max(most, open);
    await world.sleep(10);
    open -= 1;
    if (bad) throw new ProviderError('badRequest', 'no');
  };
  const all = Promise.allSettled(Array.from({ length: 20 }, (_, i) => lane.through(never, work(), () => call(i % 3 === 0))));
  await world.run();
  await all;
  expect({ most, inFlight: lane.facts().inFlight, waiting: lane.facts().waiting }).toEqual({ most: 2, inFlight: 0, waiting: 0 });
});

// Catches: a retry that retries what will never work, goes on for ever, or is not counted.
it('retries what is worth it, and counts', async () => {
  const { lane, ask } = laneOf();
  let retries = 0;
  const about = work({
    onRetry() {
      retries += 1;
    },
  });
  const answers = [new ProviderError('serverError', 'oops'), new ProviderError('timeout', 'late'), 'fine'];
  const call = async () => {
    const next = answers.shift();
    if (next instanceof Error) throw next;
    return next;
  };
  expect(await ask(call, about)).toBe('fine');
  expect({ retries, told: lane.facts().retries }).toEqual({ retries: 2, told: 2 });
  await expect(ask(fails('refused'), about)).rejects.toMatchObject({ code: 'refused' });
  let asked = 0;
  const broken = () => {
    asked += 1;
    return fails('serverError')();
  };
  await expect(ask(broken, about)).rejects.toMatchObject({ code: 'serverError' });
  expect({ retries, asked }).toEqual({ retries: 2 + RETRY.tries - 1, asked: RETRY.tries });
});

// Catches: Retry-After that holds back only the call it was said to, while the others go on hammering.
it('leaves the endpoint alone for as long as it asks, with every call', async () => {
  const { world, lane } = laneOf({ concurrency: 8 });
  await begins(world, lane, 8, work(), 100);
  const asked = world.now();
  const began: number[] = [];
  let refusals = 1;
  const call = async () => {
    began.push(world.now() - asked);
    await world.sleep(10);
    if (refusals-- > 0) throw new ProviderError('rateLimited', 'slow down', { retryAfterMs: 5000 });
  };
  const all = Promise.all(Array.from({ length: 20 }, () => lane.through(never, work(), call)));
  await world.run(asked + 100);
  expect(lane.facts().heldForMs).toBeGreaterThan(4000);
  await world.run();
  await all;
  expect(began.filter((at) => at > 10 && at < 5010)).toEqual([]);
  // After the rest they come one by one, not all at once.
  expect(new Set(began.filter((at) => at >= 5010)).size).toBeGreaterThan(8);
});

// Catches: a limit a minute that is passed in some window, or that is not used up.
it('keeps calls and tokens a minute', async () => {
  const calls = laneOf({ concurrency: 64, callsPerMinute: 60 });
  const began = await begins(calls.world, calls.lane, 150);
  for (const at of began) expect(began.filter((other) => other >= at && other < at + 59_999).length).toBeLessThanOrEqual(60);
  expect(began.at(-1)).toBeLessThan(150_000);

  const tokens = laneOf({ concurrency: 64, tokensPerMinute: 60_000 });
  // The estimate is far too low at first: what was used counts in the end.
  const about = work({ tokens: 100, took: () => ({ tokens: 1000, ms: 1 }) });
  const starts = await begins(tokens.world, tokens.lane, 180, about, 10);
  expect(starts.at(-1)).toBeGreaterThan(160_000);
  expect(starts.at(-1)).toBeLessThan(185_000);
});

// Catches: thousands of jobs burnt against a wrong key, and calls that wait behind it for ever.
it('closes at once on a wrong key or a used-up quota, and sends everyone away who waits', async () => {
  for (const code of ['auth', 'quotaExhausted'] as const) {
    const { world, lane } = laneOf();
    let asked = 0;
    const call = async () => {
      asked += 1;
      await world.sleep(10);
      throw new ProviderError(code, 'no');
    };
    const all = Promise.allSettled(Array.from({ length: 50 }, () => lane.through(never, work(), call)));
    await world.run();
    for (const one of await all) expect((one as PromiseRejectedResult).reason).toBeInstanceOf(LaneClosed);
    expect(asked).toBe(2);
  }
});

// Catches: a wrong model name of one run that stops another run's calls to the same endpoint.
it('closes for one model only when that one is not there', async () => {
  const { world, lane } = laneOf({ concurrency: 1 });
  const missing = lane.through(never, work({ kind: 'validator/gone' }), async () => {
    await world.sleep(10);
    return fails('notFound')();
  });
  const other = lane.through(never, work({ kind: 'editor/here' }), async () => 'fine');
  const same = lane.through(never, work({ kind: 'validator/gone' }), async () => 'never');
  const all = Promise.allSettled([missing, other, same]);
  await world.run();
  expect((await all).map((one) => one.status)).toEqual(['rejected', 'fulfilled', 'rejected']);
});

// Catches: a run that waits ten minutes for an address that never answered, or that burns its jobs against it.
it('gives up soon on an endpoint that never answered', async () => {
  const { world, lane } = laneOf({ concurrency: 8 });
  let asked = 0;
  const dead = () => {
    asked += 1;
    return fails('network', { unsent: true })();
  };
  const all = Promise.allSettled(Array.from({ length: 40 }, () => lane.through(never, work(), dead)));
  await world.run();
  for (const one of await all) expect((one as PromiseRejectedResult).reason).toBeInstanceOf(LaneClosed);
  expect(asked).toBeLessThan(20);
  expect(world.now()).toBeLessThan(60_000);
});

// Catches: jobs lost in an outage, a storm when it ends, and a run that hangs on an endpoint that is gone for good.
it('waits out an outage with one test call at a time, comes back slowly, and gives up in the end', async () => {
  const { world, lane } = laneOf({ concurrency: 16 });
  let dead = false;
  let open = 0;
  const began: { at: number; beside: number }[] = [];
  const call = async () => {
    began.push({ at: world.now(), beside: open });
    open += 1;
    await world.sleep(50);
    open -= 1;
    if (dead) throw new ProviderError('network', 'reset');
  };
  const send = (count: number) => Promise.allSettled(Array.from({ length: count }, () => lane.through(never, work(), call)));
  const first = send(100);
  await world.run(200);
  dead = true;
  await world.run(120_000);
  const during = began.filter(({ at }) => at > 2000);
  expect(during.length).toBeGreaterThan(8);
  expect(during.every(({ beside }) => beside === 0)).toBe(true);
  expect(lane.facts().state).not.toBe('closed');
  dead = false;
  began.length = 0;
  await world.run();
  expect((await first).every((one) => one.status === 'fulfilled')).toBe(true);
  expect(Math.max(...began.slice(0, 4).map(({ beside }) => beside))).toBe(1);

  dead = true;
  const last = send(40);
  await world.run();
  const closed = (await last).filter((one) => one.status === 'rejected' && one.reason instanceof LaneClosed);
  expect(closed.length).toBeGreaterThan(30);
  expect(lane.facts()).toMatchObject({ inFlight: 0, waiting: 0 });
});

// Catches: calls that overtake each other, so that one job waits while later ones are served.
it('serves in the order of arrival, also after a retry', async () => {
  const { world, lane } = laneOf({ concurrency: 1 });
  const order: number[] = [];
  let failed = false;
  const call = (i: number) => async () => {
    await world.sleep(1000);
    if (i === 2 && !failed) {
      failed = true;
      throw new ProviderError('serverError', 'once');
    }
    order.push(i);
  };
  const all = Promise.all(Array.from({ length: 8 }, (_, i) => lane.through(never, work(), call(i))));
  await world.run();
  await all;
  expect(order).toEqual([0, 1, 3, 2, 4, 5, 6, 7]);
});

// Catches: a place in the queue that is kept by a caller who has gone, so that the lane slowly dies.
it('gives the place of an aborted waiter to the next', async () => {
  const { world, lane } = laneOf({ concurrency: 1 });
  const first = lane.through(never, work(), () => world.sleep(100));
  const gone = new AbortController();
  const second = lane.through(gone.signal, work(), async () => 'never');
  const third = lane.through(never, work(), async () => 'third');
  gone.abort(new Error('left'));
  await expect(second).rejects.toThrow('left');
  await world.run();
  await first;
  expect(await third).toBe('third');
});

// Catches: answers out of the ledger that eat up the calls a minute, or pass for lightning-fast answers of the endpoint.
it('does not count what was not asked', async () => {
  const { world, lane } = laneOf({ concurrency: 4, callsPerMinute: 60 });
  await begins(world, lane, 100, work({ took: () => null }));
  expect(world.now()).toBeLessThan(1000);
  expect(lane.facts()).toMatchObject({ callsPerMinute: 0, latencyP50: null });
});

// Catches: two runs that each take the whole limit of the endpoint they share.
it('is shared by everyone who uses the same endpoint, with its newest limits', () => {
  const lanes = createLanes(createVirtualWorld());
  const lane = lanes.of(endpoint());
  expect(lanes.of(endpoint({ concurrency: 5 }))).toBe(lane);
  expect(lanes.of(endpoint({ id: 'other' }))).not.toBe(lane);
  expect(lane.facts().cap).toBe(5);
});
