import type { Recipe } from '../../../shared/model/recipe.ts';
import { ASKS, type Cost, roleCost } from '../domain/budget.ts';

const FREE: Cost = { usd: 0, gpuSeconds: 0, apiSeconds: 0 };

/** Component-wise sum of worst prices. */
export function sumCosts(...costs: Cost[]): Cost {
  return costs.reduce(
    (sum, cost) => ({
      usd: sum.usd + cost.usd,
      gpuSeconds: sum.gpuSeconds + cost.gpuSeconds,
      apiSeconds: sum.apiSeconds + cost.apiSeconds,
    }),
    FREE,
  );
}

/** A worst price so many times. */
export function timesCost(cost: Cost, times: number): Cost {
  return { usd: cost.usd * times, gpuSeconds: cost.gpuSeconds * times, apiSeconds: cost.apiSeconds * times };
}

/** The most that growing one winner can cost: its inversion and the backward check. Composition is capped apart. */
export function growthWorst(recipe: Pick<Recipe, 'growth' | 'endpoints' | 'roles'>): Cost {
  const invert = recipe.growth.includes('inversion') ? timesCost(roleCost(recipe, 'inverter'), ASKS.invert) : FREE;
  const check = recipe.growth.includes('backwardConsistency') ? roleCost(recipe, 'validator') : FREE;
  return sumCosts(invert, check);
}
