import type { LaneDeps } from '../../src/main/engine/pipeline/lanes.ts';

/** A world for lanes in which time passes only when everybody waits: hours in a moment, the same way every time. */
export interface VirtualWorld extends LaneDeps {
  /** A promise that is kept after so many virtual milliseconds. */
  sleep(ms: number): Promise<void>;
  /** Lets time pass until `until`, or until nothing is left to happen. */
  run(until?: number): Promise<void>;
}

export function createVirtualWorld(seed = 1): VirtualWorld {
  let now = 0;
  let order = 0;
  let state = seed;
  const alarms: { at: number; order: number; work: () => void }[] = [];
  const after = (ms: number, work: () => void) => {
    order += 1;
    const alarm = { at: now + ms, order, work };
    const place = alarms.findLastIndex((other) => other.at <= alarm.at);
    alarms.splice(place + 1, 0, alarm);
    return () => {
      const index = alarms.indexOf(alarm);
      if (index >= 0) alarms.splice(index, 1);
    };
  };
  /** Everything that can go on without time passing, goes on. */
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    now: () => now,
    after,
    chance() {
      // Mulberry32: small, and the same everywhere.
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
    },
    sleep: (ms) => new Promise((resolve) => void after(ms, () => resolve())),
    async run(until = Number.POSITIVE_INFINITY) {
      await settle();
      for (let next = alarms[0]; next && next.at <= until; next = alarms[0]) {
        alarms.shift();
        now = Math.max(now, next.at);
        next.work();
        await settle();
      }
      if (until !== Number.POSITIVE_INFINITY) now = Math.max(now, until);
    },
  };
}
