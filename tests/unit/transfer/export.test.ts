import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkExport } from '../../../src/main/engine/transfer/checkExport.ts';
import { neededBytes } from '../../../src/main/engine/transfer/export/space.ts';
import { familyPath, pictureName } from '../../../src/main/engine/transfer/families.ts';
import { FORMATS } from '../../../src/main/engine/transfer/formats/index.ts';
import { ExportOptions } from '../../../src/shared/model/export.ts';
import { aRow, checkDeps, exportDeps, exportTo, type PictureWorld, pictureWorld, sampleRows } from './world.ts';

let world: PictureWorld;
beforeEach(() => {
  world = pictureWorld();
});
afterEach(() => world.remove());

const never = new AbortController().signal;
const silent = () => undefined;
const linesOf = (dir: string) =>
  readFileSync(join(dir, 'train/metadata.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

// Catches: an export its own check does not accept, pictures copied per row, and a wrong way round.
test('what is exported reads back without a fault, each picture once', async () => {
  const dir = join(world.dir, 'set');
  const progress: number[] = [];
  const report = await exportTo(exportDeps(world, await sampleRows(world)), dir, 'nhr', {}, (done) => progress.push(done));
  expect(report).toMatchObject({ rows: 5, originals: 2, pictures: 5, encoded: 0, kept: 0, leftOut: { rejected: 0, duplicates: 0 } });
  expect(report.linked + report.cloned + report.copied).toBe(5);
  expect(progress.at(-1)).toBe(5);
  expect(readdirSync(join(dir, 'train/images/00')).sort()).toEqual([
    'image_0000000_edited_1.jpg',
    'image_0000000_edited_2.jpg',
    'image_0000000_original.jpg',
    'image_0000001_edited_1.png',
    'image_0000001_original.png',
  ]);
  const rows = linesOf(dir);
  expect(rows.map((row) => [row.kind, row.source_file_name.slice(24), row.edited_file_name.slice(24)])).toEqual([
    ['forward', 'original.jpg', 'edited_1.jpg'],
    ['forward', 'original.jpg', 'edited_2.jpg'],
    ['inverse', 'edited_2.jpg', 'original.jpg'],
    ['composed', 'edited_2.jpg', 'edited_1.jpg'],
    ['forward', 'original.png', 'edited_1.png'],
  ]);
  expect(rows[2].parents).toBe(rows[1].sample_id);

  const check = await checkExport(checkDeps, dir, silent, never);
  expect(check.faults).toEqual([]);
  expect(check).toMatchObject({ ok: true, rows: 5, pictures: 5 });
});

// Catches: an order that depends on when things were mined, times or paths inside the data, bytes that were encoded again.
test('the same set in another order gives the same bytes, but for the manifest', async () => {
  const rows = await sampleRows(world);
  const a = join(world.dir, 'a', 'set');
  const b = join(world.dir, 'b', 'set');
  await exportTo(exportDeps(world, rows), a);
  await exportTo(exportDeps(world, [...rows.slice(0, 4).reverse(), ...rows.slice(4)], { now: () => 5 }), b);
  for (const file of ['SHA256SUMS', 'README.md', 'train/metadata.jsonl'])
    expect(readFileSync(join(a, file))).toEqual(readFileSync(join(b, file)));
  expect(readFileSync(join(a, 'train/images/00/image_0000000_original.jpg'))).toEqual(readFileSync(world.file(rows[2]!.sourceHash)));
});

// Catches: rejected triplets that reach a dataset, and leaving something out without saying so.
test('what a reviewer rejected and what is there twice stay out and are counted', async () => {
  const rows = await sampleRows(world);
  const deps = exportDeps(world, [{ ...rows[1]!, decision: 'reject' }, rows[2]!, { ...rows[2]! }]);
  const report = await exportTo(deps, join(world.dir, 'set'));
  expect(report).toMatchObject({ rows: 1, leftOut: { rejected: 1, duplicates: 1 } });
  expect(JSON.parse(readFileSync(join(world.dir, 'set/manifest.json'), 'utf8')).leftOut).toMatchObject({ rejected: 1, duplicates: 1 });
  const chosen = await exportTo(deps, join(world.dir, 'rejects'), 'nhr', { filter: { decision: 'reject' } });
  expect(chosen.leftOut.rejected).toBe(0);
});

// Catches: folders of unlimited size, and names that collide after the first folder.
test('a folder takes a thousand originals', () => {
  const paths = [0, 999, 1000, 123_456].map((index) => familyPath(index) + pictureName(0, 'jpg'));
  expect(paths).toEqual([
    'images/00/image_0000000_original.jpg',
    'images/00/image_0000999_original.jpg',
    'images/01/image_0001000_original.jpg',
    'images/123/image_0123456_original.jpg',
  ]);
});

// Catches: a half-made dataset under the real name, or a forgotten partial folder.
test('a cancelled or failed export leaves nothing', async () => {
  const rows = await sampleRows(world);
  const out = join(world.dir, 'out');
  const abort = new AbortController();
  const reason = new Error('stop');
  await expect(exportTo(exportDeps(world, rows), join(out, 'set'), 'nhr', {}, () => abort.abort(reason), abort.signal)).rejects.toBe(
    reason,
  );
  expect(readdirSync(out)).toEqual([]);
  const broken = exportDeps(world, [...rows, aRow({ sourceHash: 'f'.repeat(64), editedHash: rows[0]!.editedHash })]);
  await expect(exportTo(broken, join(out, 'set'))).rejects.toMatchObject({ code: 'workspaceCorrupt' });
  expect(readdirSync(out)).toEqual([]);
});

// Catches: writing into somebody's folder, and leftovers of a killed process that pile up.
test('an occupied target is refused, an empty one and leftovers of the dead are not in the way', async () => {
  const deps = exportDeps(world, await sampleRows(world));
  const full = join(world.dir, 'full');
  mkdirSync(full);
  writeFileSync(join(full, 'notes.txt'), 'mine');
  await expect(exportTo(deps, full)).rejects.toMatchObject({ code: 'conflict', details: { file: full } });
  await expect(exportTo(deps, join(full, 'notes.txt'))).rejects.toMatchObject({ code: 'conflict' });
  expect(readFileSync(join(full, 'notes.txt'), 'utf8')).toBe('mine');

  const empty = join(world.dir, 'empty');
  mkdirSync(empty);
  // No process has this id: Linux stops at 2^22. What a dead one left with other options is started anew.
  const partial = `${empty}.partial`;
  mkdirSync(join(partial, 'set'), { recursive: true });
  writeFileSync(join(partial, 'owner'), '99999999');
  writeFileSync(join(partial, 'set', 'left'), 'half');
  await exportTo(deps, empty);
  expect([partial, join(empty, 'left')].map(existsSync)).toEqual([false, false]);
  expect(existsSync(join(empty, 'manifest.json'))).toBe(true);
});

// Catches: filling the disk before noticing, and a message without the numbers.
test('too little room is said before anything is written', async () => {
  const deps = exportDeps(world, await sampleRows(world), { freeBytes: async () => 3_000_000 });
  const error = await exportTo(deps, join(world.dir, 'out/set')).catch((caught) => caught);
  expect(error).toMatchObject({ code: 'diskFull' });
  expect(error.message).toMatch(/needs about 16\.8 MB, but only 3\.0 MB are free/);
  expect(readdirSync(join(world.dir, 'out'))).toEqual([]);
});

// Catches: links that are charged for, shards that are let off as if they were links, copies and encoded pictures that are forgotten.
test.each(FORMATS)('$id: room is asked for by what it writes', (format) => {
  const set = { rows: 1000, pictureBytes: 1e12 };
  const options = ExportOptions.parse({});
  const copies: Record<string, number> = { 'hf-parquet': 1, bagel: 1, webdataset: 1, preference: 1, ratings: 4 / 3 };
  const inShards = copies[format.id] ?? 0;
  const asFiles = ['hf-parquet', 'bagel', 'webdataset'].includes(format.id) ? 0 : 1;
  const terabytes = (canLink: boolean, change: object = {}) => neededBytes(format, { ...options, ...change }, set, canLink) / 1e12;
  expect(terabytes(true)).toBeCloseTo(inShards, 3);
  expect(terabytes(false)).toBeCloseTo(inShards + asFiles, 3);
  // Without loss photos grow, and what is encoded is no link any more.
  expect(terabytes(true, { pictures: { format: 'png', quality: 95 } })).toBeCloseTo(4 * (inShards + asFiles), 3);
});

// Catches: a set of shards that fills the disk because its estimate is that of links, or a linked one that is refused.
test('a set larger than the disk goes out as links; as shards it is refused with both figures', async () => {
  const rows = await sampleRows(world);
  const stored = exportDeps(world, rows).picture;
  const deps = exportDeps(world, rows, {
    picture(hash) {
      const facts = stored(hash);
      return facts && { ...facts, bytes: 5e9 };
    },
    freeBytes: async () => 1e9,
  });
  await exportTo(deps, join(world.dir, 'out/links'));
  for (const format of ['hf-parquet', 'bagel', 'webdataset'] as const) {
    const error = await exportTo(deps, join(world.dir, 'out', format), format).catch((caught) => caught);
    expect(error, format).toMatchObject({ code: 'diskFull' });
    // Five rows, two pictures each.
    expect(error.message, format).toMatch(/needs about 50\.02 GB, but only 1\.00 GB are free/);
  }
  expect(readdirSync(join(world.dir, 'out'))).toEqual(['links']);
});

// Catches: an empty dataset that looks like a success.
test('nothing to export is an error', async () => {
  await expect(exportTo(exportDeps(world, []), join(world.dir, 'set'))).rejects.toMatchObject({
    code: 'inputInvalid',
  });
  expect(existsSync(join(world.dir, 'set'))).toBe(false);
});
