import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { appRoot } from '../../../src/main/engine/appRoot.ts';
import { Recipe } from '../../../src/shared/model/recipe.ts';

const dir = join(appRoot(), 'resources', 'recipes');
const load = (file: string) => Recipe.parse(parse(readFileSync(join(dir, file), 'utf8')));

// Catches: a shipped recipe that the app itself refuses.
describe.each(readdirSync(dir))('recipe %s', (file) => {
  test('parses, and starts with a title and a description', () => {
    expect(load(file).version).toBe(1);
    const [title, about] = readFileSync(join(dir, file), 'utf8').split('\n');
    expect(title).toMatch(/^# \S/);
    expect(about).toMatch(/^# \S/);
  });
});

test('the demo has room for at least two thousand attempts', () => {
  const recipe = load('demo.yaml');
  if (recipe.scenes.from !== 'constraints') throw new Error('the demo designs its scenes');
  const jobs = recipe.scenes.scenes * recipe.seedsPerScene * recipe.scenes.editsPerScene * recipe.attemptsPerInstruction;
  expect(recipe.budget.attempts).toBeGreaterThanOrEqual(2000);
  expect(jobs * 0.8).toBeGreaterThan(recipe.budget.attempts ?? 0);
});
