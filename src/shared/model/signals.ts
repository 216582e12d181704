import { z } from 'zod';

/** What a signal says: how it is called on screens, what it measures, in which unit, between which bounds, and which way is good. */
export interface SignalFacts {
  title: string;
  meaning: string;
  /** Shown behind the number; `share` is shown as per cent, `flag` as yes or no. */
  unit: 'share' | 'dB' | 'dE' | 'ratio' | 'px' | 'percent' | 'flag' | 'score' | '';
  /** Bounds a value cannot leave; null = open. */
  range: readonly [min: number, max: number | null];
  /** `one` = a ratio that should be near 1, `zero` = either sign is bad, `none` = it describes and does not judge. */
  better: 'high' | 'low' | 'one' | 'zero' | 'none';
}

/**
 * THE list of signals: numbers that local scorers give about one pair, by name. Closed, so that filters, limits, exports and
 * screens know every one of them; a new scorer adds its lines here and nothing else changes. Names are stored: never rename one.
 */
export const SIGNALS = {
  changedShare: {
    title: 'Changed area',
    meaning: 'pixels that differ by more than the threshold of the low-level check, of all pixels',
    unit: 'share',
    range: [0, 1],
    better: 'none',
  },
  largestPartShare: {
    title: 'Largest changed part',
    meaning: 'largest 4-connected component of those pixels, of all pixels',
    unit: 'share',
    range: [0, 1],
    better: 'none',
  },
  outsideShare: {
    title: 'Area outside the edit',
    meaning: 'pixels further than 8 px from every changed one, of all pixels; with little of it the edit is global',
    unit: 'share',
    range: [0, 1],
    better: 'none',
  },
  ssimOutside: {
    title: 'Structure kept outside',
    meaning: 'mean SSIM of luma (8x8 windows, stride 4) outside the edit',
    unit: 'ratio',
    range: [-1, 1],
    better: 'high',
  },
  ssimCoarse: {
    title: 'Coarse structure kept outside',
    meaning: 'mean SSIM of luma at a quarter of the size (16 px windows) outside the edit: blind to grain',
    unit: 'ratio',
    range: [-1, 1],
    better: 'high',
  },
  psnrOutside: {
    title: 'PSNR outside',
    meaning: 'peak signal-to-noise ratio of RGB outside the edit; 99 when nothing differs',
    unit: 'dB',
    range: [0, 99],
    better: 'high',
  },
  colourDriftMedian: {
    title: 'Colour drift outside',
    meaning: 'median CIEDE2000 between the means of 8x8 blocks outside the edit',
    unit: 'dE',
    range: [0, null],
    better: 'low',
  },
  colourDriftP95: {
    title: 'Colour drift outside, worst 5 %',
    meaning: '95th percentile CIEDE2000 between the means of 8x8 blocks outside the edit',
    unit: 'dE',
    range: [0, null],
    better: 'low',
  },
  sharpnessRatio: {
    title: 'Sharpness after / before',
    meaning: 'variance of the Laplacian of luma outside the edit, edited over source: under 1 softer, over 1 noisier or sharper',
    unit: 'ratio',
    range: [0, null],
    better: 'one',
  },
  detailRatio: {
    title: 'Detail after / before',
    meaning: 'the same less the grain of the smoothest parts; not measured where grain is most of it: under 1 softer',
    unit: 'ratio',
    range: [0, null],
    better: 'one',
  },
  edgeRatio: {
    title: 'Edges after / before',
    meaning: 'mean step of luma on the strongest 2 % of pixels outside the edit, edited over source: under 1 blurred; grain does not count',
    unit: 'ratio',
    range: [0, null],
    better: 'one',
  },
  noiseAdded: {
    title: 'Noise added',
    meaning:
      'standard deviation, in grey levels, of the noise that came on top outside the edit (with less than a tenth outside: where the means of 4x4 pixels were kept); negative when some went',
    unit: '',
    range: [-255, 255],
    better: 'low',
  },
  blockinessRatio: {
    title: 'Blockiness after / before',
    meaning: 'steps on the 8 px grid of JPEG against steps between, edited over source',
    unit: 'ratio',
    range: [0, null],
    better: 'low',
  },
  shift: {
    title: 'Shift',
    meaning: 'how far the whole picture moved, by phase correlation',
    unit: 'px',
    range: [0, null],
    better: 'low',
  },
  shiftX: { title: 'Shift to the right', meaning: 'the same, sideways', unit: 'px', range: [-4096, 4096], better: 'zero' },
  shiftY: { title: 'Shift downwards', meaning: 'the same, down', unit: 'px', range: [-4096, 4096], better: 'zero' },
  shiftPeak: {
    title: 'Certainty of the shift',
    meaning: 'height of the correlation peak: near 0 nothing of the two pictures fits together',
    unit: 'ratio',
    range: [0, 1],
    better: 'none',
  },
  zoom: {
    title: 'Zoom',
    meaning: 'how much wider or taller things became (the larger of the two), from the shifts of parts of the picture; 2 = 2 % larger',
    unit: 'percent',
    range: [-100, 100],
    better: 'zero',
  },
  sourceLossy: {
    title: 'Source from a lossy format',
    meaning: 'the source file lost detail when it was saved (JPEG, WebP)',
    unit: 'flag',
    range: [0, 1],
    better: 'none',
  },
  editedLossy: {
    title: 'Edit from a lossy format',
    meaning: 'the edited file lost detail when it was saved (JPEG, WebP)',
    unit: 'flag',
    range: [0, 1],
    better: 'none',
  },
  rmsDifference: {
    title: 'Difference',
    meaning: 'root mean square difference of all channels and pixels, 0 to 255: under 1 nothing was done',
    unit: '',
    range: [0, 255],
    better: 'none',
  },
  kinship: {
    title: 'Kinship of the pictures',
    meaning: 'correlation of brightness and of edges in both pictures at 32 x 32: near 0 they show different things',
    unit: 'ratio',
    range: [-1, 1],
    better: 'high',
  },
  misfit: {
    title: 'Misfit',
    meaning: 'how far parts of the picture lie from where shift and zoom put them, 90th percentile of nine windows',
    unit: 'px',
    range: [0, null],
    better: 'low',
  },
  fitScaleX: {
    title: 'Scale of the answer, across',
    meaning: 'pixels of the picture that came for one of the source; only for edits of another size that were laid on their source',
    unit: 'ratio',
    range: [0, null],
    better: 'none',
  },
  fitScaleY: { title: 'Scale of the answer, down', meaning: 'the same, down', unit: 'ratio', range: [0, null], better: 'none' },
  fitShiftX: {
    title: 'Place of the answer, across',
    meaning: "where the source's centre lies off the centre of the picture that came, in pixels of the source",
    unit: 'px',
    range: [-16384, 16384],
    better: 'none',
  },
  fitShiftY: { title: 'Place of the answer, down', meaning: 'the same, down', unit: 'px', range: [-16384, 16384], better: 'none' },
  fitCertainty: {
    title: 'Certainty of the fit',
    meaning: 'how surely an edit of another size was found again in its source: near 0 nothing of the two fits together',
    unit: 'ratio',
    range: [0, 1],
    better: 'high',
  },
  fitResidual: {
    title: 'Left by the fit',
    meaning: 'how far parts of the edit still lie from their places after it was laid on its source, in pixels of the source',
    unit: 'px',
    range: [0, null],
    better: 'low',
  },
  fitStretch: {
    title: 'Stretched',
    meaning: 'how much one side is stretched against the other, beyond what the two sizes explain (all of it squeezed, or a part cut off)',
    unit: 'percent',
    range: [0, null],
    better: 'low',
  },
  fitLost: {
    title: 'Cut off',
    meaning: 'share of the source that the picture that came does not show; its outermost pixels are repeated there',
    unit: 'share',
    range: [0, 1],
    better: 'low',
  },
  ocrMatch: {
    title: 'Text as asked',
    meaning: 'likeness of the letters read in the edit to those the instruction asks for; letters that look alike count as the same',
    unit: 'share',
    range: [0, 1],
    better: 'high',
  },
  ocrConfidence: {
    title: 'Certainty of the reader',
    meaning: 'how sure the local reader is of those letters',
    unit: 'share',
    range: [0, 1],
    better: 'high',
  },
  dinoOutside: {
    title: 'Structure outside, learned',
    meaning: 'mean cosine of DINOv2 patches outside the edit',
    unit: 'ratio',
    range: [-1, 1],
    better: 'high',
  },
  lpipsOutside: {
    title: 'Perceptual distance outside',
    meaning: 'LPIPS with the edit blanked out in both pictures, over the share that is left',
    unit: 'ratio',
    range: [0, null],
    better: 'low',
  },
  targetGain: {
    title: 'Target appeared',
    meaning: 'how much more SigLIP finds the thing asked for around the change after the edit than before; taken out: how much less',
    unit: 'ratio',
    range: [-1, 1],
    better: 'high',
  },
  editDirection: {
    title: 'Direction of the edit',
    meaning: 'cosine between the change of the pictures and the change of their captions (directional CLIP)',
    unit: 'ratio',
    range: [-1, 1],
    better: 'high',
  },
  aestheticScore: {
    title: 'Aesthetic score',
    meaning: 'how pleasing the edited picture is, about 1 to 10, by a head on CLIP ViT-L/14',
    unit: 'score',
    range: [0, null],
    better: 'high',
  },
  nsfwScore: {
    title: 'Not safe for work',
    meaning: 'probability that the edited picture is not safe for work',
    unit: 'share',
    range: [0, 1],
    better: 'low',
  },
  localAdherence: {
    title: 'Adherence, as expected here',
    meaning: 'what a calibration expects the validator or a person to give',
    unit: 'score',
    range: [1, 5],
    better: 'high',
  },
  localAesthetics: {
    title: 'Aesthetics, as expected here',
    meaning: 'what a calibration expects the validator or a person to give',
    unit: 'score',
    range: [1, 5],
    better: 'high',
  },
  localChance: {
    title: 'Chance of being accepted',
    meaning: 'chance that both scores reach the thresholds, by a calibration',
    unit: 'share',
    range: [0, 1],
    better: 'high',
  },
} as const satisfies Record<string, SignalFacts>;

