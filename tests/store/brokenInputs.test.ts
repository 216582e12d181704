import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import { PRESETS } from '../../src/main/engine/transfer/import/columnMap.ts';
import { runImport } from '../../src/main/engine/transfer/import/runImport.ts';
import type { RowFault } from '../../src/main/engine/transfer/import/types.ts';
import { createParquetWriter, type ParquetColumn } from '../../src/main/engine/transfer/parquet/writer.ts';
import { createTarWriter } from '../../src/main/engine/transfer/tar/writer.ts';
import { aFolder, importDeps, open } from './world.ts';

/** One row of a set; a fault where something is wrong with it. */
interface Row {
  id: string;
  fault: RowFault | null;
  /** What makes it wrong; rows of a kind that a format cannot express are not in its set. */
  kind: 'bytes' | 'path' | 'names' | 'id' | 'text' | 'latin' | 'score' | 'good';
  edited?: Buffer | 'source';
  /** Instead of a picture of its own. */
  editedPath?: string;
  instruction?: string;
  scores?: [string, string];
}

/** Stands for a byte that is no UTF-8, until the file is written. */
const LATIN = 'LATIN1BYTE';

let rows: Row[];
let source: Buffer;
let good: Buffer;
beforeAll(async () => {
  const paint = (background: string, format: 'jpeg' | 'png') =>
    sharp({ create: { width: 40, height: 30, channels: 3, background } })
      .toFormat(format)
      .toBuffer();
  source = await paint('#123456', 'jpeg');
  good = await paint('#654321', 'jpeg');
  const png = await paint('#abcdef', 'png');
  const bomb = Buffer.from(png);
  bomb.writeUInt32BE(60_000, 16);
  bomb.writeUInt32BE(60_000, 20);
  rows = [
    { id: 'good', fault: null, kind: 'good', scores: ['5', '4'] },
    { id: 'cut', fault: 'truncated', kind: 'bytes', edited: good.subarray(0, good.length - 30) },
    { id: 'cut png', fault: 'truncated', kind: 'bytes', edited: png.subarray(0, png.length - 20) },
    { id: 'bomb', fault: 'tooManyPixels', kind: 'bytes', edited: bomb },
    { id: 'zero', fault: 'fileEmpty', kind: 'bytes', edited: Buffer.alloc(0) },
    { id: 'words', fault: 'notAPicture', kind: 'bytes', edited: Buffer.from('no picture, whatever it is called') },
    { id: 'same', fault: 'samePicture', kind: 'bytes', edited: 'source' },
    { id: 'gone', fault: 'fileMissing', kind: 'path', editedPath: 'none.jpg' },
    { id: 'absolute', fault: 'pathOutside', kind: 'path', editedPath: import.meta.filename },
    { id: 'up', fault: 'pathOutside', kind: 'path', editedPath: '../../secret.jpg' },
    { id: 'address', fault: 'pathOutside', kind: 'path', editedPath: 'https://x.test/a.jpg' },
    { id: 'names', fault: 'swapped', kind: 'names' },
    { id: 'good', fault: 'duplicateId', kind: 'id', instruction: 'do something else' },
    { id: 'mute', fault: 'fieldMissing', kind: 'text', instruction: '  ' },
    { id: 'latin', fault: 'encoding', kind: 'latin', instruction: `caf${LATIN}` },
    { id: 'high', fault: 'scoreInvalid', kind: 'score', scores: ['9', '4'] },
    { id: 'last', fault: null, kind: 'good', instruction: 'do it 👩‍👩‍👧\nاجعله', scores: ['4.75', '4.5'] },
  ];
});

const instructionOf = (row: Row) => row.instruction ?? `do ${row.id}`;
const bytesOf = (row: Row) => (row.edited === 'source' ? source : (row.edited ?? good));

