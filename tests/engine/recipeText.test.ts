import { expect, it } from 'vitest';
import { readRecipe, requireProfiles, requireRecipe } from '../../src/main/engine/pipeline/recipeText.ts';
import { EndpointProfile } from '../../src/shared/model/provider.ts';

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

const profile = EndpointProfile.parse({
  id: 'my-vllm',
  transport: 'openai',
  dialect: 'vllm',
  baseUrl: 'http://127.0.0.1:8000/v1',
  roles: { validator: { model: 'judge-72b', params: { top_p: 0.5 } }, imageEditor: { model: 'bagel', bagel: {} } },
});
const withEndpoints = (entries: string) =>
  good.replace('  - { id: demo, transport: demo }', `  - { id: demo, transport: demo }\n${entries}`);

// Catches: a run that changes when a profile is edited later, and a model id that silently replaces the recipe's own.
it('takes endpoints and models from the profiles it names; what the recipe says itself wins', () => {
  const yaml = withEndpoints('  - my-vllm\n  - { profile: my-vllm, id: second, concurrency: 9 }')
    .replace('validator: { endpoint: demo, model: m }', 'validator: { endpoint: my-vllm }')
    .replace('inverter: { endpoint: demo', 'inverter: { endpoint: second')
    .replace('imageEditor: { endpoint: demo, model: m }', 'imageEditor: { endpoint: my-vllm }');
  const recipe = requireRecipe(yaml, [profile]);
  expect(recipe.endpoints).toMatchObject([
    { id: 'demo' },
    { id: 'my-vllm', dialect: 'vllm', concurrency: 4 },
    { id: 'second', concurrency: 9 },
  ]);
  expect(recipe.endpoints[1]).not.toHaveProperty('roles');
  expect(recipe.roles).toMatchObject({
    validator: { endpoint: 'my-vllm', model: 'judge-72b', params: { top_p: 0.5 } },
    inverter: { endpoint: 'second', model: 'm' },
    imageEditor: { model: 'bagel', bagel: { textCfg: 4, imageCfg: 2, steps: 50 } },
  });
});

it('names line and profile when there is no such profile, and says which there are', () => {
  const { recipe, issues } = readRecipe(withEndpoints('  - nowhere'), [profile]);
  expect(recipe).toBeNull();
  expect(issues).toEqual([{ path: 'endpoints.1', line: 6, message: expect.stringMatching(/nowhere.*my-vllm/) }]);
});

// Catches: a secret pasted into a recipe, which would end up in the workspace and in exports.
it('refuses a key in a recipe: only where to find it may be said', () => {
  const { issues } = readRecipe(withEndpoints('  - { id: x, transport: openai, key: sk-1234567890 }'));
  expect(issues).toContainEqual({ path: 'endpoints.1.key', line: 6, message: expect.stringContaining('env:NAME') });
});

// Catches: a file of endpoints that is refused for not being a whole recipe, and a role that is dropped for a typing mistake.
it('reads the endpoints of a file that has nothing else', () => {
  const yaml = `endpoints:
  - { id: judges, transport: openai, dialect: vllm, baseUrl: "http://127.0.0.1:8001/v1" }
roles:
  softJudge: { endpoint: judges, model: qwen, params: { chat_template_kwargs: { enable_thinking: false } } }
`;
  const [profile] = requireProfiles(yaml, []);
  expect(profile).toMatchObject({
    id: 'judges',
    roles: { softJudge: { model: 'qwen', params: { chat_template_kwargs: { enable_thinking: false } } } },
  });
  expect(requireProfiles(good, [])[0]!.roles.validator).toEqual({ model: 'm', params: {} });
  expect(() => requireProfiles(yaml.replace('endpoint: judges', 'endpoint: juges'), [])).toThrow(
    /roles.softJudge.endpoint: no endpoint is called juges/,
  );
  expect(() => requireProfiles(yaml.replace('dialect: vllm', 'dialect: vlm'), [])).toThrow(
    expect.objectContaining({ details: { field: 'endpoints.0.dialect', line: 2 } }),
  );
});