export type SignalName = keyof typeof SIGNALS;
export const SIGNAL_NAMES = Object.keys(SIGNALS) as [SignalName, ...SignalName[]];
export const SignalName = z.enum(SIGNAL_NAMES);

/** What local scorers measured about one pair: finite numbers by name. A signal that is not there was not measured. */
export const Signals = z.partialRecord(SignalName, z.number());
export type Signals = z.infer<typeof Signals>;

/** One limit held against one signal, as it was at that time. A skipped one says why in `why`; a failed one gives the reason of the reject. */
export const SignalCheck = z.object({
  signal: SignalName,
  min: z.number().nullable(),
  max: z.number().nullable(),
  outcome: z.enum(['passed', 'failed', 'skipped']),
  /** Failed: short and stable, for counting (shifted, softer, ...). Skipped: globalEdit, moves, notMeasured, uncertain. Empty when passed. */
  why: z.string(),
});
export type SignalCheck = z.infer<typeof SignalCheck>;

/** Bounds on signals, all of which must hold; a pair without the signal does not. */
export const SignalRanges = z.partialRecord(SignalName, z.object({ min: z.number().optional(), max: z.number().optional() }));
export type SignalRanges = z.infer<typeof SignalRanges>;

/** Everything measured by several scorers; a later one has the last word. Null when nobody measured anything. */
export function mergeSignals(parts: readonly { signals: Signals | null }[]): Signals | null {
  const measured = parts.flatMap(({ signals }) => (signals ? [signals] : []));
  return measured.length > 0 ? Object.assign({}, ...measured) : null;
}

/**
 * Signals out of JSON of any age or origin: names that are not known and values that are no finite number are left out.
 * Null for text that is no JSON object, and when nothing is left.
 */
export function readSignals(json: string | null): Signals | null {
  if (json === null || json === '') return null;
  let data: unknown;
  try {
    data = JSON.parse(json);
  } catch {
    return null;
  }
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return null;
  const known = Object.entries(data).filter(([name, value]) => name in SIGNALS && Number.isFinite(value));
  return known.length > 0 ? (Object.fromEntries(known) as Signals) : null;
}

/** Signals as they are stored and exported: five significant digits say more than they measure. */
export function signalsText(signals: Signals | null): string | null {
  if (signals === null || Object.keys(signals).length === 0) return null;
  return JSON.stringify(Object.fromEntries(Object.entries(signals).map(([name, value]) => [name, Number(value.toPrecision(5))])));
}
