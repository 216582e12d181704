import type { RunComparison } from '../../../src/shared/model/comparison.ts';
import type { Estimate } from '../../../src/shared/model/estimate.ts';
import type { RunSummary } from '../../../src/shared/model/run.ts';
import type { RunSeries } from '../../../src/shared/model/series.ts';
import type { GateData } from '../../../src/shared/model/whatIf.ts';
import { aCurve, NOW } from './data.ts';

/** An estimate out of measured rates, with one that the paper stands in for. */
export function anEstimate(part: Partial<Estimate> = {}): Estimate {
  return {
    images: 36,
    plausible: 29,
    attempts: 720,
    passed: 118,
    triplets: { value: 96, low: 71, high: 129 },
    calls: [
      { role: 'imageEditor', calls: 720, usd: 2.2, gpuSeconds: 800, secondsPerCall: 1.4, price: 'measured' },
      { role: 'validator', calls: 221, usd: 0.4, gpuSeconds: 0, secondsPerCall: 0.6, price: 'worst' },
    ],
    usd: 2.6,
    gpuSeconds: 800,
    wallSeconds: 140,
    unknownSpeed: [],
    usdPerTriplet: 0.027,
    rates: [
      { key: 'plausibility', rate: 0.8, from: 'measured', of: 36 },
      { key: 'softJudge', rate: 0.43, from: 'paper', of: 0 },
    ],
    runs: [{ id: 'run-2', name: 'Street scenes, 5,000 attempts' }],
    endsBy: 'attempts',
    ...part,
  };
}

/** Ten stretches of a run at two endpoints; one of them fails now and then. */
export function aSeries(): RunSeries {
  const at = (i: number) => NOW - (10 - i) * 15_000;
  const points = (slow: number) =>
    Array.from({ length: 10 }, (_, i) => ({
      at: at(i),
      calls: 40 + i,
      failed: i === 6 ? 4 : 0,
      p50: slow + 20 * i,
      p95: slow * 2 + 40 * i,
    }));
  return {
    from: at(0),
    to: at(10),
    widthMs: 15_000,
    attempts: Array.from({ length: 10 }, (_, i) => ({ at: at(i), passed: 8 + i, rejected: 30, failed: i === 6 ? 4 : 0 })),
    endpoints: [
      {
        endpoint: 'bagel',
        roles: ['imageEditor'],
        calls: 445,
        failed: 4,
        p50: 1400,
        p95: 2900,
        usd: 3.1,
        gpuSeconds: 812,
        errors: [{ code: 'timeout', count: 4 }],
        points: points(1400),
      },
      {
        endpoint: 'judges',
        roles: ['softJudge', 'validator'],
        calls: 900,
        failed: 0,
        p50: 300,
        p95: 700,
        usd: 0.3,
        gpuSeconds: 0,
        errors: [],
        points: points(300),
      },
    ],
  };
}

/** Gates of a run in which people decided on twenty triplets. */
export function someGates(): GateData {
  const cells = Array.from({ length: 41 }, (_, i) => ({
    adherence: 10 + i,
    aesthetics: 10 + i,
    count: i > 30 ? 12 : 3,
    accepted: i >= 37 ? 4 : 0,
    rejected: i >= 37 ? 50 - 10 - i : 0,
  }));
  return {
    validator: cells,
    softJudge: cells,
    lowLevel: Array.from({ length: 33 }, (_, bin) => ({ bin, count: bin > 12 ? 20 : 2, accepted: 0, rejected: 0 })),
    gates: { validator: { adherence: 4.7, aesthetics: 4.7 }, softJudge: { adherence: 4, aesthetics: 4 }, lowLevel: 0.005 },
    on: { validator: true, softJudge: true, lowLevel: true },
  };
}

export const REASONS = [
  { stage: 'softJudge', reason: 'lowAdherence', count: 98 },
  { stage: 'validator', reason: 'lowAesthetics', count: 71 },
  { stage: 'lowLevel', reason: 'noChange', count: 33 },
] as const;

/** Two runs that differ in one gate. */
export function aComparison(a: RunSummary, b: RunSummary): RunComparison {
  const side = (run: RunSummary, usdPerTriplet: number) => ({ run, gpuSeconds: 800, wallSeconds: 190, usdPerTriplet, survival: aCurve() });
  const share = (count: number, of: number) => ({ count, of, share: count / of, low: count / of - 0.05, high: count / of + 0.05 });
  return {
    a: side(a, 0.035),
    b: side(b, 0.041),
    steps: [
      { key: 'softJudge', a: share(246, 398), b: share(180, 400), difference: { difference: -0.17, low: -0.24, high: -0.1 } },
      { key: 'inversion', a: { count: 96, of: 62, share: 96 / 62, low: null, high: null }, b: null, difference: null },
    ],
    categories: [{ key: 'Addition', a: share(40, 122), b: share(30, 122), difference: { difference: -0.08, low: -0.19, high: 0.03 } }],
    recipe: [{ path: 'gates.softJudge.adherence', a: '4', b: '4.5' }],
  };
}
