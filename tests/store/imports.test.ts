import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import type { Workspace } from '../../src/main/engine/store/index.ts';
import { type ImportReport, runImport } from '../../src/main/engine/transfer/import/runImport.ts';
import { createParquetWriter, type ParquetColumn } from '../../src/main/engine/transfer/parquet/writer.ts';
import { type ScoreImportedDeps, scoreImported } from '../../src/main/engine/transfer/scoreImported.ts';
import { createTarWriter } from '../../src/main/engine/transfer/tar/writer.ts';
import { AppError } from '../../src/shared/model/errors.ts';
import type { ImportColumns } from '../../src/shared/model/import.ts';
import { LowLevelGate } from '../../src/shared/model/recipe.ts';
import { aFolder, importDeps, open } from './world.ts';

const never = new AbortController().signal;

async function run(
  workspace: Workspace,
  format: string,
  path: string,
  map: ImportColumns = {},
): Promise<ImportReport & { badRows: { line: number; fault: string; message: string; skipped: boolean }[] }> {
  const reportFile = join(workspace.dir, 'imports', `${Math.random()}.jsonl`);
  const report = await runImport(importDeps(workspace), { format, path, map, reportFile }, () => undefined, never);
  expect(report.reportFile === '').toBe(!existsSync(reportFile));
  const badRows =
    report.reportFile === ''
      ? []
      : readFileSync(reportFile, 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line));
  return { ...report, badRows };
}

/** What is stored, as a set: no ids, no times. */
function stored(workspace: Workspace) {
  return [...workspace.exports.rows({ kinds: ['imported'] })].map(({ sourceHash, editedHash, instruction, category, style, scores }) => ({
    sourceHash,
    editedHash,
    instruction,
    category,
    style,
    scores,
  }));
}

let painted = 0;
/** A picture no other is equal to. */
function paint(size: [number, number] = [40, 30], format: 'jpeg' | 'png' | 'webp' = 'jpeg'): Promise<Buffer> {
  painted += 1;
  const background = { r: painted % 256, g: (painted >> 8) * 40, b: (painted * 7) % 256 };
  return sharp({ create: { width: size[0], height: size[1], channels: 3, background } })
    .toFormat(format)
    .toBuffer();
}
const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

