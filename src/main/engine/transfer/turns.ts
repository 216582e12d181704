/** So long a loop that only computes may hold the event loop, in milliseconds. */
const TURN_MS = 2;

/**
 * For loops over many rows that never wait for anything: asked in every round, it gives a promise to wait for once this loop has held the
 * event loop for TURN_MS, so that requests, timers and threads are served in between. It rejects with the signal's reason when aborted.
 */
export function createTurns(signal: AbortSignal): () => Promise<void> | undefined {
  let until = performance.now() + TURN_MS;
  const next = () =>
    new Promise<void>((resolve) => {
      setImmediate(() => {
        until = performance.now() + TURN_MS;
        resolve();
      });
    }).then(() => signal.throwIfAborted());
  return () => (performance.now() < until ? undefined : next());
}
