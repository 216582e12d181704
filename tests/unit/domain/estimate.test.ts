import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimate, type Measured, NOTHING_MEASURED, type PlanCounts } from '../../../src/main/engine/domain/estimate.ts';
import { measure, type RunFacts } from '../../../src/main/engine/domain/measure.ts';
import type { Recipe } from '../../../src/shared/model/recipe.ts';
import type { FunnelRow } from '../../../src/shared/model/run.ts';
import { aRecipe } from './fixtures.ts';

const rows = (counts: Record<string, number>): FunnelRow[] =>
  Object.entries(counts).map(([key, count]) => ({ key: key as FunnelRow['key'], label: key, count, change: null }));

/** A finished run: 40 images, 24 plausible, 300 attempts. */
const finished = (recipe: Recipe): RunFacts => ({
  id: 'r1',
  name: 'Earlier',
  recipe,
  funnel: rows({
    generated: 40,
    plausible: 24,
    edits: 297,
    lowLevel: 280,
    softJudge: 150,
    softChecks: 120,
    validator: 60,
    selection: 45,
    inversion: 88,
    composition: 120,
    backwardConsistency: 101,
  }),
  attemptsDone: 300,
  passed: 60,
  jobSpace: 600,
  wallSeconds: 77,
  calls: [
    { role: 'promptEngineer', model: 'demo', calls: 2, seconds: 20, usd: 0.4, gpuSeconds: 0 },
    { role: 'textToImage', model: 'demo', calls: 40, seconds: 80, usd: 0.5, gpuSeconds: 80 },
    { role: 'plausibilityJudge', model: 'demo', calls: 41, seconds: 12, usd: 0.1, gpuSeconds: 0 },
    { role: 'imageEditor', model: 'demo', calls: 300, seconds: 900, usd: 3, gpuSeconds: 900 },
    { role: 'softJudge', model: 'demo', calls: 560, seconds: 200, usd: 0.9, gpuSeconds: 0 },
    { role: 'validator', model: 'demo', calls: 170, seconds: 100, usd: 1.2, gpuSeconds: 0 },
    { role: 'inverter', model: 'demo', calls: 45, seconds: 30, usd: 0.2, gpuSeconds: 0 },
  ],
  cells: {
    softJudge: [],
    validator: Array.from({ length: 41 }, (_, i) => ({ adherence: 10 + i, aesthetics: 10 + i, count: 3, accepted: 0, rejected: 0 })),
    lowLevel: [],
  },
});
const counts: PlanCounts = { scenes: 4, sources: 40, groups: 200 };

describe('the estimate of a recipe', () => {
  // Catches: a rate against the wrong row, calls counted for the wrong thing, money or time that do not add up.
  it('gives a finished run its own numbers back', () => {
    const recipe = aRecipe({ budget: { attempts: 300 } });
    const found = estimate(recipe, counts, measure(recipe, [finished(recipe)]));
    expect(found.plausible).toBeCloseTo(24);
    expect(found.attempts).toBeCloseTo(300);
    expect(found.passed).toBeCloseTo(60);
    expect(found.triplets.value).toBeCloseTo(101);
    expect(Object.fromEntries(found.calls.map(({ role, calls }) => [role, Math.round(calls * 1e6) / 1e6]))).toEqual({
      promptEngineer: 2,
      textToImage: 40,
      plausibilityJudge: 41,
      imageEditor: 300,
      softJudge: 560,
      validator: 170,
      inverter: 45,
    });
    expect(found.usd).toBeCloseTo(6.3);
    expect(found.gpuSeconds).toBeCloseTo(980);
    expect(found.wallSeconds).toBeCloseTo(77);
    expect(found.rates.every(({ from }) => from === 'measured' || from === 'none')).toBe(true);
    expect(found.triplets.low).toBeLessThan(101);
    expect(found.triplets.high).toBeGreaterThan(101);
    expect(found).toMatchObject({ endsBy: 'attempts', unknownSpeed: [], runs: [{ id: 'r1', name: 'Earlier' }] });
  });

  // Catches: table 2 copied with a slip, or assumed rates that pass for measured ones.
  it('takes the rates of table 2 where nothing was measured, and says so', () => {
    const recipe = aRecipe({ stages: ['edit', 'softJudge', 'softChecks', 'lowLevel', 'validator'] });
    const found = estimate(recipe, { scenes: 63_292, sources: 1_171_773, groups: 5_858_865 }, NOTHING_MEASURED);
    expect(found.plausible).toBeCloseTo(515_580, -2);
    const perEdit = found.triplets.value / found.attempts;
    expect(perEdit).toBeGreaterThan((720_088 / 3_072_385) * 0.99);
    expect(perEdit).toBeLessThan((720_088 / 3_072_385) * 1.01);
    expect(found.triplets).toMatchObject({ low: null, high: null });
    expect(found.unknownSpeed.length).toBeGreaterThan(0);
    expect(found.wallSeconds).toBeNull();
    expect(found.rates.find(({ key }) => key === 'validator')).toMatchObject({ from: 'paper', of: 0 });
  });

  it('does not use rates of other models, other gates before, or other limits', () => {
    const run = finished(aRecipe());
    const other = aRecipe({ roles: { ...aRecipe().roles, imageEditor: { endpoint: 'demo', model: 'another' } } });
    const from = (recipe: Recipe, key: string) =>
      estimate(recipe, counts, measure(recipe, [run])).rates.find((rate) => rate.key === key)?.from;
    expect(from(other, 'validator')).toBe('paper');
    expect(from(other, 'plausibility')).toBe('measured');
    expect(from(aRecipe({ stages: ['edit', 'validator'] }), 'validator')).toBe('paper');
    expect(from(aRecipe({ gates: { lowLevel: { threshold: 30 } } }), 'lowLevel')).toBe('paper');
  });

  // Catches: a run that was answered out of the ledger making the next one look free.
  it('takes no prices and no time from a run whose questions had been answered before', () => {
    const recipe = aRecipe({ budget: { attempts: 300 } });
    const run = finished(recipe);
    const free = { ...run, id: 'r2', wallSeconds: 5, calls: run.calls.map((call) => ({ ...call, calls: 1, usd: 0, seconds: 0 })) };
    const found = estimate(recipe, counts, measure(recipe, [run, free]));
    expect(found.usd).toBeCloseTo(6.3);
    expect(found.wallSeconds).toBeCloseTo(77);
  });

  it('reads a moved validator gate off the stored scores', () => {
    const at = (threshold: number) => {
      const recipe = aRecipe({ budget: { attempts: 300 }, gates: { validator: { adherence: threshold, aesthetics: threshold } } });
      return estimate(recipe, counts, measure(recipe, [finished(aRecipe())])).rates.find(({ key }) => key === 'validator')?.rate;
    };
    expect(at(4.5)).toBeCloseTo(6 / 41);
    expect(at(1)).toBe(1);
  });

  it('keeps an upper end where nothing came through', () => {
    const recipe = aRecipe({ budget: { attempts: 300 } });
    const measured = measure(recipe, [finished(recipe)]);
    const steps = new Map(measured.steps).set('validator', { count: 0, of: 120, weight: 1 });
    const found = estimate(recipe, counts, { ...measured, steps });
    expect(found.triplets).toMatchObject({ value: 0, low: 0 });
    expect(found.triplets.high).toBeGreaterThan(0);
    expect(found.usdPerTriplet).toBeNull();
  });
});

