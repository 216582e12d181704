/** So many calls are put together or taken apart before timers and sockets get their turn again. */
const CALLS_A_TURN = 8;

/**
 * Spreads work over turns of the event loop. Building a request with a picture and reading its reply take a fraction of a
 * millisecond; hundreds in one turn would hold up everything else in the process.
 */
export function createTurns(): () => Promise<void> {
  const waiting: (() => void)[] = [];
  let left = CALLS_A_TURN;
  let awaited = false;

  function next(): void {
    awaited = false;
    left = CALLS_A_TURN;
    for (const go of waiting.splice(0, left)) {
      left -= 1;
      go();
    }
    if (left < CALLS_A_TURN) plan();
  }

  function plan(): void {
    if (awaited) return;
    awaited = true;
    setImmediate(next);
  }

  return () => {
    plan();
    if (left > 0 && waiting.length === 0) {
      left -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve) => waiting.push(resolve));
  };
}