function put(path: string, content: Uint8Array | string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

// Catches: a broken input that stops the set or goes in unseen, a fault under another's name, a report without line or reason.
test('every broken row gets its named error and the rest goes in', async () => {
  const dir = aFolder();
  const [a, b, c, wide, png] = [await paint(), await paint(), await paint(), await paint([50, 30]), await paint([40, 30], 'png')];
  put(join(dir, 'set/a.jpg'), a);
  put(join(dir, 'set/b.jpg'), b);
  put(join(dir, 'set/c.jpg'), c);
  put(join(dir, 'set/wide.jpg'), wide);
  put(join(dir, 'set/cut.jpg'), b.subarray(0, b.length - 40));
  put(join(dir, 'set/cut.png'), png.subarray(0, png.length - 20));
  put(join(dir, 'set/empty.jpg'), '');
  put(join(dir, 'set/text.jpg'), 'no picture at all, whatever it is called');
  put(join(dir, 'secret.jpg'), c);
  const bomb = Buffer.from(png);
  bomb.writeUInt32BE(60_000, 16);
  bomb.writeUInt32BE(60_000, 20);
  put(join(dir, 'set/bomb.png'), bomb);
  const row = (id: string, more: object) =>
    JSON.stringify({ sample_id: id, source_file_name: 'a.jpg', edited_file_name: 'b.jpg', edit_instruction: `do ${id}`, ...more });
  const lines: [Buffer | string, string | null][] = [
    [row('good', { adherence: 5 }).replace('5}', '5,"aesthetics":4}'), null],
    [row('cut', { edited_file_name: 'cut.jpg' }), 'truncated'],
    [row('cut png', { edited_file_name: 'cut.png' }), 'truncated'],
    [row('swapped', { source_sha256: sha(b), edited_sha256: sha(a) }), 'swapped'],
    [row('gone', { edited_file_name: 'none.jpg' }), 'fileMissing'],
    [row('good', { edited_file_name: 'c.jpg' }), 'duplicateId'],
    [row('absolute', { edited_file_name: join(dir, 'secret.jpg') }), 'pathOutside'],
    [row('up', { edited_file_name: '../secret.jpg' }), 'pathOutside'],
    [row('address', { edited_file_name: 'https://x.test/a.jpg' }), 'pathOutside'],
    [row('bomb', { edited_file_name: 'bomb.png' }), 'tooManyPixels'],
    [Buffer.concat([Buffer.from('{"sample_id":"latin","edit_instruction":"caf'), Buffer.from([0xe9]), Buffer.from('"}')]), 'encoding'],
    [row('zero', { edited_file_name: 'empty.jpg' }), 'fileEmpty'],
    [row('no picture', { edited_file_name: 'text.jpg' }), 'notAPicture'],
    [row('score text', { adherence: '4.7', aesthetics: 5 }), 'scoreInvalid'],
    [row('score high', { adherence: 7, aesthetics: 5 }), 'scoreInvalid'],
    [row('mute', { edit_instruction: ' ' }), 'fieldMissing'],
    [row('same', { edited_file_name: 'a.jpg' }), 'samePicture'],
    ['{"half', 'notJson'],
    ['[1, 2]', 'notJson'],
    [row('names', { source_file_name: 'x_edited.jpg', edited_file_name: 'x_original.jpg' }), 'swapped'],
    [row('sizes', { edited_file_name: 'wide.jpg' }), null],
    [row('fraction', { edited_file_name: 'c.jpg', adherence: 4.7, aesthetics: 4.5 }), 'mixedScores'],
    [row('last', { source_file_name: 'c.jpg', edited_file_name: 'a.jpg', edit_instruction: 'keeps \ufffd and 👩‍👩‍👧' }), null],
  ];
  put(join(dir, 'set/metadata.jsonl'), Buffer.concat(lines.flatMap(([text]) => [Buffer.from(text as string), Buffer.from('\n')])));
  const workspace = open(join(dir, 'workspace'));
  const report = await run(workspace, 'nhr', join(dir, 'set'));
  const faults = new Map<number, string[]>();
  for (const { line, fault } of report.badRows) faults.set(line, [...(faults.get(line) ?? []), fault]);
  const expected = lines.flatMap(([, fault], index) => (fault === null ? [] : [[index + 1, fault]]));
  expect(
    report.badRows
      .filter(({ skipped, fault }) => skipped || fault === 'mixedScores')
      .map(({ line, fault }) => [line, fault])
      .sort((x, y) => Number(x[0]) - Number(y[0]) || (x[1]! < y[1]! ? -1 : 1)),
  ).toEqual(expect.arrayContaining(expected));
  expect(report).toMatchObject({ rows: 23, imported: 3, dropped: 1, bad: 19, duplicates: 0, alreadyThere: 0 });
  expect(report.badRows.filter(({ fault }) => fault === 'mixedScores').map(({ line, message }) => [line, message.split(';')[0]])).toEqual([
    [22, 'adherence is a whole number on line 1 and a fraction on line 22'],
    [22, 'aesthetics is a whole number on line 1 and a fraction on line 22'],
  ]);
  expect(
    stored(workspace)
      .map((one) => one.instruction)
      .sort(),
  ).toEqual(['do fraction', 'do good', 'do sizes', 'keeps \ufffd and 👩‍👩‍👧']);
  // Again: everything that is in stays as it is, everything bad is said again.
  const again = await run(workspace, 'nhr', join(dir, 'set'));
  expect(again).toMatchObject({ rows: 23, imported: 0, dropped: 0, alreadyThere: 4, bad: 19 });
});

const IMAGE_COLUMNS: Record<
  string,
  { columns: ParquetColumn[]; row(source: Buffer, edited: Buffer): Record<string, unknown>; expected: object }
> = {
  nhr: {
    columns: [
      { name: 'source_image', type: 'image' },
      { name: 'edited_image', type: 'image' },
      { name: 'edit_instruction', type: 'string' },
      { name: 'augmented_instructions', type: { list: 'string' } },
      { name: 'sample_id', type: 'string' },
      { name: 'category', type: 'string' },
      { name: 'kind', type: 'string' },
    ],
    row: (source, edited) => ({
      source_image: { bytes: source, path: 'image_0_edited_1.jpg' },
      edited_image: { bytes: edited, path: 'image_0_original.jpg' },
      edit_instruction: 'put it back',
      augmented_instructions: ['put it back', 'restore it'],
      sample_id: 'a1',
      category: 'Add object and Remove object',
      kind: 'inverse',
    }),
    expected: { itemId: 'a1', kind: 'inverse', paraphrases: ['restore it'], facts: {} },
  },
  magicbrush: {
    columns: [
      { name: 'img_id', type: 'string' },
      { name: 'turn_index', type: 'int32' },
      { name: 'source_img', type: 'image' },
      { name: 'mask_img', type: 'image' },
      { name: 'instruction', type: 'string' },
      { name: 'target_img', type: 'image' },
    ],
    row: (source, edited) => ({
      img_id: '12',
      turn_index: 2,
      source_img: { bytes: source, path: null },
      mask_img: { bytes: source, path: null },
      instruction: 'put it back',
      target_img: { bytes: edited, path: null },
    }),
    expected: { itemId: '', kind: '', paraphrases: [], facts: { img_id: '12', turn_index: 2 } },
  },
  omniedit: {
    columns: [
      { name: 'omni_edit_id', type: 'string' },
      { name: 'task', type: 'string' },
      { name: 'src_img', type: 'image' },
      { name: 'edited_img', type: 'image' },
      { name: 'edited_prompt_list', type: { list: 'string' } },
      { name: 'sc_score_1', type: 'int64' },
      { name: 'o_score', type: 'double' },
    ],
    row: (source, edited) => ({
      omni_edit_id: 'task_1',
      task: 'removal',
      src_img: { bytes: source, path: 'a.png' },
      edited_img: { bytes: edited, path: 'b.png' },
      edited_prompt_list: ['put it back', 'back with it'],
      sc_score_1: 9,
      o_score: 8.5,
    }),
    expected: { itemId: 'task_1', kind: '', paraphrases: ['back with it'], facts: { sc_score_1: 9, o_score: 8.5 } },
  },
};

// Catches: a preset with another column's name, source and edited changed, masks taken for pictures, other columns lost.
test.each(Object.keys(IMAGE_COLUMNS))('Parquet with the columns of %s comes in by its preset', async (format) => {
  const { columns, row, expected } = IMAGE_COLUMNS[format]!;
  const dir = aFolder();
  const [source, edited] = [await paint(), await paint([40, 30], 'webp')];
  mkdirSync(join(dir, 'data'));
  const writer = await createParquetWriter({
    path: join(dir, 'data/train-00000-of-00001.parquet'),
    schema: columns,
    rowGroupRows: 10,
    rowGroupBytes: 1e7,
  });
  await writer.write(row(source, edited));
  await writer.close();
  const workspace = open(join(dir, 'workspace'));
  const report = await run(workspace, format, join(dir, 'data'));
  expect(report).toMatchObject({ rows: 1, imported: 1, bad: 0, columnsLeftOut: format === 'magicbrush' ? ['mask_img'] : [] });
  expect(stored(workspace)).toMatchObject([{ sourceHash: sha(source), editedHash: sha(edited), instruction: 'put it back' }]);
  expect(workspace.imports.importedFacts(1)).toEqual(expected);
});

// Catches: an inverse instruction that is lost or put on the pair as it stands, an inverse that knows nothing of its forward pair, or that
// is stored again (or loses its parent) when the import is started again.
test('HQ-Edit: the inverse instruction is a pair of its own, the other way round, with its forward one as its parent', async () => {
  const dir = aFolder();
  const schema: ParquetColumn[] = [
    { name: 'input_image', type: 'image' },
    { name: 'edit', type: 'string' },
    { name: 'inverse_edit', type: 'string' },
    { name: 'output_image', type: 'image' },
  ];
  const writer = await createParquetWriter({ path: join(dir, 'data.parquet'), schema, rowGroupRows: 10, rowGroupBytes: 1e7 });
  const pictures = await Promise.all([paint(), paint(), paint(), paint()]);
  const row = (from: number, edit: string, inverse_edit: string | null) =>
    writer.write({
      input_image: { bytes: pictures[from]!, path: null },
      output_image: { bytes: pictures[from + 1]!, path: null },
      edit,
      inverse_edit,
    });
  await row(0, 'add a hat', 'take the hat off');
  await row(2, 'make it night', null);
  // Here already, with another way back.
  await row(0, 'add a hat', 'remove the hat');
  await writer.close();
  const workspace = open(join(dir, 'workspace'));
  expect(await run(workspace, 'hq-edit', join(dir, 'data.parquet'))).toMatchObject({ rows: 5, imported: 4, duplicates: 1, bad: 0 });
  expect(await run(workspace, 'hq-edit', join(dir, 'data.parquet'))).toMatchObject({
    rows: 5,
    imported: 0,
    alreadyThere: 4,
    duplicates: 1,
  });
  const [input, output] = [sha(pictures[0]!), sha(pictures[1]!)];
  const forward = { sourceHash: input, editedHash: output, instruction: 'add a hat' };
  const found = [...workspace.exports.rows({ kinds: ['imported'] })];
  const of = (instruction: string) => found.find((one) => one.instruction === instruction);
  expect(found).toHaveLength(4);
  expect(of('add a hat')).toMatchObject({ ...forward, parents: [] });
  for (const instruction of ['take the hat off', 'remove the hat'])
    expect(of(instruction)).toMatchObject({ sourceHash: output, editedHash: input, parents: [forward] });
  expect(workspace.imports.importedFacts(2)).toMatchObject({ kind: 'inverse' });
});

// Catches: a mapping that is not used, that is silently wrong, or that swaps the pictures.
test('any columns can be mapped; a mapping that swaps the pictures is refused', async () => {
  const dir = aFolder();
  const [source, edited] = [await paint(), await paint()];
  put(join(dir, 'set/pics/x.jpg'), source);
  put(join(dir, 'set/pics/y.jpg'), edited);
  put(
    join(dir, 'set/metadata.csv'),
    'before_file,after_file,what,rank\npics/x.jpg,pics/y.jpg,"line one\nline ""two"", three",3\npics/x.jpg\n',
  );
  const workspace = open(join(dir, 'workspace'));
  const report = await run(workspace, 'hf', join(dir, 'set'), { source: 'before_file', edited: 'after_file', instruction: 'what' });
  expect(report).toMatchObject({ rows: 2, imported: 1, bad: 1 });
  expect(report.badRows).toMatchObject([{ line: 4, fault: 'fieldInvalid' }]);
  expect(stored(workspace)).toMatchObject([
    { sourceHash: sha(source), editedHash: sha(edited), instruction: 'line one\nline "two", three' },
  ]);
  expect(workspace.imports.importedFacts(1)?.facts).toEqual({ rank: '3' });
  const swapped = { source: 'edited_image', edited: 'source_image' };
  await expect(run(workspace, 'hf', join(dir, 'set'), swapped)).rejects.toThrow('swapped');
  await expect(run(workspace, 'nothing', join(dir, 'set'))).rejects.toMatchObject({ code: 'inputInvalid' });
  await expect(run(workspace, 'nhr', join(dir, 'none'))).rejects.toMatchObject({ code: 'inputInvalid' });
  put(join(dir, 'utf16/metadata.jsonl'), Buffer.from('\ufeff{"a":1}', 'utf16le'));
  await expect(run(workspace, 'nhr', join(dir, 'utf16'))).rejects.toThrow('UTF-16');
});

// Catches: pairs by another name than the base name, captions lost, a lone control that nobody hears of.
test('pair folders come in by base name; what has no partner or caption is named', async () => {
  const dir = aFolder();
  const pictures = await Promise.all([1, 2, 3, 4, 5].map(() => paint()));
  put(join(dir, 'p/control/one.jpg'), pictures[0]!);
  put(join(dir, 'p/target/one.png'), await paint([40, 30], 'png'));
  put(join(dir, 'p/target/one.txt'), 'make it red\n');
  put(join(dir, 'p/control/two.jpg'), pictures[1]!);
  put(join(dir, 'p/target/two.jpg'), pictures[2]!);
  put(join(dir, 'p/target/three.jpg'), pictures[3]!);
  put(join(dir, 'p/target/three.txt'), 'alone');
  put(join(dir, 'p/control/four.jpg'), pictures[4]!);
  const workspace = open(join(dir, 'workspace'));
  const report = await run(workspace, 'pairs', join(dir, 'p'));
  expect(report).toMatchObject({ rows: 4, imported: 1, bad: 3 });
  expect(report.badRows.map(({ fault, message }) => `${fault}: ${message.split(' in /')[0]}`).sort()).toEqual([
    'fileMissing: The caption two.txt is not there.',
    'fileMissing: There is no picture before the edit named three',
    'fileMissing: There is no target named four.',
  ]);
  expect(stored(workspace)).toMatchObject([{ instruction: 'make it red\n', sourceHash: sha(pictures[0]!) }]);
});

// Catches: losers in the set, winners out of it, turns of a chain between the wrong pictures.
test('Pico-Banana and EditReward: losers are stored out of the set, chains become their turns', async () => {
  const dir = aFolder();
  const names = ['s', 'w', 'l', 'm', 'n'];
  const pictures = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await paint()] as const)));
  for (const name of names) put(join(dir, `set/${name}.jpg`), pictures[name]!);
  put(
    join(dir, 'set/pico.jsonl'),
    [
      {
        local_input_image: 's.jpg',
        text: 'long text',
        summarized_text: 'short',
        edit_type: 'Add',
        output_image: 'w.jpg',
        rejected_images: ['l.jpg'],
      },
      { open_image_input_url: 'https://x.test/1.jpg', text: 'x', output_image: 'w.jpg' },
      {
        files: [
          { id: 'original_input_image', url: 's.jpg' },
          { id: 'edit_turn1', url: 'm.jpg' },
          { id: 'final_image', url: 'n.jpg' },
        ],
        metadata_edit_turn_prompts: ['first', 'second'],
      },
    ]
      .map((row) => JSON.stringify(row))
      .join('\n'),
  );
  const workspace = open(join(dir, 'workspace'));
  const pico = await run(workspace, 'pico', join(dir, 'set'));
  expect(pico).toMatchObject({ rows: 5, imported: 3, dropped: 1, bad: 1 });
  expect(pico.badRows).toMatchObject([{ line: 2, fault: 'fileMissing' }]);
  const [s, m, n] = ['s', 'm', 'n'].map((name) => sha(pictures[name]!));
  expect(stored(workspace).filter(({ instruction }) => instruction !== 'long text')).toMatchObject(
    [
      { sourceHash: m, editedHash: n, instruction: 'second' },
      { sourceHash: s, editedHash: m, instruction: 'first' },
    ].sort((x, y) => (x.sourceHash! < y.sourceHash! ? -1 : 1)),
  );
  put(join(dir, 'reward/a.jpg'), await paint());
  put(join(dir, 'reward/b.jpg'), await paint());
  put(join(dir, 'reward/c.jpg'), await paint());
  put(
    join(dir, 'reward/train.json'),
    JSON.stringify(
      [{ id: 7, prompt: 'say "{[" \\', path_src: 'a.jpg', path1: 'b.jpg', path2: 'c.jpg', model1_overall_score: 8 }, { prompt: 'x' }],
      null,
      2,
    ),
  );
  const reward = await run(workspace, 'editreward', join(dir, 'reward'));
  expect(reward).toMatchObject({ rows: 3, imported: 1, dropped: 1, bad: 1 });
  const states = [...workspace.exports.rows({ states: ['dropped'] })].map(({ instruction }) => instruction);
  expect(states.sort()).toEqual(['long text', 'say "{[" \\']);
});

