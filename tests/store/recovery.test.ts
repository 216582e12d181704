import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { aCall, aFolder, hashOf, open, stage } from './world.ts';

/** Runs the crashing writer and kills it once it has said `lines` lines; gives all it said. */
async function crash(dir: string, seed: number, lines: number): Promise<string[]> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'crashWriter.ts'), dir, String(seed)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 30_000,
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (said.split('\n').length > lines) child.kill('SIGKILL');
  });
  const [, signal] = (await once(child, 'close')) as [number | null, string];
  expect(signal).toBe('SIGKILL');
  return said.split('\n').slice(0, -1);
}

it('loses nothing it said was stored, whenever it is killed, and leaves nothing running', async () => {
  const dir = aFolder();
  for (const [seed, lines] of [40, 3, 400, 111, 250].entries()) {
    const said = await crash(dir, seed, lines);
    const workspace = open(dir);
    const { recovered, runs, calls } = workspace;
    expect(recovered.runs).toBe(1);
    const id = `run ${seed}`;
    expect(runs.get(id)?.state).toBe('interrupted');

    const db = new Database(join(dir, 'nhr.db'), { readonly: true });
    const states = new Map(
      db.prepare('SELECT state, COUNT(*) FROM attempt WHERE run_id = ? GROUP BY 1').raw().all(id) as [string, number][],
    );
    expect(states.get('running')).toBeUndefined();
    expect(states.get('queued') ?? 0).toBe(recovered.attempts);
    const stateOf = db.prepare('SELECT state FROM attempt WHERE id = ?').pluck();
    for (const line of said.filter((text) => text.startsWith('done ')))
      expect(['passed', 'rejected']).toContain(stateOf.get(Number(line.slice(5))));

    // A position of the draw never falls behind the claimed jobs, and never runs ahead of them.
    const jobs = db.prepare('SELECT COUNT(*), MAX(job_index) + 1 FROM attempt WHERE run_id = ?').raw().get(id) as [number, number | null];
    expect(jobs[1] ?? 0).toBe(jobs[0]);
    expect(runs.get(id)?.cursor.all ?? 0).toBeGreaterThanOrEqual(jobs[0]);

    // Nothing sent is forgotten: it is unknown, with its money, and can be found by its request.
    const counters = runs.counters(id);
    expect(counters.get('call.sent') ?? 0).toBe(0);
    expect(counters.get('call.unknown') ?? 0).toBe(recovered.calls);
    expect(counters.get('usd.unknown') ?? 0).toBeCloseTo(0.04 * recovered.calls, 6);
    expect(workspace.screens.totals().unknownCalls).toBe(db.prepare(`SELECT COUNT(*) FROM call WHERE state = 'unknown'`).pluck().get());
    const lost = db.prepare(`SELECT request_hash FROM call WHERE state = 'unknown' AND run_id = ?`).pluck().get(id) as
      | Uint8Array
      | undefined;
    if (lost) expect(await calls.open(aCall({ runId: id, requestHash: lost }))).toMatchObject({ known: { state: 'unknown' } });

    // Pictures before rows: every row has its picture.
    for (const hash of db.prepare('SELECT hash FROM image').pluck().all() as string[])
      expect(existsSync(workspace.blobs.fileOf(hash))).toBe(true);
    for (const line of said.filter((text) => text.startsWith('blob '))) expect(workspace.work.image(line.slice(5))).toBeDefined();
    db.close();
    expect(workspace.faultyCounters()).toEqual([]);
    await workspace.close();
  }
});

it('finds nothing to recover after an orderly close, and sweeps half-written pictures', async () => {
  const dir = aFolder();
  const first = open(dir);
  const { jobs } = await stage(first);
  await first.work.claim('r1', { all: 2 }, jobs.slice(0, 2));
  await first.calls.open(aCall());
  await first.close();
  mkdirSync(join(dir, 'blobs', 'tmp'), { recursive: true });
  writeFileSync(join(dir, 'blobs', 'tmp', `${hashOf('half')}-1`), 'half');

  const second = open(dir);
  expect(second.recovered).toEqual({ runs: 1, attempts: 2, calls: 1, edits: 0, temporaryBlobs: 1 });
  expect((await second.work.takeOpen('r1')).map((row) => row.jobIndex)).toEqual([0, 1]);
  await second.work.requeue('r1');
  await second.runs.transition('r1', ['interrupted'], 'paused');
  await second.close();

  expect(open(dir).recovered).toEqual({ runs: 0, attempts: 0, calls: 0, edits: 0, temporaryBlobs: 0 });
});
