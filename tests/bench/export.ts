import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import sharp from 'sharp';
import { build } from 'vite';
import type { BenchLine } from './bench.ts';
import { type BenchRow, picturePath, type TaskResult } from './exportTasks.ts';

/** NHR_BENCH_TRIPLETS and NHR_BENCH_DIR change size and place. */
const TRIPLETS = Number(process.env.NHR_BENCH_TRIPLETS ?? 10_000);
const ROUNDS = 3;
const PICTURE_BYTES = 187_000;
const PICTURE_SPREAD = 26_000;
const TASK_TIMEOUT_MS = 300_000;
const MEMORY_LIMIT_MB = 200;
const ROOM = 2.3;
const MEMORY = '/dev/shm';
const IN_MEMORY = ['tar program', 'cp program', 'tar', 'parquet', 'library', 'tree', 'import', 'exportTar', 'exportParquet'];
const ON_DISK = ['tar program on disk', 'tree on disk', 'links on disk', 'exportTree on disk', 'workspace on disk'];
const TASKS = join(import.meta.dirname, '../../out/bench/exportTasks.js');

type Measured = Record<string, TaskResult[]>;

/**
 * Tar, Parquet, hard-linked tree and import against `tar`, `cp` and the library, each in a fresh process, in interleaved rounds.
 *
 * Like for like: every task reads the same tree from the page cache; what they write goes to memory, where a sync (ours; the programs make
 * none) costs nothing. Timed is what writes (shards, the Parquet file, or links, names and metadata.jsonl), as the limits were measured
 * (performance.md section 4); an import is timed whole: reading, examining, hashing, syncing, rows. Hard links write no pictures, so the
 * tree is measured on the disk as well, against a `tar` that leaves its bytes in the page cache. Whole exports stand beside their writers
 * for the record, with the plan, provenance, table, card, checksums and publishing; the read-back afterwards is a job of its own. Our tasks
 * run as the app does, bundled and with its flags.
 */
export async function run(): Promise<BenchLine[]> {
  const { parent, triplets } = place();
  const dir = mkdtempSync(join(parent, 'nhr-bench-export-'));
  const disk = parent === MEMORY && hasRoom(tmpdir(), triplets) ? mkdtempSync(join(tmpdir(), 'nhr-bench-export-')) : undefined;
  try {
    await bundleTasks();
    await makeInput(dir, triplets);
    if (disk !== undefined) {
      runCommand('cp', ['-r', `${dir}/.`, disk]);
      runCommand('sync', []);
    }
    const measured: Measured = {};
    for (let round = 0; round < ROUNDS; round += 1)
      for (const name of [...IN_MEMORY, ...(disk ? ON_DISK : [])]) {
        const at = name.endsWith(' on disk') ? disk! : dir;
        measured[name] ??= [];
        measured[name].push(name.includes('program') ? runProgram(name, at) : runTask(name.split(' ')[0]!, at));
      }
    return linesOf(measured, triplets, parent);
  } finally {
    rmSync(dir, { recursive: true, force: true });
    if (disk !== undefined) rmSync(disk, { recursive: true, force: true });
  }
}

/** The tasks as one file, without types to strip and with nothing loaded that they do not use, as the app's own engine is. */
async function bundleTasks(): Promise<void> {
  await build({
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    build: {
      ssr: join(import.meta.dirname, 'exportTasks.ts'),
      target: 'node24',
      outDir: dirname(TASKS),
      minify: false,
      rolldownOptions: { output: { format: 'es', entryFileNames: basename(TASKS) } },
    },
    ssr: { noExternal: true, external: ['better-sqlite3', 'sharp'] },
  });
}

/** Memory where there is room, so that the disk is not what is measured; fewer triplets, and said so, where there is none. */
function place(): { parent: string; triplets: number } {
  const asked = process.env.NHR_BENCH_DIR;
  const parent = asked ?? (hasRoom(MEMORY, TRIPLETS) ? MEMORY : tmpdir());
  const triplets = Math.min(TRIPLETS, Math.floor(free(parent) / needed(1)));
  if (triplets < TRIPLETS) console.log(`  ${parent} has room for ${triplets} of ${TRIPLETS} triplets`);
  return { parent, triplets };
}

/** Bytes of input, one output at a time, and some air. */
function needed(triplets: number): number {
  return triplets * 2 * (PICTURE_BYTES + PICTURE_SPREAD / 2) * ROOM;
}

