import { expect, it } from 'vitest';
import { readRecipe, requireRecipe } from '../../src/main/engine/pipeline/recipeText.ts';

const good = `version: 1
name: Small
scenes: { from: constraints, scenes: 2 }
endpoints:
  - { id: demo, transport: demo }
roles:
  promptEngineer: { endpoint: demo, model: m }
  textToImage: { endpoint: demo, model: m }
  plausibilityJudge: { endpoint: demo, model: m }
  imageEditor: { endpoint: demo, model: m }
  softJudge: { endpoint: demo, model: m }
  validator: { endpoint: demo, model: m }
  inverter: { endpoint: demo, model: m }
`;

// Catches: defaults that differ from the paper's settings (N 10, M 5, thresholds 4.7, low-level 40 and 0.5 %).
it('fills in the settings of the paper', () => {
  const recipe = requireRecipe(good);
  expect(recipe).toMatchObject({
    seedsPerScene: 10,
    attemptsPerInstruction: 5,
    schedule: 'uniform',
    gates: { validator: { adherence: 4.7, aesthetics: 4.7 }, lowLevel: { threshold: 40, minLargestShare: 0.005, maskRule: 'any' } },
  });
  expect(recipe.sizes).toHaveLength(26);
});

// Catches: an error that does not say where: people must find the field and the line.
it.each([
  [
    'a score that is out of range',
    good.replace('version: 1', 'version: 1\ngates: { validator: { adherence: 6, aesthetics: 4 } }'),
    'gates.validator.adherence',
    2,
  ],
  ['an unknown field', `${good}colour: red\n`, '', null],
  ['a stage before edit', `${good}stages: [lowLevel, edit]\n`, 'stages.0', 14],
  ['composition without inversion', `${good}growth: [composition]\n`, 'growth', 14],
  ['a role without a model', good.replace(/ {2}validator:.*\n/, ''), 'roles.validator', 7],
  [
    'an endpoint that is not there',
    good.replace('validator: { endpoint: demo', 'validator: { endpoint: nowhere'),
    'roles.validator.endpoint',
    12,
  ],
  ['a size that is none', `${good}sizes: [big]\n`, 'sizes.0', 14],
])('names field and line of %s', (_, yaml, path, line) => {
  const { recipe, issues } = readRecipe(yaml);
  expect(recipe).toBeNull();
  expect(issues).toContainEqual(expect.objectContaining({ path, line }));
});

it('names the line of broken YAML', () => {
  expect(readRecipe('version: 1\nname: [unclosed\n').issues[0]).toMatchObject({ path: '', line: expect.any(Number) });
});
