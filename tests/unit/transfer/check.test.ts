import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkExport, MAX_FAULTS } from '../../../src/main/engine/transfer/checkExport.ts';
import type { FaultKind } from '../../../src/main/engine/transfer/faults.ts';
import { aRow, checkDeps, exportDeps, exportTo, type PictureWorld, pictureWorld, sampleRows } from './world.ts';

let world: PictureWorld;
let dir: string;
beforeEach(async () => {
  world = pictureWorld();
  dir = join(world.dir, 'set');
  await exportTo(exportDeps(world, await sampleRows(world)), dir);
});
afterEach(() => world.remove());

const check = () => checkExport(checkDeps, dir, () => undefined, new AbortController().signal);
const kinds = async () => new Set((await check()).faults.map((fault) => fault.kind));
const picture = (name: string) => join(dir, 'train/images/00', name);

/** Changes metadata.jsonl and makes the checksums agree again, as somebody would who edits on purpose. */
function rewriteMetadata(change: (lines: string[]) => string[]): void {
  const file = join(dir, 'train/metadata.jsonl');
  const before = readFileSync(file, 'utf8');
  const after = `${change(before.trimEnd().split('\n')).join('\n')}\n`;
  const sha = (text: string) => createHash('sha256').update(text).digest('hex');
  writeFileSync(file, after);
  for (const name of ['SHA256SUMS', 'manifest.json']) {
    const path = join(dir, name);
    const sumsBefore = name === 'manifest.json' ? sha(sumsText) : '';
    const sumsAfter = name === 'manifest.json' ? sha(readFileSync(join(dir, 'SHA256SUMS'), 'utf8')) : '';
    if (name === 'SHA256SUMS') sumsText = readFileSync(path, 'utf8');
    writeFileSync(path, readFileSync(path, 'utf8').replace(sha(before), sha(after)).replace(sumsBefore, sumsAfter));
  }
}
let sumsText = '';

const editRow = (index: number, change: (line: string) => string) =>
  rewriteMetadata((lines) => lines.map((line, i) => (i === index ? change(line) : line)));
const swap = (line: string, a: string, b: string) => {
  const row = JSON.parse(line);
  const find = (key: string) => `"${key}":"${row[key]}"`;
  return line.replace(find(a), `"${a}":"${row[b]}"`).replace(find(b), `"${b}":"${row[a]}"`);
};

// Each corruption below once was, or would be, a dataset that trains without a word.
const corruptions: [string, () => void, FaultKind][] = [
  ['a flipped byte in a picture', () => flipByte(picture('image_0000000_original.jpg')), 'changed'],
  [
    'a cut picture',
    () => writeNew(picture('image_0000001_original.png'), readFileSync(picture('image_0000001_original.png')).subarray(0, 100)),
    'undecodable',
  ],
  ['a deleted picture', () => rmSync(picture('image_0000000_edited_1.jpg')), 'missing'],
  ['an extra file', () => writeFileSync(join(dir, 'train/images/notes.txt'), 'hello'), 'extra'],
  ['a picture that is a link', () => linkInstead(picture('image_0000000_edited_2.jpg')), 'changed'],
  ['a changed card', () => writeNew(join(dir, 'README.md'), Buffer.from('mine')), 'changed'],
  [
    'source and edited swapped',
    () => editRow(0, (line) => swap(swap(line, 'source_file_name', 'edited_file_name'), 'source_sha256', 'edited_sha256')),
    'direction',
  ],
  ['only the file names swapped', () => editRow(0, (line) => swap(line, 'source_file_name', 'edited_file_name')), 'direction'],
  ['a score written as an integer', () => editRow(1, (line) => line.replace('"adherence":5.0', '"adherence":5')), 'float'],
  ['a row there twice', () => rewriteMetadata((lines) => [...lines, lines[0]!]), 'duplicate'],
  [
    'a row twice under another id',
    () => rewriteMetadata((lines) => [...lines, lines[0]!.replace(/"sample_id":"\w{16}"/, '"sample_id":"0123456789abcdef"')]),
    'duplicate',
  ],
  ['a row left out', () => rewriteMetadata((lines) => lines.slice(1)), 'manifest'],
  ['a size that is not the picture’s', () => editRow(2, (line) => line.replace('"img_width":64', '"img_width":65')), 'size'],
  ['the same picture on both sides', () => editRow(0, (line) => line.replace('_edited_1.jpg', '_original.jpg')), 'same'],
  ['a path out of the folder', () => editRow(0, (line) => line.replace('images/00/image', '../../images/00/image')), 'path'],
  ['a null', () => editRow(0, (line) => line.replace(/"seed":7/, '"seed":null')), 'row'],
  ['a line that is no JSON', () => editRow(4, (line) => line.slice(0, -3)), 'row'],
  ['a listed path out of the folder', () => writeNew(join(dir, 'SHA256SUMS'), Buffer.from(`${'0'.repeat(64)}  ../secret.jpg\n`)), 'path'],
];

