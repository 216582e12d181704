import { Recipe } from '../../src/shared/model/recipe.ts';

const everyRole = ['promptEngineer', 'textToImage', 'plausibilityJudge', 'imageEditor', 'softJudge', 'validator', 'inverter'] as const;

/** A recipe that parses; what it says does not matter to the store. */
export const recipe = Recipe.parse({
  version: 1,
  name: 'Store test',
  scenes: { from: 'constraints', scenes: 2, editsPerScene: 2 },
  endpoints: [{ id: 'demo', transport: 'demo' }],
  roles: Object.fromEntries(everyRole.map((role) => [role, { endpoint: 'demo', model: 'm' }])),
});
