import type { ProbeReport, RoleCost } from '../../../shared/contract/endpoints.ts';
import type { EngineClient } from '../../../shared/contract.ts';
import { isOtherModel } from '../../../shared/model/modelNames.ts';
import type { EndpointProfile } from '../../../shared/model/provider.ts';
import type { SelfTestReport } from '../../../shared/model/selfTest.ts';
import { formatDuration, formatMoney, formatTable } from '../format.ts';
import { readRecipe } from '../recipeFile.ts';
import type { Session } from '../session.ts';

/** One role of one endpoint, with what is known of it. */
interface RoleState {
  cost: RoleCost;
  /** Whether the endpoint lists the model; null when it has no list. */
  listed: boolean | null;
  /** Day on which the model goes away (YYYY-MM-DD), where the endpoint says one. */
  shutdownDate: string | null;
  /** Null when it was not run. */
  test: SelfTestReport | null;
}

/** Everything the doctor finds out about one endpoint. */
interface EndpointState {
  profile: EndpointProfile;
  key: 'none' | 'found' | 'missing' | 'refused';
  keyMessage: string;
  probe: ProbeReport;
  roles: RoleState[];
}

/** What all self-tests would cost at most. */
interface Estimate {
  calls: number;
  usd: number;
  gpuSeconds: number;
  /** Endpoints whose prices nobody wrote down. */
  unpriced: string[];
}

/** The profiles to look at: those of a recipe (a file, or a template that comes with the app), else those of the workspace. */
export async function profilesToInspect(session: Session, client: EngineClient, recipe: string | undefined): Promise<EndpointProfile[]> {
  if (recipe === undefined) return await client.endpoints.list();
  const { yaml } = await readRecipe(client, recipe, session.world.cwd);
  return await client.endpoints.ofRecipe({ yaml });
}

/**
 * Reaches every endpoint and looks at key, models and prices; nothing is paid. With `selfTests` it then asks the small questions of
 * `nhr endpoints test` in every role of those that answered, after it has said what that costs at most.
 */
export async function inspectEndpoints(
  session: Session,
  client: EngineClient,
  profiles: EndpointProfile[],
  selfTests: boolean,
): Promise<{ states: EndpointState[]; estimate: Estimate }> {
  const states = await Promise.all(profiles.map((profile) => lookAt(client, profile)));
  // The demo studio knows its own scenes alone, so a test with other pictures says nothing about it.
  const ready = states.filter(({ profile, probe }) => probe.error === null && profile.transport !== 'demo');
  const estimate = estimateOf(ready);
  if (selfTests && estimate.calls > 0) {
    session.say(`Self-tests: ${costWords(estimate)}.`, '');
    // One after the other: a test must not wait behind another one's picture.
    for (const { profile, roles } of ready)
      for (const role of roles) role.test = await client.endpoints.test({ profile, role: role.cost.role });
  }
  return { states, estimate };
}

async function lookAt(client: EngineClient, profile: EndpointProfile): Promise<EndpointState> {
  const [key, probe, costs] = await Promise.all([
    client.endpoints.keyState({ key: profile.key }),
    client.endpoints.probe({ profile }),
    client.endpoints.costs({ profile }),
  ]);
  const roles = costs.map((cost): RoleState => {
    const model = probe.models?.find(({ id }) => id === cost.model);
    return { cost, listed: probe.models && model !== undefined, shutdownDate: model?.shutdownDate ?? null, test: null };
  });
  const state = !key.found ? 'missing' : probe.error?.code === 'auth' ? 'refused' : profile.key === '' ? 'none' : 'found';
  return { profile, key: state, keyMessage: key.found ? '' : key.message, probe, roles };
}

function estimateOf(states: EndpointState[]): Estimate {
  const estimate: Estimate = { calls: 0, usd: 0, gpuSeconds: 0, unpriced: [] };
  for (const { profile, roles } of states) {
    for (const { cost } of roles) {
      estimate.calls += cost.testCalls;
      estimate.usd += cost.testCalls * cost.usd;
      estimate.gpuSeconds += cost.testCalls * cost.gpuSeconds;
    }
    if (roles.some(({ cost }) => !cost.priced)) estimate.unpriced.push(profile.id);
  }
  return estimate;
}

/** What is wrong with an endpoint; empty when a run can use it. */
export function faultsOf({ key, keyMessage, probe, roles }: EndpointState, today: string): string[] {
  return [
    ...(key === 'missing' ? [keyMessage] : []),
    ...(probe.error && key !== 'missing' ? [probe.error.message, probe.error.hint].filter((line) => line !== '') : []),
    ...roles.filter(({ listed }) => listed === false).map(({ cost }) => `${cost.role}: it does not list the model ${cost.model}`),
    ...roles
      .filter(({ shutdownDate }) => shutdownDate && shutdownDate <= today)
      .map(({ cost, shutdownDate }) => `${cost.model} went away on ${shutdownDate}`),
    ...roles.flatMap(({ cost, test }) =>
      (test?.checks ?? []).filter(({ ok }) => !ok).map(({ name, message }) => `${cost.role}: ${name}: ${message}`),
    ),
  ];
}

