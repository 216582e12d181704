import type { EditActor, EditActors, EditorChoice, JudgeChoice } from '../../../../shared/model/edit.ts';
import { AppError } from '../../../../shared/model/errors.ts';
import { Endpoint, EndpointProfile, type Role, type RoleBinding } from '../../../../shared/model/provider.ts';
import { type AttemptStage, Recipe } from '../../../../shared/model/recipe.ts';
import { worstCost } from '../../domain/budget.ts';
import type { EditRecipe, EditStore } from '../../ports.ts';

/** The studio that is always there. A profile of one's own with this id takes its place. */
const DEMO: EndpointProfile = EndpointProfile.parse({
  id: 'demo',
  title: 'Demo studio',
  transport: 'demo',
  prices: {
    usdPerGpuSecond: 0.0007,
    worstGpuSeconds: 3,
    usdPerMillionInputTokens: 0.1,
    usdPerMillionOutputTokens: 0.4,
    worstInputTokens: 4000,
    worstOutputTokens: 400,
    asOf: 'pretend',
  },
  roles: { imageEditor: { model: 'demo-editor-1' }, softJudge: { model: 'demo-eye-1' }, validator: { model: 'demo-eye-strict-1' } },
});

type RoleHere = 'imageEditor' | 'softJudge' | 'validator';

/** Profiles that can be used, the demo last. */
function withDemo(profiles: readonly EndpointProfile[]): EndpointProfile[] {
  return profiles.some(({ id }) => id === DEMO.id) ? [...profiles] : [...profiles, DEMO];
}

/** Who can edit and who can judge, in the order of the profiles. */
export function listActors(profiles: readonly EndpointProfile[], typicalMs: EditStore['typicalMs']): EditActors {
  const of = (role: RoleHere): EditActor[] =>
    withDemo(profiles).flatMap((profile) => {
      const bound = profile.roles[role];
      if (!bound) return [];
      const { model, params, bagel } = bound;
      return [
        {
          profile: profile.id,
          title: profile.title,
          transport: profile.transport,
          model,
          demo: profile.transport === 'demo',
          usdWorst: worstCost(profile, role, model).usd,
          typicalMs: role === 'imageEditor' ? typicalMs(profile.id, model) : null,
          params,
          bagel: bagel ?? null,
        },
      ];
    });
  return { editors: of('imageEditor'), softJudges: of('softJudge'), validators: of('validator') };
}

/**
 * The recipe of one batch of edits: the endpoints as they are configured now, so that a profile that is changed later does not change
 * it. All gates judge, none stops: a person sees every number. Throws AppError noSuchItem for a profile that is not there, or has no
 * model for its role.
 */
export function recipeOf(
  profiles: readonly EndpointProfile[],
  editor: EditorChoice,
  judges: JudgeChoice,
): { recipe: EditRecipe; demo: boolean } {
  const { profile, ...change } = editor;
  return recipeWith(profiles, ['edit', 'lowLevel', 'fullReference', 'textCheck'], { id: profile, change }, judges);
}

/** The recipe by which judges look at pairs that are there already. Throws as `recipeOf` does. */
export function judgingRecipe(profiles: readonly EndpointProfile[], judges: JudgeChoice): EditRecipe {
  return recipeWith(profiles, [], null, judges).recipe;
}

function recipeWith(
  profiles: readonly EndpointProfile[],
  before: readonly AttemptStage[],
  editor: { id: string; change: Partial<RoleBinding> } | null,
  judges: JudgeChoice,
): { recipe: EditRecipe; demo: boolean } {
  const known = withDemo(profiles);
  const endpoints = new Map<string, Endpoint>();
  const roles: Partial<Record<Role, RoleBinding>> = {};

  function bind(role: RoleHere, id: string, change: Partial<RoleBinding> = {}): void {
    const profile = known.find((item) => item.id === id);
    if (!profile)
      throw new AppError('noSuchItem', `There is no endpoint profile ${id}.`, {
        field: role,
        hint: `There are: ${known.map((item) => item.id).join(', ')}.`,
      });
    const bound = profile.roles[role];
    const model = change.model ?? bound?.model;
    if (model === undefined)
      throw new AppError('noSuchItem', `The endpoint profile ${id} has no model for ${role}.`, {
        field: role,
        hint: 'Add one to the profile.',
      });
    // A person waits for it: never in a batch, which takes hours.
    const { roles: _roles, batch: _batch, ...endpoint } = profile;
    endpoints.set(id, Endpoint.parse(endpoint));
    roles[role] = { params: {}, ...bound, ...change, endpoint: id, model };
  }

  if (editor !== null) bind('imageEditor', editor.id, editor.change);
  const stages = [...before];
  if (judges.softJudge !== null) {
    bind('softJudge', judges.softJudge);
    stages.push('softJudge', ...(judges.checks ? (['softChecks'] as const) : []));
  }
  if (judges.validator !== null) {
    bind('validator', judges.validator);
    stages.push('validator');
  }
  const { gates, sourceSize } = Recipe.shape;
  return {
    recipe: {
      endpoints: [...endpoints.values()],
      roles,
      stages,
      // An edit of another size is laid on its source where it is found again in it, and says so; else it keeps its own size.
      // The local gates hold every number against the limits of everyday use: none of them stops anything here.
      gates: { ...gates.parse(undefined), sizeMismatch: 'align', profile: 'balanced' },
      sourceSize: sourceSize.parse(undefined),
      unknownCalls: 'hold',
    },
    demo: [...endpoints.values()].some(({ transport }) => transport === 'demo'),
  };
}