test.each(corruptions)('%s is found', async (_, corrupt, kind) => {
  corrupt();
  expect(await kinds()).toContain(kind);
});

// Catches: corruptions above that are only found because the metadata's checksum differs.
test('an edit with matching checksums gives exactly its own faults', async () => {
  editRow(1, (line) => line.replace('"adherence":5.0', '"adherence":5'));
  const report = await check();
  expect(report.faults).toEqual([
    { kind: 'float', file: 'train/metadata.jsonl', line: 2, message: 'adherence is written 5, without a decimal point.' },
  ]);
  expect(report.lines.filter((line) => !line.ok)).toEqual([{ label: 'Scores', value: '1 fault', ok: false }]);
});

// Catches: one broken file reported again by every row that uses it.
test('a deleted picture is one fault, however many rows use it', async () => {
  rmSync(picture('image_0000000_original.jpg'));
  const report = await check();
  expect(report.faults.map((fault) => [fault.kind, fault.file])).toEqual([['missing', 'train/images/00/image_0000000_original.jpg']]);
});

// Catches: a report of millions of lines.
test('faults are capped and the total is said', async () => {
  rewriteMetadata((lines) => [...lines, ...Array.from({ length: 150 }, () => 'x')]);
  const report = await check();
  expect(report.faults).toHaveLength(MAX_FAULTS);
  expect(report.faultCount).toBe(150);
});

// Catches: rows in another order than the folders, which must be slower and not wrong.
test('shuffled rows over many folders read back', async () => {
  const far = join(world.dir, 'far');
  const [a, b] = [await world.picture('white', 'red', 'png', [30, 30]), await world.picture('white', 'blue', 'png', [30, 30])];
  const rows = Array.from({ length: 2001 }, (_, i) =>
    aRow({ sourceHash: a, editedHash: b, rootHash: i % 2 ? a : b, kind: 'interactive', instruction: `Edit ${i}`, width: 30, height: 30 }),
  );
  await exportTo(exportDeps(world, rows), far);
  dir = far;
  rewriteMetadata((lines) => [lines[2000]!, lines[1500]!, ...lines.filter((_, i) => i !== 2000 && i !== 1500)]);
  const size = async () => ({ width: 30, height: 30 });
  const fast = { decode: size, decodeBytes: size, concurrency: 4 };
  expect((await checkExport(fast, far, () => undefined, new AbortController().signal)).faults).toEqual([]);
});

// Catches: a stack trace for a folder that is something else.
test('a folder that is no export is refused by name', async () => {
  await expect(checkExport(checkDeps, world.dir, () => undefined, new AbortController().signal)).rejects.toMatchObject({
    code: 'inputInvalid',
  });
});

/** Pictures may be hard links into the store: a new file is put in place, the old bytes are left alone. */
function writeNew(path: string, bytes: Uint8Array): void {
  rmSync(path);
  writeFileSync(path, bytes);
}

function flipByte(path: string): void {
  const bytes = readFileSync(path);
  bytes[bytes.length - 20]! ^= 1;
  writeNew(path, bytes);
}

function linkInstead(path: string): void {
  copyFileSync(path, join(world.dir, 'elsewhere.jpg'));
  rmSync(path);
  symlinkSync(join(world.dir, 'elsewhere.jpg'), path);
}
