import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createEngine, type Engine } from '../../src/main/engine/index.ts';
import type { JobView } from '../../src/shared/model/events.ts';
import { EndpointProfile } from '../../src/shared/model/provider.ts';
import type { TripletView } from '../../src/shared/model/triplet.ts';
import { Answer, type Asked, type FakeServer, serve } from '../helpers/fakes/server.ts';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const BOTH = { softJudge: 'paid', validator: 'paid', checks: false };
/** Of one call: a thousand tokens in, ten out; the worst is twice that. */
const CALL_USD = 0.011;
const VICTIM_TIMEOUT_MS = 60_000;

let dir: string;
let server: FakeServer;
/** What the server does with a request; a test changes it. */
let onAsk: (asked: Asked) => void;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'nhr-judge-'));
  onAsk = () => undefined;
  server = await serve((asked) => {
    onAsk(asked);
    const text = asked.bytes.toString('latin1');
    if (text.includes('refuse')) return new Answer(400, { error: { message: 'No.', code: 'content_policy_violation' } });
    const isStrict = text.includes('"strict-eye"');
    const adherence = text.includes('poor') && isStrict ? 2 : text.includes('awful') ? 1 : 4.9;
    const content = JSON.stringify({ adherence, aesthetics: 4.8 });
    const usage = { prompt_tokens: 1000, completion_tokens: 10 };
    return new Answer(200, {
      model: isStrict ? 'strict-eye' : 'eye',
      choices: [{ index: 0, message: { content }, finish_reason: 'stop' }],
      usage,
    });
  });
});
afterEach(async () => {
  await server.close();
  rmSync(dir, { recursive: true, force: true });
});

