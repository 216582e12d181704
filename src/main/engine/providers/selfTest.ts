import { AppError, ProviderError } from '../../../shared/model/errors.ts';
import { isOtherModel } from '../../../shared/model/modelNames.ts';
import { type Endpoint, type EndpointProfile, NO_USAGE, type Role, type RoleBinding } from '../../../shared/model/provider.ts';
import type { SelfTestCheck, SelfTestReport } from '../../../shared/model/selfTest.ts';
import { pricesOf, settledCost } from '../domain/budget.ts';
import { promptFor } from '../domain/prompts.ts';
import { parseDesign, parseScores, parseSentence, parseYesNo } from '../domain/replies.ts';
import { judgeEditor, judgeGenerator, judgeJudge } from '../domain/selfTest.ts';
import type { Blobs, CallContext, ChatTask, ImageFacts, Pixels, Provider, Reply } from '../ports.ts';
import { TEST_SCENE, TEST_SIDE, testPicture, unrelatedPicture } from './testPictures.ts';

export interface SelfTestDeps {
  provider(endpoint: Endpoint): Provider;
  blobs: Blobs;
  pixels: Pixels;
  /** Milliseconds; only differences count. */
  now(): number;
}

const SEED = 4711;
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
  ask<T>(name: string, work: (provider: Provider, ctx: CallContext) => Promise<Reply<T>>): Promise<T | null>;
  check(name: string, ok: boolean, message: string): void;
}

/**
 * Asks an endpoint a few small questions in a role, with pictures made by code, and looks at the answers: does it use the picture it
 * is sent, and the words? Paid for like any call, outside of every run. A failed call is a failed check; only an abort is thrown, and
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
  return report;
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
  const report: SelfTestReport = { role, model: binding.model, modelAnswered: '', ok: false, ms: 0, usd: 0, checks, pictures: [] };
  const provider = deps.provider(endpoint);
  const prices = pricesOf(endpoint, binding.model);
  /** What is true of every call of a test is said once. */
  const check = (name: string, ok: boolean, message: string) => {
    if (!checks.some((known) => known.name === name && known.message === message)) checks.push({ name, ok, message });
  };
  return {
    deps,
    report,
    check,
    async ask(name, work) {
      const limit = AbortSignal.timeout(endpoint.deadlineSeconds * 1000);
      const { model, params, bagel } = binding;
      const ctx: CallContext = { signal: AbortSignal.any([signal, limit]), model, params, bagel, onRemoteId: async () => undefined };
      const begun = deps.now();
      try {
        const { value, usage, modelAnswered, seedHonoured } = await work(provider, ctx);
        report.usd += settledCost(prices, usage);
        report.modelAnswered = modelAnswered;
        if (isOtherModel(model, modelAnswered)) check('model', true, `${modelAnswered} answered, not ${model}`);
        if (seedHonoured === 'no') check('seed', true, 'the seed is not used: results cannot be repeated');
        return value;
      } catch (error) {
        signal.throwIfAborted();
        const failure = asFailure(error, limit, endpoint.deadlineSeconds);
        report.usd += settledCost(prices, failure.usage ?? NO_USAGE) - prices.usdPerCall;
        check(name, false, `${failure.code}: ${failure.message}`);
        return null;
      } finally {
        report.ms = Math.max(report.ms, deps.now() - begun);
      }
    },
  };
}

function asFailure(error: unknown, limit: AbortSignal, seconds: number): ProviderError {
  if (limit.aborted) return new ProviderError('timeout', `No answer within ${seconds} s.`);
  return error instanceof ProviderError ? error : new ProviderError('serverError', error instanceof Error ? error.message : String(error));
}

async function testEditor(session: Session): Promise<void> {
  const source = await keep(session, 'sent', testPicture(true));
  if (!source) return;
  const edit = async (label: string, instruction: string) => {
    const bytes = await session.ask(label, (provider, ctx) => provider.edit({ image: source.hash, instruction, seed: SEED }, ctx));
    const made = bytes && (await keep(session, label, bytes));
    if (made) checkMade(session, made, label);
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
    const bytes = await session.ask(label, (provider, ctx) =>
      provider.generate({ prompt, width: TEST_SIDE, height: TEST_SIDE, seed: SEED }, ctx),
    );
    return bytes && (await keep(session, label, bytes));
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
  if (!source || !done || !other) return;
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
  if (!other) return;
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
  const text = await session.ask(label, (provider, ctx) => provider.chat(request, ctx));
  if (text === null) return null;
  const value = read(text);
  session.check(
    label,
    value !== null,
    value === null ? `the reply cannot be read: ${JSON.stringify(text.slice(0, 160))}` : 'answered readably',
  );
  return value;
}

/** Stores a picture and shows it; null, and a failed check, when it cannot be read. */
async function keep({ deps: { blobs, pixels }, report, check }: Session, label: string, bytes: Uint8Array): Promise<Made | null> {
  try {
    const facts = await pixels.inspect(bytes);
    const hash = await blobs.put(bytes, facts.format);
    const webp = await pixels.thumbnail(blobs.fileOf(hash), SHOWN_WIDTH);
    report.pictures.push({ label, webp: Buffer.from(webp.buffer, webp.byteOffset, webp.byteLength).toString('base64') });
    return { hash, ...facts };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'inputInvalid') throw error;
    check(label, false, error.message);
    return null;
  }
}

/** Share of pixels that differ clearly; null when there is nothing to compare. */
async function difference({ deps: { blobs, pixels } }: Session, a: Made | null, b: Made | null): Promise<number | null> {
  if (!a || !b || a.width !== b.width || a.height !== b.height) return null;
  const rule = { threshold: CLEAR, maskRule: 'any' } as const;
  const { flagged, width, height } = await pixels.lowLevel(blobs.fileOf(a.hash), blobs.fileOf(b.hash), rule);
  return flagged / (width * height);
}
