import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, describe, expect, it } from 'vitest';
import { createPixels } from '../../../src/main/engine/pixels/index.ts';
import { createPixelPool, type PixelPool, type RunOptions } from '../../../src/main/engine/pixels/pool.ts';
import { AppError, ProviderError } from '../../../src/shared/model/errors.ts';

const STARTED = 0;
const GO = 1;
const opened: PixelPool[] = [];

function open(workers: number, inFlightPerWorker = 1, module = new URL('./poolWorker.ts', import.meta.url)) {
  const pool = createPixelPool({ workers, inFlightPerWorker, module });
  opened.push(pool);
  const run = pool.run as unknown as (name: string, input?: unknown, options?: RunOptions) => Promise<unknown>;
  return { run, close: pool.close };
}

const shared = () => new Int32Array(new SharedArrayBuffer(4096));

async function started(cells: Int32Array<SharedArrayBuffer>, count: number): Promise<void> {
  for (let seen = Atomics.load(cells, STARTED); seen < count; seen = Atomics.load(cells, STARTED))
    await Atomics.waitAsync(cells, STARTED, seen).value;
}

function letGo(cells: Int32Array<SharedArrayBuffer>): void {
  Atomics.store(cells, GO, 1);
  Atomics.notify(cells, GO);
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((pool) => pool.close()));
});

describe("the engine's own worker", () => {
  it('starts from source and does every picture task through the pool (catches a worker that does not load)', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'nhr-pool-'));
    const pool = createPixelPool({ workers: 1, inFlightPerWorker: 2 });
    opened.push(pool);
    const pixels = createPixels(pool);
    try {
      const bytes = new Uint8Array(
        await sharp({ create: { width: 70, height: 50, channels: 3, background: '#246' } })
          .png()
          .toBuffer(),
      );
      const file = join(dir, 'a.png');
      writeFileSync(file, bytes);
      expect(await pixels.inspect(bytes)).toEqual({ width: 70, height: 50, format: 'png', lossy: false });
      const canonical = await pixels.canonicalise(bytes, { maxLongSide: 64, minShortSide: 16, multipleOf: 16 });
      expect(canonical).toMatchObject({ width: 64, height: 32, changed: true });
      expect(await pixels.resample(bytes, 35, 25)).toMatchObject({ width: 35, height: 25 });
      expect(await pixels.decode(file)).toEqual({ width: 70, height: 50 });
      const rule = { threshold: 40, maskRule: 'any' as const };
      expect(await pixels.lowLevel(file, file, rule)).toEqual({ width: 70, height: 50, flagged: 0, largest: 0, components: 0 });
      expect((await pixels.thumbnail(file, 32)).length).toBeGreaterThan(30);
      await expect(pixels.inspect(new Uint8Array(3))).rejects.toMatchObject({ code: 'inputInvalid' });
      expect(bytes.length).toBeGreaterThan(0);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});