const share = fc.double({ min: 0, max: 1, noNaN: true });
const measuredAny: fc.Arbitrary<Measured> = fc
  .tuple(
    fc.array(share, { minLength: 6, maxLength: 6 }),
    fc.double({ min: 0, max: 100, noNaN: true }),
    fc.double({ min: 0.1, max: 20, noNaN: true }),
  )
  .map(([rates, usd, wallFactor]) => ({
    steps: new Map(
      ['plausibility', 'lowLevel', 'softJudge', 'softChecks', 'validator', 'selection'].map((key, i) => [
        key,
        { count: rates[i]! * 500, of: 500, weight: 1 },
      ]),
    ),
    roles: new Map(
      (['imageEditor', 'softJudge', 'validator'] as const).map((role) => [role, { calls: 10, units: 10, seconds: 20, usd, gpuSeconds: 5 }]),
    ),
    wallFactor,
    runs: [],
  }));
const limit = fc.option(fc.double({ min: 0.01, max: 5000, noNaN: true }), { nil: undefined });

describe('for any rates and budgets', () => {
  // Catches: a budget that buys fewer triplets when it is raised, and numbers below zero.
  it('more budget never gives less, and nothing is negative', () => {
    fc.assert(
      fc.property(
        measuredAny,
        limit,
        limit,
        fc.integer({ min: 1, max: 2000 }),
        fc.double({ min: 1, max: 3, noNaN: true }),
        (measured, usd, gpu, attempts, more) => {
          const budget = { attempts, ...(usd && { usd }), ...(gpu && { gpuSeconds: gpu }) };
          const raised = { attempts: Math.ceil(attempts * more), ...(usd && { usd: usd * more }), ...(gpu && { gpuSeconds: gpu * more }) };
          const a = estimate(aRecipe({ budget }), counts, measured);
          const b = estimate(aRecipe({ budget: raised }), counts, measured);
          const numbers = [
            a.images,
            a.plausible,
            a.attempts,
            a.passed,
            a.triplets.value,
            a.usd,
            a.gpuSeconds,
            ...a.calls.map(({ calls }) => calls),
          ];
          expect(numbers.every((n) => n >= 0 && Number.isFinite(n))).toBe(true);
          expect(a.attempts).toBeLessThanOrEqual(attempts);
          expect(b.triplets.value).toBeGreaterThanOrEqual(a.triplets.value * (1 - 1e-6) - 1e-9);
        },
      ),
    );
  });

  it('a stricter validator never gives more', () => {
    const score = fc.integer({ min: 10, max: 50 }).map((n) => n / 10);
    fc.assert(
      fc.property(score, score, (a, b) => {
        const at = (threshold: number) => {
          const recipe = aRecipe({ budget: { attempts: 300 }, gates: { validator: { adherence: threshold, aesthetics: 4 } } });
          return estimate(recipe, counts, measure(recipe, [finished(aRecipe())])).triplets.value;
        };
        expect(at(Math.max(a, b))).toBeLessThanOrEqual(at(Math.min(a, b)) + 1e-9);
      }),
    );
  });
});
