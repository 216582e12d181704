import { ProviderError, type ProviderErrorCode } from '../../../shared/model/errors.ts';
import type { LaneFacts } from '../../../shared/model/lane.ts';
import type { Endpoint } from '../../../shared/model/provider.ts';
import { createLimiter } from '../domain/aimd.ts';
import { createBreaker } from '../domain/breaker.ts';
import { createPace } from '../domain/pace.ts';
import { createTokenBucket, type TokenBucket } from '../domain/tokenBucket.ts';
import { createLaneLog } from './laneLog.ts';

/** Retry as data: how often a call is sent again, how long it waits, and when an endpoint is given up. */
export const RETRY = {
  /** Times a call is sent in all when it got no answer, a fault of the server, or ran out of time. */
  tries: 4,
  /** Times it is sent in all when the endpoint said "not now" (429, overloaded): that is never the call's own fault. */
  refusedTries: 20,
  firstWaitMs: 500,
  factor: 3,
  maxWaitMs: 30_000,
  /** An endpoint that answered before is waited for so long; then the run pauses. */
  giveUpMs: 10 * 60_000,
} as const;

/** Trouble that no retry and no other job will cure; the first two are true for every model of the endpoint. */
const FINAL = new Set<ProviderErrorCode>(['auth', 'quotaExhausted', 'notFound']);
/** The endpoint has too much to do. */
const LOAD = new Set<ProviderErrorCode>(['rateLimited', 'overloaded']);
/** No answer, whoever is to blame. */
const SILENT = new Set<ProviderErrorCode>(['network', 'timeout', 'serverError']);

/** Tokens that may start at once after a pause: this share of a minute. */
const TOKEN_BURST = 1 / 12;

/** The endpoint is of no use for now; the run pauses with this instead of burning its jobs. */
export class LaneClosed extends Error {
  override readonly cause: ProviderError;
  constructor(endpoint: string, cause: ProviderError) {
    super(`${endpoint} cannot be used: ${cause.message}`);
    this.name = 'LaneClosed';
    this.cause = cause;
  }
}

/** What a lane has to know of a call. */
export interface LaneWork<T> {
  /** Role and model: calls of one kind take about equally long. */
  kind: string;
  /** Tokens it may take, in and out, estimated beforehand. */
  tokens: number;
  /** What it did take; null when the endpoint was not asked after all. */
  took(answer: T): { tokens: number; ms: number } | null;
  /** Told of every time the call is sent again. */
  onRetry(): void;
}

export interface Lane {
  /** Waits for a place, asks, retries what is worth it. Throws ProviderError, LaneClosed, the signal's reason, or what `call` throws. */
  through<T>(signal: AbortSignal, work: LaneWork<T>, call: () => Promise<T>): Promise<T>;
  facts(): LaneFacts;
}

/** What a lane needs from the world: a clock that never goes back, timers, chance. */
export interface LaneDeps {
  now(): number;
  /** Does `work` after `ms`; gives a way to call it off. */
  after(ms: number, work: () => void): () => void;
  chance(): number;
}