/** A set of pairs whose second half is brighter; one that is called "unchanged" is not. */
async function aSet(instructions: string[]): Promise<string> {
  const set = join(dir, 'set');
  mkdirSync(set);
  const noise = Buffer.alloc(256 * 256 * 3);
  for (const [i, instruction] of instructions.entries()) {
    for (let k = 0; k < noise.length; k += 1) noise[k] = (k * 7 + Math.floor(k / 90) * 13 + i * 31) % 200;
    const source = sharp(noise, { raw: { width: 256, height: 256, channels: 3 } }).blur(3);
    const bytes = await source.png().toBuffer();
    const patch = await sharp({ create: { width: 96, height: 96, channels: 3, background: '#f0e010' } })
      .png()
      .toBuffer();
    writeFileSync(join(set, `${i}_source.png`), bytes);
    const seen = sharp(bytes);
    // Another file, and nothing that the eye would see.
    const edited = await (instruction === 'unchanged' ? seen.linear(1, 2) : seen.composite([{ input: patch, left: 80, top: 80 }]))
      .png()
      .toBuffer();
    writeFileSync(join(set, `${i}_edited.png`), edited);
  }
  const rows = instructions.map((instruction, i) => ({ source: `${i}_source.png`, edited: `${i}_edited.png`, instruction }));
  writeFileSync(join(set, 'metadata.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
  return set;
}

async function anEngine(create = true): Promise<Engine> {
  return createEngine({ workspaceDir: join(dir, 'workspace'), create, resumeInterrupted: false, log: quiet });
}

async function ended(engine: Engine, start: () => Promise<JobView>): Promise<JobView> {
  const events = await engine.client.system.events({});
  const { id } = await start();
  for await (const { event } of events) if (event.type === 'job' && event.job.id === id && event.job.state !== 'running') return event.job;
  throw new Error('the events are over');
}

async function imported(instructions: string[]): Promise<Engine> {
  const engine = await anEngine();
  await engine.client.endpoints.save(
    EndpointProfile.parse({
      id: 'paid',
      transport: 'openai',
      baseUrl: `${server.url}/v1`,
      prices: { usdPerMillionInputTokens: 10, usdPerMillionOutputTokens: 100, worstInputTokens: 2000, worstOutputTokens: 20 },
      roles: { softJudge: { model: 'eye' }, validator: { model: 'strict-eye' } },
    }),
  );
  const path = await aSet(instructions);
  const job = await ended(engine, () => engine.client.transfer.startImport({ format: 'nhr', path }));
  expect(job.message).toContain(`${instructions.length} pairs of ${instructions.length} rows imported`);
  return engine;
}

const line = (job: JobView, label: string) => job.report.find((one) => one.label === label)?.value;

async function tripletsOf(engine: Engine): Promise<Map<string, TripletView>> {
  const { items } = await engine.client.triplets.page({ filter: {}, sort: 'newest', limit: 100 });
  return new Map(items.map((triplet) => [triplet.instruction, triplet]));
}

// Catches: judges that are paid for what a free check refuses, a no or a score that is lost, a second judge that is asked after a no, a
// pair that is judged twice, one without an answer that is taken for judged or falls out of the set, the pretend judge let loose on real pairs.
it('has what passes the local checks judged, stores what is said, and goes on with what is left', async () => {
  const engine = await imported(['good', 'poor', 'awful', 'unchanged', 'refuse']);
  try {
    const job = await ended(engine, () => engine.client.transfer.startScoreImported({ judges: BOTH, budgetUsd: 5 }));
    expect(job).toMatchObject({ state: 'done', title: 'Judge imported triplets' });
    expect(job.message).toBe('2 of 5 imported triplets passed, 3 dropped, 1 without an answer of a judge.');
    // good and poor asked both, awful only the first; the refusal is free.
    expect(line(job, 'Spent')).toBe(`$${(5 * CALL_USD).toFixed(4)}`);
    expect(line(job, 'Not judged: refused')).toBe('1');
    expect(server.asked).toHaveLength(6);
    const triplets = await tripletsOf(engine);
    expect(triplets.get('good')).toMatchObject({ state: 'active', scores: { adherence: 4.9, aesthetics: 4.8 } });
    expect(triplets.get('poor')).toMatchObject({ state: 'dropped', reason: 'lowAdherence', scores: { adherence: 2 } });
    expect(triplets.get('awful')).toMatchObject({ state: 'dropped', reason: 'lowAdherence', scores: null });
    expect(triplets.get('unchanged')).toMatchObject({ state: 'dropped', reason: 'noChange' });
    expect(triplets.get('refuse')).toMatchObject({ state: 'active', scores: null });
    const { verdicts } = await engine.client.triplets.get({ id: triplets.get('good')!.id });
    expect(verdicts.map(({ stage, model, promptVersion }) => [stage, model, promptVersion === ''])).toEqual([
      ['lowLevel', '', true],
      ['fullReference', 'fullReference/balanced', true],
      ['softJudge', 'eye', false],
      ['validator', 'strict-eye', false],
    ]);
    const again = await ended(engine, () => engine.client.transfer.startScoreImported({ judges: BOTH }));
    expect(again.message).toBe('0 of 0 imported triplets passed, 0 dropped, 1 without an answer of a judge.');
    expect(server.asked).toHaveLength(7);
    const pretend = { judges: { ...BOTH, validator: 'demo' } };
    await expect(engine.client.transfer.startScoreImported(pretend)).rejects.toThrow('its own pictures only');
    const free = await engine.client.endpoints.list().then((profiles) => profiles.find(({ id }) => id === 'paid')!);
    await engine.client.endpoints.save({ ...free, id: 'free', prices: {} });
    const unpriced = { judges: { ...BOTH, softJudge: null, validator: 'free' }, budgetUsd: 1 };
    await expect(engine.client.transfer.startScoreImported(unpriced)).rejects.toThrow('name no prices');
    await expect(engine.client.transfer.startScoreImported({ judges: { ...BOTH, validator: 'nobody' } })).rejects.toThrow(
      'There is no endpoint profile nobody.',
    );
  } finally {
    await engine.close();
  }
});

// Catches: money beyond the budget, a budget that ends the job without a word, pairs that are marked as judged because there was no money.
it('stops at its budget, says so, and leaves the rest for another time', async () => {
  const engine = await imported(['one', 'two', 'three', 'four', 'five', 'six']);
  try {
    // Room for two pairs as long as nobody knows what they will cost.
    const budgetUsd = 2 * 2 * 2 * CALL_USD + 1e-6;
    const job = await ended(engine, () => engine.client.transfer.startScoreImported({ judges: BOTH, budgetUsd }));
    expect(job.state).toBe('failed');
    expect(job.message).toContain('The budget has no room for another pair');
    const spent = server.asked.length * CALL_USD;
    expect(spent).toBeLessThanOrEqual(budgetUsd);
    expect(server.asked.length).toBeGreaterThanOrEqual(4);
    const judged = [...(await tripletsOf(engine)).values()].filter(({ scores }) => scores !== null).length;
    expect(judged).toBe(server.asked.length / 2);
    expect(line(job, 'Still waiting')).toBe(String(6 - judged));
    const rest = await ended(engine, () => engine.client.transfer.startScoreImported({ judges: BOTH, budgetUsd: 5 }));
    expect(rest).toMatchObject({ state: 'done', message: `${6 - judged} of ${6 - judged} imported triplets passed, 0 dropped.` });
    expect(server.asked).toHaveLength(12);
  } finally {
    await engine.close();
  }
});

// Catches: an answer that is paid for twice after a kill, a lost call that is asked again unasked or never can be, a pair that is lost.
it('pays nothing twice when it is killed, and asks again only when it may', async () => {
  const names = Array.from({ length: 12 }, (_, i) => `pair ${i}`);
  await (await imported(names)).close();
  let kill: (() => void) | undefined;
  onAsk = () => {
    if (server.asked.length === 9) kill?.();
  };
  const victim = async (askAgain: boolean) => {
    const args = [join(dir, 'workspace'), String(askAgain)];
    const child = fork(join(import.meta.dirname, 'crash/judgeVictim.ts'), args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    kill = () => child.kill('SIGKILL');
    const timer = setTimeout(kill, VICTIM_TIMEOUT_MS);
    let job: JobView | undefined;
    child.on('message', (told: JobView) => (job = told));
    await once(child, 'close');
    clearTimeout(timer);
    kill = undefined;
    return job;
  };
  expect(await victim(false)).toBeUndefined();
  const sent = () => server.asked.map(({ bytes }) => bytes.toString('latin1'));
  const held = await victim(false);
  expect(held).toMatchObject({ state: 'done' });
  expect(new Set(sent()).size).toBe(sent().length);
  const lost = Number(held!.report.find(({ label }) => label === 'Not judged: callUnknown')?.value ?? 0);
  expect(lost).toBeGreaterThan(0);
  const last = await victim(true);
  expect(last).toMatchObject({ state: 'done', message: `${lost} of ${lost} imported triplets passed, 0 dropped.` });
  const engine = await anEngine(false);
  try {
    const scored = [...(await tripletsOf(engine)).values()].filter(({ scores }) => scores !== null);
    expect(scored).toHaveLength(names.length);
  } finally {
    await engine.close();
  }
});
