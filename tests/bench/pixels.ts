import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import sharp from 'sharp';
import { createComponentCounter, differenceMask } from '../../src/main/engine/domain/components.ts';
import { createMeasure } from '../../src/main/engine/domain/pairSignals.ts';
import type { Raster } from '../../src/main/engine/domain/raster.ts';
import { createPixels } from '../../src/main/engine/pixels/index.ts';
import { DEFAULT_MAX_PIXELS, toRaster } from '../../src/main/engine/pixels/open.ts';
import { openFile } from '../../src/main/engine/pixels/pairs.ts';
import { createPixelPool } from '../../src/main/engine/pixels/pool.ts';
import type { BenchLine } from './bench.ts';
import { kernelLines } from './kernels.ts';
import { realPairs } from './realPairs.ts';

const ROUNDS = 15;
const POOL_TASKS = 60;
const POOL_TURNS = 3;
const RULE = { threshold: 40, maskRule: 'any' as const };

interface Pair {
  source: string;
  edited: string;
}

/** The local checks, their parts against other packages, and the pool, on real pairs of about 1 MP where there are any, else on generated ones. */
export async function run(): Promise<BenchLine[]> {
  const dir = mkdtempSync(join(tmpdir(), 'nhr-bench-pixels-'));
  try {
    const real = realPairs('nhr-pairs');
    const pairs: Pair[] = real.length > 0 ? real : await generatedPairs(dir);
    const kind = `${pairs.length} ${real.length > 0 ? 'real' : 'generated'} JPEG pairs`;
    return [
      ...(await checkAgainstDecode(pairs, kind)),
      ...(await stackLines(pairs, kind)),
      ...(await poolLines(pairs, dir)),
      await lagLine(pairs),
      ...(await kernelLines(await Promise.all(pairs.map(opened)), RULE)),
    ];
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Both pictures of a pair in memory, decoded one after the other. */
async function opened({ source, edited }: Pair): Promise<{ a: Raster; b: Raster }> {
  const decode = async (file: string) => toRaster((await openFile(file, DEFAULT_MAX_PIXELS)).rgb(), file);
  return { a: await decode(source), b: await decode(edited) };
}

/** Smooth noise of several scales, and the same with a block painted over and one more JPEG generation. */
async function generatedPairs(dir: string): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (let i = 0; i < 3; i++) {
    const noise = (side: number) =>
      sharp({ create: { width: side, height: side, channels: 3, noise: { type: 'gaussian', mean: 128, sigma: 60 }, background: '#000' } })
        .resize(1024, 1024, { kernel: 'cubic' })
        .png()
        .toBuffer();
    const layers = await Promise.all([8, 64, 512].map(noise));
    const source = join(dir, `source${i}.jpg`);
    const edited = join(dir, `edited${i}.jpg`);
    const mixed = await sharp(layers[0])
      .composite([
        { input: layers[1]!, blend: 'overlay' },
        { input: layers[2]!, blend: 'soft-light' },
      ])
      .jpeg({ quality: 90 })
      .toBuffer();
    writeFileSync(source, mixed);
    const block = await sharp({ create: { width: 300, height: 260, channels: 3, background: '#d04030' } })
      .png()
      .toBuffer();
    await sharp(mixed)
      .composite([{ input: block, left: 200 + 90 * i, top: 350 }])
      .jpeg({ quality: 85 })
      .toFile(edited);
    pairs.push({ source, edited });
  }
  return pairs;
}

async function checkAgainstDecode(pairs: Pair[], kind: string): Promise<BenchLine[]> {
  const largestComponent = createComponentCounter();
  let mask = new Uint8Array(0);
  const decodeMs: number[] = [];
  const ratios: number[] = [];
  const maskMs: number[] = [];
  const runsMs: number[] = [];
  const perPixelMs: number[] = [];
  // The first round warms the compiler up and does not count.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const pair of pairs) {
      let begun = performance.now();
      const { a, b } = await opened(pair);
      const decoded = performance.now() - begun;
      const { width, height } = a;
      const megapixels = (width * height) / 1e6;
      if (mask.length < width * height) mask = new Uint8Array(width * height);

      begun = performance.now();
      differenceMask(a.data, b.data, 3, RULE.threshold, RULE.maskRule, mask);
      const masked = performance.now() - begun;
      begun = performance.now();
      const counts = largestComponent(mask, width, height);
      const counted = performance.now() - begun;
      begun = performance.now();
      const other = perPixelUnionFind(mask, width, height);
      const perPixel = performance.now() - begun;
      if (other.largest !== counts.largest || other.components !== counts.components) throw new Error('the two counts differ');
      if (round === 0) continue;
      decodeMs.push(decoded / megapixels);
      maskMs.push(masked / megapixels);
      runsMs.push(counted / megapixels);
      perPixelMs.push(perPixel / megapixels);
      ratios.push((masked + counted) / decoded);
    }
  }
  const ratio = median(ratios);
  const speed = median(runsMs) / median(perPixelMs);
  return [
    {
      name: `mask and components, as a share of the decode of their pair (${kind})`,
      value: ratio,
      unit: 'x',
      limit: '<= 0.5',
      ok: ratio <= 0.5,
    },
    { name: 'components by runs, against per-pixel union-find', value: speed, unit: 'x', limit: '<= 0.5', ok: speed <= 0.5 },
    { name: 'decode of a pair', value: median(decodeMs), unit: 'ms/MP', limit: '', ok: true },
    { name: 'mask', value: median(maskMs), unit: 'ms/MP', limit: '', ok: true },
    { name: 'components by runs', value: median(runsMs), unit: 'ms/MP', limit: '', ok: true },
    { name: 'components by per-pixel union-find', value: median(perPixelMs), unit: 'ms/MP', limit: '', ok: true },
  ];
}