function put(path: string, content: Uint8Array | string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

/** Writes text with the byte that is no UTF-8 in its place. */
function putText(path: string, text: string): void {
  put(
    path,
    Buffer.concat(text.split(LATIN).flatMap((part, i) => (i === 0 ? [Buffer.from(part)] : [Buffer.from([0xe9]), Buffer.from(part)]))),
  );
}

/** Pictures of a row as files of a set; gives their paths from its folder. */
function putPictures(dir: string, row: Row, index: number): { source: string; edited: string } {
  const [a, b] = row.kind === 'names' ? ['edited', 'original'] : ['a', 'b'];
  const paths = { source: `pics/${index}_${a}.jpg`, edited: row.editedPath ?? `pics/${index}_${b}.jpg` };
  put(join(dir, paths.source), source);
  if (row.editedPath === undefined) put(join(dir, paths.edited), bytesOf(row));
  return paths;
}

async function putParquet(path: string, schema: ParquetColumn[], all: Record<string, unknown>[]): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  const writer = await createParquetWriter({ path, schema, rowGroupRows: 5, rowGroupBytes: 1e7 });
  for (const row of all) await writer.write(row);
  await writer.close();
  // Text lies in the file as it is: ten bytes that are ten bytes, of which one is no UTF-8.
  const bytes = readFileSync(path);
  for (let at = bytes.indexOf(LATIN); at >= 0; at = bytes.indexOf(LATIN, at)) bytes[at] = 0xe9;
  writeFileSync(path, bytes);
}

/** A JSON object whose scores stand as they were given: 5 is not 5.0. */
function json(cells: Record<string, unknown>, scores: [string, string] | undefined): string {
  const text = JSON.stringify(cells);
  return scores ? `${text.slice(0, -1)},"adherence":${scores[0]},"aesthetics":${scores[1]}}` : text;
}

type Preset = keyof typeof PRESETS;
const first = (columns: readonly string[]) => columns[0]!;

function cellsOf(preset: Preset, row: Row, pictures: { source: unknown; edited: unknown }): Record<string, unknown> {
  const names = PRESETS[preset];
  const text = instructionOf(row);
  return {
    ...(names.id.length > 0 && { [first(names.id)]: row.id }),
    [first(names.source)]: pictures.source,
    [first(names.edited)]: pictures.edited,
    [first(names.instruction)]: preset === 'omniedit' ? [text] : text,
  };
}

interface Layout {
  format: string;
  /** Kinds of rows it cannot express. */
  without: Row['kind'][];
  write(dir: string, all: Row[]): Promise<void> | void;
  /** Line of a row by its number from 0; null where files are found by name. */
  line: ((index: number) => number) | null;
  mixed: boolean;
}

const table = (preset: Preset): Layout => ({
  format: preset,
  without: [
    ...(PRESETS[preset].id.length > 0 ? [] : (['id'] as const)),
    ...(PRESETS[preset].adherence.length > 0 ? [] : (['score'] as const)),
  ],
  write(dir, all) {
    const scored = PRESETS[preset].adherence.length > 0;
    putText(
      join(dir, 'metadata.jsonl'),
      all.map((row, i) => json(cellsOf(preset, row, putPictures(dir, row, i)), scored ? row.scores : undefined)).join('\n'),
    );
  },
  line: (index) => index + 1,
  mixed: PRESETS[preset].adherence.length > 0,
});

const parquet = (preset: Preset): Layout => ({
  ...table(preset),
  without: [...table(preset).without, 'path'],
  async write(dir, all) {
    const names = PRESETS[preset];
    const schema: ParquetColumn[] = [
      ...(names.id.length > 0 ? [{ name: first(names.id), type: 'string' as const }] : []),
      { name: first(names.source), type: 'image' },
      { name: first(names.edited), type: 'image' },
      { name: first(names.instruction), type: preset === 'omniedit' ? { list: 'string' } : 'string' },
      ...(names.adherence.length > 0 ? (['adherence', 'aesthetics'] as const).map((name) => ({ name, type: 'double' as const })) : []),
    ];
    const cells = all.map((row) => ({
      ...cellsOf(preset, row, {
        source: { bytes: source, path: row.kind === 'names' ? 'x_edited.jpg' : 'a.jpg' },
        edited: { bytes: bytesOf(row), path: row.kind === 'names' ? 'x_original.jpg' : 'b.jpg' },
      }),
      ...(names.adherence.length > 0 && { adherence: Number(row.scores?.[0] ?? -1), aesthetics: Number(row.scores?.[1] ?? -1) }),
    }));
    await putParquet(join(dir, 'data/train-00000-of-00001.parquet'), schema, cells);
  },
  // A typed column cannot mix them.
  mixed: false,
});

