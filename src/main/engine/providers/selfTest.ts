import { randomUUID } from 'node:crypto';
import { AppError, ProviderError } from '../../../shared/model/errors.ts';
import { isOtherModel } from '../../../shared/model/modelNames.ts';
import type { Endpoint, EndpointProfile, Role, RoleBinding } from '../../../shared/model/provider.ts';
import type { SelfTestCheck, SelfTestReport } from '../../../shared/model/selfTest.ts';
import { failureCost, worstCost } from '../domain/budget.ts';
import { promptFor } from '../domain/prompts.ts';
import { parseDesign, parseScores, parseSentence, parseYesNo } from '../domain/replies.ts';
import { judgeEditor, judgeGenerator, judgeJudge } from '../domain/selfTest.ts';
import type { Blobs, CallContext, ChatTask, ImageFacts, Pixels, Provider, Reply, WorkStore } from '../ports.ts';
import { imageCodec, type Ledger, type ResultCodec, textCodec } from './ledger.ts';
import { TEST_SCENE, TEST_SIDE, testPicture, unrelatedPicture } from './testPictures.ts';

export interface SelfTestDeps {
  provider(endpoint: Endpoint): Provider;
  /** Every call is booked under the scope of its endpoint (selfTestScope). */
  ledger: Ledger;
  blobs: Blobs;
  work: Pick<WorkStore, 'addImage' | 'image'>;
  pixels: Pixels;
  /** The ledger's sums of a scope, by name. */
  counters(scope: string): ReadonlyMap<string, number>;
}

/** Where the ledger books the self-tests of an endpoint, in place of a run. */
export function selfTestScope(endpointId: string): string {
  return `test:${endpointId}`;
}

/** One with which the demo studio, which makes mistakes on purpose, makes none. */
const SEED = 1;
/** Difference of a colour channel that counts as a change: over the noise of lossy formats. */
const CLEAR = 40;
const SHOWN_WIDTH = 192;
const NOTHING = 'Do not change anything. Give back exactly the same picture.';
const EVERYTHING = 'Make the whole picture black and white.';
const REMOVE = 'Remove the red ball.';

/** A picture that came back, stored. */
interface Made extends ImageFacts {
  hash: string;
}

/** The calls of one test: what they took, what went wrong, what is shown. */
interface Session {
  deps: SelfTestDeps;
  report: SelfTestReport;
  ask<T, V>(name: string, codec: ResultCodec<T, V>, work: (provider: Provider, ctx: CallContext) => Promise<Reply<T>>): Promise<V | null>;
  check(name: string, ok: boolean, message: string): void;
}

/**
 * Asks an endpoint a few small questions in a role, with pictures made by code, and looks at the answers: does it use the picture it
 * is sent, and the words? Paid for and booked like any call, outside of every run, and never answered from the books. A failed call is a failed check; only an abort is thrown, and
 * AppError recipeInvalid when the profile has no model for the role.
 */
export async function selfTest(profile: EndpointProfile, role: Role, deps: SelfTestDeps, signal: AbortSignal): Promise<SelfTestReport> {
  const { roles, ...endpoint } = profile;
  const model = roles[role];
  if (!model) throw new AppError('recipeInvalid', `${profile.id} has no model for ${role}.`, { field: `roles.${role}` });
  const session = openSession({ ...endpoint, batch: undefined } as Endpoint, { endpoint: profile.id, ...model }, role, deps, signal);
  await TESTS[role](session, role);
  const { report } = session;
  report.ok = report.checks.every((check) => check.ok);
  report.booked = bookedOf(deps.counters(selfTestScope(profile.id)));
  return report;
}

/** All calls of the tests of an endpoint so far, with those that may have been charged at their worst price. */
function bookedOf(counters: ReadonlyMap<string, number>): SelfTestReport['booked'] {
  const count = (name: string) => counters.get(name) ?? 0;
  return { calls: count('call.settled') + count('call.failed') + count('call.unknown'), usd: count('usd.settled') + count('usd.unknown') };
}

const TESTS: Record<Role, (session: Session, role: Role) => Promise<void>> = {
  promptEngineer: testDesign,
  textToImage: testGenerator,
  plausibilityJudge: testPlausibility,
  imageEditor: testEditor,
  softJudge: testJudge,
  validator: testJudge,
  inverter: testInverter,
};

