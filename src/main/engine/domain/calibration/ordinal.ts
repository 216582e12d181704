import { dot } from './ridge.ts';

/** Proportional-odds logistic model: P(label <= levels[k]) = logistic(thresholds[k] - weights . x). */
export interface Ordinal {
  /** Labels from low to high; one more than thresholds. */
  levels: number[];
  thresholds: number[];
  weights: number[];
}

const STEPS = 1500;
const RATE = 0.05;
const LEAST_GAP = 1e-3;

/**
 * The model of largest likelihood with the penalty lambda / 2 * |weights|^2 (thresholds are free), by Adam over all examples. The
 * thresholds stay in order because their gaps are exponentials. `levels` are the different labels that occur; RangeError when
 * there are fewer than two.
 */
export function fitOrdinal(rows: readonly Float64Array[], labels: ArrayLike<number>, lambda: number): Ordinal {
  const levels = [...new Set(Array.from(labels))].sort((a, b) => a - b);
  const n = rows.length;
  if (levels.length < 2) throw new RangeError('an ordinal fit needs two different labels');
  const d = (rows[0] as Float64Array).length;
  const cuts = levels.length - 1;
  const classes = Int32Array.from({ length: n }, (_, i) => levels.indexOf(labels[i]!));
  // Parameters: weights, first threshold, logarithms of the gaps. They begin at the shares of the labels.
  const parameters = new Float64Array(d + cuts);
  const start = startOf(classes, cuts, n);
  parameters[d] = start[0]!;
  for (let k = 1; k < cuts; k++) parameters[d + k] = Math.log(Math.max(start[k]! - start[k - 1]!, 0.05));
  const first = new Float64Array(d + cuts);
  const second = new Float64Array(d + cuts);
  const gradient = new Float64Array(d + cuts);
  const thresholds = new Float64Array(cuts);
  const byThreshold = new Float64Array(cuts);
  for (let step = 1; step <= STEPS; step++) {
    gradient.fill(0);
    byThreshold.fill(0);
    thresholdsOf(parameters, d, thresholds);
    for (let i = 0; i < n; i++) {
      const row = rows[i] as Float64Array;
      let eta = 0;
      for (let j = 0; j < d; j++) eta += parameters[j]! * row[j]!;
      const k = classes[i]!;
      const upper = k < cuts ? logistic(thresholds[k]! - eta) : 1;
      const lower = k > 0 ? logistic(thresholds[k - 1]! - eta) : 0;
      // d log(upper - lower) by eta is upper + lower - 1: no division, so nothing blows up far out.
      const byEta = upper + lower - 1;
      for (let j = 0; j < d; j++) gradient[j]! += byEta * row[j]!;
      const likelihood = Math.max(upper - lower, 1e-12);
      if (k < cuts) byThreshold[k]! += (upper * (1 - upper)) / likelihood;
      if (k > 0) byThreshold[k - 1]! -= (lower * (1 - lower)) / likelihood;
    }
    for (let j = 0; j < d; j++) gradient[j] = (gradient[j]! - lambda * parameters[j]!) / n;
    // A threshold moves with the first one and with every gap below it.
    let tail = 0;
    for (let k = cuts - 1; k >= 0; k--) {
      tail += byThreshold[k]!;
      gradient[d + k] = (k === 0 ? tail : tail * Math.exp(parameters[d + k]!)) / n;
    }
    const rate = RATE * Math.min(1, (2 * (STEPS - step)) / STEPS + 0.01);
    for (let p = 0; p < parameters.length; p++) {
      const g = gradient[p]!;
      first[p] = 0.9 * first[p]! + 0.1 * g;
      second[p] = 0.999 * second[p]! + 0.001 * g * g;
      const unbiased = first[p]! / (1 - 0.9 ** step);
      parameters[p]! += (rate * unbiased) / (Math.sqrt(second[p]! / (1 - 0.999 ** step)) + 1e-8);
    }
  }
  thresholdsOf(parameters, d, thresholds);
  return { levels, thresholds: [...thresholds], weights: [...parameters.subarray(0, d)] };
}

/** The chance of every level, from low to high; they sum to 1. */
export function levelChances({ levels, thresholds, weights }: Ordinal, row: ArrayLike<number>): number[] {
  const eta = dot(weights, row);
  let below = 0;
  return levels.map((_, k) => {
    const upTo = k < thresholds.length ? logistic(thresholds[k]! - eta) : 1;
    const chance = upTo - below;
    below = upTo;
    return chance;
  });
}

function thresholdsOf(parameters: Float64Array, d: number, into: Float64Array): void {
  into[0] = parameters[d]!;
  for (let k = 1; k < into.length; k++) into[k] = into[k - 1]! + LEAST_GAP + Math.exp(parameters[d + k]!);
}

/** The thresholds that give every label its share when no feature says anything. */
function startOf(classes: Int32Array, cuts: number, n: number): number[] {
  const counts = new Array<number>(cuts + 1).fill(0.5);
  for (const k of classes) counts[k]! += 1;
  let sum = 0;
  return counts.slice(0, cuts).map((count) => {
    sum += count / (n + (cuts + 1) / 2);
    return Math.log(sum / (1 - sum));
  });
}

function logistic(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}