/** The real clock, timers and chance. */
export const laneWorld: LaneDeps = {
  now: () => performance.now(),
  after(ms, work) {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
  chance: Math.random,
};

/** The lanes of an engine. Runs that use the same endpoint share its lane, so that its limits hold over all of them. */
export interface Lanes {
  of(endpoint: Endpoint): Lane;
  facts(): LaneFacts[];
}

export function createLanes(deps: LaneDeps = laneWorld): Lanes {
  const lanes = new Map<string, ReturnType<typeof createLane>>();
  return {
    of(endpoint) {
      const { id, transport, baseUrl, key, vertex, batch } = endpoint;
      // Batches and single calls of one endpoint have limits of their own, at the provider as here.
      const name = JSON.stringify([id, transport, baseUrl, key, vertex, batch !== undefined]);
      const known = lanes.get(name);
      // The newest limits count: a person has edited the profile.
      if (known) known.configure(endpoint);
      const lane = known ?? createLane(endpoint, deps);
      lanes.set(name, lane);
      return lane;
    },
    facts: () => [...lanes.values()].map((lane) => lane.facts()),
  };
}

/** A call that can be sent away. */
interface Absent {
  kind: string;
  drop(error: unknown): void;
}

interface Waiter extends Absent {
  ticket: number;
  tokens: number;
  go(): void;
}

/** One queue in front of one endpoint: first come, first served, at the speed the endpoint is able and willing to work. */
export function createLane(first: Endpoint, deps: LaneDeps): Lane & { configure(endpoint: Endpoint): void } {
  const breaker = createBreaker();
  const pace = createPace();
  const log = createLaneLog();
  const waiting: Waiter[] = [];
  /** Calls that wait out their pause before they are sent again. */
  const pausing = new Set<Absent>();
  let endpoint = first;
  const limiter = createLimiter(capOf(first));
  let calls = callBucket(first);
  let tokens = tokenBucket(first);
  let inFlight = 0;
  let tickets = 0;
  let heldUntil = 0;
  /** Refusals in a row that each came after the endpoint was given some rest. */
  let refusals = 0;
  /** When it last answered; when it was first asked, before that. */
  let goodAt: number | null = null;
  let everAnswered = false;
  let disarm: (() => void) | null = null;

  /** Milliseconds until a call of so many tokens may start; Infinity = not before another one is done. */
  function waitMs(wanted: number, now: number): number {
    if (inFlight >= (endpoint.batch ? capOf(endpoint) : limiter.limit())) return Number.POSITIVE_INFINITY;
    return Math.max(
      heldUntil - now,
      breaker.waitMs(now),
      pace.waitMs(now),
      calls === null ? 0 : calls.waitMs(1, now),
      tokens === null ? 0 : tokens.waitMs(wanted, now),
    );
  }

  function start(wanted: number, now: number): void {
    inFlight += 1;
    goodAt ??= now;
    breaker.started();
    pace.started(now);
    calls?.take(1, now);
    tokens?.take(wanted, now);
  }

  /** Starts whoever may start, in order, and sets the alarm for the next one. */
  function pump(): void {
    disarm?.();
    disarm = null;
    while (waiting.length > 0) {
      const next = waiting[0] as Waiter;
      const now = deps.now();
      const wait = waitMs(next.tokens, now);
      if (wait > 0) {
        if (wait !== Number.POSITIVE_INFINITY) disarm = deps.after(wait, pump);
        return;
      }
      waiting.shift();
      start(next.tokens, now);
      next.go();
    }
  }

  /** Takes a place, at once when there is one and nobody waits. A call that is sent again keeps its old place in the order. */
  function enter(ticket: number, work: Pick<LaneWork<never>, 'kind' | 'tokens'>, signal: AbortSignal): Promise<void> | null {
    signal.throwIfAborted();
    const now = deps.now();
    if (waiting.length === 0 && waitMs(work.tokens, now) <= 0) {
      start(work.tokens, now);
      return null;
    }
    return new Promise<void>((resolve, reject) => {
      const leave = () => {
        waiting.splice(waiting.indexOf(waiter), 1);
        reject(signal.reason);
        pump();
      };
      const { kind, tokens } = work;
      const waiter: Waiter = {
        ticket,
        kind,
        tokens,
        go() {
          signal.removeEventListener('abort', leave);
          resolve();
        },
        drop(error) {
          signal.removeEventListener('abort', leave);
          reject(error);
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      const before = waiting.findLastIndex((other) => other.ticket < ticket);
      waiting.splice(before + 1, 0, waiter);
      if (before < 0) pump();
    });
  }

  /** Sends away everyone who waits (for one kind of call, or all): nothing they could be told would be better. */
  function close(error: ProviderError, kind: string | null): LaneClosed {
    const closed = new LaneClosed(endpoint.id, error);
    const gone = waiting.filter((waiter) => kind === null || waiter.kind === kind);
    for (const waiter of gone) {
      waiting.splice(waiting.indexOf(waiter), 1);
      waiter.drop(closed);
    }
    for (const call of [...pausing]) if (kind === null || call.kind === kind) call.drop(closed);
    return closed;
  }

  function giveUp(error: ProviderError): LaneClosed {
    breaker.reset();
    limiter.restart();
    everAnswered = false;
    goodAt = null;
    refusals = 0;
    heldUntil = 0;
    return close(error, null);
  }

  function hold(ms: number, now: number): void {
    const until = now + ms;
    if (until <= heldUntil) return;
    pace.held(until - Math.max(now, heldUntil));
    heldUntil = until;
  }

  function answered<T>(work: LaneWork<T>, answer: T, begun: number): void {
    const now = deps.now();
    const took = work.took(answer);
    if (took === null) {
      // Found in the ledger: nothing was asked, so nothing is counted and nothing learnt.
      breaker.undecided(now);
      calls?.give(1);
      tokens?.give(work.tokens);
      return;
    }
    tokens?.give(work.tokens - took.tokens);
    if (breaker.answered()) limiter.restart();
    goodAt = now;
    everAnswered = true;
    refusals = 0;
    pace.answered(now);
    // The ledger's clock may jump: the call took no longer than this clock says.
    const ms = Math.min(Math.max(0, took.ms), now - begun);
    if (!endpoint.batch) limiter.answered(work.kind, ms, now, inFlight >= limiter.limit());
    log.answered(now, ms);
  }

  /** Learns from a failure. LaneClosed when the endpoint is of no use; else whether it counts as a try of this call. */
  function failed(error: ProviderError, kind: string, begun: number): LaneClosed | 'tried' | 'refused' | 'notCounted' {
    const now = deps.now();
    log.failed(now, error);
    if (FINAL.has(error.code)) {
      breaker.undecided(now);
      return close(error, error.code === 'notFound' ? kind : null);
    }
    const late = now - (goodAt ?? now) > RETRY.giveUpMs;
    if (LOAD.has(error.code)) return refused(error, begun, now, late);
    if (!SILENT.has(error.code)) {
      // It answered, only not what was hoped for.
      if (error.code === 'aborted') breaker.undecided(now);
      else if (breaker.answered()) limiter.restart();
      return 'tried';
    }
    const wasClosed = breaker.state(now) === 'closed';
    const opened = breaker.failed(now, deps.chance());
    if (opened && (!everAnswered || late)) return giveUp(error);
    return wasClosed && !opened ? 'tried' : 'notCounted';
  }

  function refused(error: ProviderError, begun: number, now: number, late: boolean): LaneClosed | 'refused' {
    if (late || (error.retryAfterMs ?? 0) > RETRY.giveUpMs) return giveUp(error);
    breaker.undecided(now);
    const cut = error.code === 'rateLimited' ? pace.refused(begun, now) : limiter.overloaded(begun, now);
    if (cut) refusals += 1;
    if (error.retryAfterMs !== undefined) hold(error.retryAfterMs, now);
    else if (cut && refusals > 1) hold(waitBefore(refusals - 1, deps.chance()), now);
    return 'refused';
  }

  function exit(): void {
    inFlight -= 1;
    if (waiting.length > 0) pump();
  }

  async function through<T>(signal: AbortSignal, work: LaneWork<T>, call: () => Promise<T>): Promise<T> {
    tickets += 1;
    const ticket = tickets;
    let tried = 0;
    let refusedTimes = 0;
    for (;;) {
      const place = enter(ticket, work, signal);
      if (place !== null) await place;
      const begun = deps.now();
      let verdict: ReturnType<typeof failed>;
      let error: ProviderError;
      try {
        signal.throwIfAborted();
        const answer = await call();
        answered(work, answer, begun);
        return answer;
      } catch (thrown) {
        if (!(thrown instanceof ProviderError) || signal.aborted) {
          breaker.undecided(deps.now());
          throw thrown;
        }
        error = thrown;
        verdict = failed(thrown, work.kind, begun);
      } finally {
        exit();
      }
      if (verdict instanceof LaneClosed) throw verdict;
      if (error.held || (!LOAD.has(error.code) && !SILENT.has(error.code))) throw error;
      if (verdict === 'tried') tried += 1;
      if (verdict === 'refused') refusedTimes += 1;
      if (tried >= RETRY.tries || refusedTimes >= RETRY.refusedTries) throw error;
      work.onRetry();
      log.retried();
      await pause(work.kind, waitBefore(Math.max(1, tried + refusedTimes), deps.chance()), signal);
    }
  }

  function pause(kind: string, ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = () => {
        callOff();
        pausing.delete(call);
        signal.removeEventListener('abort', leave);
      };
      const drop = (error: unknown) => {
        end();
        reject(error);
      };
      const leave = () => drop(signal.reason);
      const call: Absent = { kind, drop };
      const callOff = deps.after(ms, () => {
        end();
        resolve();
      });
      pausing.add(call);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  return {
    through,
    facts() {
      const now = deps.now();
      const slowed = pace.perSecond(now);
      return {
        endpoint: endpoint.id,
        state: breaker.state(now),
        limit: endpoint.batch ? capOf(endpoint) : limiter.limit(),
        cap: capOf(endpoint),
        inFlight,
        waiting: waiting.length + pausing.size,
        heldForMs: Math.max(0, heldUntil - now),
        slowedTo: slowed === null ? null : slowed * 60,
        ...log.facts(now),
      };
    },
    configure(next) {
      if (capOf(next) !== capOf(endpoint)) limiter.setCap(capOf(next));
      if (next.callsPerMinute !== endpoint.callsPerMinute) calls = callBucket(next);
      if (next.tokensPerMinute !== endpoint.tokensPerMinute) tokens = tokenBucket(next);
      endpoint = next;
      pump();
    },
  };
}

/** A batch holds many calls that all wait for hours: there the places are those of a batch. */
function capOf({ concurrency, batch }: Endpoint): number {
  return batch ? Math.max(concurrency, batch.maxItems) : concurrency;
}

/** Calls are spaced evenly, so that no minute, wherever it begins, has more than its share. */
const callBucket = ({ callsPerMinute }: Endpoint): TokenBucket | null => (callsPerMinute > 0 ? createTokenBucket(callsPerMinute, 1) : null);

const tokenBucket = ({ tokensPerMinute }: Endpoint): TokenBucket | null =>
  tokensPerMinute > 0 ? createTokenBucket(tokensPerMinute, tokensPerMinute * TOKEN_BURST) : null;

/** Milliseconds to wait after failure number `times`: growing steps, spread by `chance` (0 to 1) so that calls do not come back all at once. */
function waitBefore(times: number, chance: number): number {
  return Math.min(RETRY.firstWaitMs * RETRY.factor ** (times - 1), RETRY.maxWaitMs) * (0.5 + chance);
}
