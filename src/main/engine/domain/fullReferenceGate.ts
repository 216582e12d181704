import { type FullReferenceLimits, type GateProfile, PROFILE_LIMITS } from '../../../shared/model/gates.ts';
import { type EditClass, editClassesOf } from '../../../shared/model/operations.ts';
import { SIGNALS, type SignalCheck, type SignalName, type Signals } from '../../../shared/model/signals.ts';
import { textAsked } from './textAsked.ts';

type LimitName = Exclude<keyof FullReferenceLimits, 'minOutside' | 'minOutsideUnknown'>;

/** Why a pair is rejected by the full-reference gate. Short and stable: they are counted. */
export type FullReferenceReason =
  | 'tooLittle'
  | 'unrelated'
  | 'altered'
  | 'colourDrift'
  | 'softer'
  | 'noisier'
  | 'blocky'
  | 'shifted'
  | 'zoomed'
  | 'misaligned';

interface Rule {
  limit: LimitName;
  signal: SignalName;
  side: 'min' | 'max';
  reason: FullReferenceReason;
  /** It looks at what is outside the edit, so it says nothing where there is hardly any. */
  outside: boolean;
  /** What it looks at instead where the instruction asks for letters. */
  ofLetters?: SignalName;
  /** It is read off windows that were found again, which a change of the whole picture makes uncertain. */
  moves?: true;
  /** Operations that do to a whole picture what the limit forbids. */
  notFor: readonly EditClass[];
}

/** Every limit, in the order of severity: the first that fails gives the reason. */
const RULES: readonly Rule[] = [
  { limit: 'minKinship', signal: 'kinship', side: 'min', reason: 'unrelated', outside: false, notFor: ['geometry', 'background'] },
  {
    limit: 'minLargestPart',
    signal: 'largestPartShare',
    ofLetters: 'changedShare',
    side: 'min',
    reason: 'tooLittle',
    outside: false,
    notFor: ['look', 'focus'],
  },
  { limit: 'maxZoom', signal: 'zoom', side: 'max', reason: 'zoomed', outside: false, moves: true, notFor: ['geometry'] },
  { limit: 'maxShift', signal: 'shift', side: 'max', reason: 'shifted', outside: false, moves: true, notFor: ['geometry'] },
  { limit: 'maxMisfit', signal: 'misfit', side: 'max', reason: 'misaligned', outside: false, moves: true, notFor: ['geometry'] },
  { limit: 'maxNoise', signal: 'noiseAdded', side: 'max', reason: 'noisier', outside: false, notFor: ['look', 'focus', 'geometry'] },
  { limit: 'maxBlockiness', signal: 'blockinessRatio', side: 'max', reason: 'blocky', outside: true, notFor: ['focus', 'geometry'] },
  { limit: 'minEdges', signal: 'edgeRatio', side: 'min', reason: 'softer', outside: true, notFor: ['look', 'focus', 'geometry'] },
  { limit: 'minSharpness', signal: 'sharpnessRatio', side: 'min', reason: 'softer', outside: true, notFor: ['look', 'focus', 'geometry'] },
  { limit: 'minDetail', signal: 'detailRatio', side: 'min', reason: 'softer', outside: true, notFor: ['look', 'focus', 'geometry'] },
  { limit: 'maxColourDrift', signal: 'colourDriftMedian', side: 'max', reason: 'colourDrift', outside: true, notFor: ['look', 'geometry'] },
  { limit: 'minSsim', signal: 'ssimOutside', side: 'min', reason: 'altered', outside: true, notFor: ['look', 'focus', 'geometry'] },
  { limit: 'minCoarseSsim', signal: 'ssimCoarse', side: 'min', reason: 'altered', outside: true, notFor: ['look', 'geometry'] },
  {
    limit: 'minKept',
    signal: 'outsideShare',
    side: 'min',
    reason: 'altered',
    outside: false,
    notFor: ['background', 'look', 'focus', 'geometry', 'unknown'],
  },
];

/** Certainty of a shift that is needed where the whole picture changed. */
const CERTAIN = 0.25;

/** Root mean square difference, in grey levels, under which nothing was done, whatever the operation. */
const IDLE = 1;

/** The limits a recipe's gates mean: the profile's, with what the recipe says otherwise. */
export function fullReferenceLimits(gates: { profile: GateProfile; fullReference: Partial<FullReferenceLimits> }): FullReferenceLimits {
  return { ...PROFILE_LIMITS[gates.profile], ...gates.fullReference };
}

/**
 * Holds what was measured against the limits. Every limit that is on gives a check: passed, failed, or skipped with the reason why
 * it says nothing about this edit (`globalEdit`: too little lies outside; the class of the operation; `notMeasured`; `uncertain`: too few parts of a picture that changed all over were found again). A picture
 * that hardly differs at all is `tooLittle` whatever the operation.
 */
export function judgeSignals(
  signals: Signals,
  limits: FullReferenceLimits,
  edit: { category: string; instruction: string },
): { passed: boolean; reason: '' | FullReferenceReason; checks: SignalCheck[] } {
  const classes = editClassesOf(edit.category, edit.instruction);
  const global = (signals.outsideShare ?? 1) < (classes.has('unknown') ? limits.minOutsideUnknown : limits.minOutside);
  const letters = textAsked(edit.instruction, edit.category) !== null;
  let reason: '' | FullReferenceReason = '';
  const checks: SignalCheck[] = [];
  for (const rule of RULES) {
    const limit = limits[rule.limit];
    if (limit === null) continue;
    const signal = (letters && rule.ofLetters) || rule.signal;
    const value = signals[signal];
    const check = { signal, min: rule.side === 'min' ? limit : null, max: rule.side === 'max' ? limit : null };
    // A change of light may leave no pixel over the threshold, but it leaves a difference; without one nothing was done.
    const idle = rule.limit === 'minLargestPart' && (signals.rmsDifference ?? IDLE) < IDLE;
    const excused = idle ? undefined : rule.notFor.find((name) => classes.has(name));
    const unsure = rule.moves && (global || classes.has('look')) && (signals.shiftPeak ?? 1) < CERTAIN;
    const why = excused ?? (rule.outside && global ? 'globalEdit' : value === undefined ? 'notMeasured' : unsure ? 'uncertain' : '');
    if (why !== '' || value === undefined) {
      checks.push({ ...check, outcome: 'skipped', why });
      continue;
    }
    const holds = rule.side === 'min' ? value >= limit : (SIGNALS[signal].better === 'zero' ? Math.abs(value) : value) <= limit;
    if (!holds && reason === '') reason = rule.reason;
    checks.push({ ...check, outcome: holds ? 'passed' : 'failed', why: holds ? '' : rule.reason });
  }
  return { passed: reason === '', reason, checks };
}
