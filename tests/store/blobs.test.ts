import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { aFolder, hashOf, open } from './world.ts';

it('keeps bytes under their SHA-256 and hands them back whole', async () => {
  const dir = aFolder();
  const { blobs } = open(dir);
  const hash = await blobs.put(Buffer.from('picture'), 'jpeg');
  expect(hash).toBe(hashOf('picture'));
  expect(blobs.fileOf(hash)).toBe(join(dir, 'blobs', hash.slice(0, 2), `${hash}.jpg`));
  expect((await blobs.read(hash)).toString()).toBe('picture');
});

it('writes equal bytes once, however many come at once', async () => {
  const dir = aFolder();
  const { blobs } = open(dir);
  const hashes = await Promise.all(Array.from({ length: 20 }, () => blobs.put(Buffer.from('same'), 'png')));
  expect(new Set(hashes).size).toBe(1);
  const { ino } = statSync(blobs.fileOf(hashes[0]!));
  await blobs.put(Buffer.from('same'), 'png');
  expect(statSync(blobs.fileOf(hashes[0]!)).ino).toBe(ino);
  expect(readdirSync(join(dir, 'blobs', 'tmp'))).toEqual([]);
});

it('names only what is there: no path, no half picture', async () => {
  const dir = aFolder();
  const { blobs } = open(dir);
  writeFileSync(join(dir, 'blobs', 'tmp', hashOf('half')), 'ha');
  for (const name of [hashOf('never'), hashOf('half'), '../../etc/passwd', `${'a'.repeat(63)}/`, ''])
    expect(() => blobs.fileOf(name)).toThrow(expect.objectContaining({ code: 'noSuchItem' }));
  await expect(Promise.resolve().then(() => blobs.read(hashOf('never')))).rejects.toMatchObject({ code: 'noSuchItem' });
});

it('knows the file of a format that has no short name, by the row of the picture', async () => {
  const { blobs, work } = open(aFolder());
  const hash = await blobs.put(Buffer.from('odd'), 'jxl');
  await work.addImage(hash, { width: 1, height: 1, format: 'jxl', lossy: true }, 3);
  expect(blobs.fileOf(hash)).toMatch(/\.jxl$/);
});
