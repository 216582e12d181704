import { expect, it } from 'vitest';
import { createLane } from '../../src/main/engine/pipeline/lanes.ts';
import { ProviderError } from '../../src/shared/model/errors.ts';
import { Endpoint } from '../../src/shared/model/provider.ts';
import { simulate, summary } from './laneSimulation.ts';
import { createVirtualWorld, type VirtualWorld } from './virtualWorld.ts';

// Catches: a lane that leaves capacity unused, fills a hidden queue to the brim, hammers an endpoint that refuses or is dead, does not
// find back, or loses calls on the way.
it.each([1, 2, 3])('uses a simulated endpoint well through every kind of trouble, seed %d', async (seed) => {
  const { seconds, failed } = await simulate(seed);
  const queue = summary(seconds, 'hidden queue', 10);
  const refusals = summary(seconds, 'refusals', 10);
  const dead = summary(seconds, 'dead', 2);
  const back = summary(seconds, 'back', 15);
  expect(failed).toBe(0);
  // Throughput within 85 % of capacity, and no second without an answer.
  expect(queue.answered).toBeGreaterThan(8.5);
  expect(refusals.answered).toBeGreaterThan(4.25);
  expect(back.answered).toBeGreaterThan(8.5);
  expect(queue.emptySeconds + refusals.emptySeconds + back.emptySeconds).toBe(0);
  // 48 calls at once would each wait 4.8 s.
  expect(queue.latency).toBeLessThan(2000);
  // No storm: hardly a refused call, one test at a time while dead, no rush afterwards.
  expect(refusals.refused).toBeLessThan(0.5);
  expect(dead.mostSent).toBeLessThanOrEqual(2);
  expect(summary(seconds, 'back').mostSent).toBeLessThan(25);
});

/** Has 40 workers put `call`, which gives its milliseconds, through a lane with 32 places for so long. */
async function keepBusy(world: VirtualWorld, forMs: number, call: () => Promise<number>): Promise<void> {
  const lane = createLane(Endpoint.parse({ id: 'e', transport: 'demo', concurrency: 32 }), world);
  const stop = new AbortController();
  const about = { kind: 'k', tokens: 0, onRetry: () => undefined, took: (took: number) => ({ tokens: 0, ms: took }) };
  const workers = Array.from({ length: 40 }, async () => {
    while (!stop.signal.aborted) await lane.through(stop.signal, about, call).catch(() => undefined);
  });
  await world.run(forMs);
  stop.abort(new Error('over'));
  await world.run();
  await Promise.all(workers);
}

/** Calls answered a second by such a lane, when a call takes `ms(places in use, chance)`. */
async function throughput(ms: (busy: number, chance: number) => number, forMs: number): Promise<number> {
  const world = createVirtualWorld();
  let answered = 0;
  let busy = 0;
  await keepBusy(world, forMs, async () => {
    busy += 1;
    const took = ms(busy, world.chance());
    await world.sleep(took);
    busy -= 1;
    if (world.now() > forMs / 4) answered += 1;
    return took;
  });
  return (answered * 1000) / (forMs * 0.75);
}

// Catches: latency taken for a queue where there is none, so that a slow or fickle server gets fewer and fewer calls.
it('leaves the places to servers that are slow, fickle, or do more at once in a longer time', async () => {
  expect(await throughput(() => 8000, 1_200_000)).toBeGreaterThan(0.85 * 4);
  // From a tenth to almost twice the mean, evenly.
  expect(await throughput((_, chance) => 500 + 9000 * chance, 1_200_000)).toBeGreaterThan(0.85 * (32 / 5));
  // Long tails: most are fast, some take very long.
  expect(await throughput((_, chance) => -3000 * Math.log(1 - 0.999 * chance), 1_200_000)).toBeGreaterThan(0.85 * (32 / 3));
  // A batching server: all 32 at once take 2.6 times as long as one, and are 12 times as many.
  expect(await throughput((busy) => 1000 * (1 + 0.05 * busy), 600_000)).toBeGreaterThan(0.85 * (32 / 2.6));
});

// Catches: a measure of what is usual that is never given up, so that a server that became slower for good is throttled for good.
it('gets used to a server that becomes slower', async () => {
  let calls = 0;
  const slower = () => {
    calls += 1;
    return calls < 200 ? 500 : 4000;
  };
  expect(await throughput(slower, 1_200_000)).toBeGreaterThan(0.8 * 8);
});

/** Calls that such a lane gets answered in a minute, 50 ms each, by a server that refuses some; `refuses` is asked with the time. */
async function answeredInAMinute(refuses: (now: number) => boolean): Promise<number> {
  const world = createVirtualWorld();
  let answered = 0;
  await keepBusy(world, 60_000, async () => {
    await world.sleep(50);
    if (refuses(world.now())) throw new ProviderError('rateLimited', 'slow down');
    answered += 1;
    return 50;
  });
  return answered;
}

// Catches: a first burst that is refused before anything was delivered, after which calls trickle at a guessed rate for minutes.
it.each([2, 8, 40])('finds the limit of a server that refuses its first calls: %d a second', async (limit) => {
  let tokens = 0;
  let filledAt = 0;
  let refused = 0;
  const answered = await answeredInAMinute((now) => {
    tokens = Math.min(limit, tokens + ((now - filledAt) * limit) / 1000);
    filledAt = now;
    const isOver = tokens < 1;
    if (isOver) refused += 1;
    else tokens -= 1;
    return isOver;
  });
  expect(answered).toBeGreaterThan(0.85 * 60 * limit);
  expect(refused).toBeLessThan(0.1 * answered);
});

// Catches: a refusal that meant nothing, in a moment when little was delivered, after which a fast server idles for minutes.
it('forgets a refusal that shows no limit', async () => {
  let calls = 0;
  const answered = await answeredInAMinute(() => {
    calls += 1;
    return calls === 1 || calls === 40;
  });
  // 32 places, 50 ms a call.
  expect(answered).toBeGreaterThan(0.4 * 60 * 640);
});
