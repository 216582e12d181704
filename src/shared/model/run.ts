import { z } from 'zod';
import { WireError } from './errors.ts';
import { AttemptStage, FlagRule, GrowthStage, StageName } from './recipe.ts';

/** `interrupted` = the engine went away while it ran; it can be resumed like a paused one. */
export const RunState = z.enum(['running', 'paused', 'interrupted', 'ended']);
export type RunState = z.infer<typeof RunState>;

export const RunPhase = z.enum(['scenes', 'sources', 'attempts', 'selection', 'growth', 'done']);
export type RunPhase = z.infer<typeof RunPhase>;

export const RunEnd = z.enum(['exhausted', 'budget', 'cancelled', 'failed']);
export type RunEnd = z.infer<typeof RunEnd>;

/** One step of the funnel, like a row of the paper's table 2. `share` is against the row before (1 = all kept). */
export const FunnelRow = z.object({
  key: z.enum(['generated', 'plausible', 'edits', ...AttemptStage.exclude(['edit']).options, 'selection', ...GrowthStage.options]),
  label: z.string(),
  count: z.number().int(),
  /** count / count of the row before - 1, as table 2 prints it; null for the first row or after zero. */
  change: z.number().nullable(),
});
export type FunnelRow = z.infer<typeof FunnelRow>;

/** Money and machine time: settled is spent, reserved is in flight, unknown may have been charged. */
export const Spend = z.object({
  calls: z.number().int(),
  /** Answers taken from the ledger, asked and paid for earlier: by another run, or before this one was stopped. */
  reused: z.number().int(),
  usdSettled: z.number(),
  usdReserved: z.number(),
  usdUnknown: z.number(),
  gpuSeconds: z.number(),
  apiSeconds: z.number(),
  wallSeconds: z.number(),
});
export type Spend = z.infer<typeof Spend>;

export const ErrorCount = z.object({ stage: StageName, code: z.string(), count: z.number().int() });

/** What changes while a run works; sent at most ten times a second. */
export const RunProgress = z.object({
  runId: z.string(),
  phase: RunPhase,
  /** Units of the present phase. */
  done: z.number().int(),
  total: z.number().int(),
  attemptsClaimed: z.number().int(),
  attemptsDone: z.number().int(),
  /** Attempts still to come under job space and attempts budget. */
  attemptsPlanned: z.number().int(),
  passed: z.number().int(),
  rejected: z.number().int(),
  failed: z.number().int(),
  unknown: z.number().int(),
  /** Units of the present phase a second over the last half minute. */
  rate: z.number(),
  /** Seconds left in this phase; null while unknown. */
  etaSeconds: z.number().nullable(),
  funnel: z.array(FunnelRow),
  spend: Spend,
  errors: z.array(ErrorCount),
  retries: z.number().int(),
  /** Calls that cost more than the price table says one can. */
  overWorst: z.number().int(),
  /** Answers of another model than the one asked: rerouted, renamed, or a tuned one that tells its base. */
  otherModels: z.array(z.object({ asked: z.string(), answered: z.string(), calls: z.number().int() })),
  /** Edits that came in a format that loses detail (JPEG, lossy WebP): that is noise for the pixel check and in the set. */
  lossyEdits: z.number().int(),
  /** Edits of another size than their source that were laid on it, or resized; those that were not stand among the rejections. */
  fitted: z.object({ aligned: z.number().int(), resampled: z.number().int() }),
  triplets: z.number().int(),
});
export type RunProgress = z.infer<typeof RunProgress>;

export const RunSummary = z.object({
  id: z.string(),
  name: z.string(),
  state: RunState,
  phase: RunPhase,
  end: RunEnd.nullable(),
  error: WireError.nullable(),
  demo: z.boolean(),
  /** How its low-level check flags pixels. */
  mask: FlagRule,
  createdAt: z.number(),
  updatedAt: z.number(),
  jobSpace: z.number().int().nullable(),
  attemptsDone: z.number().int(),
  triplets: z.number().int(),
  usdSettled: z.number(),
  /** Of Spend: why a run may have cost less than its attempts. */
  reused: z.number().int(),
});
export type RunSummary = z.infer<typeof RunSummary>;

/** Share of validated candidates with both scores at or over T, for T from 1.0 to 5.0 in steps of 0.1. */
export const SurvivalCurve = z.object({
  points: z.array(z.object({ t: z.number(), share: z.number(), count: z.number().int() })),
  knees: z.array(z.number()),
  /** The threshold furthest from both knees (paper: 4.7); null with fewer than two knees. */
  suggested: z.number().nullable(),
});
export type SurvivalCurve = z.infer<typeof SurvivalCurve>;

/** How hard an operation was: attempts until the first success. */
export const DifficultyRow = z.object({
  category: z.string(),
  attempts: z.number().int(),
  groups: z.number().int(),
  solved: z.number().int(),
  meanAttemptsToSuccess: z.number().nullable(),
  successRate: z.number(),
});
export type DifficultyRow = z.infer<typeof DifficultyRow>;

export const UnknownCall = z.object({
  id: z.number().int(),
  runId: z.string(),
  role: z.string(),
  endpoint: z.string(),
  model: z.string(),
  usdReserved: z.number(),
  sentAt: z.number(),
});
export type UnknownCall = z.infer<typeof UnknownCall>;
