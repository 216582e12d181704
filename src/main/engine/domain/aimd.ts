/**
 * How many calls at once an endpoint should get. A server that says it is overloaded gets fewer at once (multiplicative decrease).
 * A server of one's own never says so: it queues. There, latency against the best seen raises the suspicion, and throughput decides:
 * fewer places are tried, and kept only when that costs next to nothing. So a server that is simply slow, does varied work, or does
 * more at once in a longer time keeps its places.
 */
export interface Limiter {
  /** Calls at once: a whole number from 1 to the cap. */
  limit(): number;
  /**
   * A call of a kind (calls of one kind take about equally long) was answered after `ms`. `busy` = every place was taken: only then
   * do the numbers say what the endpoint can do.
   */
  answered(kind: string, ms: number, now: number, busy: boolean): void;
  /** The endpoint said it is overloaded to a call that began at `begun`. True when places were cut: once for all that were under way. */
  overloaded(begun: number, now: number): boolean;
  /** From one place up, after a time without answers. */
  restart(): void;
  setCap(cap: number): void;
}

/** Places at the very start. */
const START = 4;
/** Latency over the best of its kind from which a queue is suspected. */
const SUSPECT = 2;
/** Milliseconds below which nobody cares about a queue, and clocks and pauses of our own process are most of what is measured. */
const LEAST_MS = 50;
const CUT = 0.7;
/** Answers in a round, at least; and at least twice the places. */
const ROUND = 16;
/** Answers before the mean of a kind is trusted, and the weight of the newest one after that. */
const TRUSTED = 8;
const WEIGHT = 1 / 32;
/** A trial of fewer places goes at least and at most so far down: far enough to stand out from chance. */
const TRIAL = { most: 0.7, least: 0.5 };

/** How far a measure that was given up comes back each round, so that one wrong trial is not believed for good. */
const DOUBT = 0.05;

interface Kind {
  seen: number;
  mean: number;
  /** The mean that is taken for unqueued, and the lowest there ever was. */
  best: number;
  lowest: number;
}

interface Round {
  answers: number;
  /** Sums over the answers: latency, and the best latency of their kinds. */
  ms: number;
  bestMs: number;
  begun: number;
  busy: boolean;
}

export function createLimiter(firstCap: number): Limiter {
  let cap = firstCap;
  let limit = Math.min(cap, START);
  /** Below this the limit grows with every answer, above by a step a round. */
  let threshold = cap;
  let cutAt = Number.NEGATIVE_INFINITY;
  let round: Round | null = null;
  /** What was measured with more places, while fewer are tried. */
  let trial: { limit: number; rate: number; ratio: number } | null = null;
  /** Answers to calls that began under the old limit. */
  let settling = 0;
  let answeredAt: number | null = null;
  const kinds = new Map<string, Kind>();

  function learn(name: string, ms: number): Kind {
    let kind = kinds.get(name);
    if (!kind) {
      kind = { seen: 0, mean: 0, best: Number.POSITIVE_INFINITY, lowest: Number.POSITIVE_INFINITY };
      kinds.set(name, kind);
    }
    kind.seen += 1;
    kind.mean += (ms - kind.mean) * Math.max(WEIGHT, 1 / kind.seen);
    if (kind.seen < TRUSTED) return kind;
    kind.lowest = Math.min(kind.lowest, kind.mean);
    kind.best = Math.min(kind.best, kind.mean);
    return kind;
  }

  function moveTo(next: number): void {
    limit = Math.min(cap, Math.max(1, next));
  }

  /** Ends a round. `rate` is in calls' worth of best latency at once: by Little's law, the places that cannot be a queue. */
  function decide({ ms, bestMs, begun, busy }: Round, now: number): void {
    const ratio = ms / bestMs;
    const rate = bestMs / Math.max(1e-6, now - begun);
    const tried = trial;
    trial = null;
    for (const kind of kinds.values()) if (kind.best > kind.lowest) kind.best -= (kind.best - kind.lowest) * DOUBT;
    if (tried && busy) {
      const share = limit / tried.limit;
      if (rate < tried.rate * (1 - (1 - share) / 3)) {
        // Fewer places cost throughput: the latency is the work's own, and the measure of what is usual was wrong.
        for (const kind of kinds.values()) kind.best *= tried.ratio;
        moveTo(tried.limit);
        return;
      }
      threshold = limit;
    } else if (tried) moveTo(tried.limit);
    if (!busy) return;
    if (ratio <= SUSPECT) moveTo(limit + Math.max(1, limit * 0.05));
    else tryFewer(rate, ratio);
  }

  function tryFewer(rate: number, ratio: number): void {
    const before = limit;
    const share = Math.min(TRIAL.most, Math.max(TRIAL.least, SUSPECT / ratio));
    threshold = limit;
    moveTo(Math.max(rate, limit * share));
    if (Math.floor(limit) >= Math.floor(before)) {
      limit = before;
      return;
    }
    trial = { limit: before, rate, ratio };
    settling = Math.floor(before);
  }

  return {
    limit: () => Math.floor(limit),
    answered(name, took, now, busy) {
      const ms = Math.max(LEAST_MS, took);
      const kind = learn(name, ms);
      const known = kind.best !== Number.POSITIVE_INFINITY;
      if (busy && limit < threshold) {
        if (known && kind.mean > SUSPECT * kind.best) threshold = limit;
        else moveTo(Math.min(threshold, limit + 1));
      }
      if (settling > 0) {
        settling -= 1;
        round = null;
        answeredAt = now;
        return;
      }
      round ??= { answers: 0, ms: 0, bestMs: 0, begun: answeredAt ?? now - ms, busy: true };
      answeredAt = now;
      round.answers += 1;
      round.ms += ms;
      round.bestMs += known ? kind.best : kind.mean;
      round.busy &&= busy;
      if (round.answers < Math.max(ROUND, 2 * limit)) return;
      decide(round, now);
      round = null;
    },
    overloaded(begun, now) {
      if (begun < cutAt) return false;
      cutAt = now;
      trial = null;
      round = null;
      moveTo(limit * CUT);
      threshold = limit;
      return true;
    },
    restart() {
      threshold = Math.max(1, limit / 2);
      limit = 1;
      trial = null;
      round = null;
      settling = 0;
      answeredAt = null;
    },
    setCap(next) {
      if (next > cap) threshold = Math.max(threshold, limit);
      cap = next;
      moveTo(limit);
    },
  };
}