const LAYOUTS: Record<string, Layout> = {
  ...Object.fromEntries(Object.keys(PRESETS).map((preset) => [`${preset} jsonl`, table(preset as Preset)])),
  ...Object.fromEntries(Object.keys(PRESETS).map((preset) => [`${preset} parquet`, parquet(preset as Preset)])),
  'hf csv': {
    format: 'hf',
    without: [],
    write(dir, all) {
      const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
      const line = (cells: string[]) => cells.map(quote).join(',');
      const lines = all.map((row, i) => {
        const { source: a, edited: b } = putPictures(dir, row, i);
        // One line a row, so that the lines can be counted here.
        return line([row.id, a, b, instructionOf(row).replace('\n', ' '), ...(row.scores ?? ['', ''])]);
      });
      // A quote that is never closed: its line is lost and nothing else.
      const text = ['id,source_image,edited_image,edit_instruction,adherence,aesthetics', 'open,"pics/0_a.jpg,pics/0_b.jpg,x,,', ...lines];
      putText(join(dir, 'metadata.csv'), text.join('\r\n'));
    },
    line: (index) => index + 3,
    mixed: true,
  },
  'json array': {
    format: 'editreward',
    without: ['score', 'names', 'id'],
    write(dir, all) {
      const objects = all.map((row, i) => {
        const { source: a, edited: b } = putPictures(dir, row, i);
        return JSON.stringify({ id: i, prompt: instructionOf(row), path_src: a, path1: b, path2: b }, null, 2);
      });
      putText(join(dir, 'train.json'), `[\n${objects.join(',\n')}\n]`);
    },
    line: (index) => index + 1,
    mixed: false,
  },
  'editreward parquet': {
    format: 'editreward',
    without: ['score', 'names', 'id', 'path'],
    async write(dir, all) {
      const image = (name: string) => ({ name, type: 'image' as const });
      const schema: ParquetColumn[] = [
        { name: 'unique_key', type: 'string' },
        { name: 'instruction', type: 'string' },
        image('source_img'),
        image('left_output_image'),
        image('right_output_image'),
        { name: 'vote_type', type: 'string' },
      ];
      const cells = all.map((row, i) => ({
        unique_key: `k${i}`,
        instruction: instructionOf(row),
        source_img: { bytes: source, path: 's.jpg' },
        left_output_image: { bytes: bytesOf(row), path: 'l.jpg' },
        right_output_image: { bytes: bytesOf(row), path: 'r.jpg' },
        vote_type: 'tie',
      }));
      await putParquet(join(dir, 'data-0.parquet'), schema, cells);
    },
    line: (index) => index + 1,
    mixed: false,
  },
  pico: {
    format: 'pico',
    without: ['score', 'names', 'id'],
    write(dir, all) {
      const lines = all.map((row, i) => {
        const { source: a, edited: b } = putPictures(dir, row, i);
        return JSON.stringify({ local_input_image: a, output_image: b, text: instructionOf(row), edit_type: 'Add' });
      });
      putText(join(dir, 'sft.jsonl'), lines.join('\n'));
    },
    line: (index) => index + 1,
    mixed: false,
  },
  pairs: {
    format: 'pairs',
    // A picture that is not there is another fault: a target without its control.
    without: ['score', 'names', 'path'],
    write(dir, all) {
      for (const row of all) {
        const extension = row.kind === 'id' ? 'png' : 'jpg';
        put(join(dir, `control/${row.id}.jpg`), source);
        put(join(dir, `target/${row.id}.${extension}`), bytesOf(row));
        if (row.kind !== 'id') putText(join(dir, `target/${row.id}.txt`), instructionOf(row));
      }
    },
    line: null,
    mixed: false,
  },
  webdataset: {
    format: 'webdataset',
    without: ['path', 'names'],
    async write(dir, all) {
      mkdirSync(dir, { recursive: true });
      const path = join(dir, 'train-000000.tar');
      const tar = await createTarWriter({ path });
      for (const [i, row] of all.entries()) {
        const text = json({ sample_id: row.id, edit_instruction: instructionOf(row) }, row.scores);
        await tar.add(`${String(i).padStart(4, '0')}.source.jpg`, source);
        await tar.add(`${String(i).padStart(4, '0')}.edited.jpg`, bytesOf(row));
        await tar.add(`${String(i).padStart(4, '0')}.json`, Buffer.from(text));
      }
      await tar.close();
      const bytes = readFileSync(path);
      bytes[bytes.indexOf(LATIN)] = 0xe9;
      writeFileSync(path, bytes);
    },
    line: (index) => index + 1,
    mixed: true,
  },
  bagel: {
    format: 'bagel',
    without: ['score', 'names', 'id', 'path', 'text'],
    async write(dir, all) {
      const schema: ParquetColumn[] = [
        { name: 'image_list', type: { list: 'binary' } },
        { name: 'instruction_list', type: { list: { list: 'string' } } },
      ];
      const cells = all.map((row) => ({ image_list: [source, bytesOf(row)], instruction_list: [[instructionOf(row)]] }));
      await putParquet(join(dir, 'bagel/set/chunk_0.parquet'), schema, cells);
    },
    line: (index) => index + 1,
    mixed: false,
  },
};

