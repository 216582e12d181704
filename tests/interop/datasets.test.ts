import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { COLUMNS } from '../../src/main/engine/transfer/columns.ts';
import { pythonVenv } from '../helpers/python.ts';
import { aRow, exportDeps, exportTo, type PictureWorld, pictureWorld, sampleRows } from '../unit/transfer/world.ts';

const run = promisify(execFile);
const PACKAGES = ['datasets==5.0.1', 'pyarrow==26.0.1', 'pillow==13.0.0'];
const LOAD_TIMEOUT_MS = 120_000;
/** More than the first 10 MB of metadata, from which the reader takes its types. */
const MANY_ROWS = 12_000;

interface Loaded {
  rows: number;
  features: Record<string, string>;
  sizes: [[number, number], [number, number], number, number][];
  adherence: number[];
  instructions: string[];
  kinds: string[];
  augmented: string[];
  squares: [number[], number[]][];
}

let python: string | null;
let world: PictureWorld;
beforeAll(async () => {
  python = await pythonVenv(PACKAGES);
  world = pictureWorld();
});
afterAll(() => world?.remove());

async function load(dir: string): Promise<{ byFolder: Loaded; byCard: Loaded }> {
  const script = join(import.meta.dirname, 'datasets_load.py');
  const env = { ...process.env, HF_HUB_OFFLINE: '1', HF_HOME: join(world.dir, 'hf') };
  const { stdout } = await run(python!, [script, dir, join(world.dir, `cache-${Math.random()}`)], {
    env,
    timeout: LOAD_TIMEOUT_MS,
    maxBuffer: 1 << 28,
  });
  return JSON.parse(stdout);
}

const TYPES = { string: "Value('string')", strings: "List(Value('string'))", int: "Value('int64')", float: "Value('float64')" };

// Catches: image columns of another name or not decoded, a score column of integers, rows lost at odd characters, swapped pairs.
test('the datasets library reads an export as images and typed columns, by folder and by card', async ({ skip }) => {
  if (python === null) return skip();
  const dir = join(world.dir, 'set');
  await exportTo(exportDeps(world, await sampleRows(world)), dir);
  const { byFolder, byCard } = await load(dir);
  expect(byCard).toEqual(byFolder);
  const columns = COLUMNS.map(([name, type]) =>
    name.endsWith('_file_name') ? [name.replace('_file_name', ''), 'Image(mode=None, decode=True)'] : [name, TYPES[type]],
  );
  expect(byFolder.features).toEqual(Object.fromEntries(columns));
  expect(byFolder.rows).toBe(5);
  expect(byFolder.kinds).toEqual(['forward', 'forward', 'inverse', 'composed', 'forward']);
  expect(byFolder.adherence).toEqual([5, 5, 5, -1, 5]);
  expect(byFolder.augmented).toEqual([byFolder.instructions[0]]);
  expect(byFolder.instructions[3]).toContain('\u2028');
  for (const [source, edited, width, height] of byFolder.sizes)
    expect([source, edited]).toEqual([
      [width, height],
      [width, height],
    ]);
  // The sources of the first two rows hold a red square; their edits a blue and a green one.
  const strongest = (pixel: number[]) => 'rgb'[pixel.indexOf(Math.max(...pixel))];
  expect(byFolder.squares.slice(0, 2).map((pair) => pair.map(strongest).join())).toEqual(['r,b', 'r,g']);
});

// Catches: types taken from the first batch alone, so that later scores are cut to integers or later texts refused.
test('types hold over batches: whole and unknown values first, fractions and texts later', async ({ skip }) => {
  if (python === null) return skip();
  const dir = join(world.dir, 'many');
  const [a, b] = [await world.picture('white', 'red', 'png', [30, 30]), await world.picture('white', 'blue', 'png', [30, 30])];
  const common = { sourceHash: a, editedHash: b, rootHash: a, width: 30, height: 30, kind: 'interactive' as const };
  const rows = Array.from({ length: MANY_ROWS }, (_, i) => {
    const late = i >= MANY_ROWS - 10;
    // Numbered so that content order is this order.
    const instruction = `${String(i).padStart(6, '0')} ${'and so on '.repeat(40)}`;
    if (!late)
      return aRow({
        ...common,
        instruction,
        scores: { adherence: 5, aesthetics: 5 },
        softScores: null,
        lowLevel: null,
        seed: null,
        difficulty: null,
        runId: null,
        prompt: '',
      });
    return aRow({
      ...common,
      instruction,
      scores: { adherence: 4.7, aesthetics: 4.9 },
      parents: [{ sourceHash: b, editedHash: a, instruction }],
      decision: 'accept',
    });
  });
  await exportTo(exportDeps(world, rows), dir);
  const { stdout } = await run(python, [join(import.meta.dirname, 'datasets_types.py'), dir, join(world.dir, 'cache-many')], {
    env: { ...process.env, HF_HUB_OFFLINE: '1', HF_HOME: join(world.dir, 'hf') },
    timeout: LOAD_TIMEOUT_MS,
  });
  expect(JSON.parse(stdout)).toMatchObject({ rows: MANY_ROWS, first: [5, -1, ''], last: [4.7, 4, 'accept'] });
});
