import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkExport } from '../../../src/main/engine/transfer/checkExport.ts';
import type { ExportDeps, Loser } from '../../../src/main/engine/transfer/export/deps.ts';
import { FORMATS } from '../../../src/main/engine/transfer/formats/index.ts';
import { ExportFormat, type ExportOptionsInput } from '../../../src/shared/model/export.ts';
import { checkDeps, exportDeps, exportTo, type PictureWorld, pictureWorld, richRows } from './world.ts';

let world: PictureWorld;
let deps: ExportDeps;
beforeEach(async () => {
  world = pictureWorld();
  deps = exportDeps(world, await richRows(world), { contest: await contests(world) });
});
afterEach(() => world.remove());

/** Losers of the forward row: one far below, one within the margin, one of another validator. */
async function contests(world: PictureWorld): Promise<ExportDeps['contest']> {
  const [far, near, foreign] = await Promise.all(['grey', 'silver', 'gold'].map((colour) => world.picture('white', colour)));
  const loser = (editedHash: string, adherence: number, validator = 'judge scores-1'): Loser => ({
    editedHash,
    scores: { adherence, aesthetics: 4.8 },
    seed: 3,
    stage: adherence < 4 ? 'validator' : '',
    reason: adherence < 4 ? 'belowGate' : '',
    validator,
  });
  return (row) =>
    row.kind === 'forward' && row.attemptId !== null
      ? { validator: 'judge scores-1', losers: [loser(far!, 2), loser(near!, 4.9), loser(foreign!, 1, 'other scores-1')] }
      : null;
}

const check = (dir: string) => checkExport(checkDeps, dir, () => undefined, new AbortController().signal);
const read = (dir: string, path: string) => readFileSync(join(dir, path), 'utf8');
const json = (dir: string, path: string) => JSON.parse(read(dir, path));
const jsonLines = (dir: string, path: string) =>
  read(dir, path)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

// Catches: a format that is on the list and has no code, or the other way round.
test('every format of the contract is there once, in its order', () => {
  expect(FORMATS.map((format) => format.id)).toEqual(ExportFormat.options);
});

const variants: [string, ExportFormat, ExportOptionsInput][] = [
  ...ExportFormat.options.map((format): [string, ExportFormat, ExportOptionsInput] => [format, format, {}]),
  ['hf-parquet ip2p', 'hf-parquet', { columns: 'ip2p' }],
  ['hf-parquet magicbrush', 'hf-parquet', { columns: 'magicbrush' }],
  ['hf-parquet omniedit', 'hf-parquet', { columns: 'omniedit' }],
  ['webdataset x2edit', 'webdataset', { fields: 'x2edit' }],
  ['nhr bare', 'nhr', { scores: false, provenance: false, paraphrases: false }],
];

// Catches: an export its own check does not accept: wrong hashes, order, sizes, direction, counts, in any format, split and shuffled.
test.each(variants)('%s reads back without a fault, shuffled and split', async (_, format, options) => {
  const dir = join(world.dir, 'out', 'my set');
  const report = await exportTo(deps, dir, format, {
    ...options,
    shuffle: true,
    seed: 5,
    splits: { train: 0.6, validation: 0.2, test: 0.2 },
  });
  const found = await check(dir);
  expect(found.faults).toEqual([]);
  expect(found).toMatchObject({ ok: true, rows: report.rows });
  expect(readdirSync(join(world.dir, 'out'))).toEqual(['my set']);
  expect(read(dir, 'README.md')).not.toContain(world.dir);
});

// Catches: pictures encoded anew by accident, or kept when another format was asked for.
test.each(ExportFormat.options)('%s reads back when pictures are encoded anew', async (format) => {
  const dir = join(world.dir, 'set');
  const report = await exportTo(deps, dir, format, { pictures: { format: 'webpLossless' } });
  expect(report.encoded).toBeGreaterThan(0);
  expect(report.linked + report.copied + report.cloned).toBe(0);
  expect((await check(dir)).faults).toEqual([]);
});

// Catches: rows whose pictures went to different splits, in any format.
test('rows that share a picture are in one split', async () => {
  const dir = join(world.dir, 'set');
  await exportTo(deps, dir, 'webdataset', { splits: { train: 0.5, validation: 0.5, test: 0 } });
  const lines = jsonLines(dir, 'provenance.jsonl') as { split: string; pictures: { stored: string }[] }[];
  const splitOf = new Map<string, string>();
  for (const { split, pictures } of lines)
    for (const { stored } of pictures) expect(splitOf.get(stored) ?? split).toBe(splitOf.set(stored, split).get(stored));
  expect(new Set(lines.map(({ split }) => split))).toEqual(new Set(['train', 'validation']));
});

