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
}

/**
 * Keeps the live state true: a snapshot, then the events after it. After a broken connection it goes on from the last number,
 * unless the engine has started anew; a stream that ends by itself, or brings another epoch, asks for the new snapshot.
 */
export async function followEngine({ client, live, signal, onSnapshot, pause }: FollowOptions): Promise<void> {
  let behind = true;
  while (!signal.aborted) {
    try {
      const snapshot = await client.system.snapshot(undefined, { signal });
      const newLife = snapshot.epoch !== live.getState().epoch;
      if (newLife || behind) {
        live.setState(fromSnapshot(snapshot), true);
        onSnapshot(newLife);
      }
      behind = false;
      const { epoch, seq } = live.getState();
      const events = await client.system.events({ epoch, since: seq }, { signal });
      for await (const event of events) {
        if (event.epoch !== epoch) break;
        live.setState((state) => applyEvent(state, event), true);
      }
      behind = true;
    } catch {
      // Reads wait for the next connection by themselves; the next turn of the loop shows whether the engine is a new one.
    }
    await pause(signal);
  }
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
