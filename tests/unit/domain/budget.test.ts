import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  attemptWorstCost,
  costBound,
  failureCost,
  planAttempts,
  roleCost,
  settledCost,
  worstCost,
} from '../../../src/main/engine/domain/budget.ts';
import { ProviderError, type ProviderErrorCode } from '../../../src/shared/model/errors.ts';
import { Endpoint, NO_USAGE, PriceTable, Usage } from '../../../src/shared/model/provider.ts';
import { aRecipe } from './fixtures.ts';

describe('costs', () => {
  it('never settles over the worst price while usage stays in its bounds', () => {
    const price = fc.double({ min: 0, max: 100, noNaN: true });
    const dear = fc.option(price, { nil: undefined });
    const prices = fc.record({
      usdPerMillionImageInputTokens: dear,
      usdPerMillionCachedInputTokens: dear,
      usdPerMillionImageOutputTokens: dear,
      usdPerCall: price,
      usdPerMillionInputTokens: price,
      usdPerMillionOutputTokens: price,
      usdPerImage: price,
      usdPerGpuSecond: price,
      worstInputTokens: fc.nat(100_000),
      worstOutputTokens: fc.nat(100_000),
      worstGpuSeconds: price,
    });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(prices, share, share, share, fc.nat(1), (given, a, b, c, images) => {
        const table = PriceTable.parse(given);
        const [input, output] = [Math.floor(table.worstInputTokens * a), Math.floor(table.worstOutputTokens * b)];
        const usage = {
          inputTokens: Math.floor(input * c),
          imageInputTokens: Math.floor((input - Math.floor(input * c)) * b),
          cachedInputTokens: Math.floor((input - Math.floor(input * c)) * (1 - b)),
          outputTokens: Math.floor(output * c),
          imageOutputTokens: output - Math.floor(output * c),
          gpuSeconds: table.worstGpuSeconds * c,
          images,
        };
        const worst = worstCost({ prices: table, modelPrices: {}, deadlineSeconds: 5 }, 'imageEditor', 'm').usd;
        // Sums of many prices round differently in another order.
        return settledCost(table, usage) <= worst * (1 + 1e-12) && settledCost(table, usage, true) <= settledCost(table, usage);
      }),
    );
  });

  it('adds up a call as its price table says', () => {
    const prices = PriceTable.parse({
      usdPerCall: 1,
      usdPerMillionInputTokens: 2,
      usdPerMillionOutputTokens: 4,
      usdPerImage: 8,
      usdPerGpuSecond: 16,
      worstInputTokens: 500_000,
      worstOutputTokens: 250_000,
      worstGpuSeconds: 0.5,
    });
    const endpoint = { prices: PriceTable.parse({}), modelPrices: { m: prices }, deadlineSeconds: 30 };
    expect(worstCost(endpoint, 'imageEditor', 'm')).toEqual({ usd: 19, gpuSeconds: 0.5, apiSeconds: 30 });
    expect(worstCost(endpoint, 'validator', 'other').usd).toBe(0);
    expect(worstCost(endpoint, 'validator', 'm')).toEqual({ usd: 11, gpuSeconds: 0.5, apiSeconds: 30 });
    expect(settledCost(prices, Usage.parse({ inputTokens: 1_000_000 }))).toBe(3);
  });

  it('counts an attempt as the calls of its stages: the yes/no checks are two', () => {
    const recipe = aRecipe();
    expect(attemptWorstCost(recipe).usd).toBeCloseTo(0.03 + 4 * 0.01, 12);
    expect(attemptWorstCost(recipe).apiSeconds).toBe(50);
    expect(attemptWorstCost(aRecipe({ stages: ['edit', 'lowLevel'] })).usd).toBeCloseTo(0.03, 12);
    expect(() => roleCost({ ...recipe, roles: {} }, 'validator')).toThrow(/validator/);
  });

  it('bounds a run by everything it may ask for, and by its budget', () => {
    const counts = { scenes: 4, sources: 40, groups: 200, attempts: 1000 };
    const attempt = 0.03 + 2 * 4 * 0.01;
    const sources = 40 * (0.03 + 2 * 0.01);
    const growth = 200 * 0.02 + 200 * 0.02;
    const bound = costBound(aRecipe(), counts);
    expect(bound.usd).toBeCloseTo(2 * 2 * 0.01 + sources + 1000 * attempt + growth, 9);
    expect(costBound(aRecipe({ budget: { usd: 2 } }), counts).usd).toBe(2);
    expect(costBound(aRecipe({ composition: { validate: true, rewrite: true, maxPerSource: 3 } }), counts).usd).toBeCloseTo(
      bound.usd + 120 * 0.04,
      9,
    );
    expect(costBound(aRecipe({ growth: [], stages: ['edit'] }), { ...counts, attempts: 0 }).usd).toBeCloseTo(0.04 + sources, 9);
  });

  it('plans the whole space or the attempts budget', () => {
    expect(planAttempts(100, {})).toBe(100);
    expect(planAttempts(100, { attempts: 30 })).toBe(30);
    expect(planAttempts(10, { attempts: 30 })).toBe(10);
  });
});

// Catches: an answer that was charged and could not be read booked as free, a call that may have been charged sent again, and a call
// that never left counted against the budget.
it('knows what a failed call costs', () => {
  const prices = PriceTable.parse({ usdPerImage: 2, usdPerGpuSecond: 1, worstGpuSeconds: 10, batchFactor: 0.5 });
  const endpoint = Endpoint.parse({ id: 'e', transport: 'gradio', baseUrl: 'http://localhost:7860', prices });
  const cost = (code: ProviderErrorCode, more = {}, idempotent = false) =>
    failureCost(new ProviderError(code, 'words', more), { endpoint, role: 'imageEditor', model: 'm', idempotent });
  const usage = Usage.parse({ images: 1, gpuSeconds: 3 });
  expect(['timeout', 'aborted', 'network'].map((code) => cost(code as ProviderErrorCode))).toEqual(['unknown', 'unknown', 'unknown']);
  expect(cost('network', { unsent: true })).toBeNull();
  expect(cost('network', {}, true)).toBeNull();
  expect(cost('serverError')).toBeNull();
  expect(cost('refused', { usage })).toEqual({ usage, usd: 5 });
  expect(cost('badOutput', { usage, batched: true })).toEqual({ usage, usd: 2.5 });
  expect(cost('badOutput')).toBeNull();
  expect(cost('badOutput', { answered: true })).toEqual({ usage: { ...NO_USAGE, gpuSeconds: 10 }, usd: 12 });
  expect(cost('badOutput', { answered: true }, true)).toBeNull();
});
