import { LineCounter, parseDocument } from 'yaml';
import { AppError } from '../../../shared/model/errors.ts';
import type { EndpointProfile } from '../../../shared/model/provider.ts';
import { Recipe } from '../../../shared/model/recipe.ts';
import { withProfiles } from './recipeProfiles.ts';

export interface RecipeIssue {
  path: string;
  message: string;
  line: number | null;
}

/** Reads a recipe written in YAML, with the profiles it names: the recipe, or every issue with its field and line. */
export function readRecipe(
  yaml: string,
  profiles: readonly EndpointProfile[] = [],
): { recipe: Recipe; issues: [] } | { recipe: null; issues: RecipeIssue[] } {
  const lines = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    const issues = document.errors.map((error) => ({
      path: '',
      message: `not YAML: ${error.message}`,
      line: lines.linePos(error.pos[0]).line,
    }));
    return { recipe: null, issues };
  }

  const lineOf = (path: readonly PropertyKey[]): number | null => {
    // The nearest node that exists: a missing field is shown where its parent stands.
    for (let depth = path.length; depth > 0; depth--) {
      const node = document.getIn(path.slice(0, depth), true) as { range?: [number, number, number] } | undefined;
      if (node?.range) return lines.linePos(node.range[0]).line;
    }
    return null;
  };
  const named = withProfiles(document.toJS(), profiles);
  const parsed = Recipe.safeParse(named.recipe);
  // An endpoint that could not be filled in has more issues than the one that counts.
  const filled = new Set(named.issues.map((issue) => issue.path.join('.')));
  const others = (parsed.error?.issues ?? []).filter((issue) => !filled.has(issue.path.slice(0, 2).join('.')));
  const issues = [...named.issues, ...others].map((issue) => ({
    path: issue.path.join('.'),
    message: issue.message,
    line: lineOf(issue.path),
  }));
  return parsed.success && issues.length === 0 ? { recipe: parsed.data, issues: [] } : { recipe: null, issues };
}

/** Like readRecipe, but throws AppError recipeInvalid that names the first field and line. */
export function requireRecipe(yaml: string, profiles: readonly EndpointProfile[] = []): Recipe {
  const { recipe, issues } = readRecipe(yaml, profiles);
  if (recipe) return recipe;
  const [first] = issues;
  const more = issues.length > 1 ? ` (${issues.length - 1} more)` : '';
  throw new AppError('recipeInvalid', `The recipe cannot be used: ${first?.path ? `${first.path}: ` : ''}${first?.message ?? ''}${more}`, {
    field: first?.path,
    line: first?.line ?? undefined,
  });
}