/** The whole full-reference stack on one thread, against the decode of its pair one picture after the other. */
async function stackLines(pairs: Pair[], kind: string): Promise<BenchLine[]> {
  const measure = createMeasure();
  const perMegapixel: number[] = [];
  const ratios: number[] = [];
  for (let round = 0; round <= ROUNDS; round++)
    for (const pair of pairs) {
      const cpu = process.cpuUsage();
      const { a, b } = await opened(pair);
      const { user, system } = process.cpuUsage(cpu);
      const begun = performance.now();
      measure(a, b, RULE);
      const ms = performance.now() - begun;
      if (round === 0) continue;
      perMegapixel.push((1e6 * ms) / (a.width * a.height));
      ratios.push(ms / ((user + system) / 1000));
    }
  // The fastest fifth: other work on the machine only ever adds time.
  const own = perMegapixel.toSorted((x, y) => x - y)[Math.floor(perMegapixel.length / 5)]!;
  const ratio = median(ratios);
  return [
    { name: `full-reference stack on one core (${kind})`, value: own, unit: 'ms/MP', limit: '<= 45', ok: own <= 45 },
    { name: 'full-reference stack, against the decode of its pair', value: ratio, unit: 'x', limit: '<= 4', ok: ratio <= 4 },
  ];
}

/** How late the engine's own loop is while every worker scores. */
async function lagLine(pairs: Pair[]): Promise<BenchLine> {
  const pixels = createPixels(createPixelPool({ workers: availableParallelism(), inFlightPerWorker: 2 }));
  const score = ({ source, edited }: Pair) => pixels.fullReference(source, edited, RULE);
  await Promise.all(pairs.map(score));
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  await Promise.all(Array.from({ length: POOL_TASKS }, (_, i) => score(pairs[i % pairs.length]!)));
  delay.disable();
  await pixels.close();
  const lag = delay.percentile(99) / 1e6;
  return { name: "99th percentile of the loop's lag while scoring", value: lag, unit: 'ms', limit: '<= 50', ok: lag <= 50 };
}

/** The textbook way: every pixel a node, two passes over the picture. */
function perPixelUnionFind(mask: Uint8Array, width: number, height: number): { largest: number; components: number } {
  const parent = new Int32Array(width * height);
  const size = new Int32Array(width * height);
  const root = (start: number) => {
    let at = start;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]!]!;
      at = parent[at]!;
    }
    return at;
  };
  const join2 = (a: number, b: number) => {
    const [x, y] = [root(a), root(b)];
    if (x < y) parent[y] = x;
    else parent[x] = y;
  };
  for (let p = 0, y = 0; y < height; y++)
    for (let x = 0; x < width; x++, p++) {
      if (!mask[p]) continue;
      parent[p] = p;
      if (x > 0 && mask[p - 1]) join2(p, p - 1);
      if (y > 0 && mask[p - width]) join2(p, p - width);
    }
  let largest = 0;
  let components = 0;
  for (let p = 0; p < mask.length && p < width * height; p++) {
    if (!mask[p]) continue;
    const top = root(p);
    if (top === p) components++;
    if (++size[top]! > largest) largest = size[top]!;
  }
  return { largest, components };
}