async function importFrom(format: string, dir: string) {
  const workspace = open(join(aFolder(), 'workspace'));
  const deps = importDeps(workspace);
  const reportFile = join(workspace.dir, 'bad.jsonl');
  const report = await runImport(deps, { format, path: dir, map: {}, reportFile }, () => undefined, new AbortController().signal);
  const lines = report.reportFile === '' ? [] : readFileSync(reportFile, 'utf8').trim().split('\n');
  return {
    report,
    workspace,
    bad: lines.map((line) => JSON.parse(line) as { file: string; line: number; id: string; fault: RowFault; message: string }),
  };
}

// Catches: a broken row that stops a set, goes in unseen or is called something else; a fault without file and line; a good row that is
// lost with its neighbours; a picture from outside of the set's folder.
test.each(Object.keys(LAYOUTS))('%s: every broken row is named by file and line, the rest goes in', async (name) => {
  const layout = LAYOUTS[name]!;
  const dir = join(aFolder(), 'set');
  const all = rows.filter(({ kind }) => !layout.without.includes(kind));
  await layout.write(dir, all);
  const { report, workspace, bad } = await importFrom(layout.format, dir);

  const expected = all.flatMap(({ fault, id }, index) => (fault === null ? [] : [`${layout.line?.(index) ?? id} ${fault}`]));
  const extra = name === 'hf csv' ? ['2 fieldInvalid'] : [];
  const found = bad.filter(({ fault }) => fault !== 'mixedScores').map(({ line, id, fault }) => `${layout.line ? line : id} ${fault}`);
  // Both candidates of an EditReward row have the same fault.
  expect([...new Set(found)].sort()).toEqual([...expected, ...extra].sort());
  for (const { file, message } of bad) {
    expect(file.startsWith(dir)).toBe(true);
    expect(message).toMatch(/[a-z]/);
  }
  // Whole numbers first, a fraction later: both scores, once each.
  expect(bad.filter(({ fault }) => fault === 'mixedScores').length).toBe(layout.mixed ? 2 : 0);

  const instructions = [...workspace.exports.rows({})].map(({ instruction }) => instruction).sort();
  const wanted = all.filter(({ fault }) => fault === null).map((row) => instructionOf(row));
  expect(instructions).toEqual((name === 'hf csv' ? wanted.map((text) => text.replace('\n', ' ')) : wanted).sort());
  expect(report.imported).toBe(2);
  expect(workspace.faultyCounters()).toEqual([]);
});

