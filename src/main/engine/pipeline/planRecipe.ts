import type { RecipeCheck } from '../../../shared/contract/runs.ts';
import { toWireError } from '../../../shared/model/errors.ts';
import type { Endpoint, EndpointProfile } from '../../../shared/model/provider.ts';
import { type Recipe, rolesNeeded } from '../../../shared/model/recipe.ts';
import { costBound, planAttempts } from '../domain/budget.ts';
import { estimate } from '../domain/estimate.ts';
import { measure, type RunFacts } from '../domain/measure.ts';
import { type LocalParts, missingLocalParts } from './localParts.ts';
import { readRecipe } from './recipeText.ts';
import { isDemo } from './runs.ts';
import { readImageFolder, readSceneFile } from './sceneFiles.ts';

/**
 * Says what a recipe will mean before it costs anything: its size, what it will probably give by the rates of `earlier` runs, the
 * most it can cost, or what is wrong with it.
 */
export async function planRecipe(
  yaml: string,
  baseDir: string,
  profiles: readonly EndpointProfile[],
  parts: LocalParts,
  earlier: (recipe: Recipe) => Promise<RunFacts[]> = async () => [],
): Promise<RecipeCheck> {
  const { recipe, issues } = readRecipe(yaml, profiles);
  if (!recipe) return { issues, plan: null };
  const missing = await missingLocalParts(recipe, parts);
  if (missing.length > 0) return { issues: missing, plan: null };
  try {
    const { scenes, sources, groups } = await countWork(recipe, baseDir);
    const jobSpace = groups * recipe.attemptsPerInstruction;
    const attempts = planAttempts(jobSpace, recipe.budget);
    const bound = costBound(recipe, { scenes, sources, groups, attempts });
    const stages = [...(recipe.plausibilityGate ? ['plausibility'] : []), ...recipe.stages, 'selection', ...recipe.growth];
    return {
      issues: [],
      plan: {
        name: recipe.name,
        scenes,
        sources,
        jobSpace,
        attempts,
        usdBound: bound.usd,
        estimate: estimate(recipe, { scenes, sources, groups }, measure(recipe, await earlier(recipe))),
        demo: isDemo(recipe),
        stages,
        notes: notesOn(recipe),
      },
    };
  } catch (error) {
    const wire = toWireError(error);
    return { issues: [{ path: 'scenes', message: wire.message, line: null }], plan: null };
  }
}

/** What a person would want to know before the run, and the schema cannot say. */
function notesOn(recipe: Recipe): string[] {
  const used = new Set(rolesNeeded(recipe).map((role) => recipe.roles[role]?.endpoint));
  const unpriced = recipe.endpoints.filter((endpoint) => used.has(endpoint.id) && endpoint.transport !== 'demo' && isFree(endpoint));
  const bagelSized =
    recipe.sourceSize.maxLongSide <= 1024 && recipe.sourceSize.minShortSide >= 512 && recipe.sourceSize.multipleOf % 16 === 0;
  const notes: string[] = [];
  if (unpriced.length > 0)
    notes.push(
      `${unpriced.map((endpoint) => endpoint.id).join(', ')}: no prices, so calls there cost nothing in this plan and in a budget of US dollars.`,
    );
  if (recipe.roles.imageEditor?.bagel && !bagelSized)
    notes.push(
      'BAGEL works at a long side of 1024 at most, a short side of 512 at least, multiples of 16: set sourceSize so, or its edits come back in another size.',
    );
  for (const { id, batch, prices, modelPrices } of recipe.endpoints) {
    if (!batch || !used.has(id)) continue;
    if (recipe.concurrency < batch.maxItems)
      notes.push(
        `${id}: a batch may hold ${batch.maxItems} calls, but only ${recipe.concurrency} attempts are worked on at once, so batches stay small. Raise concurrency.`,
      );
    if ([prices, ...Object.values(modelPrices)].every((table) => table.batchFactor === 1))
      notes.push(`${id}: its prices have no batchFactor, so calls in batches are booked at the full price.`);
  }
  return notes;
}

function isFree(endpoint: Endpoint): boolean {
  const tables = [endpoint.prices, ...Object.values(endpoint.modelPrices)];
  return tables.every((table) => Object.entries(table).every(([name, value]) => !name.startsWith('usd') || !value));
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
