import { describe, expect, test } from 'vitest';
import { driftOf } from '../../../../src/main/engine/domain/calibration/drift.ts';
import { featureNames, featurise, planFeatures } from '../../../../src/main/engine/domain/calibration/features.ts';
import { fitCalibration } from '../../../../src/main/engine/domain/calibration/fit.ts';
import { localScores, strongestFeatures } from '../../../../src/main/engine/domain/calibration/predict.ts';
import { withoutRaterBias } from '../../../../src/main/engine/domain/calibration/raters.ts';
import { randomFrom } from '../../../../src/main/engine/domain/random.ts';
import type { Calibration } from '../../../../src/shared/model/calibration.ts';
import { simulate } from '../../../bench/calibration.ts';
import { simulatedRatings } from '../../../bench/raters.ts';

const part = new Set(['part'] as const);
const calibrationOf = (count: number, seed = 1): Calibration => ({
  version: 1,
  name: 'people',
  number: 1,
  createdAt: 0,
  source: { from: 'ratings' },
  count,
  sources: count / 3,
  ...fitCalibration(simulatedRatings(count, seed), randomFrom(9)),
});

describe('features', () => {
  // Catches a sign the wrong way round: what is worse must be larger, whatever side the signal's good one is.
  test('more is worse', () => {
    const pairs = [0.9, 0.92, 0.94, 0.96, 0.98, 1, 0.91, 0.93, 0.95, 0.97].map((ssim, i) => ({
      signals: { ssimOutside: ssim, sharpnessRatio: 1 + i / 10, zoom: i - 5, blockinessRatio: 1 + i },
      classes: part,
    }));
    const plan = planFeatures(pairs);
    const z = (signals: object) => featurise(plan, { signals, classes: part });
    const at = (name: string) => featureNames(plan).indexOf(name);
    expect(z({ ssimOutside: 0.5 })[at('ssimOutside')]!).toBeGreaterThan(2);
    expect(z({ zoom: -40 })[at('zoom')]!).toBeGreaterThan(2);
    expect(z({ sharpnessRatio: 0.1 })[at('sharpnessRatio')]!).toBeGreaterThan(2);
    expect(z({ blockinessRatio: 0 })[at('blockinessRatio')]!).toBeLessThan(0);
  });

  // Catches a row whose length depends on what was measured: weights would belong to other features.
  test('a pair without a signal has a row of the same length, with the middle in its place and a mark', () => {
    const pairs = Array.from({ length: 40 }, (_, i) => ({
      signals: i % 4 === 0 ? { shift: i } : { shift: i, ssimOutside: i / 40 },
      classes: i % 2 === 0 ? part : new Set(['look'] as const),
    }));
    const plan = planFeatures(pairs);
    const names = featureNames(plan);
    const row = featurise(plan, { signals: {}, classes: new Set() });
    expect(row).toHaveLength(names.length);
    expect(row[names.indexOf('ssimOutside not measured')]).toBe(1);
    expect(row[names.indexOf('ssimOutside')]).toBe(0);
    expect(names).toContain('class look');
  });

  test('a signal that never varies or is seldom there is not learned from', () => {
    const pairs = Array.from({ length: 100 }, (_, i) => ({
      signals: { shift: 1, zoom: i, ...(i < 5 ? { ssimOutside: i } : {}) },
      classes: part,
    }));
    expect(planFeatures(pairs).signals.map(({ name }) => name)).toEqual(['zoom']);
  });
});

