import { createHash } from 'node:crypto';
import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import tarStream from 'tar-stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTarWriter, type TarContent } from '../../../src/main/engine/transfer/tar/writer.ts';

let dir: string;
let files = 0;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'nhr-tar-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function write(entries: [string, TarContent][]) {
  const path = join(dir, `${++files}.tar`);
  const writer = await createTarWriter({ path });
  for (const [name, content] of entries) await writer.add(name, content);
  return { path, facts: await writer.close() };
}

/** Another reader than ours. */
async function read(path: string): Promise<{ name: string; bytes: Buffer; facts: unknown }[]> {
  const entries: { name: string; bytes: Buffer; facts: unknown }[] = [];
  const extract = createReadStream(path).pipe(tarStream.extract());
  for await (const entry of extract) {
    const { name, mode, uid, gid, mtime, type } = entry.header;
    const parts: Buffer[] = [];
    for await (const part of entry) parts.push(part as Buffer);
    entries.push({ name, bytes: Buffer.concat(parts), facts: { mode, uid, gid, mtime: mtime?.getTime(), type } });
  }
  return entries;
}

const part = fc
  .oneof(
    fc.string({ unit: 'grapheme', minLength: 1 }),
    fc.string({ minLength: 1, maxLength: 120 }),
    fc.constantFrom('ünï', '👩‍👩‍👧.jpg', 'a b', '.hidden'),
  )
  .map((text) => text.replaceAll(/[/\0]/g, '_'))
  .filter((text) => text !== '.' && text !== '..');
const aName = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/'));

// Catches: long and non-ASCII names cut, sizes at block borders, names cut at the wrong slash, times or owners that make runs differ.
test('every entry comes back from another reader as it was; the same entries give the same archive', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(aName, fc.uint8Array({ maxLength: 1100 })), { maxLength: 12 }), async (entries) => {
      const { path, facts } = await write(entries);
      const back = await read(path);
      expect(back.map(({ name, bytes }) => [name, [...bytes]])).toEqual(entries.map(([name, bytes]) => [name, [...bytes]]));
      for (const entry of back) expect(entry.facts).toEqual({ mode: 0o644, uid: 0, gid: 0, mtime: 0, type: 'file' });
      const whole = readFileSync(path);
      expect(facts).toEqual({ bytes: whole.length, sha256: createHash('sha256').update(whole).digest('hex') });
      expect((await write(entries)).facts).toEqual(facts);
      rmSync(path);
    }),
    { numRuns: 150 },
  );
});

// Catches: files read ahead written in another order, large ones lost, a missing one found only at the end or without its name.
test('files of all sizes stand in the order they were added; a missing one is named', async () => {
  const sizes = [9_000_000, 0, 1, 256 * 1024, 511, 512, 513, 300_000, ...Array.from({ length: 20 }, (_, i) => i * 7)];
  const entries = sizes.map((size, i): [string, { file: string }] => {
    writeFileSync(join(dir, `f${i}`), Buffer.alloc(size, i));
    return [`${String(i).padStart(3, '0')}.bin`, { file: join(dir, `f${i}`) }];
  });
  const back = await read((await write(entries)).path);
  expect(back.map(({ name, bytes }) => [name, bytes.length, bytes[0] ?? null])).toEqual(
    sizes.map((size, i) => [`${String(i).padStart(3, '0')}.bin`, size, size === 0 ? null : i]),
  );
  const file = join(dir, 'nowhere');
  const writer = await createTarWriter({ path: join(dir, 'broken.tar') });
  await writer.add('a', { file });
  await expect(writer.close()).rejects.toMatchObject({ code: 'workspaceCorrupt', details: { file } });
  await writer.abandon();
  await writer.abandon();
});

// Catches: an archive that writes outside the folder it is unpacked in.
test.each(['', '/etc/passwd', 'a/../b', '..', './a', 'a//b', 'a/', 'a\0b'])('the name %j is refused', async (name) => {
  const writer = await createTarWriter({ path: join(dir, `refused-${++files}.tar`) });
  await expect(writer.add(name, new Uint8Array(1))).rejects.toMatchObject({ code: 'inputInvalid' });
  await writer.abandon();
});
