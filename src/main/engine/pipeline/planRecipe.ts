import type { RecipeCheck } from '../../../shared/contract/runs.ts';
import { toWireError } from '../../../shared/model/errors.ts';
import type { EndpointProfile } from '../../../shared/model/provider.ts';
import type { Recipe } from '../../../shared/model/recipe.ts';
import { costBound, planAttempts } from '../domain/budget.ts';
import { readRecipe } from './recipeText.ts';
import { isDemo } from './runs.ts';
import { readImageFolder, readSceneFile } from './sceneFiles.ts';

/** Says what a recipe will mean before it costs anything: its size, the most it can cost, or what is wrong with it. */
export async function planRecipe(yaml: string, baseDir: string, profiles: readonly EndpointProfile[]): Promise<RecipeCheck> {
  const { recipe, issues } = readRecipe(yaml, profiles);
  if (!recipe) return { issues, plan: null };
  try {
    const { scenes, sources, groups } = await countWork(recipe, baseDir);
    const jobSpace = groups * recipe.attemptsPerInstruction;
    const attempts = planAttempts(jobSpace, recipe.budget);
    const bound = costBound(recipe, { scenes, sources, groups, attempts });
    const stages = [...(recipe.plausibilityGate ? ['plausibility'] : []), ...recipe.stages, 'selection', ...recipe.growth];
    return {
      issues: [],
      plan: { name: recipe.name, scenes, sources, jobSpace, attempts, usdBound: bound.usd, demo: isDemo(recipe), stages },
    };
  } catch (error) {
    const wire = toWireError(error);
    return { issues: [{ path: 'scenes', message: wire.message, line: null }], plan: null };
  }
}

/** Scenes, sources and <source, instruction> groups, as many as there can be. */
async function countWork(recipe: Recipe, baseDir: string): Promise<{ scenes: number; sources: number; groups: number }> {
  const { scenes, seedsPerScene } = recipe;
  if (scenes.from === 'constraints') {
    const sources = scenes.scenes * seedsPerScene;
    return { scenes: scenes.scenes, sources, groups: sources * scenes.editsPerScene };
  }
  if (scenes.from === 'file') {
    const read = await readSceneFile(scenes.path, baseDir);
    const edits = read.reduce((sum, scene) => sum + scene.edits.length, 0);
    return { scenes: read.length, sources: read.length * seedsPerScene, groups: edits * seedsPerScene };
  }
  const images = await readImageFolder(scenes.path, scenes.instructions, baseDir);
  return { scenes: images.length, sources: images.length, groups: images.reduce((sum, image) => sum + image.instructions.length, 0) };
}
