import type { Budget } from '../../../shared/model/recipe.ts';
import { addSpent, fits, NOTHING_SPENT, type Spent } from '../domain/budget.ts';

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
}

/** Keeps spent + reserved under every cap of the budget, also while much is in flight. `elapsed` gives wall seconds. */
export function createBudgetMeter(budget: Budget, already: Partial<Spent>, elapsed: () => number): BudgetMeter {
  let spent: Spent = { ...NOTHING_SPENT, ...already };
  let reserved: Spent = NOTHING_SPENT;
  let owed: Spent = NOTHING_SPENT;
  let open = 0;
  let listeners: (() => void)[] = [];

  const now = (): Spent => ({ ...spent, wallSeconds: elapsed() });

  function hold(worst: Spent): Reservation {
    let left = worst;
    let done = false;
    reserved = addSpent(reserved, worst);
    open += 1;
    const take = (amount: Partial<Spent>) => {
      const next = { ...left };
      for (const key of Object.keys(next) as (keyof Spent)[]) next[key] = Math.max(0, left[key] - (amount[key] ?? 0));
      reserved = addSpent(addSpent(reserved, next), minus(left));
      left = next;
    };
    return {
      cover(worstOfCall) {
        const missing = { ...NOTHING_SPENT };
        for (const key of Object.keys(missing) as (keyof Spent)[]) missing[key] = Math.max(0, (worstOfCall[key] ?? 0) - left[key]);
        if (!fits(budget, now(), addSpent(reserved, owed), missing).ok) return false;
        reserved = addSpent(reserved, missing);
        left = addSpent(left, missing);
        return true;
      },
      spend(worstOfCall, actual) {
        if (!done) take(worstOfCall);
        spent = addSpent(spent, { ...NOTHING_SPENT, ...actual });
      },
      release() {
        if (done) return;
        done = true;
        take(left);
        open -= 1;
        const woken = listeners;
        listeners = [];
        for (const wake of woken) wake();
      },
    };
  }

  return {
    reserve(worst) {
      const wanted = { ...NOTHING_SPENT, ...worst };
      const answer = fits(budget, now(), addSpent(reserved, owed), wanted);
      if (answer.ok) return { ok: true, reservation: hold(wanted) };
      const alone = fits(budget, now(), owed, wanted);
      return { ok: false, limit: answer.limit, wait: open > 0 && alone.ok };
    },
    roomChanged: () => new Promise((resolve) => listeners.push(resolve)),
    setOwed(amounts) {
      owed = { ...NOTHING_SPENT, ...amounts };
    },
    spent: now,
    reserved: () => reserved,
  };
}

function minus(amounts: Spent): Spent {
  return {
    attempts: -amounts.attempts,
    usd: -amounts.usd,
    gpuSeconds: -amounts.gpuSeconds,
    apiSeconds: -amounts.apiSeconds,
    wallSeconds: -amounts.wallSeconds,
  };
}
