import { z } from 'zod';
import { RunSummary, SurvivalCurve } from './run.ts';

/** A counted share with its 95 % interval; the ends are null where it is a growth and no share. */
export const ComparedShare = z.object({
  count: z.number(),
  of: z.number(),
  share: z.number(),
  low: z.number().nullable(),
  high: z.number().nullable(),
});
export type ComparedShare = z.infer<typeof ComparedShare>;

/** One thing in both runs; a side that has it not is null. */
export const ComparedRow = z.object({
  key: z.string(),
  a: ComparedShare.nullable(),
  b: ComparedShare.nullable(),
  /** b - a with its 95 % interval (Newcombe); null where there are not two shares. */
  difference: z.object({ difference: z.number(), low: z.number(), high: z.number() }).nullable(),
});
export type ComparedRow = z.infer<typeof ComparedRow>;

const ComparedRun = z.object({
  run: RunSummary,
  gpuSeconds: z.number(),
  wallSeconds: z.number(),
  /** US dollars for one triplet in the set; null without any. */
  usdPerTriplet: z.number().nullable(),
  survival: SurvivalCurve,
});

export const RunComparison = z.object({
  a: ComparedRun,
  b: ComparedRun,
  /** Steps of the funnel, in the order of the first run. */
  steps: z.array(ComparedRow),
  /** Attempts that passed, by operation; largest difference first. */
  categories: z.array(ComparedRow),
  /** Fields of the recipes that differ, with their values as JSON; null = not there. */
  recipe: z.array(z.object({ path: z.string(), a: z.string().nullable(), b: z.string().nullable() })),
});
export type RunComparison = z.infer<typeof RunComparison>;
