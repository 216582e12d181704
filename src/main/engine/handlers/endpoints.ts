import type { ProbeError, ProbeReport, RoleCost } from '../../../shared/contract/endpoints.ts';
import { AppError, ProviderError } from '../../../shared/model/errors.ts';
import type { GradioApp } from '../../../shared/model/gradio.ts';
import type { Endpoint, EndpointProfile, PriceTable, Role } from '../../../shared/model/provider.ts';
import type { EngineParts } from '../compose.ts';
import { pricesOf, worstCost } from '../domain/budget.ts';
import { SELF_TEST_CALLS } from '../domain/selfTest.ts';
import { profilesOf, readRecipe, requireProfiles } from '../pipeline/recipeText.ts';
import { listTemplates } from '../pipeline/templates.ts';
import { answer, api } from './answer.ts';

/** An endpoint that says nothing for so long is not reached. */
const PROBE_MS = 20_000;

/** Endpoint profiles, their keys, and a look at what is behind them. */
export function endpointHandlers({ workspace, keys, lanes, providers, selfTest, now }: EngineParts) {
  const { profiles } = workspace;
  return {
    list: api.endpoints.list.handler((ctx) => answer(ctx, () => profiles.list())),
    presets: api.endpoints.presets.handler((ctx) => answer(ctx, () => listPresets())),
    ofRecipe: api.endpoints.ofRecipe.handler((ctx) => answer(ctx, () => requireProfiles(ctx.input.yaml, profiles.list()))),
    save: api.endpoints.save.handler((ctx) =>
      answer(ctx, async () => {
        await profiles.save(ctx.input);
        return ctx.input;
      }),
    ),
    remove: api.endpoints.remove.handler((ctx) =>
      answer(ctx, async () => {
        if (!(await profiles.remove(ctx.input.id))) throw new AppError('noSuchItem', `There is no endpoint profile ${ctx.input.id}.`);
      }),
    ),
    probe: api.endpoints.probe.handler((ctx) => answer(ctx, () => probeEndpoint(ctx.input.profile))),
    describeGradio: api.endpoints.describeGradio.handler((ctx) => answer(ctx, () => describeApp(ctx.input.profile))),
    costs: api.endpoints.costs.handler((ctx) => answer(ctx, () => costsOf(ctx.input.profile))),
    test: api.endpoints.test.handler((ctx) =>
      answer(ctx, () => selfTest(ctx.input.profile, ctx.input.role, ctx.signal ?? new AbortController().signal)),
    ),
    lanes: api.endpoints.lanes.handler((ctx) => answer(ctx, () => lanes.facts())),
    keyNames: api.endpoints.keyNames.handler((ctx) => answer(ctx, () => keys.names())),
    keyState: api.endpoints.keyState.handler((ctx) =>
      answer(ctx, async () => {
        try {
          await keys.get(ctx.input.key);
          return { found: true, message: ctx.input.key === '' ? 'No key is sent.' : 'Found.' };
        } catch (error) {
          if (error instanceof ProviderError) return { found: false, message: error.message };
          throw error;
        }
      }),
    ),
    setKey: api.endpoints.setKey.handler((ctx) => answer(ctx, () => keys.set(ctx.input.name, ctx.input.secret))),
  };

  async function probeEndpoint(profile: EndpointProfile): Promise<ProbeReport> {
    const started = now();
    const { roles, ...endpoint } = profile;
    try {
      const { models, notes } = await providers.of(endpoint as Endpoint).probe(AbortSignal.timeout(PROBE_MS));
      const asked = [...new Set(Object.values(roles).map((role) => role.model))];
      const missingModels = models ? asked.filter((model) => !models.some((item) => item.id === model)) : [];
      return { ok: missingModels.length === 0, ms: now() - started, models, missingModels, notes, error: null };
    } catch (error) {
      const nothing = { models: null, missingModels: [], notes: [] };
      return { ok: false, ms: now() - started, ...nothing, error: probeError(error) };
    }
  }

  async function describeApp({
    roles: _roles,
    ...endpoint
  }: EndpointProfile): Promise<{ app: GradioApp | null; error: ProbeError | null }> {
    try {
      return { app: await providers.describeGradio(endpoint as Endpoint, AbortSignal.timeout(PROBE_MS)), error: null };
    } catch (error) {
      return { app: null, error: probeError(error) };
    }
  }
}

function probeError(error: unknown): ProbeError {
  const failure = error instanceof ProviderError ? error : new ProviderError('timeout', `No answer within ${PROBE_MS / 1000} s.`);
  const { code, message } = failure;
  return { code, message, hint: HINTS[code] ?? '' };
}

const HINTS: Partial<Record<ProviderError['code'], string>> = {
  auth: 'Check the key: where it is found, and whether it may use this endpoint.',
  notFound: 'Check the address; for OpenAI-compatible servers it ends in /v1.',
  network: 'Is the server running, and is the address right?',
  timeout: 'The server does not answer. A model that is still loading can take minutes.',
};

/** What each role of a profile costs at most: a call, and the calls of its self-test. */
function costsOf(profile: EndpointProfile): RoleCost[] {
  return (Object.keys(profile.roles) as Role[]).map((role) => {
    const { model } = profile.roles[role]!;
    const { usd, gpuSeconds } = worstCost(profile, role, model);
    const table = pricesOf(profile, model);
    return { role, model, usd, gpuSeconds, testCalls: SELF_TEST_CALLS[role], priced: hasPrice(table), asOf: table.asOf };
  });
}

function hasPrice(table: PriceTable): boolean {
  return Object.entries(table).some(([name, value]) => name.startsWith('usd') && Boolean(value));
}

/** Endpoints of the built-in recipes as profiles; the demo needs none. */
async function listPresets(): Promise<{ recipe: string; title: string; profile: EndpointProfile }[]> {
  const presets: { recipe: string; title: string; profile: EndpointProfile }[] = [];
  for (const { id, title, yaml } of await listTemplates()) {
    const { recipe } = readRecipe(yaml);
    for (const profile of recipe ? profilesOf(recipe) : []) if (profile.transport !== 'demo') presets.push({ recipe: id, title, profile });
  }
  return presets;
}