describe('a pool of workers', () => {
  it('runs tasks in threads of its own, as many at once as asked', async () => {
    const { run } = open(2, 2);
    const cells = shared();
    const gates = [1, 2, 3, 4].map(() => run('gate', { cells }));
    await started(cells, 4);
    letGo(cells);
    const threads = await Promise.all(gates);
    expect(new Set(threads).size).toBe(2);
    expect(threads).not.toContain(0);
  });

  it('never gives a worker more than its share (catches an unbounded fan-out)', async () => {
    const { run } = open(1, 2);
    const cells = shared();
    const gates = [1, 2, 3, 4, 5].map(() => run('gate', { cells }));
    await started(cells, 2);
    expect(await Promise.race([gates[2], Promise.resolve('waiting')])).toBe('waiting');
    expect(Atomics.load(cells, STARTED)).toBe(2);
    letGo(cells);
    await Promise.all(gates);
  });

  it('leaves the caller its bytes and sends no more than they are (catches detached and over-long buffers)', async () => {
    const { run } = open(1);
    const large = new Uint8Array(100_000).fill(7);
    const part = large.subarray(10, 20);
    expect(await run('size', { bytes: part })).toEqual([10, 10]);
    expect(large.byteLength).toBe(100_000);
    const back = (await run('echo', { list: [{ bytes: part }], text: 'x' })) as { list: { bytes: Uint8Array }[] };
    expect(back.list[0]!.bytes).toEqual(new Uint8Array(10).fill(7));
  });

  it('keeps class, code and details of our errors; anything else becomes internal', async () => {
    const { run } = open(1);
    const app = await run('appError').catch((error: unknown) => error);
    expect(app).toBeInstanceOf(AppError);
    expect(app).toMatchObject({ code: 'inputInvalid', message: 'wrong picture', details: { file: 'a.png', hint: 'another' } });
    const provider = await run('providerError').catch((error: unknown) => error);
    expect(provider).toBeInstanceOf(ProviderError);
    expect(provider).toMatchObject({ code: 'refused', message: 'not on photos' });
    await expect(run('plainError')).rejects.toMatchObject({ code: 'internal', message: 'a bug' });
    await expect(run('toString')).rejects.toMatchObject({ code: 'internal' });
    await expect(run('unsendable')).rejects.toMatchObject({ code: 'internal' });
    await expect(run('echo', { f: () => 1 })).rejects.toMatchObject({ code: 'internal' });
    expect(await run('echo', 1)).toBe(1);
  });

  it('takes an aborted task out of the queue, and lets go of one that runs, with the reason of the caller', async () => {
    const { run } = open(1);
    const cells = shared();
    const order = shared();
    const running = new AbortController();
    const waiting = new AbortController();
    const first = run('gate', { cells }, { signal: running.signal });
    const second = run('note', { order, mark: 1 }, { signal: waiting.signal });
    const third = run('note', { order, mark: 2 });
    await started(cells, 1);
    waiting.abort(new Error('not needed'));
    await expect(second).rejects.toThrow('not needed');
    running.abort(new Error('stopped'));
    await expect(first).rejects.toThrow('stopped');
    letGo(cells);
    await third;
    expect([...order.subarray(0, 2)]).toEqual([1, 2]);
    await expect(run('echo', 1, { signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before');
  });

  it('does low tasks after normal ones, yet lets one through in nine (catches starved thumbnails)', async () => {
    const { run } = open(1);
    const cells = shared();
    const order = shared();
    const gate = run('gate', { cells });
    await started(cells, 1);
    const all = [run('note', { order, mark: 100 }, { priority: 'low' }), run('note', { order, mark: 101 }, { priority: 'low' })];
    for (let mark = 1; mark <= 20; mark++) all.push(run('note', { order, mark }));
    letGo(cells);
    await Promise.all([gate, ...all]);
    const places = [...order.subarray(1, 23)];
    expect(places.filter((mark) => mark < 100)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(places.indexOf(100)).toBe(7);
    expect(places.indexOf(101)).toBe(16);
  });

  it('sends the same key to the same worker while it is free', async () => {
    const { run } = open(3, 1);
    const cells = shared();
    const warm = [1, 2, 3].map(() => run('gate', { cells }));
    await started(cells, 3);
    letGo(cells);
    await Promise.all(warm);
    const home = await run('where', {}, { key: 'a' });
    for (let i = 0; i < 5; i++) {
      await run('where', {}, { key: `other${i}` });
      expect(await run('where', {}, { key: 'a' })).toBe(home);
    }
  });

  it.each(['exit', 'throwLater'])('fails the tasks of a worker that dies by %s, and goes on with another', async (way) => {
    const { run } = open(1, 2);
    const cells = shared();
    const beside = run('gate', { cells });
    const besideFails = expect(beside).rejects.toMatchObject({ code: 'internal', message: expect.stringContaining('gate') });
    await started(cells, 1);
    await expect(run(way)).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringMatching(/stopped during .*: (exit code 3|uncaught)/),
    });
    await besideFails;
    expect(await run('echo', 'again')).toBe('again');
  });

  it('outlives many deaths in a row as long as workers start', async () => {
    const { run } = open(1);
    for (let i = 0; i < 6; i++) await expect(run('exit')).rejects.toMatchObject({ code: 'internal' });
    expect(await run('echo', 1)).toBe(1);
  });

  it('gives up when workers do not start, and says why (catches an endless restart)', async () => {
    const { run } = open(1, 1, new URL('./brokenWorker.ts', import.meta.url));
    const failed = { code: 'internal', message: expect.stringContaining('no such library') };
    await Promise.all([expect(run('echo', 1)).rejects.toMatchObject(failed), expect(run('echo', 2)).rejects.toMatchObject(failed)]);
    await expect(run('echo', 3)).rejects.toMatchObject(failed);
  });

  it('closes: the running task is waited for, the queued one refused, a later one too', async () => {
    const { run, close } = open(1);
    const cells = shared();
    const running = run('gate', { cells });
    const queued = expect(run('echo', 1)).rejects.toMatchObject({ code: 'engineDown' });
    await started(cells, 1);
    const closed = close();
    letGo(cells);
    expect(await running).toBeGreaterThan(0);
    await queued;
    await closed;
    await expect(run('echo', 1)).rejects.toMatchObject({ code: 'engineDown' });
  });

  it('closes within its limit although a task never ends', async () => {
    const { run, close } = open(1);
    await run('echo', 1);
    const endless = expect(run('spin')).rejects.toMatchObject({ code: 'engineDown' });
    const begun = performance.now();
    await close();
    expect(performance.now() - begun).toBeLessThan(3000);
    await endless;
  });

  it('lets a process end that forgot to close it, with its work done', { timeout: 20_000 }, async () => {
    const pool = new URL('../../../src/main/engine/pixels/pool.ts', import.meta.url);
    const worker = new URL('./poolWorker.ts', import.meta.url);
    const script = `import { createPixelPool } from '${pool}';
      const pool = createPixelPool({ workers: 2, inFlightPerWorker: 1, module: new URL('${worker}') });
      console.log(await pool.run('echo', 'done'));`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'], timeout: 15_000 });
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
    });
    const [code] = await once(child, 'close');
    expect({ code, text }).toEqual({ code: 0, text: 'done\n' });
  });
});