// Catches: caps that are ignored, or that leave something out without a count.
test('a cap leaves rows out and says how many', async () => {
  const dir = join(world.dir, 'set');
  const all = await exportTo(deps, join(world.dir, 'all'));
  const report = await exportTo(deps, dir, 'nhr', { caps: { categories: { 'Change color': 2 } } });
  expect(report.leftOut.capped).toBeGreaterThan(0);
  expect(report.rows + report.leftOut.capped).toBe(all.rows);
  expect(json(dir, 'manifest.json').counts.byCategory['Change color']).toBe(2);
  expect(read(dir, 'README.md')).toContain('over the cap of their category');
});

// Catches: "the same pictures" taken for "the same row".
test('dedupe by pictures leaves one row of a pair of pictures', async () => {
  const rows = await richRows(world);
  const twice = exportDeps(
    world,
    rows.flatMap((row) => [row, { ...row, instruction: `${row.instruction}, please` }]),
  );
  const report = await exportTo(twice, join(world.dir, 'set'), 'nhr', { dedupe: 'pictures' });
  expect(report).toMatchObject({ rows: rows.length, leftOut: { duplicates: rows.length } });
});

// Catches: keys that are not the paths BAGEL builds (it drops the file without a word), and a plain string where a list must be.
test('the BAGEL kit has keys for the place where it will lie, and a smoke subset', async () => {
  const dir = join(world.dir, 'kit 1');
  const report = await exportTo(deps, dir, 'bagel', { dataRoot: '/mnt/train/kit/' });
  const info = json(dir, 'bagel/parquet_info/kit_1.json');
  expect(info).toEqual({
    '/mnt/train/kit/bagel/kit_1/chunk_0.parquet': { num_row_groups: Math.ceil(report.rows / 10), num_rows: report.rows },
  });
  const { unified_edit: entries } = json(dir, 'bagel/dataset_info_entry.json');
  expect(entries.kit_1).toEqual({
    data_dir: '/mnt/train/kit/bagel/kit_1',
    num_files: 1,
    num_total_samples: report.rows,
    parquet_info_path: '/mnt/train/kit/bagel/parquet_info/kit_1.json',
  });
  expect(Object.keys(entries)).toEqual(['kit_1', 'kit_1_smoke']);
  const { target_modules_regex: regex, ...lora } = json(dir, 'bagel/lora.json');
  expect(lora).toMatchObject({ rank: 16, alpha: 16, dropout: 0.05, bias: 'none', learning_rate: 2e-5 });
  const isAdapted = (name: string) => new RegExp(`^${regex}`).test(name);
  expect(isAdapted('model.layers.3.self_attn.q_proj_moe_gen')).toBe(true);
  expect(isAdapted('model.layers.3.self_attn.q_proj')).toBe(false);
});

// Catches: target and source the wrong way round, where "image" means the target.
test('pair folders and lists name the picture after the edit as the target', async () => {
  const pairs = join(world.dir, 'pairs');
  await exportTo(deps, pairs, 'pairs', {});
  const [line] = jsonLines(pairs, 'provenance.jsonl');
  const edited = readFileSync(world.file(line.pictures[1].stored));
  expect(readFileSync(join(pairs, 'train/target', `${line.id}.${line.pictures[1].path.split('.').at(-1)}`))).toEqual(edited);
  expect(read(pairs, `train/target/${line.id}.txt`)).toBe(line.instruction);

  const lists = join(world.dir, 'lists');
  await exportTo(deps, lists, 'manifests', {});
  const [row] = json(lists, 'manifests/diffsynth-train.json');
  const sample = jsonLines(lists, 'provenance.jsonl').find(
    ({ pictures }) => pictures[1].path === row.image && pictures[0].path === row.edit_image,
  );
  expect(sample.instruction).toBe(row.prompt);
  // A dictionary by target: rows that share one must not get lost.
  const byTarget = json(lists, 'manifests/step1x-train.json');
  expect(Object.keys(byTarget)).toHaveLength(jsonLines(lists, 'provenance.jsonl').length);
  for (const path of Object.keys(byTarget)) expect(existsSync(path)).toBe(true);
});

