import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { AppError } from '../../../shared/model/errors.ts';
import { EndpointProfile } from '../../../shared/model/provider.ts';
import { Recipe } from '../../../shared/model/recipe.ts';
import { withProfiles } from './recipeProfiles.ts';

export interface RecipeIssue {
  path: string;
  message: string;
  line: number | null;
}

/** The part of a recipe that says who answers; a file of nothing else is one too. */
const Bindings = z
  .object({ endpoints: Recipe.shape.endpoints, roles: Recipe.shape.roles.default({}) })
  .superRefine(({ endpoints, roles }, ctx) => {
    for (const [role, { endpoint }] of Object.entries(roles))
      if (!endpoints.some(({ id }) => id === endpoint))
        ctx.addIssue({ code: 'custom', path: ['roles', role, 'endpoint'], message: `no endpoint is called ${endpoint}` });
  });

/** Reads a recipe written in YAML, with the profiles it names: the recipe, or every issue with its field and line. */
export function readRecipe(
  yaml: string,
  profiles: readonly EndpointProfile[] = [],
): { recipe: Recipe; issues: [] } | { recipe: null; issues: RecipeIssue[] } {
  const { value, issues } = readYaml(Recipe, yaml, profiles);
  return value ? { recipe: value, issues: [] } : { recipe: null, issues };
}

function readYaml<T>(
  schema: z.ZodType<T>,
  yaml: string,
  profiles: readonly EndpointProfile[],
): { value: T; issues: [] } | { value: null; issues: RecipeIssue[] } {
  const lines = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    const issues = document.errors.map((error) => ({
      path: '',
      message: `not YAML: ${error.message}`,
      line: lines.linePos(error.pos[0]).line,
    }));
    return { value: null, issues };
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
  const parsed = schema.safeParse(named.recipe);
  // An endpoint that could not be filled in has more issues than the one that counts.
  const filled = new Set(named.issues.map((issue) => issue.path.join('.')));
  const others = (parsed.error?.issues ?? []).filter((issue) => !filled.has(issue.path.slice(0, 2).join('.')));
  const issues = [...named.issues, ...others].map((issue) => ({
    path: issue.path.join('.'),
    message: issue.message,
    line: lineOf(issue.path),
  }));
  return parsed.success && issues.length === 0 ? { value: parsed.data, issues: [] } : { value: null, issues };
}

/** Like readRecipe, but throws AppError recipeInvalid that names the first field and line. */
export function requireRecipe(yaml: string, profiles: readonly EndpointProfile[] = []): Recipe {
  const { recipe, issues } = readRecipe(yaml, profiles);
  if (recipe) return recipe;
  throw invalid('The recipe cannot be used', issues);
}

/**
 * The endpoints of a recipe, each with the models that are bound to roles there. The rest of the recipe may be missing or wrong.
 * Throws AppError recipeInvalid that names the first field and line.
 */
export function requireProfiles(yaml: string, profiles: readonly EndpointProfile[]): EndpointProfile[] {
  const { value, issues } = readYaml(Bindings, yaml, profiles);
  if (!value) throw invalid('Its endpoints cannot be used', issues);
  return profilesOf(value);
}

/** The endpoints of a recipe as profiles. */
export function profilesOf({ endpoints, roles }: Pick<Recipe, 'endpoints' | 'roles'>): EndpointProfile[] {
  return endpoints.map((endpoint) => {
    const bound = Object.entries(roles).filter(([, binding]) => binding?.endpoint === endpoint.id);
    return EndpointProfile.parse({
      ...endpoint,
      roles: Object.fromEntries(bound.map(([role, { endpoint: _id, ...model }]) => [role, model])),
    });
  });
}

function invalid(what: string, issues: RecipeIssue[]): AppError {
  const [first] = issues;
  const more = issues.length > 1 ? ` (${issues.length - 1} more)` : '';
  return new AppError('recipeInvalid', `${what}: ${first?.path ? `${first.path}: ` : ''}${first?.message ?? ''}${more}`, {
    field: first?.path,
    line: first?.line ?? undefined,
  });
}
