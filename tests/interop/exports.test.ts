import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ExportRow } from '../../src/main/engine/transfer/columns.ts';
import { sampleId } from '../../src/main/engine/transfer/columns.ts';
import type { ExportFormat, ExportOptionsInput } from '../../src/shared/model/export.ts';
import { pythonVenv } from '../helpers/python.ts';
import { exportDeps, exportTo, type PictureWorld, pictureWorld, richRows } from '../unit/transfer/world.ts';

const run = promisify(execFile);
const PACKAGES = ['datasets==5.0.1', 'pyarrow==26.0.1', 'pillow==13.0.0', 'webdataset==1.0.2'];
const LOAD_TIMEOUT_MS = 240_000;

type Row = Record<string, unknown>;
interface Loaded {
  features: Record<string, string>;
  rows: Row[];
  sameStreamed: boolean;
  sameByFolder: boolean;
  loaded: number;
  footers: { schema: Record<string, string>; nullable: boolean; groups: number[]; huggingface: { info: { features: Row } } | null }[];
}

const IMAGE = 'Image(mode=None, decode=True)';
/** Each export of the test: how Python opens it, its format and its options. */
const EXPORTS: Record<string, [kind: string, format: ExportFormat, options: ExportOptionsInput]> = {
  nhr: ['imagefolder', 'nhr', {}],
  webp: ['imagefolder', 'nhr', { pictures: { format: 'webpLossless' } }],
  hf: ['parquet', 'hf-parquet', {}],
  ip2p: ['parquet', 'hf-parquet', { columns: 'ip2p' }],
  magicbrush: ['parquet', 'hf-parquet', { columns: 'magicbrush' }],
  omniedit: ['parquet', 'hf-parquet', { columns: 'omniedit' }],
  webdataset: ['webdataset', 'webdataset', {}],
  bagel: ['bagel', 'bagel', {}],
  preference: ['imagefolder', 'preference', {}],
  chains: ['imagefolder', 'chains', {}],
};

let python: string | null;
let world: PictureWorld;
let rows: ExportRow[];
let loser: string;
let answers: Record<string, unknown>;
const dirOf = (name: string) => join(world.dir, 'out', name);

beforeAll(async () => {
  python = await pythonVenv(PACKAGES);
  if (python === null) return;
  world = pictureWorld();
  rows = await richRows(world);
  loser = await world.picture('white', 'grey');
  const contest = (row: ExportRow) =>
    row.attemptId === null || row.kind !== 'forward'
      ? null
      : {
          validator: 'judge',
          losers: [
            {
              editedHash: loser,
              scores: { adherence: 2, aesthetics: 3 },
              seed: 1,
              stage: 'validator',
              reason: 'belowGate',
              validator: 'judge',
            },
          ],
        };
  for (const [name, [, format, options]] of Object.entries(EXPORTS))
    await exportTo(exportDeps(world, rows, { contest }), dirOf(name), format, { shuffle: true, seed: 3, ...options });
  const targets = Object.entries(EXPORTS).map(([name, [kind]]) => `${kind}=${dirOf(name)}`);
  const args = [join(import.meta.dirname, 'exports_load.py'), join(world.dir, 'cache'), `blobs=${join(world.dir, 'blobs')}`, ...targets];
  const env = { ...process.env, HF_HUB_OFFLINE: '1', HF_HOME: join(world.dir, 'hf') };
  const { stdout } = await run(python, args, { env, timeout: LOAD_TIMEOUT_MS, maxBuffer: 1 << 28 });
  answers = JSON.parse(stdout.trim().split('\n').at(-1)!);
});
afterAll(() => world?.remove());

const loaded = (name: string) => answers[dirOf(name)] as Loaded;
const pixels = (hash: string) => (answers[join(world.dir, 'blobs')] as Record<string, string>)[hash]!;
const expected = () => new Map(rows.map((row) => [sampleId(row), row]));
const wordings = (row: ExportRow) => [...new Set([row.instruction, ...row.paraphrases])];

