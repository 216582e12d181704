import type { FeaturePlan, HoldOut, ScoreModel } from '../../../../shared/model/calibration.ts';
import { type Random, shuffle } from '../random.ts';
import { featurise, type Measured, planFeatures } from './features.ts';
import { atIsotonic, fitIsotonic } from './isotonic.ts';
import { clusterInterval, type Judged, meanAbsoluteError, spearman } from './metrics.ts';
import { fitOrdinal } from './ordinal.ts';
import { expectedScore } from './predict.ts';
import { fitRidge } from './ridge.ts';

/** A pair with the scores it was given, and the source picture that it shares with others. */
export interface Example extends Measured {
  cluster: string;
  adherence: number;
  aesthetics: number;
}

/** From so many examples on the ordinal model is the better one, below it ridge (scorers, section 6). */
const ORDINAL_FROM = 60;
/** A rising correction on top needs so many. */
const ISOTONIC_FROM = 200;
/** Fewer say nothing: they would be learned by heart. */
export const LEAST_EXAMPLES = 20;
export const LEAST_SOURCES = 5;
/** Share of the sources that is never learned from, only measured on. */
const HELD_OUT = 0.25;
const FOLDS = 5;
const PENALTIES = [1, 4, 16, 64];
const POINTS = 300;

type Target = 'adherence' | 'aesthetics';
type Fitted = ScoreModel extends infer M ? (M extends ScoreModel ? Omit<M, 'holdOut'> : never) : never;

/** The features and both score models of these examples. */
export interface Fit {
  plan: FeaturePlan;
  adherence: ScoreModel;
  aesthetics: ScoreModel;
}

/**
 * Learns the two scores from local signals. Figures of quality come from sources that were held out; the models themselves are
 * then learned from all examples. The same examples in the same order and the same random numbers give the same models.
 * RangeError with fewer than LEAST_EXAMPLES examples or LEAST_SOURCES sources, or when a score never varies.
 */
export function fitCalibration(examples: readonly Example[], random: Random): Fit {
  const clusters = [...new Set(examples.map(({ cluster }) => cluster))];
  if (examples.length < LEAST_EXAMPLES || clusters.length < LEAST_SOURCES)
    throw new RangeError(
      `${examples.length} examples of ${clusters.length} sources are too few: it takes ${LEAST_EXAMPLES} of ${LEAST_SOURCES}.`,
    );
  shuffle(clusters, random);
  const kept = new Set(clusters.slice(0, Math.max(1, Math.round(clusters.length * HELD_OUT))));
  const held = examples.filter(({ cluster }) => kept.has(cluster));
  const training = examples.filter(({ cluster }) => !kept.has(cluster));
  const plan = planFeatures(examples);
  const fitTarget = (target: Target): ScoreModel => {
    const trainingPlan = planFeatures(training);
    const lambda = choosePenalty(training, trainingPlan, target, random);
    const judge = fitOne(training, trainingPlan, target, lambda, random);
    const holdOut = measure(judge, trainingPlan, training, held, target, random);
    return { ...fitOne(examples, plan, target, lambda, random), holdOut } as ScoreModel;
  };
  return { plan, adherence: fitTarget('adherence'), aesthetics: fitTarget('aesthetics') };
}

/** Fits one score: ridge for few examples (or few different labels), else ordinal, with a rising correction where that helps. */
function fitOne(examples: readonly Example[], plan: FeaturePlan, target: Target, lambda: number, random: Random): Fitted {
  const rows = examples.map((example) => featurise(plan, example));
  const labels = examples.map((example) => example[target]);
  const levels = labels.map(halfStep);
  if (new Set(labels).size < 2) throw new RangeError(`every example has the same ${target}: there is nothing to learn.`);
  if (examples.length < ORDINAL_FROM || new Set(levels).size < 3) return { method: 'ridge', ...fitRidge(rows, labels, lambda), lambda };
  const model: Fitted = { method: 'ordinal', ...fitOrdinal(rows, levels, lambda), lambda, isotonic: null };
  return examples.length < ISOTONIC_FROM ? model : { ...model, isotonic: correction(examples, plan, target, lambda, random) };
}

/** Scores are learned on the scale that people use. */
function halfStep(score: number): number {
  return Math.round(score * 2) / 2;
}

