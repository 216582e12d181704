import { ProviderError, type ProviderErrorCode } from '../../../shared/model/errors.ts';
import type { Endpoint } from '../../../shared/model/provider.ts';
import type { Clock } from '../ports.ts';

/** Retry as data: which codes are worth another try, how often, and how long to wait. */
export const RETRY = {
  codes: new Set<ProviderErrorCode>(['rateLimited', 'overloaded', 'timeout', 'network', 'serverError']),
  /** Tries in all, the first one included. */
  tries: 4,
  firstWaitMs: 500,
  factor: 3,
  maxWaitMs: 30_000,
  /** Failed calls in a row, over all tries, after which the endpoint is given up and the run pauses. */
  breaker: 12,
} as const;

/** The endpoint is of no use for now; the run pauses with this instead of burning its jobs. */
export class LaneClosed extends Error {
  override readonly cause: ProviderError;
  constructor(endpoint: string, cause: ProviderError) {
    super(`${endpoint} cannot be used: ${cause.message}`);
    this.name = 'LaneClosed';
    this.cause = cause;
  }
}

/** Trouble that no retry and no other job will cure. */
const CLOSES = new Set<ProviderErrorCode>(['auth', 'notFound', 'quotaExhausted']);

export interface Lane {
  /** Waits for a place, asks, retries what is worth it. Throws ProviderError, LaneClosed, or the signal's reason. */
  through<T>(signal: AbortSignal, call: () => Promise<T>): Promise<T>;
}

/** One queue an endpoint: so many at once, so many a minute, with retries. `onRetry` is told of each one. */
export function createLane(endpoint: Endpoint, clock: Clock, onRetry: () => void): Lane {
  const waiting: (() => void)[] = [];
  let free = endpoint.concurrency;
  let nextStart = 0;
  let failuresInARow = 0;

  async function enter(signal: AbortSignal): Promise<void> {
    if (free > 0) {
      free -= 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const go = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        waiting.splice(waiting.indexOf(go), 1);
        reject(signal.reason);
      };
      if (signal.aborted) return reject(signal.reason);
      waiting.push(go);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  function exit(): void {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  }

  async function pace(signal: AbortSignal): Promise<void> {
    if (endpoint.callsPerMinute <= 0) return;
    const now = clock.now();
    const start = Math.max(now, nextStart);
    nextStart = start + 60_000 / endpoint.callsPerMinute;
    if (start > now) await clock.sleep(start - now, signal);
  }

  async function tryOnce<T>(signal: AbortSignal, call: () => Promise<T>): Promise<T> {
    await enter(signal);
    try {
      signal.throwIfAborted();
      await pace(signal);
      const answer = await call();
      failuresInARow = 0;
      return answer;
    } finally {
      exit();
    }
  }

  return {
    async through(signal, call) {
      for (let tried = 1; ; tried++) {
        try {
          return await tryOnce(signal, call);
        } catch (error) {
          if (!(error instanceof ProviderError) || signal.aborted) throw error;
          if (CLOSES.has(error.code)) throw new LaneClosed(endpoint.id, error);
          if (!RETRY.codes.has(error.code)) throw error;
          failuresInARow += 1;
          if (failuresInARow >= RETRY.breaker) throw new LaneClosed(endpoint.id, error);
          if (tried >= RETRY.tries) throw error;
          onRetry();
          await clock.sleep(waitBefore(tried, error.retryAfterMs), signal);
        }
      }
    },
  };
}

/** Milliseconds to wait after try number `tried`: what the server asked for, else growing steps. */
export function waitBefore(tried: number, retryAfterMs: number | undefined): number {
  if (retryAfterMs !== undefined) return Math.min(Math.max(retryAfterMs, 0), 10 * RETRY.maxWaitMs);
  return Math.min(RETRY.firstWaitMs * RETRY.factor ** (tried - 1), RETRY.maxWaitMs);
}
