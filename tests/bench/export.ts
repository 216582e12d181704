import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import type { BenchLine } from './bench.ts';
import type { BenchRow, TaskResult } from './exportTasks.ts';

/** NHR_BENCH_TRIPLETS and NHR_BENCH_DIR change size and place. */
const TRIPLETS = Number(process.env.NHR_BENCH_TRIPLETS ?? 10_000);
const ROUNDS = 3;
const PICTURE_BYTES = 187_000;
const PICTURE_SPREAD = 26_000;
const TASK_TIMEOUT_MS = 300_000;
const MEMORY_LIMIT_MB = 200;
/** Input, one output at a time, and some air. */
const ROOM = 2.3;

type Measured = Record<string, TaskResult[]>;

/** Tar, Parquet, hard-linked tree and import against `tar`, `cp` and the library, each in a fresh process, in interleaved rounds. */
export async function run(): Promise<BenchLine[]> {
  const { parent, triplets } = place();
  const dir = mkdtempSync(join(parent, 'nhr-bench-export-'));
  try {
    await makeInput(dir, triplets);
    const measured: Measured = {};
    for (let round = 0; round < ROUNDS; round += 1)
      for (const name of ['tar program', 'cp program', 'tar', 'parquet', 'library', 'tree', 'import']) {
        measured[name] ??= [];
        measured[name].push(name.endsWith('program') ? runProgram(name, dir) : runTask(name, dir));
      }
    return linesOf(measured, triplets, parent);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Memory where there is room, so that the disk is not what is measured; fewer triplets, and said so, where there is none. */
function place(): { parent: string; triplets: number } {
  const needed = (triplets: number) => triplets * 2 * (PICTURE_BYTES + PICTURE_SPREAD / 2) * ROOM;
  const free = (path: string) => {
    if (!existsSync(path)) return 0;
    const { bavail, bsize } = statfsSync(path);
    return path === '/dev/shm' ? Math.min(bavail * bsize, freemem() * 0.8) : bavail * bsize;
  };
  const asked = process.env.NHR_BENCH_DIR;
  const parent = asked ?? (free('/dev/shm') > needed(TRIPLETS) ? '/dev/shm' : tmpdir());
  const triplets = Math.min(TRIPLETS, Math.floor(free(parent) / needed(1)));
  if (triplets < TRIPLETS) console.log(`  ${parent} has room for ${triplets} of ${TRIPLETS} triplets`);
  return { parent, triplets };
}

/** Pictures with the head of a real JPEG and random bytes after it: they do not compress and no two are equal. */
async function makeInput(dir: string, triplets: number): Promise<void> {
  const jpeg = await sharp({ create: { width: 1024, height: 1024, channels: 3, background: '#888' } })
    .jpeg()
    .toBuffer();
  const scan = jpeg.indexOf(Buffer.from([0xff, 0xda]));
  const head = jpeg.subarray(0, scan + 2 + jpeg.readUInt16BE(scan + 2));
  const end = Buffer.from([0xff, 0xd9]);
  let lines = '';
  let metadata = '';
  for (let i = 0; i < triplets; i += 1) {
    const folder = `images/${String(i % 100).padStart(2, '0')}`;
    if (i < 100) mkdirSync(join(dir, 'in', folder), { recursive: true });
    const [source, edited] = ['original', 'edited_1'].map((side, k) => {
      const path = `${folder}/image_${String(i).padStart(7, '0')}_${side}.jpg`;
      const body = randomBytes(PICTURE_BYTES - PICTURE_SPREAD / 2 + ((i * 7919 + k * 31) % PICTURE_SPREAD));
      // 0xff begins a marker; without it the bytes read as one scan.
      for (let at = body.indexOf(0xff); at >= 0; at = body.indexOf(0xff, at + 1)) body[at] = 0xfe;
      writeFileSync(join(dir, 'in', path), Buffer.concat([head, body, end]));
      return path;
    }) as [string, string];
    const row: BenchRow = { id: String(i).padStart(8, '0'), source, edited, instruction: `Make the thing number ${i} green` };
    lines += `${JSON.stringify(row)}\n`;
    const columns = { sample_id: row.id, source_file_name: source, edited_file_name: edited, edit_instruction: row.instruction };
    metadata += `${JSON.stringify(columns)}\n`;
  }
  writeFileSync(join(dir, 'rows.jsonl'), lines);
  writeFileSync(join(dir, 'in/metadata.jsonl'), metadata);
}

function runProgram(name: string, dir: string): TaskResult {
  const out = join(dir, 'out');
  mkdirSync(out);
  const [command, args]: [string, string[]] =
    name === 'cp program' ? ['cp', ['-r', join(dir, 'in'), out]] : ['tar', ['cf', join(out, 'all.tar'), '-C', dir, 'in']];
  const started = performance.now();
  const child = spawnSync(command, args, { timeout: TASK_TIMEOUT_MS, encoding: 'utf8' });
  const ms = performance.now() - started;
  rmSync(out, { recursive: true, force: true });
  if (child.status !== 0) throw new Error(`${command} failed: ${child.stderr}`);
  return { ms, peakMb: 0 };
}

function runTask(name: string, dir: string): TaskResult {
  const out = join(dir, 'out');
  const child = spawnSync(process.execPath, [join(import.meta.dirname, 'exportTasks.ts'), name, dir, out], {
    timeout: TASK_TIMEOUT_MS,
    encoding: 'utf8',
  });
  rmSync(out, { recursive: true, force: true });
  if (child.status !== 0) throw new Error(`${name} failed: ${child.stderr}`);
  const result = JSON.parse(readFileSync(join(dir, 'result.json'), 'utf8')) as TaskResult;
  rmSync(join(dir, 'result.json'));
  return result;
}

function linesOf(measured: Measured, triplets: number, parent: string): BenchLine[] {
  const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
  /** How many times as fast, by the turns of one round, then the middle one. */
  const speed = (name: string, peer: string) => median(measured[name]!.map((one, round) => measured[peer]![round]!.ms / one.ms));
  const least = (label: string, value: number, limit: number): BenchLine => ({
    name: label,
    value,
    unit: 'x',
    limit: `>= ${limit}`,
    ok: value >= limit,
  });
  const peak = (name: string) => Math.max(...measured[name]!.map((one) => one.peakMb));
  const memory = (label: string, name: string): BenchLine => ({
    name: `${label}: peak memory`,
    value: peak(name),
    unit: 'MB',
    limit: `< ${MEMORY_LIMIT_MB} MB`,
    ok: peak(name) < MEMORY_LIMIT_MB,
  });
  const gigabytes = (triplets * 2 * PICTURE_BYTES) / 1e9;
  const rate = gigabytes / (median(measured['tar program']!.map((one) => one.ms)) / 1000);
  return [
    { name: `tar program, ${triplets} triplets in ${parent}`, value: rate, unit: 'GB/s', limit: 'for the record', ok: true },
    least('tar shards with SHA-256, to the tar program', speed('tar', 'tar program'), 0.6),
    least('Parquet with pictures, to our tar shards', speed('parquet', 'tar'), 0.9),
    least('Parquet with pictures, to hyparquet-writer', speed('parquet', 'library'), 3),
    least('tree by hard link, to the tar program', speed('tree', 'tar program'), 10),
    least('import of a folder, to cp -r', speed('import', 'cp program'), 0.5),
    memory('tar shards', 'tar'),
    memory('Parquet', 'parquet'),
    memory('tree', 'tree'),
    memory('import', 'import'),
    { name: 'hyparquet-writer: peak memory', value: peak('library'), unit: 'MB', limit: 'for the record', ok: true },
  ];
}