/** What is no fault, but good to know. */
function remarksOn({ probe, roles }: EndpointState, today: string): string[] {
  const going = new Map(
    roles.flatMap(({ cost, shutdownDate }) => (shutdownDate && shutdownDate > today ? [[cost.model, shutdownDate]] : [])),
  );
  const others = new Set(
    roles.flatMap(({ test }) =>
      test && isOtherModel(test.model, test.modelAnswered) ? [`${test.modelAnswered} answered where ${test.model} was asked`] : [],
    ),
  );
  return [...[...going].map(([model, day]) => `${model} goes away on ${day}`), ...others, ...probe.notes];
}

/** The table of all endpoints and roles, with faults and remarks below each, and what self-tests would cost when they were not run. */
export function endpointLines(
  session: Session,
  { states, estimate }: { states: EndpointState[]; estimate: Estimate },
  selfTests: boolean,
  today: string,
): string[] {
  if (states.length === 0)
    return ['No endpoint to look at. `nhr endpoints add PRESET` adds some; `nhr doctor --endpoints RECIPE` looks at those of a recipe.'];
  const mark = (ok: boolean) => (session.style.unicode ? (ok ? '✓' : '✗') : ok ? 'ok ' : 'BAD');
  const rows = states.flatMap((state) => rowsOf(session, state));
  const notes = states.flatMap((state) => {
    const faults = faultsOf(state, today);
    return [
      `${mark(faults.length === 0)} ${state.profile.id}`,
      ...faults.map((line) => `    ${line}`),
      ...remarksOn(state, today).map((line) => `    ${line}`),
    ];
  });
  const heading = ['Endpoint', 'Reached', 'Key', 'Role', 'Model', 'Listed', 'A call, most', 'Self-test'];
  const untested = estimate.calls > 0 && !selfTests;
  return [
    ...formatTable([heading, ...rows], [], session.style, session.width),
    '',
    ...notes,
    ...(untested ? ['', `Self-tests were not run: ${costWords(estimate)}. Add --yes to run them.`] : []),
  ];
}

function rowsOf(session: Session, { profile, key, probe, roles }: EndpointState): string[][] {
  const reached = probe.error && probe.error.code !== 'auth' ? 'no' : key === 'missing' ? '-' : `${Math.round(probe.ms)} ms`;
  const dash = session.style.unicode ? '–' : '-';
  const head = [profile.id, reached, key === 'none' ? dash : key];
  if (roles.length === 0) return [[...head, 'no role', dash, dash, dash, dash]];
  return roles.map(({ cost, listed, test }, i) => [
    ...(i === 0 ? head : ['', '', '']),
    cost.role,
    cost.model,
    listed === null ? dash : listed ? 'yes' : 'NO',
    cost.priced ? formatMoney(cost.usd) : cost.gpuSeconds > 0 ? `${cost.gpuSeconds} GPU s` : 'no price',
    test !== null ? testWords(test, cost) : profile.transport === 'demo' ? 'built in' : 'not run',
  ]);
}

function testWords(test: SelfTestReport, { testCalls }: RoleCost): string {
  const price = test.usd > 0 ? `, ${formatMoney(test.usd / testCalls)} a call` : '';
  return `${test.ok ? 'passed' : 'FAILED'}, ${formatDuration(test.ms / 1000)}${price}`;
}

function costWords({ calls, usd, gpuSeconds, unpriced }: Estimate): string {
  const gpu = gpuSeconds > 0 ? ` and ${formatDuration(gpuSeconds)} of GPU time` : '';
  const blind = unpriced.length > 0 ? ` (${unpriced.join(', ')}: no prices are written down, so counted as nothing)` : '';
  return `${calls} calls, at most ${formatMoney(usd)}${gpu} by the price tables${blind}`;
}

/** The same as data for --json; pictures stay out. */
export function endpointData(
  { states, estimate }: { states: EndpointState[]; estimate: Estimate },
  selfTests: boolean,
  today: string,
): object {
  return {
    endpoints: states.map((state) => {
      const { profile, key, probe, roles } = state;
      const faults = faultsOf(state, today);
      return {
        id: profile.id,
        ok: faults.length === 0,
        reached: probe.error === null || probe.error.code === 'auth',
        key,
        ms: probe.ms,
        error: probe.error,
        faults,
        remarks: remarksOn(state, today),
        roles: roles.map(({ cost, listed, shutdownDate, test }) => {
          const { pictures: _pictures, ...report } = test ?? { pictures: [] };
          const otherModel = test !== null && isOtherModel(test.model, test.modelAnswered);
          return { ...cost, listed, shutdownDate, otherModel, selfTest: test && report };
        }),
      };
    }),
    selfTests: { ran: selfTests, ...estimate },
  };
}
