import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { createNumbers } from '../../../src/main/engine/transfer/export/numbers.ts';
import { createHashedFile } from '../../../src/main/engine/transfer/files.ts';

const dir = mkdtempSync(join(tmpdir(), 'nhr-hashed-file-'));
afterAll(() => rmSync(dir, { recursive: true }));

// Catches: texts cut off, lost or out of order when several writers hand them over without waiting, or a checksum of other bytes.
test('texts come out whole and in order, waited for or not', async () => {
  let files = 0;
  const text = fc.tuple(fc.constantFrom('a', 'é', '猫', '🙂'), fc.constantFrom(1, 900, 40_000, 150_000)).map(([unit, n]) => unit.repeat(n));
  await fc.assert(
    fc.asyncProperty(fc.array(text, { maxLength: 40 }), fc.boolean(), async (texts, waits) => {
      const path = join(dir, `${files++}`);
      const file = await createHashedFile(path);
      for (const one of texts) {
        const toFile = file.write(one);
        if (waits) await toFile;
      }
      const facts = await file.close();
      const found = readFileSync(path);
      expect(found.equals(Buffer.from(texts.join('')))).toBe(true);
      expect(facts).toEqual({ bytes: found.length, sha256: createHash('sha256').update(found).digest('hex') });
    }),
    { numRuns: 30 },
  );
});

// Catches: numbers lost where a list grows by a block, or after its numbers were asked for in one array.
test('a list of numbers keeps what it is given', () => {
  const list = createNumbers(Uint32Array);
  const count = 2 ** 16 * 2 + 5;
  for (let i = 0; i < count; i += 1) {
    list.push(i * 3);
    if (i === 70_000) expect(list.data().length).toBe(70_001);
  }
  expect(list.length()).toBe(count);
  expect(list.data().every((value, i) => value === i * 3)).toBe(true);
  expect([0, 65_535, 65_536, 70_001, count - 1].map(list.at)).toEqual([0, 65_535, 65_536, 70_001, count - 1].map((i) => i * 3));
});
