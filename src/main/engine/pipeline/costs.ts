import type { Recipe } from '../../../shared/model/recipe.ts';
import { ASKS, type Cost, roleCost, sumCosts, timesCost } from '../domain/budget.ts';

const FREE: Cost = { usd: 0, gpuSeconds: 0, apiSeconds: 0 };

/** The most that growing one winner can cost: its inversion and the backward check. Composition is capped apart. */
export function growthWorst(recipe: Pick<Recipe, 'growth' | 'endpoints' | 'roles'>): Cost {
  const invert = recipe.growth.includes('inversion') ? timesCost(roleCost(recipe, 'inverter'), ASKS.invert) : FREE;
  const check = recipe.growth.includes('backwardConsistency') ? roleCost(recipe, 'validator') : FREE;
  return sumCosts(invert, check);
}