function openSession(endpoint: Endpoint, binding: RoleBinding, role: Role, deps: SelfTestDeps, signal: AbortSignal): Session {
  const checks: SelfTestCheck[] = [];
  const report: SelfTestReport = {
    role,
    model: binding.model,
    modelAnswered: '',
    ok: false,
    ms: 0,
    usd: 0,
    checks,
    pictures: [],
    booked: { calls: 0, usd: 0 },
  };
  const provider = deps.provider(endpoint);
  const { model, params, bagel } = binding;
  const whole: RoleBinding = { ...binding, params: params ?? {} };
  /** What is true of every call of a test is said once. */
  const check = (name: string, ok: boolean, message: string) => {
    if (!checks.some((known) => known.name === name && known.message === message)) checks.push({ name, ok, message });
  };
  return {
    deps,
    report,
    check,
    async ask(name, codec, work) {
      let seed: Reply<unknown>['seedHonoured'];
      const send = async (line: Pick<CallContext, 'signal' | 'onRemoteId'>) => {
        const reply = await work(provider, { ...line, model, params, bagel });
        seed = reply.seedHonoured;
        return reply;
      };
      // Asked anew each time: a test that is answered from the books would test nothing.
      const content = ['selfTest', name, randomUUID()];
      const { idempotent } = provider;
      const request = {
        runId: selfTestScope(endpoint.id),
        role,
        endpoint,
        binding: whole,
        content,
        idempotent,
        unknownCalls: 'hold',
      } as const;
      try {
        const bought = await deps.ledger.ask(request, { send, collect: null }, codec, signal);
        report.usd += bought.usd;
        report.ms = Math.max(report.ms, bought.ms);
        report.modelAnswered = bought.model;
        if (isOtherModel(model, bought.model)) check('model', true, `${bought.model} answered, not ${model}`);
        if (seed === 'no') check('seed', true, 'the seed is not used: results cannot be repeated');
        return bought.value;
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof ProviderError)) throw error;
        const cost = failureCost(error, { endpoint, role, model, idempotent });
        report.usd += cost === 'unknown' ? worstCost(endpoint, role, model).usd : (cost?.usd ?? 0);
        check(name, false, `${error.code}: ${error.message}`);
        return null;
      }
    },
  };
}

async function testEditor(session: Session): Promise<void> {
  const source = await keep(session, 'sent', testPicture(true));
  const edit = async (label: string, instruction: string) => {
    const made = await session.ask(label, pictureOf(session), (provider, ctx) =>
      provider.edit({ image: source.hash, instruction, seed: SEED }, ctx),
    );
    if (made) {
      await show(session, label, made);
      checkMade(session, made, label);
    }
    return made;
  };
  const noOp = await edit('change nothing', NOTHING);
  const strong = await edit('black and white', EVERYTHING);
  const findings = {
    noOp: await difference(session, source, noOp),
    strong: await difference(session, source, strong),
    between: await difference(session, noOp, strong),
  };
  session.report.checks.push(...judgeEditor(findings));
}

/** Size and format of an edit: it must match its source pixel for pixel (DESIGN section 6). */
function checkMade({ check }: Session, made: Made, label: string): void {
  const same = made.width === TEST_SIDE && made.height === TEST_SIDE;
  check(`${label}: size`, same, `${made.width} x ${made.height}${same ? '' : `, not the ${TEST_SIDE} x ${TEST_SIDE} that was sent`}`);
  if (made.lossy) check(`${label}: format`, true, `${made.format} loses detail: have the server send PNG if you can`);
}

async function testGenerator(session: Session): Promise<void> {
  const generate = async (label: string, prompt: string) => {
    const made = await session.ask(label, pictureOf(session), (provider, ctx) =>
      provider.generate({ prompt, width: TEST_SIDE, height: TEST_SIDE, seed: SEED }, ctx),
    );
    if (made) await show(session, label, made);
    return made;
  };
  const day = await generate('an apple by day', 'A red apple on a white table in bright daylight.');
  const night = await generate('a forest by night', 'A dark forest at night under a starry sky.');
  if (!day) return;
  const asAsked = day.width === TEST_SIDE && day.height === TEST_SIDE;
  session.report.checks.push(...judgeGenerator(asAsked, `${day.width} x ${day.height}`, await difference(session, day, night)));
}