// Catches: losers of another validator or too near, a winner that is not the first, a label that points at the wrong picture.
test('preference pairs keep the rules', async () => {
  const dir = join(world.dir, 'set');
  const report = await exportTo(deps, dir, 'preference', { preference: { margin: 0.5, perGroup: 3, ties: false } });
  const rows = jsonLines(dir, 'train/metadata.jsonl');
  expect(rows).toHaveLength(report.rows);
  expect(rows.every((row) => row.margin >= 0.5 && !row.tie && row.rejected_reason === 'belowGate')).toBe(true);
  const ties = join(world.dir, 'ties');
  const withTies = await exportTo(deps, ties, 'preference', { preference: { margin: 0.5, perGroup: 3, ties: true } });
  expect(withTies.rows).toBe(report.rows * 2);
  expect(jsonLines(ties, 'kto-train.jsonl')).toHaveLength(report.rows * 2);
  const one = await exportTo(deps, join(world.dir, 'one'), 'preference', { preference: { margin: 0.5, perGroup: 1, ties: true } });
  expect(one.rows).toBe(report.rows);
});

// Catches: a chain that does not hang together.
test('chains walk from the first picture to the last', async () => {
  const dir = join(world.dir, 'set');
  await exportTo(deps, dir, 'chains', {});
  const [chain] = jsonLines(dir, 'train/metadata.jsonl');
  expect(chain.turn_file_names).toHaveLength(chain.instructions.length + 1);
  const [pico] = jsonLines(dir, 'pico-multi-turn-train.jsonl');
  expect(pico.files.map(({ id }: { id: string }) => id)).toEqual(['original_input_image', 'edit_turn1', 'final_image']);
  for (const { url } of pico.files) expect(statSync(join(dir, url)).size).toBeGreaterThan(0);
});

