/** Stops sending to an endpoint that does not answer, and lets one call at a time find out when it is back. */
export interface Breaker {
  state(now: number): 'closed' | 'open' | 'half-open';
  /** Milliseconds until a call may start; 0 = now, Infinity = a test is under way. */
  waitMs(now: number): number;
  /** A call starts; when the breaker is open, it is the test. */
  started(): void;
  /** True when this brought the endpoint back. */
  answered(): boolean;
  /** A call that cannot have been its own fault got no answer. `chance` 0 to 1 spreads the next test. True when it opened. */
  failed(now: number, chance: number): boolean;
  /** The test ended without saying anything about the endpoint: the next call tests. */
  undecided(now: number): void;
  reset(): void;
}

/** Failed calls in a row, without one answer between them. */
const TRIP = 6;
const FIRST_WAIT_MS = 500;
/** One test in ten seconds is no burden for anybody, and a server that is back is found soon. */
const LONGEST_WAIT_MS = 10_000;

export function createBreaker(): Breaker {
  let failures = 0;
  let opened = 0;
  let until = 0;
  let testing = false;

  function open(now: number, chance: number): void {
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** opened);
    until = now + wait * (0.75 + 0.5 * chance);
    opened += 1;
    testing = false;
  }

  return {
    state: () => (opened === 0 ? 'closed' : testing ? 'half-open' : 'open'),
    waitMs: (now) => (opened === 0 ? 0 : testing ? Number.POSITIVE_INFINITY : Math.max(0, until - now)),
    started() {
      if (opened > 0) testing = true;
    },
    answered() {
      const back = opened > 0;
      failures = 0;
      opened = 0;
      testing = false;
      return back;
    },
    failed(now, chance) {
      failures += 1;
      // Calls that were on their way when it opened say nothing new.
      if (opened > 0 ? testing : failures >= TRIP) {
        open(now, chance);
        return true;
      }
      return false;
    },
    undecided(now) {
      if (testing) until = now;
      testing = false;
    },
    reset() {
      failures = 0;
      opened = 0;
      testing = false;
    },
  };
}