describe('a calibration', () => {
  test('is ridge for few examples and ordinal from 60 on', () => {
    expect(calibrationOf(45).adherence.method).toBe('ridge');
    expect(calibrationOf(90).adherence.method).toBe('ordinal');
  });

  // Catches leaks of held-out sources, and figures that are not of unseen pairs: both must agree with 2,000 fresh ones.
  test('its error on held-out sources is that on fresh ones, and better than the mean', () => {
    const calibration = calibrationOf(600);
    const fresh = simulatedRatings(2000, 77).map((example) =>
      Math.abs(localScores(calibration, example, example).adherence - example.adherence),
    );
    const mae = fresh.reduce((a, b) => a + b) / fresh.length;
    const { holdOut } = calibration.adherence;
    expect(holdOut.count).toBe(150);
    expect(mae).toBeGreaterThan(holdOut.maeInterval[0] - 0.05);
    expect(mae).toBeLessThan(holdOut.maeInterval[1] + 0.05);
    expect(mae).toBeLessThan(0.6 * holdOut.maeOfMean);
    // The veto is among what counts most.
    expect(strongestFeatures(calibration, 'adherence', 4).map(({ feature }) => feature)).toContain('misfit far above');
  });

  test('the same examples and numbers give the same calibration', () => {
    expect(calibrationOf(90)).toEqual(calibrationOf(90));
  });

  test('too few examples, too few sources and labels that never vary are told', () => {
    const examples = simulatedRatings(90, 1);
    expect(() => fitCalibration(examples.slice(0, 19), randomFrom(1))).toThrow(/19 examples/);
    expect(() =>
      fitCalibration(
        examples.map((example, i) => ({ ...example, cluster: `${i % 4}` })),
        randomFrom(1),
      ),
    ).toThrow(/4 sources/);
    expect(() =>
      fitCalibration(
        examples.map((example) => ({ ...example, aesthetics: 4 })),
        randomFrom(1),
      ),
    ).toThrow(/same aesthetics/);
  });

  // The published table of the simulation, by fewer repeats: catches a fit that has become worse.
  test('simulated people are learned as well as measured before', () => {
    const few = simulate(60, 3);
    const many = simulate(250, 3);
    expect(few['ordinal + hinge'].mae).toBeLessThan(0.68);
    expect(many['ordinal + hinge'].mae).toBeLessThan(0.58);
    expect(many['ordinal + hinge'].mae).toBeLessThan(many.ridge.mae * 0.97);
    expect(many['ordinal + hinge'].rho).toBeGreaterThan(0.83);
  });
});

describe('rater bias', () => {
  // Catches a bias over all scores: somebody strict who saw only good pairs must not pull them down.
  test('is what a rater gives beside the others on the same pairs', () => {
    const rating = (item: number, rater: string, score: number) => ({ item, rater, adherence: score, aesthetics: score });
    const scores = withoutRaterBias([
      rating(1, 'kind', 4),
      rating(1, 'strict', 3),
      rating(2, 'kind', 5),
      rating(2, 'strict', 4),
      rating(3, 'strict', 2),
    ]);
    // Triplets' means 3.5, 4.5, 2; kind is 0.5 over them, strict 1/3 under.
    expect(scores.get(1)?.adherence).toBeCloseTo((3.5 + 3 + 1 / 3) / 2, 12);
    expect(scores.get(3)?.adherence).toBeCloseTo(2 + 1 / 3, 12);
  });

  test('nobody is corrected who rates alone', () => {
    expect(withoutRaterBias([{ item: 7, rater: 'me', adherence: 2.5, aesthetics: 4 }]).get(7)).toEqual({ adherence: 2.5, aesthetics: 4 });
  });
});

describe('drift', () => {
  const calibration = calibrationOf(300);
  const pairs = (error: number, count: number) => {
    const random = randomFrom(4);
    return Array.from({ length: count }, () => ({
      local: { adherence: 3, aesthetics: 3 },
      judged: { adherence: 3 + (random() - 0.5) * error, aesthetics: 3 + (random() - 0.5) },
    }));
  };
  // Catches an alarm that never rings, one that rings on noise, and one that rings on nothing.
  test('is told when the error has surely grown, and not before there is enough', () => {
    expect(driftOf('people-1', calibration, pairs(8, 100)).state).toBe('drifted');
    expect(driftOf('people-1', calibration, pairs(1, 100)).state).toBe('steady');
    expect(driftOf('people-1', calibration, pairs(8, 20)).state).toBe('early');
    expect(driftOf('people-1', calibration, []).count).toBe(0);
  });
});
