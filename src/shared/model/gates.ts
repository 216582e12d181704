import { z } from 'zod';

/** How strict the local gates are. `paper-exact` measures everything and rejects by the paper's low-level rule alone. */
export const GateProfile = z.enum(['paper-exact', 'balanced', 'strict']);
export type GateProfile = z.infer<typeof GateProfile>;

/**
 * Limits of the weight-free full-reference gate. Each is a number or null (= off), and stands in a recipe as an override of the
 * profile's. "Outside" = further than 8 px from every changed pixel.
 */
export const FullReferenceLimits = z.strictObject({
  /** Share of the picture that must be outside for the limits on the outside to mean something; with less, they are skipped. */
  minOutside: z.number().min(0).max(1),
  /** The same for an edit whose operation is not known: it may be a global one. */
  minOutsideUnknown: z.number().min(0).max(1),
  /** Least share that must be outside after an edit of one part (add, remove, replace, recolour, ...): less and everything changed. */
  minKept: z.number().min(0).max(1).nullable(),
  /**
   * Least share of the picture that the largest changed part holds: less is a no-op or specks. Where letters are asked for, all that
   * changed: each letter is a part of its own.
   */
  minLargestPart: z.number().min(0).max(1).nullable(),
  /** Least kinship: less and the edit shows another picture. */
  minKinship: z.number().min(-1).max(1).nullable(),
  /** Least mean SSIM outside, of full and of quarter size. */
  minSsim: z.number().min(-1).max(1).nullable(),
  minCoarseSsim: z.number().min(-1).max(1).nullable(),
  /** Most median CIEDE2000 outside. */
  maxColourDrift: z.number().min(0).nullable(),
  /** Least ratio of edges outside, and of the Laplacian's variance (which grain is part of). */
  minEdges: z.number().min(0).nullable(),
  minSharpness: z.number().min(0).nullable(),
  /** Least ratio of the Laplacian's variance without the grain. */
  minDetail: z.number().min(0).nullable(),
  /** Most noise that may have come on top outside, in grey levels. */
  maxNoise: z.number().min(0).nullable(),
  /** Most ratio of blockiness outside. */
  maxBlockiness: z.number().min(0).nullable(),
  /** Most pixels the whole picture may have moved. */
  maxShift: z.number().min(0).nullable(),
  /** Most per cent things may have become larger or smaller. */
  maxZoom: z.number().min(0).nullable(),
  /** Most pixels that parts of the picture may lie from where shift and zoom put them. */
  maxMisfit: z.number().min(0).nullable(),
});
export type FullReferenceLimits = z.infer<typeof FullReferenceLimits>;

const OFF = {
  minOutside: 0.1,
  minOutsideUnknown: 0.3,
  minKept: null,
  minLargestPart: null,
  minKinship: null,
  minSsim: null,
  minCoarseSsim: null,
  maxColourDrift: null,
  minEdges: null,
  minSharpness: null,
  minDetail: null,
  maxNoise: null,
  maxBlockiness: null,
  maxShift: null,
  maxZoom: null,
  maxMisfit: null,
} satisfies FullReferenceLimits;

/** The limits of each profile. How they were found, and what they do on real pairs: docs/gates.md. */
export const PROFILE_LIMITS: Record<GateProfile, FullReferenceLimits> = {
  'paper-exact': OFF,
  balanced: {
    ...OFF,
    minKept: 0.03,
    minLargestPart: 0.0005,
    minKinship: 0.2,
    minSsim: 0.8,
    minCoarseSsim: 0.85,
    maxColourDrift: 3.5,
    minEdges: 0.75,
    minDetail: 0.45,
    maxNoise: 2,
    maxBlockiness: 1.8,
    maxShift: 1,
    maxZoom: 0.4,
    maxMisfit: 1.5,
  },
  strict: {
    ...OFF,
    minKept: 0.1,
    minLargestPart: 0.001,
    minKinship: 0.3,
    minSsim: 0.93,
    minCoarseSsim: 0.96,
    maxColourDrift: 2,
    minEdges: 0.85,
    minSharpness: 0.5,
    minDetail: 0.5,
    maxNoise: 1,
    maxBlockiness: 1.3,
    maxShift: 0.5,
    maxZoom: 0.2,
    maxMisfit: 0.75,
  },
};

/** What becomes of an edit of another size than its source: rejected; resized when the shape is the same; or found again in the source and laid on it. */
export const SizeMismatch = z.enum(['reject', 'resample', 'align']);
export type SizeMismatch = z.infer<typeof SizeMismatch>;

/** Limits of `sizeMismatch: align`. All of them hold, or the edit is rejected: nothing is laid on a source by guess. */
export const AlignLimits = z.strictObject({
  /** Least certainty that the edit was found again in its source. */
  minCertainty: z.number().min(0).max(1),
  /** Most pixels of the source that parts of the edit may still lie from their places. */
  maxResidual: z.number().min(0),
  /** Most per cent by which the sides may be stretched against each other, beyond what the two sizes explain. */
  maxStretch: z.number().min(0),
  /** Largest share of the source that the edit may not show any more. */
  maxLost: z.number().min(0).max(1),
});
export type AlignLimits = z.infer<typeof AlignLimits>;

const BALANCED_ALIGN: AlignLimits = { minCertainty: 0.15, maxResidual: 1, maxStretch: 2, maxLost: 0.03 };

/** The limits of each profile. The paper has no such step; with `paper-exact` it is as careful as with `balanced`. */
export const PROFILE_ALIGN: Record<GateProfile, AlignLimits> = {
  'paper-exact': BALANCED_ALIGN,
  balanced: BALANCED_ALIGN,
  strict: { minCertainty: 0.25, maxResidual: 0.5, maxStretch: 1, maxLost: 0.005 },
};

/**
 * How three channels become one mask. `any`: a channel differs by more than the threshold. `grayOfDifference`: the luma of the three
 * absolute differences does (what OpenCV's absdiff followed by a grey conversion gives).
 */
export const MaskRule = z.enum(['any', 'grayOfDifference']);
export type MaskRule = z.infer<typeof MaskRule>;

/** What flags a pixel unless a recipe says otherwise: 40 is the paper's; the paper does not say how channels go together. */
export const USUAL_FLAGS = { threshold: 40, maskRule: 'any' } as const;

/** What a mask is made and widened by where no recipe says; overlays on screens are widened by as much. */
export const FULL_REFERENCE_MASK = { ...USUAL_FLAGS, dilationRadius: 8 } as const;

/** Signals of models that are fetched on request; the stage learned measures those a recipe names. */
export const LEARNED_SIGNALS = ['dinoOutside', 'lpipsOutside', 'targetGain', 'editDirection', 'aestheticScore', 'nsfwScore'] as const;
export type LearnedSignal = (typeof LEARNED_SIGNALS)[number];

/** Limits on learned signals: `{}` measures one without a limit. What is not named is not measured. */
export const LearnedLimits = z.partialRecord(
  z.enum(LEARNED_SIGNALS),
  z.strictObject({ min: z.number().optional(), max: z.number().optional() }),
);
export type LearnedLimits = z.infer<typeof LearnedLimits>;
