import type { EndpointProfile } from '../../../shared/model/provider.ts';

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Puts the profiles of the workspace into a recipe that names them: `endpoints: [my-vllm]` or `endpoints: [{profile: my-vllm,
 * concurrency: 8}]`, and a role that names no model takes the one its profile proposes. What a run is started with is
 * complete: a profile that is changed later does not change it. Gives the issues of names that are not there.
 */
export function withProfiles(
  recipe: unknown,
  profiles: readonly EndpointProfile[],
): { recipe: unknown; issues: { path: (string | number)[]; message: string }[] } {
  if (!isFields(recipe) || !Array.isArray(recipe.endpoints)) return { recipe, issues: [] };
  const issues: { path: (string | number)[]; message: string }[] = [];
  const used = new Map<unknown, EndpointProfile>();

  const endpoints = recipe.endpoints.map((entry: unknown, i) => {
    const name = typeof entry === 'string' ? entry : isFields(entry) ? entry.profile : undefined;
    if (name === undefined) return entry;
    const profile = profiles.find((item) => item.id === name);
    if (!profile) {
      const known = profiles.map((item) => item.id).join(', ') || 'none yet';
      issues.push({ path: ['endpoints', i], message: `this workspace has no endpoint profile ${String(name)} (it has: ${known})` });
      return entry;
    }
    const { profile: _name, ...changes } = isFields(entry) ? entry : {};
    const { roles: _roles, ...endpoint } = { ...profile, ...changes };
    used.set(endpoint.id, profile);
    return endpoint;
  });

  const roles = isFields(recipe.roles)
    ? Object.fromEntries(
        Object.entries(recipe.roles).map(([role, binding]) => {
          const proposed = isFields(binding) ? used.get(binding.endpoint)?.roles[role as keyof EndpointProfile['roles']] : undefined;
          return [role, proposed && isFields(binding) && binding.model === undefined ? { ...proposed, ...binding } : binding];
        }),
      )
    : recipe.roles;
  return { recipe: { ...recipe, endpoints, roles }, issues };
}
