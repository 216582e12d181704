import { z } from 'zod';
import { type Interval, wilson } from './intervals.ts';

/**
 * Candidates of a run that got one pair of scores, in bins of 0.1 (10 = 1.0 .. 50 = 5.0), and what people said of those among
 * them that are triplets. A rating of 4 or more on both scales counts as accepted, a lower one as rejected, where no decision is.
 */
export const GateCell = z.object({
  adherence: z.number().int(),
  aesthetics: z.number().int(),
  count: z.number().int(),
  accepted: z.number().int(),
  rejected: z.number().int(),
});
export type GateCell = z.infer<typeof GateCell>;

/** Candidates by the share of flagged pixels in the largest part, in steps of LOW_LEVEL_STEP; people's words as in GateCell. */
export const LowLevelCell = z.object({
  bin: z.number().int(),
  count: z.number().int(),
  accepted: z.number().int(),
  rejected: z.number().int(),
});
export type LowLevelCell = z.infer<typeof LowLevelCell>;

/** Bins of the low-level share are logarithmic: 8 a factor of 10 from 0.0001 up; bin 0 holds everything below. */
export const LOW_LEVEL_BINS = 33;

export function lowLevelBin(share: number): number {
  if (!(share > 1e-4)) return 0;
  return Math.min(LOW_LEVEL_BINS - 1, Math.floor(Math.log10(share / 1e-4) * 8 + 1e-9));
}

/** Least share that lies in a bin. */
export function lowLevelShare(bin: number): number {
  return bin <= 0 ? 0 : 1e-4 * 10 ** (bin / 8);
}

/** What the gates of a run could have been: everything that is needed to move them without asking the engine again. */
export const GateData = z.object({
  validator: z.array(GateCell),
  softJudge: z.array(GateCell),
  lowLevel: z.array(LowLevelCell),
  /** Where the run's gates stood. */
  gates: z.object({
    validator: z.object({ adherence: z.number(), aesthetics: z.number() }),
    softJudge: z.object({ adherence: z.number(), aesthetics: z.number() }),
    lowLevel: z.number(),
  }),
  /** Which of the gates the run had on. */
  on: z.object({ validator: z.boolean(), softJudge: z.boolean(), lowLevel: z.boolean() }),
});
export type GateData = z.infer<typeof GateData>;

/** Decisions needed before a precision is said: fewer say next to nothing. */
export const ENOUGH_DECISIONS = 10;

/** What a gate lets through at some setting. */
export interface GateOutcome {
  /** Candidates that reach it, and of how many. */
  kept: number;
  of: number;
  /** Share of the decided ones it keeps that people accepted; null while that is not known. */
  precision: (Interval & { share: number }) | null;
  /** Why precision is not known: fewer than ENOUGH_DECISIONS decisions, or the gate is looser than the run's and nobody saw those. */
  unknown: 'few' | 'below' | null;
  decided: number;
}

interface Counted {
  count: number;
  accepted: number;
  rejected: number;
}

/** What is kept of `cells`. Keeping fewer cells never keeps more candidates. */
function outcomeOf<T extends Counted>(cells: readonly T[], below: boolean, keeps: (cell: T) => boolean): GateOutcome {
  const sum = { kept: 0, of: 0, accepted: 0, decided: 0 };
  for (const cell of cells) {
    sum.of += cell.count;
    if (!keeps(cell)) continue;
    sum.kept += cell.count;
    sum.accepted += cell.accepted;
    sum.decided += cell.accepted + cell.rejected;
  }
  const unknown = below ? 'below' : sum.decided < ENOUGH_DECISIONS ? 'few' : null;
  const precision = unknown ? null : wilson({ count: sum.accepted, of: sum.decided });
  return { kept: sum.kept, of: sum.of, precision, unknown, decided: sum.decided };
}

type Pair = { adherence: number; aesthetics: number };

/**
 * A gate that wants both scores (1 to 5, steps of 0.1) at or over its thresholds. `had` is where the run's own gate stood: only
 * what passed it became a triplet that people could decide on.
 */
export function scoreGate(cells: readonly GateCell[], wanted: Pair, had: Pair): GateOutcome {
  const [adherence, aesthetics] = [Math.round(wanted.adherence * 10), Math.round(wanted.aesthetics * 10)];
  const below = wanted.adherence < had.adherence || wanted.aesthetics < had.aesthetics;
  return outcomeOf(cells, below, (cell) => cell.adherence >= adherence && cell.aesthetics >= aesthetics);
}

/** A low-level gate that wants the largest part to hold at least this share of the flagged pixels; `had` as in scoreGate. */
export function lowLevelGate(cells: readonly LowLevelCell[], minLargestShare: number, had: number): GateOutcome {
  const bin = lowLevelBin(minLargestShare);
  return outcomeOf(cells, bin < lowLevelBin(had), (cell) => cell.bin >= bin);
}
