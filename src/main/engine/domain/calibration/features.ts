import type { FeaturePlan, PlannedSignal } from '../../../../shared/model/calibration.ts';
import type { EditClass } from '../../../../shared/model/operations.ts';
import { SIGNALS, type SignalFacts, type SignalName, type Signals } from '../../../../shared/model/signals.ts';

/** What is known of one pair before anybody judges it. */
export interface Measured {
  signals: Signals;
  classes: ReadonlySet<EditClass>;
}

/** Signals that say nothing of their own: parts of another one, and what calibrations themselves give. */
const LEFT_OUT: ReadonlySet<SignalName> = new Set([
  'shiftX',
  'shiftY',
  'fitScaleX',
  'fitScaleY',
  'fitShiftX',
  'fitShiftY',
  'localAdherence',
  'localAesthetics',
  'localChance',
]);
/** Shares of an area are looked at by their order of magnitude. */
const BY_MAGNITUDE: ReadonlySet<SignalName> = new Set(['changedShare', 'largestPartShare']);

/** A signal must be measured in so many examples, and in this share of them, before it is learned from. */
const LEAST_MEASURED = 10;
const LEAST_SHARE = 0.2;
/** Where fewer lack it than this, that it lacks says nothing. */
const LEAST_MISSING = 0.02;
const LEAST_OF_CLASS = 5;
/** A single wild value may not carry the fit away. */
const FURTHEST = 8;
/** From here on a value counts twice: bad values veto more than good ones help (scorers: hinge features). */
const HINGE = 1;

/** A measured value, turned so that more is worse where the signal has a good side. */
function oriented(name: SignalName, value: number): number {
  if (BY_MAGNITUDE.has(name)) return Math.log10(Math.max(value, 1e-6));
  const { better }: SignalFacts = SIGNALS[name];
  if (better === 'high') return -value;
  if (better === 'one') return Math.abs(Math.log(Math.max(value, 1e-6)));
  if (better === 'zero') return Math.abs(value);
  return value;
}

/**
 * Which signals and classes can be learned from in these examples, with the median and the robust spread (1.4826 MAD, else the
 * standard deviation) of each. Signals that never vary or are seldom measured are left out.
 */
export function planFeatures(examples: readonly Measured[]): FeaturePlan {
  const signals: PlannedSignal[] = [];
  for (const name of Object.keys(SIGNALS) as SignalName[]) {
    if (LEFT_OUT.has(name)) continue;
    const values = examples.flatMap(({ signals: measured }) => (measured[name] === undefined ? [] : [oriented(name, measured[name])]));
    if (values.length < LEAST_MEASURED || values.length < LEAST_SHARE * examples.length) continue;
    const median = medianOf(values);
    const spread = 1.4826 * medianOf(values.map((value) => Math.abs(value - median)));
    const scale = spread > 1e-9 ? spread : deviation(values);
    if (!(scale > 1e-9)) continue;
    signals.push({ name, median, scale, missing: 1 - values.length / examples.length >= LEAST_MISSING });
  }
  const seen = new Map<EditClass, number>();
  for (const { classes } of examples) for (const name of classes) seen.set(name, (seen.get(name) ?? 0) + 1);
  const classes = [...seen]
    .filter(([, count]) => count >= LEAST_OF_CLASS && count <= examples.length - LEAST_OF_CLASS)
    .map(([name]) => name);
  return { signals, classes: classes.sort() };
}

/** Names of the columns that `featurise` gives, in its order: for people who want to know what a weight belongs to. */
export function featureNames(plan: FeaturePlan): string[] {
  return [
    ...plan.signals.flatMap(({ name, missing }) => {
      const both = twoSided(name) ? [`${name} far below`] : [];
      return [name, `${name} far above`, ...both, ...(missing ? [`${name} not measured`] : [])];
    }),
    ...plan.classes.map((name) => `class ${name}`),
  ];
}

/**
 * One pair as a row of numbers: per signal its robust z, the part of it beyond 1 (hinge; on both sides where neither is the bad
 * one), whether it is not measured; then the edit classes as 0 and 1. A signal that is not measured has z = 0.
 */
export function featurise(plan: FeaturePlan, { signals, classes }: Measured): Float64Array {
  const row: number[] = [];
  for (const { name, median, scale, missing } of plan.signals) {
    const value = signals[name];
    const z = value === undefined ? 0 : clamp((oriented(name, value) - median) / scale);
    row.push(z, Math.max(0, z - HINGE));
    if (twoSided(name)) row.push(Math.max(0, -z - HINGE));
    if (missing) row.push(value === undefined ? 1 : 0);
  }
  for (const name of plan.classes) row.push(classes.has(name) ? 1 : 0);
  return Float64Array.from(row);
}

function twoSided(name: SignalName): boolean {
  return SIGNALS[name].better === 'none' && SIGNALS[name].unit !== 'flag';
}

function clamp(z: number): number {
  return Math.max(-FURTHEST, Math.min(FURTHEST, z));
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

function medianOf(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