// Catches: an imported pair that fails a check and stays in the set, numbers lost, a second check of what was checked.
test('imported pairs are checked: what fails leaves the set, and nothing is checked twice', async () => {
  const dir = aFolder();
  for (const name of ['a', 'b', 'c', 'd']) put(join(dir, `set/${name}.jpg`), await paint());
  const rows = [
    ['a', 'b'],
    ['a', 'c'],
    ['a', 'd'],
  ].map(([a, b]) => JSON.stringify({ source: `${a}.jpg`, edited: `${b}.jpg`, instruction: 'go', adherence: 4.5, aesthetics: 4 }));
  put(join(dir, 'set/metadata.jsonl'), rows.join('\n'));
  const workspace = open(join(dir, 'workspace'));
  await run(workspace, 'nhr', join(dir, 'set'));
  const same = { width: 40, height: 30, flagged: 0, largest: 0, components: 0 };
  const changed = { ...same, flagged: 300, largest: 290, components: 2 };
  let looks = 0;
  const deps = {
    blobs: workspace.blobs,
    // The second pair is unchanged, the third broken.
    pixels: {
      lowLevel: async () => {
        looks += 1;
        if (looks === 3) throw new AppError('inputInvalid', 'It does not decode.');
        return looks === 2 ? same : changed;
      },
      fullReference: async () => ({ shift: 0.1, outsideShare: 0.7 }),
    },
    gates: { lowLevel: LowLevelGate.parse({}), profile: 'balanced' as const, fullReference: {} },
    unchecked: workspace.imports.unchecked,
    countUnchecked: workspace.imports.countUnchecked,
    settle: async (...[id, { reason, lowLevel, scores, verdicts }]: Parameters<ScoreImportedDeps['settle']>) => {
      if (reason !== '') await workspace.triplets.setState([id], 'dropped', reason);
      await workspace.triplets.addVerdicts(id, verdicts, scores);
      if (lowLevel !== null) await workspace.imports.setLowLevel(id, lowLevel);
    },
    concurrency: 1,
  };
  const report = await scoreImported(deps, () => undefined, never);
  expect(report).toMatchObject({
    checked: 3,
    passed: 1,
    dropped: 2,
    reasons: new Map([
      ['noChange', 1],
      ['undecodable', 1],
    ]),
  });
  expect([...workspace.exports.rows({ states: ['active'] })]).toMatchObject([
    { lowLevel: changed, signals: { shift: 0.1, outsideShare: 0.7 }, scores: { adherence: 4.5, aesthetics: 4 } },
  ]);
  await expect(scoreImported(deps, () => undefined, never)).rejects.toMatchObject({ code: 'inputInvalid' });
  expect(workspace.faultyCounters()).toEqual([]);
});

