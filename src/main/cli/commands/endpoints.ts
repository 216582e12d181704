import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ProbeReport } from '../../../shared/contract/endpoints.ts';
import type { EngineClient } from '../../../shared/contract.ts';
import { formatCount } from '../../../shared/count.ts';
import { AppError } from '../../../shared/model/errors.ts';
import type { EndpointProfile, Role } from '../../../shared/model/provider.ts';
import type { SelfTestReport } from '../../../shared/model/selfTest.ts';
import { QuietFailure } from '../errors.ts';
import { formatMoney, formatTable } from '../format.ts';
import { type Session, withEngine } from '../session.ts';

/** `nhr endpoints`: the profiles of a workspace. */
export function listEndpoints(session: Session): Promise<void> {
  return withEngine(session, true, async (client) => {
    const profiles = await client.endpoints.list();
    session.result({ workspace: session.workspaceDir, endpoints: profiles }, () => {
      if (profiles.length === 0)
        return ['No endpoint profile yet. `nhr endpoints presets` shows some, `nhr endpoints add PRESET` adds them.'];
      const rows = profiles.map((profile) => [profile.id, profile.transport, whereOf(profile), profile.key || '-', rolesOf(profile)]);
      return formatTable([['Endpoint', 'Transport', 'Address', 'Key', 'Roles'], ...rows], [], session.style, session.width);
    });
  });
}

/** `nhr endpoints presets`: the endpoints of the recipes that come with the app. */
export function listPresets(session: Session): Promise<void> {
  return withEngine(session, true, async (client) => {
    const presets = await client.endpoints.presets();
    session.result({ presets }, () => {
      const rows = presets.map(({ recipe, profile }) => [recipe, profile.id, profile.transport, whereOf(profile), rolesOf(profile)]);
      return formatTable([['Preset', 'Endpoint', 'Transport', 'Address', 'Roles'], ...rows], [], session.style, session.width);
    });
  });
}

/** `nhr endpoints add NAME`: puts the endpoints of a preset or a file into the workspace; those that are there stay as they are. */
export function addEndpoints(session: Session, name: string, replace: boolean): Promise<void> {
  return withEngine(session, true, async (client) => {
    const chosen = await profilesNamed(session, client, name);
    const present = new Set((await client.endpoints.list()).map((profile) => profile.id));
    const [added, replaced, kept]: [string[], string[], string[]] = [[], [], []];
    for (const profile of chosen) {
      const known = present.has(profile.id);
      if (!known || replace) await client.endpoints.save(profile);
      (known ? (replace ? replaced : kept) : added).push(profile.id);
    }
    session.result({ added, replaced, kept }, () => [
      ...(added.length > 0 ? [`Added: ${added.join(', ')}.`] : []),
      ...(replaced.length > 0 ? [`Replaced: ${replaced.join(', ')}. Runs that were started keep what they were started with.`] : []),
      ...(kept.length > 0 ? [`There already, not changed: ${kept.join(', ')}. --replace puts the new ones in their place.`] : []),
    ]);
  });
}

/** The profiles of a file when there is one of that name, else of a preset. */
async function profilesNamed(session: Session, client: EngineClient, name: string): Promise<EndpointProfile[]> {
  const file = resolve(session.world.cwd, name);
  if (existsSync(file) && statSync(file).isFile()) {
    const profiles = await client.endpoints.ofRecipe({ yaml: readFileSync(file, 'utf8') });
    const own = profiles.filter((profile) => profile.transport !== 'demo');
    if (own.length > 0) return own;
    throw new AppError('inputInvalid', 'It has no endpoint but the demo studio, which needs no profile.', { file });
  }
  const all = await client.endpoints.presets();
  const chosen = all.filter((item) => item.recipe === name);
  if (chosen.length > 0) return chosen.map(({ profile }) => profile);
  const known = [...new Set(all.map((item) => item.recipe))].join(', ');
  throw new AppError('noSuchItem', `There is no preset ${name}, and no such file.`, { hint: `Presets: ${known}.` });
}

/** `nhr endpoints remove ID`. */
export function removeEndpoint(session: Session, id: string): Promise<void> {
  return withEngine(session, false, async (client) => {
    await client.endpoints.remove({ id });
    session.result({ removed: id }, () => [`Removed ${id}. Runs that were started with it keep it.`]);
  });
}

/** `nhr endpoints probe [ID]`: reaches endpoints and checks key and models; nothing is paid. Fails when one is not as it should be. */
export function probeEndpoints(session: Session, id: string | undefined): Promise<void> {
  return withEngine(session, false, async (client) => {
    const profiles = await chosenProfiles(client, id);
    const reports = await Promise.all(profiles.map(async (profile) => ({ profile, report: await client.endpoints.probe({ profile }) })));
    session.result({ endpoints: reports.map(({ profile, report }) => ({ id: profile.id, ...report })) }, () =>
      reports.flatMap(({ profile, report }) => describeProbe(session, profile, report)),
    );
    if (reports.some(({ report }) => !report.ok)) throw new QuietFailure();
  });
}

