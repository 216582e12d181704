import { stringify } from 'yaml';
import type { RecipeInput } from '../../src/shared/model/recipe.ts';

const everyRole = ['promptEngineer', 'textToImage', 'plausibilityJudge', 'imageEditor', 'softJudge', 'validator', 'inverter'] as const;

/** A small demo recipe as YAML: every stage on, small pictures, over in seconds. */
export function smallRecipe(more: { seed?: number; attempts?: number; concurrency?: number; change?: Partial<RecipeInput> } = {}): string {
  const recipe: RecipeInput = {
    version: 1,
    name: 'Small',
    seed: more.seed ?? 7,
    scenes: { from: 'constraints', scenes: 6, editsPerScene: 4, batch: 3 },
    seedsPerScene: 2,
    attemptsPerInstruction: 4,
    sizes: ['448x448', '512x384'],
    budget: { attempts: more.attempts ?? 120 },
    concurrency: more.concurrency ?? 8,
    endpoints: [
      {
        id: 'demo',
        transport: 'demo',
        concurrency: 16,
        prices: {
          usdPerCall: 0.001,
          usdPerImage: 0.004,
          usdPerMillionInputTokens: 1,
          usdPerMillionOutputTokens: 4,
          worstGpuSeconds: 10,
          asOf: 'pretend',
        },
      },
    ],
    roles: Object.fromEntries(everyRole.map((role) => [role, { endpoint: 'demo', model: `demo-${role}` }])),
    ...more.change,
  };
  return stringify(recipe);
}
