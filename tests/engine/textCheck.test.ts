import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEngine, type Engine } from '../../src/main/engine/index.ts';
import { childrenOf } from '../helpers/host.ts';
import { buildSprites } from '../unit/demo/studio.ts';

const dir = mkdtempSync(join(tmpdir(), 'nhr-text-check-'));
const before = process.env.NHR_SCORERS;
let engine: Engine;

beforeAll(async () => {
  buildSprites();
  process.env.NHR_SCORERS = join(dir, 'scorers');
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  engine = await createEngine({ workspaceDir: join(dir, 'workspace'), create: true, resumeInterrupted: false, log });
});
afterAll(async () => {
  await engine.close();
  if (before === undefined) delete process.env.NHR_SCORERS;
  else process.env.NHR_SCORERS = before;
  rmSync(dir, { recursive: true, force: true });
});

const YAML = `
version: 1
name: Signs
seed: 5
scenes: { from: constraints, scenes: 6, editsPerScene: 4, operations: [Change text, Remove object], composite: false }
seedsPerScene: 1
attemptsPerInstruction: 3
sizes: [832x640]
plausibilityGate: false
stages: [edit, textCheck]
growth: []
budget: { attempts: 36 }
concurrency: 4
endpoints: [{ id: demo, transport: demo }]
roles:
  promptEngineer: { endpoint: demo, model: demo }
  textToImage: { endpoint: demo, model: demo }
  imageEditor: { endpoint: demo, model: demo }
`;

// Catches: a stage that passes everything, one that fails where there is no text, numbers that do not reach the attempt.
test('a run reads the signs it asked for: text edits carry ocrMatch and are judged by it, other edits pass and say why', async () => {
  const run = await engine.client.runs.start({ yaml: `${YAML}gates: { lowLevel: { threshold: 35, maskRule: grayOfDifference } }\n` });
  // For screens, which draw the same mask.
  expect(run.mask).toEqual({ threshold: 35, maskRule: 'grayOfDifference' });
  for (;;) {
    const { state, error } = (await engine.client.runs.list()).find(({ id }) => id === run.id)!;
    expect(error).toBeNull();
    if (state === 'ended') break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const { items } = await engine.client.runs.attempts({ runId: run.id, limit: 100 });
  const done = items.filter(({ editedHash }) => editedHash !== null);
  const texts = done.filter(({ instruction }) => instruction.includes('sign'));
  const others = done.filter(({ instruction }) => !instruction.includes('sign'));
  expect(texts.length).toBeGreaterThan(4);
  expect(others.length).toBeGreaterThan(4);
  expect(others.every(({ state }) => state === 'passed')).toBe(true);
  for (const { state, reason } of texts) expect(state === 'passed' ? reason : reason.slice(0, 7)).toMatch(/^($|textMis|textWro|oldText)/);

  const { items: triplets } = await engine.client.triplets.page({ filter: {}, sort: 'newest', limit: 100 });
  const verdicts = await Promise.all(
    triplets.map(async ({ id, instruction }) => {
      const detail = await engine.client.triplets.get({ id });
      return { instruction, verdict: detail.verdicts.find(({ stage }) => stage === 'textCheck')! };
    }),
  );
  const signs = verdicts.filter(({ instruction }) => instruction.includes('sign'));
  expect(signs.length).toBeGreaterThan(0);
  for (const { instruction, verdict } of signs) {
    expect(verdict.signals!.ocrMatch).toBeGreaterThanOrEqual(0.9);
    expect(JSON.parse(verdict.raw).edited.map((line: { text: string }) => line.text)).toContain(/to "(.+?)"/.exec(instruction)![1]);
  }
  for (const { instruction, verdict } of verdicts)
    if (!instruction.includes('sign')) expect(verdict).toMatchObject({ signals: null, checks: [{ outcome: 'skipped', why: 'noText' }] });
  const process = await engine.client.scorers.process();
  expect(process.done).toBeGreaterThan(texts.length);
  expect(process.crashes).toBe(0);
});

// Catches: a run that stops, or loses attempts, because the process that reads the letters was killed under it.
test('a scorer process that is killed under a run is started again: every attempt is done, none failed', async () => {
  const yaml = YAML.replace('seed: 5', 'seed: 6');
  const before = (await engine.client.scorers.process()).crashes;
  const run = await engine.client.runs.start({ yaml });
  let killed = 0;
  for (;;) {
    const { waiting } = await engine.client.scorers.process();
    const pid = waiting > 0 && killed < 1 ? childrenOf(process.pid, 'scorers/process.ts') : undefined;
    if (pid !== undefined) {
      process.kill(pid, 'SIGKILL');
      killed++;
    }
    const { state } = (await engine.client.runs.list()).find(({ id }) => id === run.id)!;
    if (state === 'ended') break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { items } = await engine.client.runs.attempts({ runId: run.id, limit: 100 });
  expect(items).toHaveLength(36);
  expect(items.filter(({ state }) => state !== 'passed' && state !== 'rejected')).toEqual([]);
  expect(killed).toBe(1);
  const { crashes, retried } = await engine.client.scorers.process();
  expect(crashes - before).toBe(1);
  expect(retried).toBeGreaterThan(0);
});

// Catches: edits that are paid for before it turns out that no model is here to judge them; a stage that measures nothing.
test('a recipe with the stage learned does not start without its models, and says which', async () => {
  const yaml = YAML.replace('[edit, textCheck]', '[edit, learned]');
  const nothing = await engine.client.runs.check({ yaml });
  expect(nothing.issues.map(({ path }) => path)).toEqual(['gates.learned']);
  const limited = `${yaml}gates: { learned: { dinoOutside: { min: 0.8 }, nsfwScore: {} } }\n`;
  const { issues, plan } = await engine.client.runs.check({ yaml: limited });
  expect(plan).toBeNull();
  expect(issues[0]).toMatchObject({ path: 'gates.learned', message: expect.stringContaining('no model for dinoOutside, nsfwScore') });
  await expect(engine.client.runs.start({ yaml: limited })).rejects.toThrow(/cannot run here: no model for dinoOutside/);
});