/** The pictures and texts of every row that was loaded are those that were stored, and no row is missing or twice. */
function expectRows(found: Row[], names: { id: string; source: string; edited: string; instruction?: string; wordings?: string }): void {
  const wanted = expected();
  expect(found.map((row) => row[names.id]).sort()).toEqual([...wanted.keys()].sort());
  for (const row of found) {
    const stored = wanted.get(row[names.id] as string)!;
    expect([row[names.source], row[names.edited]]).toEqual([pixels(stored.sourceHash), pixels(stored.editedHash)]);
    if (names.instruction) expect(row[names.instruction]).toBe(stored.instruction);
    if (names.wordings) expect(row[names.wordings]).toEqual(wordings(stored));
  }
}

describe('trainers open the exports and get the same pixels, streaming and not', () => {
  // Catches: a column of another name or type, pictures encoded anew, swapped or mixed up, texts lost at odd characters.
  test.for(['nhr', 'webp'])('%s as an imagefolder, by card and by folder', (name, { skip }) => {
    if (python === null) return skip();
    const { rows: found, features, sameStreamed, sameByFolder } = loaded(name);
    expect([sameStreamed, sameByFolder]).toEqual([true, true]);
    expect(features).toMatchObject({
      source: IMAGE,
      edited: IMAGE,
      adherence: "Value('float64')",
      augmented_instructions: "List(Value('string'))",
    });
    expectRows(found, {
      id: 'sample_id',
      source: 'source',
      edited: 'edited',
      instruction: 'edit_instruction',
      wordings: 'augmented_instructions',
    });
  });

  // Catches: REQUIRED columns or another field order, which make the reader give dicts of bytes in place of pictures.
  test.for([
    [
      'hf',
      {
        id: 'sample_id',
        source: 'source_image',
        edited: 'edited_image',
        instruction: 'edit_instruction',
        wordings: 'augmented_instructions',
      },
    ],
    ['ip2p', { id: 'sample_id', source: 'input_image', edited: 'edited_image', instruction: 'edit_prompt' }],
    ['omniedit', { id: 'omni_edit_id', source: 'src_img', edited: 'edited_img', wordings: 'edited_prompt_list' }],
  ] as const)('%s Parquet with Image features and small row groups', ([name, names], { skip }) => {
    if (python === null) return skip();
    const { rows: found, features, sameStreamed, footers } = loaded(name);
    expect(sameStreamed).toBe(true);
    expect([features[names.source], features[names.edited]]).toEqual([IMAGE, IMAGE]);
    expectRows(found, names);
    for (const { schema, nullable, groups, huggingface } of footers) {
      expect(nullable).toBe(true);
      expect(Math.max(...groups)).toBeLessThanOrEqual(100);
      expect(schema[names.source]).toBe('struct<bytes: binary, path: string>');
      expect(Object.keys(huggingface!.info.features)).toEqual(Object.keys(schema));
    }
  });

  // Catches: a null picture that breaks the column, and a turn that is no int32.
  test('MagicBrush columns', ({ skip }) => {
    if (python === null) return skip();
    const { rows: found, features, sameStreamed } = loaded('magicbrush');
    expect(sameStreamed).toBe(true);
    expect(features).toMatchObject({ source_img: IMAGE, mask_img: IMAGE, target_img: IMAGE, turn_index: "Value('int32')" });
    const key = (source: unknown, edited: unknown, instruction: unknown) => JSON.stringify([source, edited, instruction]);
    expect(found.map((row) => key(row.source_img, row.target_img, row.instruction)).sort()).toEqual(
      rows.map((row) => key(pixels(row.sourceHash), pixels(row.editedHash), row.instruction)).sort(),
    );
    expect(found.every((row) => row.mask_img === null)).toBe(true);
  });

  // Catches: keys with dots, samples with other fields than the first, a json that does not parse.
  test('WebDataset shards, by webdataset and by datasets', ({ skip }) => {
    if (python === null) return skip();
    const { rows: found, features, sameStreamed, loaded: count } = loaded('webdataset');
    expect([sameStreamed, count]).toEqual([true, rows.length]);
    // The set holds JPEG and PNG: one name a role, so both became PNG.
    expect(features).toMatchObject({ 'source.png': IMAGE, 'edited.png': IMAGE });
    expectRows(
      found.map((row) => ({ ...row, json_wordings: (row.json as Row).augmented_instructions })),
      { id: '__key__', source: 'source.png', edited: 'edited.png', instruction: 'txt', wordings: 'json_wordings' },
    );
  });

  // Catches: the traps of BAGEL's loader (the script asserts them) and a row whose pictures or wordings are others.
  test('the BAGEL kit as its loader reads it', ({ skip }) => {
    if (python === null) return skip();
    const sets = answers[dirOf('bagel')] as Record<string, { schema: string; rows: [string[], string[][]][] }>;
    expect(Object.keys(sets)).toEqual(['bagel', 'bagel_smoke']);
    expect(sets.bagel!.schema).toMatch(/image_list: list<.*: binary>/);
    expect(sets.bagel!.schema).toMatch(/instruction_list: list<.*: list<.*: string>>/);
    const wanted = rows.map((row) => JSON.stringify([[pixels(row.sourceHash), pixels(row.editedHash)], [wordings(row)]]));
    expect(sets.bagel!.rows.map((row) => JSON.stringify(row)).sort()).toEqual(wanted.sort());
    expect(sets.bagel_smoke!.rows).toEqual(sets.bagel!.rows.slice(0, 20));
  });

  // Catches: a loser in the winner's place.
  test('preference pairs', ({ skip }) => {
    if (python === null) return skip();
    const { rows: found, features, sameStreamed, sameByFolder } = loaded('preference');
    expect([sameStreamed, sameByFolder]).toEqual([true, true]);
    expect(features).toMatchObject({ source: IMAGE, chosen: IMAGE, rejected: IMAGE, tie: "Value('bool')", margin: "Value('float64')" });
    expectRowsOfWinners(found);
  });

  // Catches: turns in another order, a list of paths in place of pictures.
  test('multi-turn chains', ({ skip }) => {
    if (python === null) return skip();
    const { rows: found, features, sameStreamed } = loaded('chains');
    expect(sameStreamed).toBe(true);
    expect(features.turn).toBe(`List(${IMAGE})`);
    const composed = new Map(rows.filter(({ kind }) => kind === 'composed').map((row) => [sampleId(row), row]));
    expect(found).toHaveLength(composed.size);
    for (const row of found) {
      const stored = composed.get(row.composed_sample_id as string)!;
      const hashes = [stored.sourceHash, ...stored.parents.map((parent) => parent.editedHash)];
      expect(row.turn).toEqual(hashes.map(pixels));
      expect(row.instructions).toEqual(stored.parents.map((parent) => parent.instruction));
    }
  });

  function expectRowsOfWinners(found: Row[]): void {
    const wanted = expected();
    expect(found).toHaveLength(rows.filter((row) => row.kind === 'forward' && row.attemptId !== null).length);
    for (const row of found) {
      const stored = wanted.get(row.chosen_sample_id as string)!;
      expect([row.source, row.chosen, row.rejected, row.prompt]).toEqual([
        pixels(stored.sourceHash),
        pixels(stored.editedHash),
        pixels(loser),
        stored.instruction,
      ]);
    }
  }

  // Catches: a croissant.json that names a file or a column that is not there.
  test('croissant.json names the files and columns there are', ({ skip }) => {
    if (python === null) return skip();
    const croissant = JSON.parse(readFileSync(join(dirOf('nhr'), 'croissant.json'), 'utf8'));
    const [line] = readFileSync(join(dirOf('nhr'), croissant.distribution[0].includes), 'utf8').split('\n');
    expect(croissant.recordSet[0].field.map((field: { name: string }) => field.name)).toEqual(Object.keys(JSON.parse(line!)));
  });
});