// Catches: one file of a set that cannot be read, and with it all the others.
test('a file that cannot be read is named, the other files go in', async () => {
  const dir = join(aFolder(), 'set');
  const shard = (name: string, text: string) =>
    putParquet(
      join(dir, 'data', name),
      [
        { name: 'source_image', type: 'image' },
        { name: 'edited_image', type: 'image' },
        { name: 'edit_instruction', type: 'string' },
      ],
      [{ source_image: { bytes: source, path: null }, edited_image: { bytes: good, path: null }, edit_instruction: text }],
    );
  await shard('a.parquet', 'one');
  await shard('c.parquet', 'two');
  await shard('d.parquet', 'three');
  put(join(dir, 'data/b.parquet'), '');
  const cut = readFileSync(join(dir, 'data/c.parquet'));
  writeFileSync(join(dir, 'data/c.parquet'), cut.subarray(0, cut.length - 10));
  const { report, bad } = await importFrom('nhr', dir);
  expect(report.imported).toBe(2);
  expect(bad.map(({ file, fault }) => [file.slice(-9), fault])).toEqual([
    ['b.parquet', 'fileEmpty'],
    ['c.parquet', 'unreadable'],
  ]);

  const lists = join(aFolder(), 'lists');
  for (const [part, text] of [
    ['one', 'keep it'],
    ['two', 'lost'],
  ] as const) {
    put(join(lists, part, 'a.jpg'), source);
    put(join(lists, part, 'b.jpg'), good);
    put(join(lists, part, 'metadata.jsonl'), JSON.stringify({ source: 'a.jpg', edited: 'b.jpg', instruction: text }));
  }
  const wide = readFileSync(join(lists, 'two/metadata.jsonl'), 'utf8');
  put(join(lists, 'two/metadata.jsonl'), Buffer.from(`\ufeff${wide}`, 'utf16le'));
  put(join(lists, 'three/metadata.jsonl'), '');
  const mixed = await importFrom('nhr', lists);
  expect(mixed.report.imported).toBe(1);
  expect(mixed.bad.map(({ fault }) => fault).sort()).toEqual(['encoding', 'fileEmpty']);
  // When that is all there is, it is no import with a report: it is an error.
  await expect(importFrom('nhr', join(lists, 'two'))).rejects.toThrow('UTF-16');
});

// Catches: ratings that are taken though they are broken, or refused though they are sound.
test('broken ratings are named by line, the rest goes in', async () => {
  const dir = join(aFolder(), 'set');
  put(join(dir, 'a.jpg'), source);
  put(join(dir, 'b.jpg'), good);
  put(join(dir, 'metadata.jsonl'), JSON.stringify({ sample_id: 'x7', source: 'a.jpg', edited: 'b.jpg', instruction: 'go' }));
  putText(
    join(dir, 'ratings.csv'),
    [
      'item_id,rater_id,instruction,aesthetics',
      'x7,ann,4,4.5',
      'nobody,ann,4,4',
      'x7,,4,4',
      'x7,bob,nine,4',
      'x7,bob,9,4',
      'x7,bob,4',
      `x7,ren${LATIN},4,4`,
      'x7,"open,4,4',
      'x7,"zoë",5,4',
    ].join('\n'),
  );
  const { workspace } = await importFrom('nhr', dir);
  const deps = importDeps(workspace);
  const reportFile = join(workspace.dir, 'ratings.jsonl');
  const report = await runImport(
    deps,
    { format: 'ratings', path: dir, map: {}, reportFile },
    () => undefined,
    new AbortController().signal,
  );
  expect(report).toMatchObject({ ratings: 2, bad: 7 });
  const faults = readFileSync(reportFile, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { line: number; fault: string });
  expect(faults.map(({ line, fault }) => `${line} ${fault}`).sort()).toEqual([
    '3 unknownItem',
    '4 fieldMissing',
    '5 scoreInvalid',
    '6 scoreInvalid',
    '7 fieldInvalid',
    '8 encoding',
    '9 fieldInvalid',
  ]);
});
