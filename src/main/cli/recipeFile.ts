import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isMap, parseDocument } from 'yaml';
import type { EngineClient } from '../../shared/contract.ts';
import { AppError } from '../../shared/model/errors.ts';
import type { Budget } from '../../shared/model/recipe.ts';

/** A recipe as text, and where its relative paths start. */
export interface RecipeText {
  yaml: string;
  baseDir: string | undefined;
  /** What the user named: a file or a template. */
  name: string;
}

/** What the command line changes in a recipe. */
export interface Overrides {
  budget: Budget;
  concurrency?: number | undefined;
  seed?: number | undefined;
}

/** Reads a recipe: a file when there is one of that name, else a template that comes with the app. */
export async function readRecipe(client: EngineClient, name: string, cwd: string): Promise<RecipeText> {
  const file = resolve(cwd, name);
  if (existsSync(file) && statSync(file).isFile()) return { yaml: readFileSync(file, 'utf8'), baseDir: dirname(file), name: file };
  const templates = await client.runs.templates();
  const template = templates.find((one) => one.id === name);
  if (template !== undefined) return { yaml: template.yaml, baseDir: undefined, name };
  throw new AppError('inputInvalid', `There is no recipe ${name}: no such file, and no template of that name.`, {
    file,
    hint: `Templates: ${templates.map((one) => one.id).join(', ')}`,
  });
}

/** The recipe with the given values put in; comments and everything else stay. Text that is no recipe at all is handed back as it is: the check says why. */
export function overrideRecipe(yaml: string, overrides: Overrides): string {
  const changes: [string[], number][] = [];
  for (const [field, value] of Object.entries(overrides.budget)) if (value !== undefined) changes.push([['budget', field], value]);
  if (overrides.concurrency !== undefined) changes.push([['concurrency'], overrides.concurrency]);
  if (overrides.seed !== undefined) changes.push([['seed'], overrides.seed]);
  if (changes.length === 0) return yaml;
  const doc = parseDocument(yaml);
  if (doc.errors.length > 0 || !isMap(doc.contents)) return yaml;
  const budget = doc.get('budget');
  if (budget === undefined) doc.delete('budget');
  else if (!isMap(budget)) return yaml;
  for (const [path, value] of changes) doc.setIn(path, value);
  return doc.toString({ lineWidth: 0 });
}

/** Throws for a recipe with faults, each on its own line with file, line and field; gives its plan otherwise. */
export async function requirePlan(client: EngineClient, recipe: RecipeText) {
  const check = await client.runs.check({ yaml: recipe.yaml, baseDir: recipe.baseDir });
  if (check.plan !== null && check.issues.length === 0) return check.plan;
  const [first, ...more] = check.issues;
  const where = (issue: { path: string; line: number | null }) =>
    `${issue.line === null ? '' : `line ${issue.line}, `}${issue.path || 'recipe'}`;
  throw new AppError('recipeInvalid', `The recipe has a fault: ${first?.message ?? 'unknown'}.`.replace(/\.\.$/, '.'), {
    file: recipe.name,
    line: first?.line ?? undefined,
    field: first?.path,
    hint: more.length === 0 ? undefined : `And ${more.length} more: ${more.map((issue) => `${where(issue)}: ${issue.message}`).join('; ')}`,
  });
}