/** The rising correction from predictions that were made out of fold; null where it does not make unseen ones better. */
function correction(examples: readonly Example[], plan: FeaturePlan, target: Target, lambda: number, random: Random) {
  const judged = outOfFold(examples, plan, target, lambda, random);
  const halves = split(judged, 2, random);
  let corrected = 0;
  let plain = 0;
  for (const [i, part] of halves.entries()) {
    const other = halves[1 - i] as Judged[];
    const curve = fitIsotonic(
      other.map(({ predicted }) => predicted),
      other.map(({ label }) => label),
    );
    for (const { predicted, label } of part) {
      corrected += Math.abs(atIsotonic(curve, predicted) - label);
      plain += Math.abs(predicted - label);
    }
  }
  if (!(corrected < plain)) return null;
  return fitIsotonic(
    judged.map(({ predicted }) => predicted),
    judged.map(({ label }) => label),
  );
}

/** The penalty that predicts one fold of sources best from the others. */
function choosePenalty(examples: readonly Example[], plan: FeaturePlan, target: Target, random: Random): number {
  const [test = [], ...rest] = split(examples, FOLDS, random);
  const train = rest.flat();
  if (test.length === 0 || train.length < 10 || new Set(train.map((example) => example[target])).size < 2) return PENALTIES[2] as number;
  let best = { lambda: PENALTIES[0] as number, error: Number.POSITIVE_INFINITY };
  for (const lambda of PENALTIES) {
    const model = fitPlain(train, plan, target, lambda);
    const error = meanAbsoluteError(judge(model, plan, test, target));
    if (error < best.error) best = { lambda, error };
  }
  return best.lambda;
}

function outOfFold(examples: readonly Example[], plan: FeaturePlan, target: Target, lambda: number, random: Random): Judged[] {
  const folds = split(examples, FOLDS, random);
  return folds.flatMap((fold, i) => {
    const others = folds.filter((_, k) => k !== i).flat();
    return judge(fitPlain(others, plan, target, lambda), plan, fold, target);
  });
}

/** Without a correction, so that it can be learned from what this one says. */
function fitPlain(examples: readonly Example[], plan: FeaturePlan, target: Target, lambda: number): Fitted {
  const rows = examples.map((example) => featurise(plan, example));
  const labels = examples.map((example) => halfStep(example[target]));
  if (examples.length < ORDINAL_FROM || new Set(labels).size < 3) return { method: 'ridge', ...fitRidge(rows, labels, lambda), lambda };
  return { method: 'ordinal', ...fitOrdinal(rows, labels, lambda), lambda, isotonic: null };
}

function judge(model: Fitted, plan: FeaturePlan, examples: readonly Example[], target: Target): Judged[] {
  return examples.map((example) => ({
    predicted: expectedScore(model, featurise(plan, example)),
    label: example[target],
    cluster: example.cluster,
  }));
}

function measure(
  model: Fitted,
  plan: FeaturePlan,
  training: readonly Example[],
  held: readonly Example[],
  target: Target,
  random: Random,
): HoldOut {
  const judged = judge(model, plan, held, target);
  const mean = training.reduce((sum, example) => sum + example[target], 0) / training.length;
  const step = Math.max(1, Math.ceil(judged.length / POINTS));
  return {
    count: judged.length,
    sources: new Set(judged.map(({ cluster }) => cluster)).size,
    mae: meanAbsoluteError(judged),
    maeInterval: clusterInterval(judged, meanAbsoluteError, random),
    maeOfMean: meanAbsoluteError(judged.map(({ label }) => ({ predicted: mean, label }))),
    spearman: spearman(judged),
    spearmanInterval: clusterInterval(judged, spearman, random),
    points: judged.filter((_, i) => i % step === 0).map(({ predicted, label }) => [predicted, label]),
  };
}

/** Parts of about one size that share no cluster. */
function split<T extends { cluster: string }>(list: readonly T[], parts: number, random: Random): T[][] {
  const clusters = shuffle([...new Set(list.map(({ cluster }) => cluster))], random);
  const part = new Map(clusters.map((cluster, i) => [cluster, i % parts]));
  const result: T[][] = Array.from({ length: parts }, () => []);
  for (const item of list) result[part.get(item.cluster) as number]?.push(item);
  return result;
}
