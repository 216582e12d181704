import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ExportItem } from '../../../src/main/engine/transfer/export/items.ts';
import { createPictures } from '../../../src/main/engine/transfer/export/pictures.ts';
import { planTree } from '../../../src/main/engine/transfer/formats/tree.ts';
import { ExportOptions } from '../../../src/shared/model/export.ts';
import { aRow } from './world.ts';

/** Three folders: two in the first piece, one in the second. */
const FAMILIES = 2_001;
/** So few files are linked again and again: making them is what takes time. */
const FILES = 40;
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'nhr-tree-'));
  for (let file = 0; file < FILES; file += 1) writeFileSync(join(dir, String(file)), '');
});

const stored = (hash: string) => join(dir, String(Number(hash) % FILES));

afterEach(() => rmSync(dir, { recursive: true, force: true }));

function aTree(out: string, missing?: string) {
  const items: ExportItem[] = Array.from({ length: FAMILIES }, (_, family) => {
    const row = aRow({ sourceHash: `${2 * family}`, editedHash: `${2 * family + 1}` });
    const picture = (role: string, hash: string) => ({ role, hash, format: 'png', bytes: hash.length, lossy: false });
    return { id: String(family), row, pictures: [picture('source', row.sourceHash), picture('edited', row.editedHash)] };
  });
  const { signal } = new AbortController();
  const deps = {
    pictureFile: ({ hash }: { hash: string }) => (hash === missing ? join(dir, 'gone') : stored(hash)),
    encode: () => Promise.reject(new Error('no')),
  };
  const pictures = createPictures(deps, ExportOptions.parse({}).pictures, {}, signal);
  const plan = {
    splits: [{ name: 'train' as const, rows: items.length }],
    item: (_split: string, rank: number) => items[rank]!,
    rankAt: (_split: string, position: number) => position,
  };
  let samples = 0;
  const tree = planTree({ plan, pictures, dir: out, signal, progress: (more) => (samples += more) });
  return { tree, pictures, samples: () => samples };
}

// Catches: folders that only one of the two threads fills, a picture under another's name, facts in an order that depends on which
// thread was faster (the manifest would differ from run to run), samples that progress does not count.
it.each(['at once', 'never'])('links every picture under its name, when this thread helps %s', async (when) => {
  const out = join(dir, when);
  const { tree: planned, pictures, samples } = aTree(out);
  const tree = await planned;
  expect(tree.pieces.map(({ id, from, to }) => [id, from, to])).toEqual([
    ['train-images-00', 0, 2_000],
    ['train-images-02', 2_000, 2_001],
  ]);
  const idle = when === 'at once' ? Promise.resolve() : new Promise<void>(() => undefined);
  const files = [];
  for (const piece of tree.pieces) files.push(...(await tree.write(piece, undefined, idle)));
  const expected = [...tree.rows('train')].flatMap(({ item, paths }) =>
    paths.map((path, i) => ({ path: `train/${path}`, bytes: item.pictures[i]!.bytes, sha256: item.pictures[i]!.hash })),
  );
  expect(files).toEqual(expected);
  for (const { path, sha256 } of files) expect(statSync(join(out, path)).ino).toBe(statSync(stored(sha256)).ino);
  expect(files[0]!.path).toBe('train/images/00/image_0000000_original.png');
  expect(files.at(-1)!.path).toBe('train/images/02/image_0002000_edited_1.png');
  expect(samples()).toBe(FAMILIES);
  expect(pictures.takeCounts()).toMatchObject({ linked: 2 * FAMILIES, copied: 0 });
});

// Catches: a missing picture in the folder of one thread that is not told, or told before the other thread has let go of the folder.
it.each([3, 1_999])('tells of a stored picture that is missing, number %i', async (family) => {
  const out = join(dir, 'out');
  const tree = await aTree(out, `${2 * family + 1}`).tree;
  await expect(tree.write(tree.pieces[0]!)).rejects.toMatchObject({ code: 'workspaceCorrupt', details: { file: join(dir, 'gone') } });
  rmSync(out, { recursive: true });
});
