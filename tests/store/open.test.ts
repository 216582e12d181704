import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MIGRATIONS } from '../../src/main/engine/store/migrate.ts';
import { aFolder, anOutcome, aRun, hashOf, open, stage } from './world.ts';

/** The code and sentence of what `work` throws. */
function failure(work: () => unknown): { code: string; message: string } {
  try {
    work();
  } catch (error) {
    return error as { code: string; message: string };
  }
  throw new Error('nothing was thrown');
}

/** Whether this process may mount; without it a truly read-only or full file system cannot be made here. */
function mounted(dir: string, options: string[]): boolean {
  mkdirSync(dir, { recursive: true });
  try {
    execFileSync('mount', [...options, dir], { stdio: 'ignore', timeout: 10_000 });
  } catch {
    return false;
  }
  onTestFinished(() => void execFileSync('umount', ['-l', dir], { timeout: 10_000 }));
  return true;
}

describe('opening a workspace', () => {
  it('says where it looked when there is none, and makes nothing', () => {
    const dir = join(aFolder(), 'absent');
    expect(failure(() => open(dir, { create: false }))).toMatchObject({ code: 'workspaceMissing', message: expect.stringContaining(dir) });
    expect(failure(() => readFileSync(dir))).toMatchObject({ code: 'ENOENT' });
  });

  it('runs with full sync, a log and foreign keys: the driver alone would sync less', async () => {
    const dir = aFolder();
    const workspace = open(dir);
    await expect(
      workspace.work.addSource('nobody', { sceneId: 1, idx: 0, seed: 1, state: 'passed', imageHash: null, reason: '', verdicts: [] }),
    ).rejects.toMatchObject({
      code: 'conflict',
    });
    await workspace.close();
    const db = new Database(join(dir, 'nhr.db'));
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
    db.close();
  });

  it('names both versions and the way out for a workspace of a newer app, and does not touch it', async () => {
    const dir = aFolder();
    await open(dir).close();
    const db = new Database(join(dir, 'nhr.db'));
    db.pragma(`user_version = ${MIGRATIONS.length + 1}`);
    db.close();
    const before = readFileSync(join(dir, 'nhr.db'));
    const found = failure(() => open(dir));
    expect(found).toMatchObject({ code: 'workspaceNewer', details: { hint: expect.stringContaining('Update') } });
    expect(found.message).toMatch(new RegExp(`\\b${MIGRATIONS.length + 1}\\b.*\\b${MIGRATIONS.length}\\b`));
    expect(readFileSync(join(dir, 'nhr.db')).equals(before)).toBe(true);
  });

  it('refuses the database of something else', () => {
    const dir = aFolder();
    const db = new Database(join(dir, 'nhr.db'));
    db.exec('CREATE TABLE song (title TEXT)');
    db.close();
    expect(failure(() => open(dir))).toMatchObject({ code: 'workspaceCorrupt' });
  });

  it('tells a folder that cannot be written, root or not', () => {
    // A place of the kernel, where not even root can make a file.
    expect(failure(() => open('/proc/self/task'))).toMatchObject({ code: 'workspaceReadOnly' });
  });

  it('tells a file system that is mounted read-only', async (ctx) => {
    const dir = join(aFolder(), 'disk');
    if (!mounted(dir, ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs'])) ctx.skip('needs the right to mount');
    const workspace = open(dir);
    await stage(workspace);
    await workspace.close();
    execFileSync('mount', ['-o', 'remount,ro', dir], { timeout: 10_000 });
    expect(failure(() => open(dir))).toMatchObject({ code: 'workspaceReadOnly', message: expect.stringContaining(dir) });
  });

  it.each([
    ['the header', 0, 64],
    ['every page behind the first', 4096, 4096 * 60],
  ])('tells a database whose damage is in %s', async (_, from, length) => {
    const dir = aFolder();
    const workspace = open(dir);
    const { jobs } = await stage(workspace);
    const [id] = await workspace.work.claim('r1', { all: 1 }, [jobs[0]!]);
    await workspace.work.finish('r1', id!, 'Addition', anOutcome());
    await workspace.close();
    const file = openSync(join(dir, 'nhr.db'), 'r+');
    writeSync(file, Buffer.alloc(length, 0xa5), 0, length, from);
    const found = failure(() => open(dir));
    expect(found).toMatchObject({ code: 'workspaceCorrupt', message: expect.stringContaining(dir) });
  });

  it('tells damage that is met later, by a read, as damage too', async () => {
    const dir = aFolder();
    const workspace = open(dir);
    await stage(workspace);
    await workspace.close();
    const db = new Database(join(dir, 'nhr.db'));
    const page = db.prepare(`SELECT rootpage FROM sqlite_schema WHERE name = 'scene'`).pluck().get() as number;
    db.close();
    const file = openSync(join(dir, 'nhr.db'), 'r+');
    writeSync(file, Buffer.alloc(4096, 0xa5), 0, 4096, (page - 1) * 4096);
    const again = open(dir);
    expect(failure(() => again.work.scenes('r1'))).toMatchObject({ code: 'workspaceCorrupt' });
  });

  it('begins a damaged thumbnail cache anew instead of refusing the workspace', async () => {
    const dir = aFolder();
    await open(dir).close();
    writeFileSync(join(dir, 'thumbs.db'), Buffer.alloc(9000, 0xa5));
    const workspace = open(dir);
    expect(workspace.thumbs.renewed).toBe(true);
    expect(workspace.thumbs.put(hashOf('a'), 256, new Uint8Array([1, 2]))).toBe(true);
    expect([...workspace.thumbs.get(hashOf('a'), 256)!]).toEqual([1, 2]);
  });
});

describe('one engine a workspace', () => {
  it('names the process and the owner that hold it, and frees it when closed', async () => {
    const dir = aFolder();
    const first = open(dir, { owner: 'window 3' });
    const found = failure(() => open(dir));
    expect(found.code).toBe('workspaceLocked');
    expect(found.message).toContain(`process ${process.pid}`);
    expect(found.message).toContain('window 3');
    await first.close();
    expect(open(dir).dir).toBe(dir);
  });

  it('is free again at once when its holder is killed, and says who held it until then', async () => {
    const dir = aFolder();
    await open(dir).close();
    const holder = spawn(process.execPath, [join(import.meta.dirname, 'holder.ts'), dir], {
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: 30_000,
    });
    onTestFinished(() => void holder.kill('SIGKILL'));
    await once(holder.stdout, 'data');
    expect(failure(() => open(dir)).message).toContain(`process ${holder.pid}`);
    const gone = once(holder, 'exit');
    holder.kill('SIGKILL');
    await gone;
    const workspace = open(dir);
    expect(workspace.recovered).toMatchObject({ runs: 1 });
  });

  it('does not mind what a killed holder left beside the lock', async () => {
    const dir = aFolder();
    await open(dir).close();
    writeFileSync(join(dir, 'lock.holder'), '{"pid":1,"owner":"a ghost"}');
    expect(open(dir).dir).toBe(dir);
  });
});

describe('a full disk', () => {
  it('refuses what cannot be stored, keeps what was, and goes on when there is room', async (ctx) => {
    const dir = join(aFolder(), 'disk');
    if (!mounted(dir, ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs'])) ctx.skip('needs the right to mount');
    const workspace = open(dir);
    await workspace.runs.create(aRun('kept'));
    const ballast = join(dir, 'ballast');
    const handle = openSync(ballast, 'w');
    expect(
      failure(() => {
        for (;;) writeSync(handle, Buffer.alloc(65536));
      }).code,
    ).toBe('ENOSPC');

    const writes = await Promise.allSettled(
      Array.from({ length: 40 }, (_, i) => workspace.runs.create(aRun(`lost ${i}`, { recipeYaml: 'x'.repeat(20_000) }))),
    );
    expect(new Set(writes.map((result) => (result.status === 'rejected' ? result.reason.code : 'stored')))).toEqual(new Set(['diskFull']));
    await expect(workspace.blobs.put(Buffer.alloc(50_000, 1), 'png')).rejects.toMatchObject({ code: 'diskFull' });
    await expect(workspace.runs.create(aRun('later', { recipeYaml: 'x'.repeat(20_000) }))).rejects.toMatchObject({ code: 'diskFull' });

    closeSync(handle);
    rmSync(ballast);
    await workspace.runs.create(aRun('after'));
    expect(
      workspace.runs
        .list()
        .map((run) => run.id)
        .sort(),
    ).toEqual(['after', 'kept']);
    expect(workspace.faultyCounters()).toEqual([]);
    const blob = await workspace.blobs.put(Buffer.alloc(5_000, 1), 'png');
    expect((await workspace.blobs.read(blob)).length).toBe(5_000);
  });
});
