import { expect, it } from 'vitest';
import { createEventHub } from '../../src/main/engine/events.ts';
import type { EngineEvent, JobView } from '../../src/shared/model/events.ts';

const event = (title: string): EngineEvent => ({ type: 'job', job: { id: title, title } as JobView });

// Catches: events lost or repeated between a snapshot and the stream, or after a page comes back.
it('gives every event after a number exactly once, old and live', async () => {
  const hub = createEventHub();
  for (let i = 1; i <= 5; i++) hub.emit(event(`${i}`));
  const stop = new AbortController();
  const seen: number[] = [];
  const reading = (async () => {
    for await (const item of hub.follow({ epoch: hub.epoch, since: 2 }, stop.signal)) {
      seen.push(item.seq);
      if (item.seq === 8) stop.abort();
    }
  })();
  await new Promise((resolve) => setImmediate(resolve));
  for (let i = 6; i <= 8; i++) hub.emit(event(`${i}`));
  await reading;
  expect(seen).toEqual([3, 4, 5, 6, 7, 8]);
});

// Catches: a page of an earlier engine life that silently misses what happened: its stream must end or start from now.
it('starts from now for another epoch, and ends when too much was missed', async () => {
  const hub = createEventHub();
  hub.emit(event('old'));
  const fresh = hub.follow({ epoch: 'another life', since: 0 }, undefined);
  const first = fresh.next();
  await new Promise((resolve) => setImmediate(resolve));
  hub.emit(event('new'));
  expect((await first).value?.seq).toBe(2);
  for (let i = 0; i < 3000; i++) hub.emit(event('flood'));
  expect((await hub.follow({ epoch: hub.epoch, since: 1 }, undefined).next()).done).toBe(true);
});

// Catches: a subscription that keeps the engine from closing.
it('ends its streams when it closes', async () => {
  const hub = createEventHub();
  const next = hub.follow({}, undefined).next();
  hub.close();
  expect((await next).done).toBe(true);
});
