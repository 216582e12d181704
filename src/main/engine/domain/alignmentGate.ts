import { type AlignLimits, type GateProfile, PROFILE_ALIGN } from '../../../shared/model/gates.ts';
import { type EditClass, editClassesOf } from '../../../shared/model/operations.ts';
import type { SignalCheck, SignalName, Signals } from '../../../shared/model/signals.ts';

/** Why an edit of another size is not laid on its source. Short and stable: they are counted. */
export type AlignmentReason = 'fitUnknown' | 'fitOff' | 'aspectDiffers' | 'cropped';

interface Rule {
  limit: keyof AlignLimits;
  signal: SignalName;
  side: 'min' | 'max';
  reason: AlignmentReason;
}

/** Every limit, in the order of severity: the first that fails gives the reason. */
const RULES: readonly Rule[] = [
  { limit: 'minCertainty', signal: 'fitCertainty', side: 'min', reason: 'fitUnknown' },
  { limit: 'maxResidual', signal: 'fitResidual', side: 'max', reason: 'fitOff' },
  { limit: 'maxStretch', signal: 'fitStretch', side: 'max', reason: 'aspectDiffers' },
  { limit: 'maxLost', signal: 'fitLost', side: 'max', reason: 'cropped' },
];

/** The limits a recipe's gates mean: the profile's, with what the recipe says otherwise. */
export function alignLimits(gates: { profile: GateProfile; align: Partial<AlignLimits> }): AlignLimits {
  return { ...PROFILE_ALIGN[gates.profile], ...gates.align };
}

/** What becomes of an edit of another size: laid on its source by what was found, resized as a whole, or rejected with a reason. */
export interface AlignmentVerdict {
  outcome: 'aligned' | 'resampled' | 'rejected';
  reason: '' | AlignmentReason;
  checks: SignalCheck[];
}

/** Operations that leave little to be found again: a change of style, of light, of focus. */
const HARD_TO_FIND: readonly EditClass[] = ['look', 'focus'];
/** Kinship that shows a picture of the same things all the same. */
const KIN = 0.3;

/**
 * Holds what the fit of an edit of another size gave against the limits. A signal that is missing fails: what is not known is not
 * laid on a source. One exception: after a change of the look of everything an edit of the same shape that was not found again, but
 * is kin to its source, is only resized; its checks are skipped and say so.
 */
export function judgeAlignment(
  signals: Signals,
  limits: AlignLimits,
  edit: { category: string; instruction: string; sameShape: boolean },
): AlignmentVerdict {
  let reason = '' as '' | AlignmentReason;
  const checks = RULES.map(({ limit, signal, side, reason: why }): SignalCheck => {
    const [value, bound] = [signals[signal], limits[limit]];
    const holds = value !== undefined && (side === 'min' ? value >= bound : value <= bound);
    if (!holds && reason === '') reason = why;
    const [min, max] = side === 'min' ? [bound, null] : [null, bound];
    return { signal, min, max, outcome: holds ? 'passed' : 'failed', why: holds ? '' : why };
  });
  const excused = HARD_TO_FIND.find((name) => editClassesOf(edit.category, edit.instruction).has(name));
  if (reason === 'fitUnknown' && excused !== undefined && edit.sameShape && (signals.kinship ?? -1) >= KIN)
    return { outcome: 'resampled', reason: '', checks: checks.map((check) => ({ ...check, outcome: 'skipped', why: excused })) };
  return { outcome: reason === '' ? 'aligned' : 'rejected', reason, checks };
}
