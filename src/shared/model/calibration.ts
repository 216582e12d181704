import { z } from 'zod';
import { SignalName } from './signals.ts';

/** A signal that a calibration learned from: where its middle lay and how far it spread (robust), in the orientation it is learned in. */
export const PlannedSignal = z.object({
  name: SignalName,
  median: z.number(),
  scale: z.number().positive(),
  /** Whether "not measured" is a feature of its own. */
  missing: z.boolean(),
});
export type PlannedSignal = z.infer<typeof PlannedSignal>;

/** What a pair's row of features is made of. */
export const FeaturePlan = z.object({
  signals: z.array(PlannedSignal),
  classes: z.array(z.enum(['part', 'background', 'look', 'focus', 'geometry', 'unknown'])),
});
export type FeaturePlan = z.infer<typeof FeaturePlan>;

const Interval = z.tuple([z.number(), z.number()]);

/** How a fit did on sources it had never seen. */
export const HoldOut = z.object({
  count: z.number().int(),
  sources: z.number().int(),
  /** Mean absolute error on the scale 1 to 5, with its 95 % interval (bootstrap over sources), and that of always saying the mean. */
  mae: z.number(),
  maeInterval: Interval,
  maeOfMean: z.number(),
  /** Spearman's rank correlation with its 95 % interval. */
  spearman: z.number(),
  spearmanInterval: Interval,
  /** Some of the examples for a plot: [predicted, label]. */
  points: z.array(z.tuple([z.number(), z.number()])),
});
export type HoldOut = z.infer<typeof HoldOut>;

/** One score as a function of the features. */
export const ScoreModel = z.discriminatedUnion('method', [
  z.object({
    method: z.literal('ridge'),
    intercept: z.number(),
    weights: z.array(z.number()),
    sigma: z.number(),
    lambda: z.number(),
    holdOut: HoldOut,
  }),
  z.object({
    method: z.literal('ordinal'),
    levels: z.array(z.number()).min(2),
    thresholds: z.array(z.number()).min(1),
    weights: z.array(z.number()),
    lambda: z.number(),
    /** From 200 examples on, where it helps out of fold: the expected value is sent through this rising function. */
    isotonic: z.object({ x: z.array(z.number()).min(1), y: z.array(z.number()).min(1) }).nullable(),
    holdOut: HoldOut,
  }),
]);
export type ScoreModel = z.infer<typeof ScoreModel>;

/** What a calibration learned from: people's ratings, their decisions, or the validator's verdicts in one run. */
export const CalibrationSource = z.discriminatedUnion('from', [
  z.object({ from: z.literal('ratings') }),
  z.object({ from: z.literal('decisions') }),
  z.object({ from: z.literal('run'), runId: z.string().min(1) }),
]);
export type CalibrationSource = z.infer<typeof CalibrationSource>;

/** Letters, digits, points and dashes: it becomes the name of a file. */
export const CalibrationName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/, 'use letters, digits, points and dashes');

/**
 * A local validator: local signals turned into the two scores. Stored as `calibrations/<name>-<number>.json` in the workspace and
 * never changed afterwards; a new fit is a new number.
 */
export const Calibration = z.object({
  version: z.literal(1),
  name: CalibrationName,
  number: z.number().int().positive(),
  createdAt: z.number(),
  source: CalibrationSource,
  /** Examples and the source pictures they are of. */
  count: z.number().int(),
  sources: z.number().int(),
  plan: FeaturePlan,
  adherence: ScoreModel,
  aesthetics: ScoreModel,
});
export type Calibration = z.infer<typeof Calibration>;

/** What a calibration expects of one pair. */
export interface LocalScores {
  adherence: number;
  aesthetics: number;
}

/** A stored calibration in lists and pages; `hash` is that of its file. */
export const CalibrationView = z.object({
  id: z.string(),
  hash: z.string(),
  calibration: Calibration,
  /** The features that move each score most, strongest first. */
  strongest: z.object({
    adherence: z.array(z.object({ feature: z.string(), weight: z.number() })),
    aesthetics: z.array(z.object({ feature: z.string(), weight: z.number() })),
  }),
});
export type CalibrationView = z.infer<typeof CalibrationView>;

/** How a calibration did against the validator in one run, newest pairs first. */
export const Drift = z.object({
  calibration: z.string(),
  /** Pairs that both have scored, at most the newest 200. */
  count: z.number().int(),
  adherence: z.object({ mae: z.number(), interval: Interval, holdOut: z.number(), bias: z.number() }),
  aesthetics: z.object({ mae: z.number(), interval: Interval, holdOut: z.number(), bias: z.number() }),
  /** `early`: too few pairs to tell. `drifted`: the error is surely larger than it was on hold-out. */
  state: z.enum(['early', 'steady', 'drifted']),
});
export type Drift = z.infer<typeof Drift>;
