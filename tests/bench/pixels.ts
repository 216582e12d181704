import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { appRoot } from '../../src/main/engine/appRoot.ts';
import { createComponentCounter, differenceMask } from '../../src/main/engine/domain/components.ts';
import { createPixels } from '../../src/main/engine/pixels/index.ts';
import { openFile } from '../../src/main/engine/pixels/lowLevel.ts';
import { DEFAULT_MAX_PIXELS, toRaster } from '../../src/main/engine/pixels/open.ts';
import { createPixelPool } from '../../src/main/engine/pixels/pool.ts';
import type { BenchLine } from './bench.ts';

const REAL = resolve(appRoot(), '../shared/data/nhr-pairs');
const ROUNDS = 15;
const POOL_TASKS = 120;
const RULE = { threshold: 40, maskRule: 'any' as const };

interface Pair {
  source: string;
  edited: string;
}

/** The low-level check, its parts, and the pool, on real pairs of about 1 MP where there are any, else on generated ones. */
export async function run(): Promise<BenchLine[]> {
  const dir = mkdtempSync(join(tmpdir(), 'nhr-bench-pixels-'));
  try {
    const real = realPairs();
    const pairs = real.length > 0 ? real : await generatedPairs(dir);
    const kind = `${pairs.length} ${real.length > 0 ? 'real' : 'generated'} JPEG pairs`;
    return [...(await checkAgainstDecode(pairs, kind)), ...(await poolLines(pairs, dir))];
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function realPairs(): Pair[] {
  const list = join(REAL, 'pairs.jsonl');
  if (!existsSync(list)) return [];
  const rows = readFileSync(list, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Pair);
  return rows.map(({ source, edited }) => ({ source: join(REAL, source), edited: join(REAL, edited) }));
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
      const decode = async (file: string) => toRaster((await openFile(file, DEFAULT_MAX_PIXELS)).rgb(), file);
      const a = await decode(pair.source);
      const b = await decode(pair.edited);
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

/** Whole checks a second through the pool: by workers, and by how often a source comes back. */
async function poolLines(pairs: Pair[], dir: string): Promise<BenchLine[]> {
  const cores = availableParallelism();
  // Every task a source of its own, so that nothing is in a cache: the path makes the key, so links would do for files.
  const own = await Promise.all(
    Array.from({ length: POOL_TASKS }, async (_, i) => {
      const { source, edited } = pairs[i % pairs.length]!;
      const copy = join(dir, `own${i}.jpg`);
      writeFileSync(copy, readFileSync(source));
      return { source: copy, edited };
    }),
  );
  const single = await checksPerSecond(own, 1);
  const all = await checksPerSecond(own, cores);
  const again = await checksPerSecond(
    own.map((_, i) => pairs[Math.floor((i * pairs.length) / POOL_TASKS)]!),
    1,
  );
  const scaling = all / single;
  const lines: BenchLine[] = [
    { name: 'checks a second, one worker, every source new', value: single, unit: '/s', limit: '', ok: true },
    { name: `checks a second, ${cores} workers, every source new`, value: all, unit: '/s', limit: '', ok: true },
    {
      name: 'one worker, sources that come back against new ones',
      value: again / single,
      unit: 'x',
      limit: '>= 1.2',
      ok: again / single >= 1.2,
    },
  ];
  // One worker with two tasks in flight decodes on more cores than one already, so this is less than the number of cores.
  if (cores > 1) lines.push({ name: `${cores} workers against one`, value: scaling, unit: 'x', limit: '>= 1', ok: scaling >= 1 });
  return lines;
}

async function checksPerSecond(tasks: Pair[], workers: number): Promise<number> {
  const pixels = createPixels(createPixelPool({ workers, inFlightPerWorker: 2 }));
  const check = ({ source, edited }: Pair) => pixels.lowLevel(source, edited, RULE);
  // Threads are started and warm before the clock runs.
  await Promise.all(
    Array.from({ length: 8 * workers }, (_, i) => check({ ...tasks[i % tasks.length]!, source: tasks[i % tasks.length]!.edited })),
  );
  const begun = performance.now();
  await Promise.all(tasks.map(check));
  const seconds = (performance.now() - begun) / 1000;
  await pixels.close();
  return tasks.length / seconds;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const { name, value, unit, limit, ok } of await run())
    console.log(`${ok ? 'ok ' : 'BAD'} ${name}: ${value.toFixed(2)} ${unit} ${limit}`);
}
