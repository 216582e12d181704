import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Database from 'better-sqlite3';
import OpenAI, { toFile } from 'openai';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createEngine } from '../../src/main/engine/index.ts';
import { fakeGemini } from '../helpers/fakes/gemini.ts';
import { type FakeOpenAiBatch, fakeOpenAiBatch } from '../helpers/fakes/openaiBatch.ts';
import type { FakeServer } from '../helpers/fakes/server.ts';
import { fakeSglang } from '../helpers/fakes/sglang.ts';

const VICTIM = join(import.meta.dirname, '../engine/crash/victim.ts');
const cleanUps: (() => Promise<unknown> | unknown)[] = [];
let dir: string;
let painter: FakeServer;
let batches: FakeOpenAiBatch;

const scenes = ['A wall in the sun', 'A quiet lake'].map((prompt) => ({
  prompt,
  style: 'standard',
  edits: ['Make it night', 'Make it winter'].map((instruction) => ({ instruction, category: 'Change weather' })),
}));

function words(text: string): string {
  if (/Design 2 scenes/.test(text)) return JSON.stringify({ scenes });
  if (/Give two scores/.test(text)) return '{"adherence": 4.9, "aesthetics": 4.8}';
  return 'yes';
}

beforeEach(async () => {
  process.env.NHR_TEST_KEY = 'sk-test';
  dir = mkdtempSync(join(tmpdir(), 'nhr-batch-'));
  painter = await fakeSglang('bagel');
  batches = await fakeOpenAiBatch(words);
  cleanUps.push(painter.close, batches.close, () => rmSync(dir, { recursive: true, force: true }));
});
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

const BATCH = 'batch: { maxItems: 8, waitSeconds: 1, pollSeconds: 0.2 }';
const PRICES = 'prices: { usdPerMillionInputTokens: 10, usdPerMillionOutputTokens: 100, batchFactor: 0.5 }';

/** Two scenes, two seeds, two edits: 8 attempts. Judges, and if wanted the editor, are asked in batches. */
function recipe(editor = 'endpoint: painter, model: bagel, bagel: {}'): string {
  return `version: 1
name: In batches
scenes: { from: constraints, scenes: 2, editsPerScene: 2, composite: false, batch: 2 }
seedsPerScene: 2
attemptsPerInstruction: 1
sizes: [512x512]
sourceSize: { maxLongSide: 1024, minShortSide: 512, multipleOf: 16 }
gates: { sizeMismatch: resample }
plausibilityGate: false
stages: [edit, softJudge, validator]
growth: []
concurrency: 8
endpoints:
  - { id: painter, transport: openai, dialect: sglang, baseUrl: "${painter.url}/v1", prices: { usdPerGpuSecond: 0 } }
  - { id: sold, transport: openai, baseUrl: "${batches.url}/v1", key: env:NHR_TEST_KEY, ${BATCH}, ${PRICES} }
roles:
  promptEngineer: { endpoint: sold, model: writer }
  textToImage: { endpoint: painter, model: bagel, bagel: {} }
  imageEditor: { ${editor} }
  softJudge: { endpoint: sold, model: judge }
  validator: { endpoint: sold, model: strict-judge }
`;
}