// Catches: samples cut at shard borders, a key with the fields of the next, odd texts changed; BAGEL steps between wrong pictures.
test('WebDataset shards and BAGEL Parquet come in; a cut archive gives what it has', async () => {
  const dir = aFolder();
  const pictures = await Promise.all(Array.from({ length: 6 }, () => paint()));
  const path = join(dir, 'train-000000.tar');
  const tar = await createTarWriter({ path });
  for (const i of [0, 1, 2]) {
    await tar.add(`${i}.source.jpg`, pictures[2 * i]!);
    await tar.add(`${i}.edited.jpg`, pictures[2 * i + 1]!);
    await tar.add(
      `${i}.json`,
      Buffer.from(JSON.stringify({ sample_id: `id${i}`, edit_instruction: `שלום ${i}`, category: 'c', adherence: 4.5, aesthetics: 4 })),
    );
  }
  await tar.close();
  const bytes = readFileSync(path);
  put(join(dir, 'cut/train-000000.tar'), bytes.subarray(0, bytes.length - 3000));
  const workspace = open(join(dir, 'workspace'));
  const cut = await run(workspace, 'webdataset', join(dir, 'cut'));
  expect(cut.imported).toBe(2);
  expect(cut.badRows).toMatchObject([{ fault: 'unreadable' }]);
  expect(await run(workspace, 'webdataset', path)).toMatchObject({ rows: 3, imported: 1, duplicates: 2, bad: 0 });
  expect(stored(workspace).map(({ scores }) => scores)).toEqual(Array(3).fill({ adherence: 4.5, aesthetics: 4 }));

  const kit = join(dir, 'kit/bagel/set/chunk_0.parquet');
  mkdirSync(dirname(kit), { recursive: true });
  const schema: ParquetColumn[] = [
    { name: 'image_list', type: { list: 'binary' } },
    { name: 'instruction_list', type: { list: { list: 'string' } } },
  ];
  const writer = await createParquetWriter({ path: kit, schema, rowGroupRows: 10, rowGroupBytes: 1e7 });
  await writer.write({ image_list: pictures.slice(0, 3), instruction_list: [['one', 'uno'], ['two']] });
  await writer.write({ image_list: pictures.slice(0, 3), instruction_list: [['one']] });
  await writer.close();
  const bagel = await run(workspace, 'bagel', join(dir, 'kit'));
  expect(bagel).toMatchObject({ rows: 3, imported: 2, bad: 1 });
  expect(workspace.imports.importedFacts(4)).toEqual({ itemId: '', kind: '', paraphrases: ['uno'], facts: { turn: 1, turns: 2 } });
});

