import { z } from 'zod';

/** How strict the local gates are. `paper-exact` measures everything and rejects by the paper's low-level rule alone. */
export const GateProfile = z.enum(['paper-exact', 'balanced', 'strict']);
export type GateProfile = z.infer<typeof GateProfile>;

/**
 * Limits of the weight-free full-reference gate. Each is a number or null (= off), and stands in a recipe as an override of the
 * profile's. "Outside" = further than 8 px from every changed pixel; where less than `minOutside` of the picture is outside, the
 * edit is global and the limits on the outside are skipped, and said to be.
 */
export const FullReferenceLimits = z.strictObject({
  /** Share of the picture that must be outside for the limits on it to mean something. */
  minOutside: z.number().min(0).max(1),
  /** Least share of the picture that the largest changed part holds: less is a no-op or specks. */
  minLargestPart: z.number().min(0).max(1).nullable(),
  /** Least kinship: less and the edit shows another picture. */
  minKinship: z.number().min(-1).max(1).nullable(),
  /** Least mean SSIM outside. */
  minSsim: z.number().min(-1).max(1).nullable(),
  /** Most median CIEDE2000 outside. */
  maxColourDrift: z.number().min(0).nullable(),
  /** Least and most ratio of sharpness outside. */
  minSharpness: z.number().min(0).nullable(),
  maxSharpness: z.number().min(0).nullable(),
  /** Most ratio of blockiness. */
  maxBlockiness: z.number().min(0).nullable(),
  /** Most pixels the whole picture may have moved. */
  maxShift: z.number().min(0).nullable(),
  /** Most per cent things may have become larger or smaller. */
  maxZoom: z.number().min(0).nullable(),
  /** Most misfit in pixels after an edit of another size was aligned. */
  maxAlignResidual: z.number().min(0).nullable(),
});
export type FullReferenceLimits = z.infer<typeof FullReferenceLimits>;

const OFF = {
  minOutside: 0.3,
  minLargestPart: null,
  minKinship: null,
  minSsim: null,
  maxColourDrift: null,
  minSharpness: null,
  maxSharpness: null,
  maxBlockiness: null,
  maxShift: null,
  maxZoom: null,
  maxAlignResidual: null,
} satisfies FullReferenceLimits;

/** The limits of each profile. */
export const PROFILE_LIMITS: Record<GateProfile, FullReferenceLimits> = {
  'paper-exact': OFF,
  balanced: {
    ...OFF,
    minLargestPart: 0.001,
    minKinship: 0.2,
    minSsim: 0.9,
    maxColourDrift: 4,
    minSharpness: 0.5,
    maxSharpness: 2.5,
    maxBlockiness: 1.4,
    maxShift: 1,
    maxZoom: 0.5,
    maxAlignResidual: 2,
  },
  strict: {
    ...OFF,
    minLargestPart: 0.002,
    minKinship: 0.3,
    minSsim: 0.95,
    maxColourDrift: 2,
    minSharpness: 0.7,
    maxSharpness: 1.5,
    maxBlockiness: 1.2,
    maxShift: 0.5,
    maxZoom: 0.2,
    maxAlignResidual: 1,
  },
};

/** What a mask is made and widened by; overlays on screens draw the same one. */
export const FULL_REFERENCE_MASK = { threshold: 40, maskRule: 'any', dilationRadius: 8 } as const;

/** Signals of models that are fetched on request; the stage learned measures those a recipe names. */
export const LEARNED_SIGNALS = ['dinoOutside', 'lpipsOutside', 'targetGain', 'editDirection', 'aestheticScore', 'nsfwScore'] as const;
export type LearnedSignal = (typeof LEARNED_SIGNALS)[number];

/** Limits on learned signals: `{}` measures one without a limit. What is not named is not measured. */
export const LearnedLimits = z.partialRecord(
  z.enum(LEARNED_SIGNALS),
  z.strictObject({ min: z.number().optional(), max: z.number().optional() }),
);
export type LearnedLimits = z.infer<typeof LearnedLimits>;