/** `nhr endpoints test ID [ROLE]`: asks small questions in each role and looks at the answers. Costs what such calls cost. */
export function testEndpoint(session: Session, id: string, role: string | undefined): Promise<void> {
  return withEngine(session, false, async (client) => {
    const [profile] = await chosenProfiles(client, id);
    const bound = Object.keys(profile!.roles) as Role[];
    const roles = role === undefined ? bound : bound.filter((name) => name === role);
    if (roles.length === 0)
      throw new AppError('noSuchItem', role === undefined ? `${id} has no model in any role.` : `${id} has no model for ${role}.`, {
        hint: bound.length > 0 ? `It has: ${bound.join(', ')}.` : 'Add one to the profile.',
      });
    const costs = (await client.endpoints.costs({ profile: profile! })).filter((cost) => roles.includes(cost.role));
    const calls = costs.reduce((sum, cost) => sum + cost.testCalls, 0);
    const usd = costs.reduce((sum, cost) => sum + cost.testCalls * cost.usd, 0);
    session.say(`${formatCount(calls)} calls, at most ${formatMoney(usd)} by the price table.`);
    const reports: SelfTestReport[] = [];
    for (const name of roles) reports.push(await client.endpoints.test({ profile: profile!, role: name }));
    session.result({ endpoint: id, reports: reports.map(({ pictures: _pictures, ...report }) => report) }, () => [
      ...reports.flatMap((report) => describeTest(session, report)),
      ...bookedLine(reports),
    ]);
    if (reports.some((report) => !report.ok)) throw new QuietFailure();
  });
}

/** What tests of this endpoint have cost in this workspace: the newest report knows of all before it. */
function bookedLine(reports: SelfTestReport[]): string[] {
  const booked = reports.at(-1)?.booked;
  return booked && booked.usd > 0
    ? [`Self-tests of this endpoint so far: ${formatCount(booked.calls)} calls, ${formatMoney(booked.usd)}.`]
    : [];
}

function describeTest(session: Session, report: SelfTestReport): string[] {
  const mark = (ok: boolean) => (session.style.unicode ? (ok ? '✓' : '✗') : ok ? 'ok ' : 'BAD');
  const cost = report.usd > 0 ? `, ${formatMoney(report.usd)}` : '';
  return [
    `${mark(report.ok)} ${report.role}  ${report.model}  slowest answer ${Math.round(report.ms)} ms${cost}`,
    ...report.checks.map(({ name, ok, message }) => `    ${mark(ok)} ${name}: ${message}`),
  ];
}

async function chosenProfiles(client: EngineClient, id: string | undefined): Promise<EndpointProfile[]> {
  const profiles = await client.endpoints.list();
  const chosen = id === undefined ? profiles : profiles.filter((profile) => profile.id === id);
  if (chosen.length === 0)
    throw new AppError('noSuchItem', id === undefined ? 'This workspace has no endpoint profile.' : `There is no endpoint profile ${id}.`, {
      hint: '`nhr endpoints add PRESET` adds some.',
    });
  return chosen;
}

function describeProbe(session: Session, profile: EndpointProfile, report: ProbeReport): string[] {
  const mark = session.style.unicode ? (report.ok ? '✓' : '✗') : report.ok ? 'ok ' : 'BAD';
  const lines = [
    `${mark} ${profile.id}  ${whereOf(profile)}  ${report.error ? report.error.message : `answered in ${Math.round(report.ms)} ms`}`,
  ];
  const more = [...report.notes];
  if (report.error?.hint) more.push(report.error.hint);
  if (report.models) more.push(`${report.models.length} models listed`);
  for (const model of report.missingModels) more.push(`the model ${model} is not among them`);
  const used = new Set(Object.values(profile.roles).map((role) => role.model));
  for (const { id, shutdownDate } of report.models ?? []) if (shutdownDate && used.has(id)) more.push(`${id} goes away on ${shutdownDate}`);
  return [...lines, ...more.map((line) => `    ${line}`)];
}

/** `nhr key list`: names in the key store. */
export function listKeys(session: Session): Promise<void> {
  return withEngine(session, true, async (client) => {
    const names = await client.endpoints.keyNames();
    session.result({ keys: names }, () => (names.length === 0 ? ['No key is stored.'] : names));
  });
}

/** `nhr key set NAME`: the secret comes from standard input, so that it is in no shell history. An empty one is refused. */
export function setKey(session: Session, name: string): Promise<void> {
  return withEngine(session, true, async (client) => {
    const secret = (await session.world.readInput(`Key for ${name}: `)).trim();
    if (secret === '') throw new AppError('inputInvalid', 'No key was given.', { hint: `nhr key remove ${name} removes one.` });
    await client.endpoints.setKey({ name, secret });
    session.result({ stored: name }, () => [`Stored. Profiles name it as stored:${name}.`]);
  });
}

/** `nhr key remove NAME`. */
export function removeKey(session: Session, name: string): Promise<void> {
  return withEngine(session, true, async (client) => {
    if (!(await client.endpoints.keyNames()).includes(name)) throw new AppError('noSuchItem', `No key is stored under ${name}.`);
    await client.endpoints.setKey({ name, secret: '' });
    session.result({ removed: name }, () => [`Removed ${name}.`]);
  });
}

function whereOf(profile: EndpointProfile): string {
  if (profile.vertex) return `Vertex AI, ${profile.vertex.project}, ${profile.vertex.location}`;
  return profile.baseUrl || { openai: 'api.openai.com', gemini: 'Gemini API', gradio: '', demo: 'built in' }[profile.transport];
}

function rolesOf(profile: EndpointProfile): string {
  return Object.entries(profile.roles)
    .map(([role, { model }]) => `${role}: ${model}`)
    .join(', ');
}