function free(path: string): number {
  if (!existsSync(path)) return 0;
  const { bavail, bsize } = statfsSync(path);
  return path === MEMORY ? Math.min(bavail * bsize, freemem() * 0.8) : bavail * bsize;
}

function hasRoom(path: string, triplets: number): boolean {
  return free(path) > needed(triplets);
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
    if (i < 100) mkdirSync(join(dir, 'in', dirname(picturePath(2 * i))), { recursive: true });
    const bytes: number[] = [];
    const [source, edited] = [0, 1].map((k) => {
      const path = picturePath(2 * i + k);
      const body = randomBytes(PICTURE_BYTES - PICTURE_SPREAD / 2 + ((i * 7919 + k * 31) % PICTURE_SPREAD));
      // 0xff begins a marker; without it the bytes read as one scan.
      for (let at = body.indexOf(0xff); at >= 0; at = body.indexOf(0xff, at + 1)) body[at] = 0xfe;
      const picture = Buffer.concat([head, body, end]);
      writeFileSync(join(dir, 'in', path), picture);
      bytes.push(picture.length);
      return path;
    }) as [string, string];
    const row: BenchRow = {
      id: String(i).padStart(8, '0'),
      source,
      edited,
      bytes: bytes as [number, number],
      instruction: `Make the thing number ${i} green`,
    };
    lines += `${JSON.stringify(row)}\n`;
    const columns = { sample_id: row.id, source_file_name: source, edited_file_name: edited, edit_instruction: row.instruction };
    metadata += `${JSON.stringify(columns)}\n`;
  }
  writeFileSync(join(dir, 'rows.jsonl'), lines);
  writeFileSync(join(dir, 'in/metadata.jsonl'), metadata);
  writeFileSync(join(dir, 'count'), String(triplets));
}

function runProgram(name: string, dir: string): TaskResult {
  const out = join(dir, 'out');
  mkdirSync(out);
  const [command, args]: [string, string[]] = name.startsWith('cp')
    ? ['cp', ['-r', join(dir, 'in'), out]]
    : ['tar', ['cf', join(out, 'all.tar'), '-C', dir, 'in']];
  const started = performance.now();
  runCommand(command, args);
  const ms = performance.now() - started;
  rmSync(out, { recursive: true, force: true });
  return { ms, peakMb: 0 };
}

function runCommand(command: string, args: string[]): void {
  const child = spawnSync(command, args, { timeout: TASK_TIMEOUT_MS, encoding: 'utf8' });
  if (child.status !== 0) throw new Error(`${command} failed: ${child.stderr}`);
}

function runTask(name: string, dir: string): TaskResult {
  const out = join(dir, 'out');
  const child = spawnSync(process.execPath, [...process.execArgv, TASKS, name, dir, out], {
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
  const record = (label: string, value: number): BenchLine => ({ name: label, value, unit: 'x', limit: 'for the record', ok: true });
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
    record('  the whole export as WebDataset', speed('exportTar', 'tar program')),
    least('Parquet with pictures, to our tar shards', speed('parquet', 'tar'), 0.9),
    least('Parquet with pictures, to hyparquet-writer', speed('parquet', 'library'), 3),
    record('  the whole export as Hugging Face Parquet, to the tar program', speed('exportParquet', 'tar program')),
    least('tree by hard link, to the tar program', speed('tree', 'tar program'), 10),
    ...(measured['tree on disk']
      ? [
          least('tree by hard link, to the tar program, on disk', speed('tree on disk', 'tar program on disk'), 10),
          record('  its links alone, without names and rows', speed('links on disk', 'tar program on disk')),
          record('  the whole export', speed('exportTree on disk', 'tar program on disk')),
          record('  the whole export out of a workspace, rows from its database', speed('workspace on disk', 'tar program on disk')),
        ]
      : []),
    least('import of a folder, to cp -r', speed('import', 'cp program'), 0.5),
    memory('tar shards', 'tar'),
    memory('Parquet', 'parquet'),
    memory('tree', 'tree'),
    ...(measured['exportTree on disk'] ? [memory('  the whole export', 'exportTree on disk')] : []),
    memory('import', 'import'),
    { name: 'hyparquet-writer: peak memory', value: peak('library'), unit: 'MB', limit: 'for the record', ok: true },
  ];
}