/** Whole checks through the pool: one at a time, on all cores, and with sources that come back. */
async function poolLines(pairs: Pair[], dir: string): Promise<BenchLine[]> {
  const cores = availableParallelism();
  const again = Array.from({ length: POOL_TASKS }, (_, i) => pairs[Math.floor((i * pairs.length) / POOL_TASKS)]!);
  // The same pictures, but every source under a name of its own, so that none is found in a cache.
  const fresh = again.map(({ source, edited }, i) => {
    const copy = join(dir, `fresh${i}.jpg`);
    writeFileSync(copy, readFileSync(source));
    return { source: copy, edited };
  });
  const turns: { lane: number; all: number; free: number; laneCpu: number; backCpu: number }[] = [];
  // In turns, and the best of them: other work on the machine comes and goes.
  for (let turn = 0; turn < POOL_TURNS; turn++) {
    const lane = await checks(fresh, 1, 1);
    const back = await checks(again, 1, 1);
    const alone = await spin(1);
    const all = await checks(fresh, cores, 2);
    // What the machine gives right now: the same loop on one thread and on all. Shared cores give less than their number.
    const free = (cores * alone) / (await spin(cores));
    turns.push({ lane: lane.perSecond, all: all.perSecond, free, laneCpu: lane.cpuMs, backCpu: back.cpuMs });
  }
  const most = (key: 'lane' | 'all') => Math.max(...turns.map((turn) => turn[key]));
  const laneCpu = Math.min(...turns.map((turn) => turn.laneCpu));
  const saved = Math.min(...turns.map((turn) => turn.backCpu)) / laneCpu;
  // One check at a time uses two cores while it decodes its two files, so one core is what a check costs in CPU time.
  const used = Math.max(...turns.map(({ all, free }) => (all * laneCpu) / 1000 / free));
  return [
    { name: 'checks a second, one at a time', value: most('lane'), unit: '/s', limit: '', ok: true },
    { name: `checks a second, ${cores} workers`, value: most('all'), unit: '/s', limit: '', ok: true },
    { name: 'CPU of a check', value: laneCpu, unit: 'ms', limit: '', ok: true },
    { name: `${cores} workers against one core, per core that was free`, value: used, unit: 'x', limit: '>= 0.8', ok: used >= 0.8 },
    { name: 'CPU of a check when its source comes back, against a new one', value: saved, unit: 'x', limit: '<= 0.8', ok: saved <= 0.8 },
  ];
}

async function checks(tasks: Pair[], workers: number, inFlightPerWorker: number): Promise<{ perSecond: number; cpuMs: number }> {
  const pixels = createPixels(createPixelPool({ workers, inFlightPerWorker }));
  const check = ({ source, edited }: Pair) => pixels.lowLevel(source, edited, RULE);
  // Threads are started and their code is compiled before the clock runs; edits as sources leave the cache without the sources.
  await Promise.all(tasks.slice(0, 10 * workers).map(({ edited }) => check({ source: edited, edited })));
  const cpuBefore = process.cpuUsage();
  const begun = performance.now();
  await Promise.all(tasks.map(check));
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  await pixels.close();
  return { perSecond: tasks.length / seconds, cpuMs: (user + system) / 1000 / tasks.length };
}

/** Milliseconds until `threads` threads have each counted to the same number, without their start. */
async function spin(threads: number): Promise<number> {
  const code = `const { parentPort } = require('node:worker_threads');
    parentPort.once('message', () => { let x = 1; for (let i = 0; i < 4e8; i++) x = (x * 31 + i) | 0; parentPort.postMessage(x); });
    parentPort.postMessage('ready');`;
  const workers = Array.from({ length: threads }, () => new Worker(code, { eval: true }));
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  const begun = performance.now();
  await Promise.all(
    workers.map((worker) => {
      const done = once(worker, 'message');
      worker.postMessage('go');
      return done;
    }),
  );
  const ms = performance.now() - begun;
  await Promise.all(workers.map((worker) => worker.terminate()));
  return ms;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const { name, value, unit, limit, ok } of await run())
    console.log(`${ok ? 'ok ' : 'BAD'} ${name}: ${value.toFixed(2)} ${unit} ${limit}`);
}
