import type { Budget } from '../../../shared/model/recipe.ts';
import { LIMITS, NOTHING_SPENT, type Refusal, type Spent } from '../domain/budget.ts';

/** A place held under the cap until the work is done. */
export interface Reservation {
  /** Makes sure that one more call of this worst price is covered, widening the hold when need be; false when it does not fit. */
  cover(worst: Partial<Spent>): boolean;
  /** A call of this worst price was answered: the actual price is spent, the rest of its share stays free. */
  spend(worst: Partial<Spent>, actual: Partial<Spent>): void;
  /** Gives back what was not used. Safe to call twice. */
  release(): void;
}

export interface BudgetMeter {
  /** A reservation, or the limit in the way; `wait` says that work in flight may still give room. */
  reserve(worst: Partial<Spent>): { ok: true; reservation: Reservation } | { ok: false; limit: keyof Budget; wait: boolean };
  /** Resolves when a reservation is given back. */
  roomChanged(): Promise<void>;
  /** Keeps this much aside for work that is owed, such as growing the winners. Replaces the earlier sum. */
  setOwed(amounts: Partial<Spent>): void;
  spent(): Spent;
  reserved(): Spent;
  /** The newest thing that did not fit; null when everything did. */
  refusal(): Refusal | null;
}

/**
 * Room for one piece of work, waiting for others in flight when that may help; null when the budget has none. Throws the signal's reason.
 */
export async function roomFor(meter: BudgetMeter, worst: Partial<Spent>, signal: AbortSignal): Promise<Reservation | null> {
  for (;;) {
    signal.throwIfAborted();
    const held = meter.reserve(worst);
    if (held.ok) return held.reservation;
    if (!held.wait) return null;
    // Nothing is left on the signal: it may belong to a job of a hundred thousand pieces.
    await new Promise<void>((resolve) => {
      const go = () => {
        signal.removeEventListener('abort', go);
        resolve();
      };
      signal.addEventListener('abort', go);
      void meter.roomChanged().then(go);
    });
  }
}

/**
 * Keeps spent + reserved under every cap of the budget, also while much is in flight. `elapsed` gives wall seconds. Every call of
 * a run comes through here several times, so the sums are changed in place.
 */
export function createBudgetMeter(budget: Budget, already: Partial<Spent>, elapsed: () => number): BudgetMeter {
  const capped = LIMITS.filter((limit) => budget[limit] !== undefined);
  const spent: Spent = { ...NOTHING_SPENT, ...already };
  const reserved: Spent = { ...NOTHING_SPENT };
  let owed: Spent = NOTHING_SPENT;
  let open = 0;
  let refusal: Refusal | null = null;
  let listeners: (() => void)[] = [];

  /** The first limit that has no room for `wanted` beyond what is held already; null when it fits. */
  function limitInTheWay(wanted: Partial<Spent>, held: Readonly<Spent>, have: Readonly<Spent>): keyof Budget | null {
    for (const limit of capped) {
      const gone = limit === 'wallSeconds' ? elapsed() : spent[limit];
      const more = Math.max(0, (wanted[limit] ?? 0) - have[limit]);
      // Written so that a number that is not one does not fit.
      if (!(gone + held[limit] + owed[limit] + more <= (budget[limit] as number))) return limit;
    }
    return null;
  }

  function refuse(limit: keyof Budget, wanted: Partial<Spent>): void {
    const gone = limit === 'wallSeconds' ? elapsed() : spent[limit];
    refusal = {
      limit,
      cap: budget[limit] as number,
      spent: gone,
      reserved: reserved[limit],
      owed: owed[limit],
      wanted: wanted[limit] ?? 0,
    };
  }

  function hold(worst: Partial<Spent>): Reservation {
    const left: Spent = { ...NOTHING_SPENT };
    let done = false;
    open += 1;
    widen(worst);

    /** Raises what is held to at least `worst`. */
    function widen(worst: Partial<Spent>): void {
      for (const limit of LIMITS) {
        const more = (worst[limit] ?? 0) - left[limit];
        if (more <= 0) continue;
        left[limit] += more;
        reserved[limit] += more;
      }
    }
    function giveBack(amount: Partial<Spent>): void {
      for (const limit of LIMITS) {
        const less = Math.min(left[limit], amount[limit] ?? 0);
        if (less <= 0) continue;
        left[limit] -= less;
        reserved[limit] -= less;
      }
    }
    return {
      cover(worstOfCall) {
        const limit = limitInTheWay(worstOfCall, reserved, left);
        if (limit !== null) {
          refuse(limit, worstOfCall);
          return false;
        }
        widen(worstOfCall);
        return true;
      },
      spend(worstOfCall, actual) {
        if (!done) giveBack(worstOfCall);
        for (const limit of LIMITS) spent[limit] += actual[limit] ?? 0;
      },
      release() {
        if (done) return;
        done = true;
        giveBack(left);
        open -= 1;
        // Sums of binary fractions leave dust; with nothing held there is nothing reserved.
        if (open === 0) Object.assign(reserved, NOTHING_SPENT);
        const woken = listeners;
        listeners = [];
        for (const wake of woken) wake();
      },
    };
  }

  return {
    reserve(worst) {
      const limit = limitInTheWay(worst, reserved, NOTHING_SPENT);
      if (limit === null) return { ok: true, reservation: hold(worst) };
      refuse(limit, worst);
      const fitsAlone = limitInTheWay(worst, NOTHING_SPENT, NOTHING_SPENT) === null;
      return { ok: false, limit, wait: open > 0 && fitsAlone };
    },
    roomChanged: () => new Promise((resolve) => listeners.push(resolve)),
    setOwed(amounts) {
      owed = { ...NOTHING_SPENT, ...amounts };
    },
    spent: () => ({ ...spent, wallSeconds: elapsed() }),
    reserved: () => ({ ...reserved }),
    refusal: () => refusal,
  };
}
