import type { EngineClient } from '../../shared/contract.ts';
import { applyEvent, fromSnapshot, type LiveStore } from './live.ts';

export interface FollowOptions {
  client: EngineClient;
  live: LiveStore;
  signal: AbortSignal;
  /** Called after each new snapshot: what was read before may be from another life of the engine. */
  onSnapshot(firstOfEpoch: boolean): void;
  /** Resolves after a pause; rejects never. */
  pause(signal: AbortSignal): Promise<void>;
  /** Milliseconds without an event after which the stream is doubted. */
  quietMs?: number;
}

const QUIET_MS = 10_000;

/**
 * Keeps the live state true: a snapshot, then the events after it. After a broken connection it goes on from the last number,
 * unless the engine has started anew; a stream that ends by itself, or brings another epoch, asks for the new snapshot. A stream
 * that has gone quiet is checked against a snapshot, so that one that died without a word does not leave old numbers on screen.
 */
export async function followEngine({ client, live, signal, onSnapshot, pause, quietMs = QUIET_MS }: FollowOptions): Promise<void> {
  let behind = true;
  while (!signal.aborted) {
    const stream = new AbortController();
    const stop = () => stream.abort(signal.reason);
    signal.addEventListener('abort', stop);
    try {
      const snapshot = await client.system.snapshot(undefined, { signal });
      const newLife = snapshot.epoch !== live.getState().epoch;
      if (newLife || behind) {
        live.setState(fromSnapshot(snapshot), true);
        onSnapshot(newLife);
      }
      behind = false;
      const { epoch, seq } = live.getState();
      const events = await client.system.events({ epoch, since: seq }, { signal: stream.signal });
      const unwatch = watchQuiet(client, live, stream, quietMs);
      try {
        for await (const event of events) {
          if (event.epoch !== epoch) break;
          live.setState((state) => applyEvent(state, event), true);
        }
      } finally {
        unwatch();
      }
      behind = true;
    } catch {
      // Reads wait for the next connection by themselves; the next turn of the loop shows whether the engine is a new one.
    }
    signal.removeEventListener('abort', stop);
    await pause(signal);
  }
}

/** Ends a stream that brought nothing for a while although the engine is further. Returns the way to stop watching. */
function watchQuiet(client: EngineClient, live: LiveStore, stream: AbortController, quietMs: number): () => void {
  let last = live.getState();
  const timer = setInterval(async () => {
    const now = live.getState();
    const quiet = now.seq === last.seq;
    last = now;
    if (!quiet) return;
    const snapshot = await client.system.snapshot(undefined, { signal: stream.signal }).catch(() => null);
    if (snapshot && (snapshot.epoch !== now.epoch || snapshot.seq > live.getState().seq)) stream.abort();
  }, quietMs);
  return () => clearInterval(timer);
}

/** Waits `ms`, or less when the signal is aborted. */
export function pauseFor(ms: number): (signal: AbortSignal) => Promise<void> {
  return (signal) =>
    new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done, { once: true });
    });
}
