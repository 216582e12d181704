import { fork } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ExportFormat, ExportOptionsInput } from '../../../src/shared/model/export.ts';
import { aRow } from '../../unit/transfer/world.ts';

const VICTIM_TIMEOUT_MS = 120_000;
/** A piece of a tree is 2,000 families. */
const FAMILIES = 2_800;
/** Enough for several pieces of everything else, each with three rows. */
const ROWS_OF_OTHERS = 3 * 1_500;
const TREES: readonly ExportFormat[] = ['nhr', 'manifests', 'preference', 'chains', 'ratings'];

let world: string;
beforeAll(() => {
  world = mkdtempSync(join(tmpdir(), 'nhr-export-kills-'));
  mkdirSync(join(world, 'blobs'));
  const sizes: Record<string, number> = {};
  // Nothing decodes them here: bytes under their own hash are enough.
  const picture = (index: number) => {
    const bytes = randomBytes(4_000 + (index % 7) * 3_000);
    const hash = createHash('sha256').update(bytes).digest('hex');
    writeFileSync(join(world, 'blobs', hash), bytes);
    sizes[hash] = bytes.length;
    return hash;
  };
  const families = Array.from({ length: FAMILIES }, (_, i) => [picture(i), picture(i + 1), picture(i + 2)] as const).sort();
  const rows = families.flatMap(([root, one, two], i) => [
    aRow({ sourceHash: root, editedHash: one, instruction: `edit ${i}`, prompt: two }),
    aRow({ kind: 'inverse', sourceHash: two, editedHash: root, rootHash: root, instruction: `undo ${i}`, prompt: one }),
    aRow({
      kind: 'composed',
      sourceHash: two,
      editedHash: one,
      rootHash: root,
      instruction: `undo and edit ${i}`,
      prompt: root,
      parents: [
        { sourceHash: two, editedHash: root, instruction: `undo ${i}` },
        { sourceHash: root, editedHash: one, instruction: `edit ${i}` },
      ],
    }),
  ]);
  writeFileSync(join(world, 'rows.json'), JSON.stringify(rows));
  writeFileSync(join(world, 'sizes.json'), JSON.stringify(sizes));
});
afterAll(() => rmSync(world, { recursive: true, force: true }));

/** Exports in a process of its own; kills it with SIGKILL once so large a share is done. Gives what it kept, or null when killed. */
function exportIn(
  format: ExportFormat,
  dir: string,
  options: ExportOptionsInput,
  killAt = Number.POSITIVE_INFINITY,
): Promise<number | null> {
  const rows = TREES.includes(format) ? 3 * FAMILIES : ROWS_OF_OTHERS;
  const args = [world, format, dir, JSON.stringify(options), String(rows)];
  const child = fork(join(import.meta.dirname, 'exportVictim.ts'), args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const timer = setTimeout(() => child.kill('SIGKILL'), VICTIM_TIMEOUT_MS);
  let kept: number | null = null;
  child.on('message', (told: { done: number; total: number } | { kept: number }) => {
    if ('kept' in told) kept = told.kept;
    else if (told.done >= killAt * told.total) child.kill('SIGKILL');
  });
  return new Promise((resolve, reject) =>
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (signal === 'SIGKILL') resolve(null);
      else if (code === 0) resolve(kept);
      else reject(new Error(`the export ended with ${code}`));
    }),
  );
}

/** Every file of a folder with its hash. */
function contents(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => `${file.slice(dir.length)} ${createHash('sha256').update(readFileSync(file)).digest('hex')}`)
    .sort();
}

const containers: [string, ExportFormat][] = [
  ['image tree', 'nhr'],
  ['Parquet with pictures', 'hf-parquet'],
  ['nested Parquet', 'bagel'],
  ['tar', 'webdataset'],
  ['folders of pairs', 'pairs'],
  ['tree with lists', 'manifests'],
  ['tree and Parquet', 'preference'],
  ['folder a sample', 'ip2p-seeds'],
  ['tree of chains', 'chains'],
  ['tree and tuning files', 'ratings'],
];

// Catches: half a dataset under the real name, a finished piece written again or trusted though it is damaged, leftovers of the dead
// in the result, an order or a name that depends on where it was stopped.
test.each(containers)('%s: kill -9 and resume give the same bytes as no kill', async (_, format) => {
  const options: ExportOptionsInput = {
    seed: 4,
    shardBytes: 2_000_000,
    dataRoot: '/data/set',
    splits: { train: 0.9, validation: 0.1, test: 0 },
  };
  const calm = join(world, `calm-${format}`, 'set');
  const killed = join(world, `killed-${format}`, 'set');
  expect(await exportIn(format, calm, options)).toBe(0);

  for (const share of [0.01, 0.4, 0.8]) {
    expect(await exportIn(format, killed, options, share)).toBe(null);
    expect(existsSync(killed)).toBe(false);
    expect(readdirSync(join(killed, '..'))).toEqual(['set.partial']);
  }
  // A piece that was finished and then damaged is not taken for good.
  const pieces = join(`${killed}.partial`, 'work', 'pieces');
  const records = readdirSync(pieces).filter((name) => name.endsWith('.json'));
  const first = JSON.parse(readFileSync(join(pieces, records[0]!), 'utf8')).files[0].path as string;
  const damaged = join(`${killed}.partial`, 'set', first);
  rmSync(damaged);
  writeFileSync(damaged, 'damaged');
  const kept = await exportIn(format, killed, options);
  expect(kept).toBe(records.length - 1);
  expect(contents(killed)).toEqual(contents(calm));
  expect(readdirSync(join(killed, '..'))).toEqual(['set']);
  rmSync(join(world, `calm-${format}`), { recursive: true });
  rmSync(join(world, `killed-${format}`), { recursive: true });
});

// Catches: pieces of other options, or of an older set, in a new export.
test('other options start anew', async () => {
  const dir = join(world, 'other', 'set');
  await exportIn('webdataset', dir, { shardBytes: 2_000_000 }, 0.5);
  const kept = await exportIn('webdataset', dir, { shardBytes: 2_000_000, seed: 1 });
  expect(kept).toBe(0);
});