// Catches: tuning files whose answer is not the score, or that hold no pictures.
test('tuning files hold the question, both pictures and the scores', async () => {
  const dir = join(world.dir, 'set');
  await exportTo(deps, dir, 'ratings', { dataRoot: 'gs://bucket/set' });
  const [gemini] = jsonLines(dir, 'gemini-train.jsonl');
  expect(gemini.contents[0].parts[1].fileData.fileUri).toMatch(/^gs:\/\/bucket\/set\/train\/images\//);
  expect(JSON.parse(gemini.contents[1].parts[0].text)).toEqual({ adherence: 5, aesthetics: 4.8 });
  expect(jsonLines(dir, 'corpus-train.jsonl')[0]).toMatchObject({ adherence: 5, aesthetics: 4.8, rated_by: 'validator', raters: 0 });
  const rows = (await richRows(world)).map((row) => ({ ...row, human: { adherence: 2.5, aesthetics: 3, raters: 2 } }));
  await exportTo({ ...deps, rows: () => rows }, join(world.dir, 'people'), 'ratings', {});
  const [people] = jsonLines(join(world.dir, 'people'), 'corpus-train.jsonl');
  expect(people).toMatchObject({ adherence: 2.5, aesthetics: 3, rated_by: 'people', raters: 2 });
  const [openai] = jsonLines(dir, 'openai-train.jsonl');
  expect(openai.messages[0].content[1].image_url.url).toMatch(/^data:image\/(jpeg|png);base64,/);
});

/** Rewrites a file and makes every checksum agree again: what is found then is found by reading, not by hashes. */
function rewrite(dir: string, path: string, change: (bytes: Buffer) => Buffer | string): void {
  const sha = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');
  const replace = (file: string, from: string, to: string) => {
    const before = readFileSync(join(dir, file));
    const after = before.toString('latin1').replace(from, to);
    writeFileSync(join(dir, file), after, 'latin1');
    return [sha(before), sha(Buffer.from(after, 'latin1'))] as const;
  };
  const before = readFileSync(join(dir, path));
  const after = change(before);
  rmSync(join(dir, path));
  writeFileSync(join(dir, path), after);
  const [from, to] = replace('SHA256SUMS', `${sha(before)}  ${path}`, `${sha(after)}  ${path}`);
  replace('manifest.json', from, to);
}

const asText = (change: (text: string) => string) => (bytes: Buffer) => change(bytes.toString('utf8'));
const editLine = (index: number, change: (row: never) => unknown) =>
  asText((text) =>
    text
      .split('\n')
      .map((line, i) => (i === index ? JSON.stringify(change(JSON.parse(line) as never)) : line))
      .join('\n'),
  );
const kinds = async (dir: string) => new Set((await check(dir)).faults.map(({ kind }) => kind));

type Pair = { pictures: { path?: string; stored: string; written: string }[]; split: string; file: string };
/** Each of these trains without a word. Checksums agree in all of them. */
const corruptions: [string, ExportFormat, (dir: string) => void, string][] = [
  [
    'swapped pictures in provenance of tar shards',
    'webdataset',
    (dir) =>
      rewrite(
        dir,
        'provenance.jsonl',
        editLine(0, (row: { pictures: { role: string }[] }) => ({
          ...row,
          pictures: row.pictures.map((picture, i) => ({ ...row.pictures[1 - i]!, role: picture.role })),
        })),
      ),
    'direction',
  ],
  [
    'an instruction that is another in the text file',
    'pairs',
    (dir) => rewrite(dir, `train/target/${jsonLines(dir, 'provenance.jsonl')[0].id}.txt`, () => 'something else'),
    'row',
  ],
  [
    'a picture of another sample',
    'pairs',
    (dir) => {
      const [a, b] = jsonLines(dir, 'provenance.jsonl') as [Pair, Pair];
      rewrite(dir, a.pictures[1]!.path!, () => readFileSync(join(dir, b.pictures[1]!.path!)));
    },
    'changed',
  ],
  [
    'a sample in two splits',
    'bagel',
    (dir) =>
      rewrite(
        dir,
        'provenance.jsonl',
        editLine(0, (row: Pair) => ({ ...row, split: 'test' })),
      ),
    'leak',
  ],
  [
    'swapped paths in a trainer list',
    'manifests',
    (dir) =>
      rewrite(
        dir,
        'manifests/deepgen-train.json',
        asText((text) => {
          const [row, ...rest] = JSON.parse(text);
          return `[\n${[{ ...row, input_image: [row.output_image], output_image: row.input_image[0] }, ...rest].map((one) => JSON.stringify(one)).join(',\n')}\n]\n`;
        }),
      ),
    'direction',
  ],
  [
    'a row less in a trainer list',
    'manifests',
    (dir) =>
      rewrite(
        dir,
        'manifests/omnigen2-train.jsonl',
        asText((text) => text.slice(text.indexOf('\n') + 1)),
      ),
    'manifest',
  ],
  [
    'a key of parquet_info that is no path of the loader',
    'bagel',
    (dir) =>
      rewrite(
        dir,
        'bagel/parquet_info/set.json',
        asText((text) => text.replace('chunk_0', './chunk_0')),
      ),
    'row',
  ],
  [
    'a wrong number of row groups',
    'bagel',
    (dir) =>
      rewrite(
        dir,
        'bagel/parquet_info/set.json',
        asText((text) => text.replace('"num_row_groups": 4', '"num_row_groups": 1')),
      ),
    'rowGroups',
  ],
  [
    'winner and loser swapped for EditReward',
    'preference',
    (dir) =>
      rewrite(
        dir,
        'editreward-train.json',
        asText((text) => text.replace(/"path1":("[^"]+"),"path2":("[^"]+")/, '"path1":$2,"path2":$1')),
      ),
    'direction',
  ],
  [
    'a score of a preference written as an integer',
    'preference',
    (dir) =>
      rewrite(
        dir,
        'train/metadata.jsonl',
        asText((text) => text.replace('"chosen_adherence":5.0', '"chosen_adherence":5')),
      ),
    'float',
  ],
  [
    'a turn that is not there',
    'chains',
    (dir) =>
      rewrite(
        dir,
        'train/metadata.jsonl',
        asText((text) => text.replace('_edited_1', '_edited_9')),
      ),
    'missing',
  ],
];

// Catches: a check that trusts hashes alone, in every container.
test.each(corruptions)('%s is found in %s although all checksums agree', async (_, format, corrupt, kind) => {
  const dir = join(world.dir, 'set');
  await exportTo(deps, dir, format, { dataRoot: '/data' });
  corrupt(dir);
  const found = await kinds(dir);
  expect(found).toContain(kind);
  expect(found).not.toContain('extra');
  if (kind !== 'changed') expect(found).not.toContain('changed');
});
