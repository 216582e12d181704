import { z } from 'zod';
import { Role } from './provider.ts';

/** An expected number, with its 95 % interval where the rates it is made of were counted; null where they were assumed. */
export const Expected = z.object({ value: z.number(), low: z.number().nullable(), high: z.number().nullable() });
export type Expected = z.infer<typeof Expected>;

/** One rate that an estimate is made of, and where it comes from. */
export const EstimateRate = z.object({
  /** plausibility, a stage of attempts, selection, or a growth stage. */
  key: z.string(),
  rate: z.number(),
  /** Counted in earlier runs of this workspace, the paper's table 2, or none known (taken as 1: nothing lost). */
  from: z.enum(['measured', 'paper', 'none']),
  /** Trials that a measured rate was counted over. */
  of: z.number(),
});
export type EstimateRate = z.infer<typeof EstimateRate>;

export const EstimateCalls = z.object({
  role: Role,
  calls: z.number(),
  usd: z.number(),
  gpuSeconds: z.number(),
  /** Mean of earlier calls of this model; null when it was never asked in this workspace. */
  secondsPerCall: z.number().nullable(),
  /** measured = means of earlier calls; worst = the most the price table allows for each. */
  price: z.enum(['measured', 'worst']),
});
export type EstimateCalls = z.infer<typeof EstimateCalls>;

/** What a recipe will probably give and cost. The bound that is never passed stands beside it, in the plan. */
export const Estimate = z.object({
  images: z.number(),
  plausible: z.number(),
  attempts: z.number(),
  passed: z.number(),
  triplets: Expected,
  calls: z.array(EstimateCalls),
  usd: z.number(),
  gpuSeconds: z.number(),
  /** Null while the speed of a model that is needed is not known. */
  wallSeconds: z.number().nullable(),
  /** Roles whose speed is not known. */
  unknownSpeed: z.array(Role),
  usdPerTriplet: z.number().nullable(),
  rates: z.array(EstimateRate),
  /** Earlier runs that rates were counted in. */
  runs: z.array(z.object({ id: z.string(), name: z.string() })),
  /** The limit of the budget that ends the run, as far as can be told; null = every job is drawn. */
  endsBy: z.enum(['attempts', 'usd', 'gpuSeconds', 'apiSeconds', 'wallSeconds']).nullable(),
});
export type Estimate = z.infer<typeof Estimate>;
