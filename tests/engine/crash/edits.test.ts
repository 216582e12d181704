import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEngine } from '../../../src/main/engine/index.ts';
import { openWorkspace } from '../../../src/main/engine/store/index.ts';
import { solidPng } from '../../helpers/fakes/png.ts';
import { Answer, type FakeServer, serve } from '../../helpers/fakes/server.ts';

const VICTIM = join(import.meta.dirname, 'editVictim.ts');
const TIMEOUT_MS = 90_000;
const KILLS = 6;

let dir: string;
let server: FakeServer;
/** How often each seed was asked for: every request is charged. */
const charged = new Map<number, number>();

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'nhr-edit-crash-'));
  server = await serve(async ({ path, bytes }) => {
    if (path !== '/v1/chat/completions') return new Answer(404, {});
    const { seed } = JSON.parse(bytes.toString()) as { seed: number };
    charged.set(seed, (charged.get(seed) ?? 0) + 1);
    // Four at once come back one after the other, so that a kill finds some of them under way.
    await new Promise((resolve) => setTimeout(resolve, 50 + (seed % 4) * 250));
    const picture = solidPng(512, 512, [seed * 9, 255 - seed * 7, 80]).toString('base64');
    const content = [{ type: 'image_url', image_url: { url: `data:image/png;base64,${picture}` } }];
    return new Answer(200, {
      id: 'x',
      object: 'chat.completion',
      model: 'bagel',
      choices: [{ index: 0, message: { role: 'assistant', content } }],
    });
  });
});
afterAll(async () => {
  await server.close();
  rmSync(dir, { recursive: true, force: true });
});

/** Lets a victim work, and kills it after it has told of so many pictures more; null lets it come to its end. */
async function runVictim(pictures: number | null, told: Set<number>): Promise<number | null> {
  const child = spawn(process.execPath, [VICTIM, join(dir, 'w'), server.url], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
  let left = pictures;
  child.on('message', (message: { done?: number }) => {
    if (message.done === undefined) return;
    told.add(message.done);
    if (left !== null && --left <= 0) child.kill('SIGKILL');
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearTimeout(timer);
  return code;
}

// Catches: pictures a person has seen that are gone after a kill, a paid request that is sent again unasked, rows left open, spend that is not true.
test(`an edit session that is killed ${KILLS} times loses nothing and pays nothing twice`, { timeout: 4 * TIMEOUT_MS }, async () => {
  const told = new Set<number>();
  for (let kill = 0; kill < KILLS; kill++) {
    await runVictim(1 + (kill % 3), told);
    const workspace = openWorkspace(join(dir, 'w'), { create: false, now: Date.now, owner: 'crash test' });
    try {
      const [session] = workspace.edits.sessions(undefined, 1);
      const nodes = workspace.edits.nodes(session!.id);
      const done = new Set(nodes.filter(({ state, pictureHash }) => state === 'done' && pictureHash).map(({ seed }) => seed));
      expect([...told].filter((seed) => !done.has(seed))).toEqual([]);
      expect(nodes.filter(({ state }) => state === 'queued' || state === 'running')).toEqual([]);
      for (const { pictureHash } of nodes) if (pictureHash) expect(workspace.blobs.fileOf(pictureHash)).toContain(pictureHash);
      expect(workspace.faultyCounters()).toEqual([]);
    } finally {
      await workspace.close();
    }
  }
  expect(await runVictim(null, told)).toBe(0);

  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const engine = await createEngine({ workspaceDir: join(dir, 'w'), create: false, resumeInterrupted: false, log: quiet });
  const [session] = (await engine.client.edit.sessions({ limit: 1 })).items;
  const sessionId = session!.id;
  const unknown = (await engine.client.edit.get({ sessionId })).nodes.filter(({ state }) => state === 'unknown');
  expect(unknown.length).toBeGreaterThan(0);
  // Held until a person says so: not one of them was asked again by itself.
  expect([...charged].filter(([, times]) => times > 1)).toEqual([]);
  await engine.client.edit.again({ sessionId, nodeIds: unknown.map(({ id }) => id), askAgain: true });
  let now = await engine.client.edit.get({ sessionId });
  while (now.open > 0) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    now = await engine.client.edit.get({ sessionId });
  }
  await engine.close();
  expect(now.nodes.filter(({ state }) => state === 'done')).toHaveLength(25);
  expect([...charged.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: 24 }, (_, i) => i + 1));
  const asked = new Set(unknown.map(({ seed }) => seed));
  expect([...charged].filter(([seed, times]) => times > (asked.has(seed) ? 2 : 1))).toEqual([]);
  expect(now.spend.usdSettled).toBeCloseTo(0.24, 9);
  const db = new Database(join(dir, 'w', 'nhr.db'), { readonly: true });
  const twice = db
    .prepare(`SELECT COUNT(*) FROM (SELECT 1 FROM call WHERE state = 'settled' GROUP BY request_hash HAVING COUNT(*) > 1)`)
    .pluck()
    .get();
  db.close();
  expect(twice).toBe(0);
});