/** A process with an engine that mines, or goes on where a killed one was. */
function victim(yaml: string): ChildProcess {
  const child = spawn(process.execPath, [VICTIM, join(dir, 'w'), yaml], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  cleanUps.unshift(() => child.kill('SIGKILL'));
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

async function until(what: () => boolean): Promise<void> {
  for (let waited = 0; !what(); waited += 20) {
    if (waited > 60_000) throw new Error(`not seen within a minute: ${what}`);
    await delay(20);
  }
}

/** What the ledger of the workspace says of the calls that were sold in batches. */
function ledger() {
  const db = new Database(join(dir, 'w', 'nhr.db'), { readonly: true });
  try {
    return db.prepare(`SELECT state, error, COUNT(*) AS n, SUM(usd) AS usd FROM call WHERE endpoint = 'sold' GROUP BY state, error`).all();
  } finally {
    db.close();
  }
}

/** One design, 8 soft judgements and 8 hard ones: 1000 tokens in, 10 out, at half of 0.011 dollars. */
const ALL_SETTLED = [{ state: 'settled', error: '', n: 17, usd: expect.closeTo(17 * 0.0055, 8) }];
const twice = (list: string[]) => list.length - new Set(list).size;

// Catches: a batch that is not known after a crash, before or after the server's id of it was stored, and so paid for twice.
it('a killed engine finds its batches again, by its own key and by the server’s id, and sends nothing twice', async () => {
  batches.swallow();
  const first = victim(recipe());
  await until(() => batches.batches.length === 1);
  await kill(first);
  // The engine died without the server's id. The next one finds the batch by its client key, and dies while it runs.
  const second = victim(recipe());
  await until(() => batches.batches[0]!.polls > 1);
  await kill(second);
  expect(batches.batches).toHaveLength(1);
  batches.release();
  const third = victim(recipe());
  const [told] = (await Promise.race([ended(third), once(third, 'exit')])) as [{ state?: string; error?: string | null }];
  expect(told).toMatchObject({ state: 'ended', error: null });
  await once(third, 'exit');
  expect(twice(batches.requests())).toBe(0);
  expect(batches.requests()).toHaveLength(17);
  expect(ledger()).toEqual(ALL_SETTLED);
});

// Catches: calls that waited for their batch to fill when the engine died, held as perhaps paid although nothing was sent.
it('an engine that is killed while a batch fills has sent nothing, and the next one knows it', async () => {
  const yaml = recipe().replace('waitSeconds: 1', 'waitSeconds: 4');
  const first = victim(yaml);
  await until(() => filling() === 1);
  await kill(first);
  expect(batches.batches).toHaveLength(0);
  batches.release();
  const second = victim(yaml);
  const [told] = await ended(second);
  expect(told).toMatchObject({ state: 'ended', error: null });
  await once(second, 'exit');
  expect(twice(batches.requests())).toBe(0);
  expect(ledger()).toEqual([{ state: 'failed', error: 'aborted', n: 1, usd: 0 }, ...ALL_SETTLED]);
});

/** Calls that wait for their batch. */
function filling(): number {
  if (!existsSync(join(dir, 'w', 'nhr.db'))) return 0;
  const db = new Database(join(dir, 'w', 'nhr.db'), { readonly: true });
  try {
    return db.prepare(`SELECT COUNT(*) FROM call WHERE remote_id = 'batch:gathering'`).pluck().get() as number;
  } catch {
    // The first engine is still making its tables.
    return 0;
  } finally {
    db.close();
  }
}

/** The message with which a victim says that its run is over. */
function ended(child: ChildProcess): Promise<[object]> {
  return new Promise((resolve) => child.on('message', (told: object) => 'ended' in told && resolve([told])));
}

// Catches: a batch that expired while nobody looked, whose calls stay unknown for ever; answers of it that are paid and thrown away.
it('a batch that expired while the engine was gone: its answers count, the rest is asked again', async () => {
  batches.release();
  const first = victim(recipe());
  // The batch of the writer ends; that of the soft judge is cut off.
  await until(() => batches.batches.length === 2);
  await kill(first);
  batches.expire();
  const second = victim(recipe());
  const [told] = await ended(second);
  expect(told).toMatchObject({ state: 'ended', error: null });
  await once(second, 'exit');
  const [judged] = batches.batches.slice(1);
  const expired = Math.floor(judged!.lines.length / 2);
  expect(twice(batches.requests())).toBe(expired);
  expect(ledger()).toEqual([{ state: 'failed', error: 'overloaded', n: expired, usd: 0 }, ...ALL_SETTLED]);
});

/** Mines with an engine of this process. */
async function mine(yaml: string) {
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const engine = await createEngine({ workspaceDir: join(dir, 'w'), create: true, resumeInterrupted: false, log: quiet });
  cleanUps.unshift(() => engine.close());
  const { plan } = await engine.client.runs.check({ yaml });
  const { id } = await engine.client.runs.start({ yaml });
  return {
    notes: plan?.notes ?? [],
    async rested() {
      for (;;) {
        const run = (await engine.client.runs.list()).find((item) => item.id === id)!;
        if (run.state !== 'running') return { run, progress: await engine.client.runs.progress({ runId: id }) };
        await delay(50);
      }
    },
  };
}

// Catches: edits that cannot be sold in batches, requests of a batch that OpenAI's document does not allow, an expiry that ends the run.
it('edits and judgements in batches; those that expire are asked again', async () => {
  const run = await mine(recipe('endpoint: sold, model: a-painter'));
  await until(() => batches.batches.length === 1);
  batches.release();
  await until(() => batches.batches.some(({ endpoint }) => endpoint === '/v1/images/edits'));
  batches.expire();
  const { progress, run: over } = await run.rested();
  expect(over).toMatchObject({ state: 'ended', end: 'exhausted' });
  expect(progress).toMatchObject({ attemptsDone: 8, passed: 8, failed: 0, unknown: 0, errors: [] });
  expect(progress.retries).toBeGreaterThan(0);
  expect(progress.spend).toMatchObject({ usdReserved: 0, usdUnknown: 0 });
  // 17 judgements as above, and 8 pictures of 1000 tokens in and 1000 out.
  expect(progress.spend.usdSettled).toBeCloseTo(17 * 0.0055 + 8 * 0.055, 8);
  const edit = JSON.parse(
    batches
      .requests()
      .find((text) => text.startsWith('/v1/images/edits'))!
      .slice('/v1/images/edits '.length),
  );
  expect(edit).toMatchObject({ model: 'a-painter', prompt: expect.any(String), output_format: 'png' });
  expect(edit.images).toEqual([{ image_url: expect.stringMatching(/^data:image\/png;base64,/) }]);
});

it('says beforehand when a recipe cannot fill its batches, or would book them at the full price', async () => {
  batches.release();
  const run = await mine(recipe().replace('maxItems: 8', 'maxItems: 500').replace(', batchFactor: 0.5', ''));
  expect(run.notes.join('\n')).toMatch(/sold: .*8 attempts .*concurrency[\s\S]*sold: .*batchFactor/);
  await run.rested();
});

it('mines with everything on Gemini in batches at half price', async () => {
  const gemini = await fakeGemini({ words });
  cleanUps.push(gemini.close);
  const endpoint = `{ id: sold, transport: gemini, baseUrl: "${gemini.url}", key: env:NHR_TEST_KEY, ${BATCH}, ${PRICES} }`;
  const yaml = recipe('endpoint: sold, model: g-image').replace(/\{ id: sold, .*\}/, endpoint);
  const { progress, run } = await (await mine(yaml)).rested();
  expect(run).toMatchObject({ state: 'ended', end: 'exhausted', error: null });
  expect(progress).toMatchObject({ attemptsDone: 8, passed: 8, failed: 0, unknown: 0, retries: 0 });
  // Words: 20 or 536 tokens in and 10 out; pictures: 278 in, 1123 out; all at half price.
  const inputs = 20 + 16 * 536 + 8 * 278;
  const outputs = 17 * 10 + 8 * 1123;
  expect(progress.spend.usdSettled).toBeCloseTo((inputs * 10e-6 + outputs * 100e-6) / 2, 8);
});

// The fake is right where the official SDK understands it.
it('the fake answers the official SDK', async () => {
  batches.release();
  const client = new OpenAI({ apiKey: 'k', baseURL: `${batches.url}/v1`, maxRetries: 0 });
  const body = { model: 'm', messages: [{ role: 'user', content: [{ type: 'text', text: 'Give two scores' }] }] };
  const line = JSON.stringify({ custom_id: 'a', method: 'POST', url: '/v1/chat/completions', body });
  const file = await client.files.create({ purpose: 'batch', file: await toFile(Buffer.from(`${line}\n`), 'in.jsonl') });
  const made = await client.batches.create({ input_file_id: file.id, endpoint: '/v1/chat/completions', completion_window: '24h' });
  await client.batches.retrieve(made.id);
  const done = await client.batches.retrieve(made.id);
  const text = await (await client.files.content(done.output_file_id!)).text();
  expect(JSON.parse(text)).toMatchObject({
    custom_id: 'a',
    response: { status_code: 200, body: { choices: [{ finish_reason: 'stop' }] } },
  });
  expect((await client.batches.list()).data.map(({ id }) => id)).toEqual([made.id]);
});
