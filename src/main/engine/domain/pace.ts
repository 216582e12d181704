/**
 * How fast calls may start after an endpoint refused some for coming too fast (429). The pace drops under what was delivered of
 * late, then climbs until the next refusal shows where the limit is: slow increase, multiplicative decrease, over the rate
 * instead of the window, because a fast server refuses even one call at a time.
 */
export interface Pace {
  /** Milliseconds until the next call may start; 0 = now. */
  waitMs(now: number): number;
  started(now: number): void;
  answered(now: number): void;
  /** A call that began at `begun` was refused. True when the pace was cut: once for all calls that were on their way. */
  refused(begun: number, now: number): boolean;
  /** The endpoint is left alone for so long: no measure of what it can deliver. */
  held(ms: number): void;
  /** Calls a second now; null while nothing was refused. */
  perSecond(now: number): number | null;
}

const CUT = 0.85;
/** Share of the delivered rate that the pace gains a second. */
const GAIN = 0.02;
/**
 * Where no refusal comes, it gains once more the whole rate in so long, by the third power of the time (as TCP CUBIC): hardly anything
 * near the last limit, ever more once that limit is plainly not there any more, or was none.
 */
const CUBIC_MS = 20_000;
/** Past this multiple of the rate at the last refusal the limit is taken to be gone. */
const FORGOTTEN = 3;
/** The delivered rate is measured over so many answers, in at most so long. */
const MEASURED = 64;
const MEASURED_MS = 5000;
/**
 * Where to begin when the first answers of all are refusals: one a second, and twice as many every few seconds (slow start) until the
 * next refusal comes with a measure of what was delivered.
 */
const UNKNOWN_PER_MS = 0.001;
const DOUBLING_MS = 2000;
/** Past this multiple of it, whatever refused the first calls is taken to be gone. */
const UNKNOWN_FORGOTTEN = 64;

export function createPace(): Pace {
  const times = new Float64Array(MEASURED).fill(Number.NEGATIVE_INFINITY);
  let answers = 0;
  let heldMs = 0;
  let measured = 0;
  let isGuess = false;
  let perMs = Number.POSITIVE_INFINITY;
  let cutAt = Number.NEGATIVE_INFINITY;
  let nextStart = Number.NEGATIVE_INFINITY;

  /** Answers a millisecond of late, without the time in which nothing was sent on purpose. */
  function delivered(now: number): number {
    const at = now - heldMs;
    let count = 0;
    let oldest = at;
    for (const time of times) {
      if (time <= at - MEASURED_MS) continue;
      count += 1;
      oldest = Math.min(oldest, time);
    }
    if (count < 2) return 0;
    // A full ring covers less than the window; else the window is as long as it is, or as there were answers.
    const span = count === MEASURED || answers === count ? at - oldest : MEASURED_MS;
    return count / Math.max(span, 1);
  }

  function rate(now: number): number {
    if (perMs === Number.POSITIVE_INFINITY) return perMs;
    const since = Math.max(0, now - cutAt);
    const grown = isGuess ? perMs * 2 ** (since / DOUBLING_MS) : perMs + measured * ((GAIN * since) / 1000 + (since / CUBIC_MS) ** 3);
    if (grown > measured * (isGuess ? UNKNOWN_FORGOTTEN : FORGOTTEN)) perMs = Number.POSITIVE_INFINITY;
    return grown;
  }

  return {
    waitMs: (now) => (perMs === Number.POSITIVE_INFINITY ? 0 : Math.max(0, nextStart - now)),
    started(now) {
      if (perMs === Number.POSITIVE_INFINITY) return;
      nextStart = Math.max(now, nextStart) + 1 / rate(now);
    },
    answered(now) {
      times[answers % MEASURED] = now - heldMs;
      answers += 1;
    },
    refused(begun, now) {
      if (begun < cutAt) return false;
      const known = delivered(now);
      measured = Math.min(known || UNKNOWN_PER_MS, rate(now));
      isGuess = known === 0;
      perMs = measured * CUT;
      cutAt = now;
      nextStart = now + 1 / perMs;
      return true;
    },
    held(ms) {
      heldMs += ms;
      cutAt += ms;
    },
    perSecond: (now) => (rate(now) === Number.POSITIVE_INFINITY ? null : rate(now) * 1000),
  };
}