// Catches: ratings of nobody's triplet taken in silence, the second rating of a person beside the first.
test('ratings find their triplets by any of their ids', async () => {
  const dir = aFolder();
  put(join(dir, 'set/a.jpg'), await paint());
  put(join(dir, 'set/b.jpg'), await paint());
  put(join(dir, 'set/metadata.jsonl'), JSON.stringify({ sample_id: 'x7', source: 'a.jpg', edited: 'b.jpg', instruction: 'go' }));
  const workspace = open(join(dir, 'workspace'));
  await run(workspace, 'nhr', join(dir, 'set'));
  put(
    join(dir, 'r.csv'),
    '\ufeffitem_id,rater_id,instruction,aesthetics\r\nx7,ann,4,5\r\n1,ann,3,5\r\n1,bob,4.5,2\r\nnobody,bob,4,4\r\n1,eve,9,4\r\n',
  );
  const report = await run(workspace, 'ratings', join(dir, 'r.csv'));
  expect(report).toMatchObject({ rows: 5, ratings: 3, bad: 2 });
  expect(report.badRows.map(({ line, fault }) => [line, fault])).toEqual(
    [
      [6, 'scoreInvalid'],
      [5, 'unknownItem'],
    ].sort((x, y) => Number(x[0]) - Number(y[0])),
  );
});
