import { Recipe, type RecipeInput } from '../../../src/shared/model/recipe.ts';

/** A sound recipe with one priced endpoint for every role; fields given replace its own. */
export function aRecipe(more: Partial<RecipeInput> = {}): Recipe {
  const binding = { endpoint: 'demo', model: 'demo' };
  return Recipe.parse({
    version: 1,
    name: 'test',
    scenes: { from: 'constraints', scenes: 4, batch: 3 },
    endpoints: [{ id: 'demo', transport: 'demo', deadlineSeconds: 10, prices: { usdPerCall: 0.01, usdPerImage: 0.02 } }],
    roles: {
      promptEngineer: binding,
      textToImage: binding,
      plausibilityJudge: binding,
      imageEditor: binding,
      softJudge: binding,
      validator: binding,
      inverter: binding,
    },
    ...more,
  });
}
