import type { AppError, ProviderError } from '../../../shared/model/errors.ts';
import type { Reason } from '../../../shared/model/reasons.ts';
import type { Spent } from '../domain/budget.ts';
import type { Models } from '../ports.ts';
import type { Reservation } from './budgetMeter.ts';
import type { PhaseEnd, RunContext } from './context.ts';
import { LaneClosed } from './lanes.ts';

/** What one unit of work came to: how it is counted is the phase's affair. */
export type Trouble = { kind: 'provider'; code: Reason } | { kind: 'unknown' };

/** Holds room for one unit of work, waiting for work in flight when that may help. */
export async function holdRoom(ctx: RunContext, worst: Partial<Spent>): Promise<Reservation | PhaseEnd> {
  for (;;) {
    if (ctx.stopping()) return 'stopped';
    const held = ctx.meter.reserve(worst);
    if (held.ok) return held.reservation;
    if (!held.wait) return 'budget';
    await ctx.meter.roomChanged();
  }
}

/**
 * Does `work` for every item, `concurrency` at a time, each inside its own reservation. Items are begun in order; what
 * they give may not depend on which is done first. Ends early when stopped or when the budget has no more room.
 */
export async function forEachPaid<T>(
  ctx: RunContext,
  items: Iterable<T>,
  worst: (item: T) => Partial<Spent>,
  work: (item: T, models: Models) => Promise<void>,
): Promise<PhaseEnd> {
  const queue = items[Symbol.iterator]();
  let end: PhaseEnd = 'complete';
  let failure: unknown;

  async function pull(): Promise<void> {
    while (end === 'complete' && failure === undefined) {
      if (ctx.stopping()) {
        end = 'stopped';
        return;
      }
      const next = queue.next();
      if (next.done) return;
      const held = await holdRoom(ctx, worst(next.value));
      if (typeof held === 'string') {
        end = held;
        return;
      }
      try {
        await work(next.value, ctx.modelsFor(held));
      } catch (error) {
        if (ctx.signal.aborted) end = 'stopped';
        else failure ??= error;
      } finally {
        held.release();
      }
    }
  }

  await Promise.all(Array.from({ length: ctx.recipe.concurrency }, pull));
  if (failure !== undefined) throw failure;
  return end;
}

/** Sorts a failure: trouble with this one unit comes back as a value, anything wider is thrown on. */
export function unitTrouble(error: unknown, signal: AbortSignal): Trouble {
  if (signal.aborted || error instanceof LaneClosed) throw error;
  if (error instanceof Error && error.name === 'ProviderError') return { kind: 'provider', code: (error as ProviderError).code };
  if (error instanceof Error && error.name === 'AppError') {
    const { code } = error as AppError;
    if (code === 'callUnknown') return { kind: 'unknown' };
    if (code === 'scorerFailed') return { kind: 'provider', code };
    if (code === 'inputInvalid') return { kind: 'provider', code: 'unreadable' };
  }
  throw error;
}