async function testJudge(session: Session, role: Role): Promise<void> {
  const source = await keep(session, 'source', testPicture(true));
  const done = await keep(session, 'done as asked', testPicture(false));
  const other = await keep(session, 'unrelated', unrelatedPicture());
  const adherence = async (label: string, edited: Made) => {
    const task: ChatTask = { kind: 'scores', instruction: REMOVE, source: source.hash, edited: edited.hash };
    const scores = await chat(session, role, label, task, [source.hash, edited.hash], parseScores);
    return scores?.adherence ?? null;
  };
  const good = await adherence('a good pair', done);
  const identical = await adherence('the same picture twice', source);
  const unrelated = await adherence('an unrelated pair', other);
  session.report.checks.push(...judgeJudge({ good, identical, unrelated }));
}

async function testPlausibility(session: Session, role: Role): Promise<void> {
  const other = await keep(session, 'sent', unrelatedPicture());
  const task: ChatTask = { kind: 'plausible', prompt: TEST_SCENE, image: other.hash };
  const answer = await chat(session, role, 'stripes instead of a meadow', task, [other.hash], parseYesNo);
  if (answer !== null)
    session.check(
      'sees the picture',
      !answer,
      answer ? 'stripes passed for a meadow with a ball' : 'stripes did not pass for a meadow with a ball',
    );
}

async function testDesign(session: Session, role: Role): Promise<void> {
  const task: ChatTask = {
    kind: 'design',
    topics: ['kitchen'],
    styles: ['standard'],
    operations: ['Add object', 'Remove object'],
    minObjects: 1,
    maxObjects: 3,
    count: 1,
    edits: 2,
    composite: false,
    batch: 0,
    problem: '',
  };
  await chat(
    session,
    role,
    'designs a scene',
    task,
    [],
    (text) => parseDesign(text, { count: 1, edits: 2, composite: false }).scenes[0] ?? null,
  );
}

async function testInverter(session: Session, role: Role): Promise<void> {
  await chat(session, role, 'inverts an instruction', { kind: 'invert', instruction: REMOVE, prompt: TEST_SCENE }, [], parseSentence);
}

/** One question; a reply that cannot be read is a failed check that shows how it begins. */
async function chat<T>(
  session: Session,
  role: Role,
  label: string,
  task: ChatTask,
  images: string[],
  read: (text: string) => T | null,
): Promise<T | null> {
  const request = { role, task, prompt: promptFor(task), images, temperature: 0, seed: SEED };
  const text = await session.ask(label, textCodec, (provider, ctx) => provider.chat(request, ctx));
  if (text === null) return null;
  const value = read(text);
  session.check(
    label,
    value !== null,
    value === null ? `the reply cannot be read: ${JSON.stringify(text.slice(0, 160))}` : 'answered readably',
  );
  return value;
}

/** Pictures that are made are kept as they came. */
function pictureOf({ deps: { blobs, work, pixels } }: Session): ResultCodec<Uint8Array, Made> {
  return imageCodec({ blobs, work, pixels }, async (bytes) => ({ bytes, ...(await pixels.inspect(bytes)) }));
}

/** Stores a picture of our own making and shows it. */
async function keep(session: Session, label: string, bytes: Uint8Array): Promise<Made> {
  const made = await pictureOf(session).store(bytes);
  await show(session, label, made.value);
  return made.value;
}

async function show({ deps: { blobs, pixels }, report }: Session, label: string, { hash }: Made): Promise<void> {
  const webp = await pixels.thumbnail(blobs.fileOf(hash), SHOWN_WIDTH);
  report.pictures.push({ label, webp: Buffer.from(webp.buffer, webp.byteOffset, webp.byteLength).toString('base64') });
}

/** Share of pixels that differ clearly; null when there is nothing to compare. */
async function difference({ deps: { blobs, pixels } }: Session, a: Made | null, b: Made | null): Promise<number | null> {
  if (!a || !b || a.width !== b.width || a.height !== b.height) return null;
  const rule = { threshold: CLEAR, maskRule: 'any' } as const;
  const { flagged, width, height } = await pixels.lowLevel(blobs.fileOf(a.hash), blobs.fileOf(b.hash), rule);
  return flagged / (width * height);
}
