/** An allowance that fills up at a steady rate. All times in milliseconds of one clock that never goes back. */
export interface TokenBucket {
  /** Milliseconds until `amount` may be taken; 0 = now. More than the bucket holds may be taken when it is full, and is then owed. */
  waitMs(amount: number, now: number): number;
  take(amount: number, now: number): void;
  /** Puts back what was taken and not used; a negative amount takes what was used beyond the estimate. */
  give(amount: number): void;
}

/** Rounding errors of binary fractions may not cost another wait. */
const DUST = 1e-6;

/** A bucket of `size` that starts full and gains `perMinute`. A size of 1 spaces calls evenly: no window of a minute has more. */
export function createTokenBucket(perMinute: number, size: number): TokenBucket {
  const perMs = perMinute / 60_000;
  let level = size;
  let filledAt = Number.NEGATIVE_INFINITY;

  function fill(now: number): void {
    if (now <= filledAt) return;
    level = Math.min(size, level + (now - filledAt) * perMs);
    filledAt = now;
  }

  return {
    waitMs(amount, now) {
      fill(now);
      const missing = Math.min(amount, size) - level;
      return missing <= DUST ? 0 : missing / perMs;
    },
    take(amount, now) {
      fill(now);
      level -= amount;
    },
    give(amount) {
      level = Math.min(size, level + amount);
    },
  };
}
