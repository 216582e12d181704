import { expect, it } from 'vitest';
import { planRecipe } from '../../src/main/engine/pipeline/planRecipe.ts';
import { readRecipe } from '../../src/main/engine/pipeline/recipeText.ts';
import { listTemplates } from '../../src/main/engine/pipeline/templates.ts';

const templates = await listTemplates();
const NOTHING_LOCAL = {
  calibrations: { resolve: (name: string) => name, read: () => never('calibration') },
  scorers: { missing: () => never('models') },
};

function never(what: string): never {
  throw new Error(`no template asks for a ${what}`);
}

// Catches: a recipe that comes with the app and cannot be started, or one that binds a role to an endpoint that is not there.
it.each(templates)('the recipe $id can be used as it is', ({ yaml, title, about }) => {
  expect(readRecipe(yaml).issues).toEqual([]);
  expect([title, about]).not.toContain('');
});

it('those with real endpoints have a cap in attempts and money or GPU time, keys by reference only, and bind all roles', () => {
  const real = templates
    .map(({ yaml }) => readRecipe(yaml).recipe!)
    .filter((recipe) => recipe.endpoints.some((e) => e.transport !== 'demo'));
  expect(real).toHaveLength(4);
  for (const { budget, endpoints, roles, scenes } of real) {
    // Addition, removal, and every other operation the paper names.
    expect(scenes.from === 'constraints' && scenes.operations).toHaveLength(20);
    expect(budget.attempts).toBeGreaterThan(0);
    expect(budget.usd ?? budget.gpuSeconds).toBeGreaterThan(0);
    expect(Object.keys(roles)).toHaveLength(7);
    for (const { key } of endpoints) expect(key).toMatch(/^(env:[A-Z_]+)?$/);
  }
});

// Catches: a plan that says "0 dollars" for a hosted model nobody entered prices for, without a word.
it('says which endpoints have no prices, and when sources do not fit BAGEL', async () => {
  const local = templates.find(({ id }) => id === 'local')!.yaml;
  const { plan } = await planRecipe(local.replace(/sourceSize:.*/, 'sourceSize: { maxLongSide: 2048 }'), '.', [], NOTHING_LOCAL);
  expect(plan?.notes).toEqual([
    expect.stringMatching(/qwen-large, qwen-small, flux, bagel: no prices/),
    expect.stringContaining('multiples of 16'),
  ]);
  const paper = await planRecipe(templates.find(({ id }) => id === 'paper')!.yaml, '.', [], NOTHING_LOCAL);
  expect(paper.plan?.notes).toEqual([expect.stringMatching(/^gate, judge: no prices/)]);
  expect(paper.plan?.usdBound).toBe(25);
});
