import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createSpool } from '../../../src/main/engine/transfer/export/spool.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'nhr-spool-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

interface Value {
  name: string;
  filling: string;
}

const MEGABYTE = 1024 * 1024;
/** Most are small; some are longer than a chunk, and a few of the longest leave no room in memory. */
const value: fc.Arbitrary<Value> = fc.record({
  name: fc.string({ unit: 'grapheme' }),
  filling: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('', 'ä'.repeat(90), '€'.repeat(4000)) },
    { weight: 1, arbitrary: fc.constantFrom('x'.repeat(MEGABYTE), '🎈'.repeat(MEGABYTE / 4)) },
    { weight: 1, arbitrary: fc.constant('y'.repeat(7 * MEGABYTE)) },
  ),
});

// Catches: values that come back as others where memory ends and the file begins, at the edge of a chunk or out of order; JSON that the
// digest of a plan does not see, sees twice or in another order; a file that is made for nothing.
it('gives every value back at any place, from memory and from its file, and shows its JSON once', async () => {
  let spilled = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(value, { maxLength: 24 }), fc.infiniteStream(fc.nat()), async (values, places) => {
      const path = join(dir, 'values');
      const seen = createHash('sha256');
      const spool = await createSpool<Value>(path, (bytes) => seen.update(bytes));
      for (const one of values) await spool.add(one);
      await spool.seal();
      const json = values.map((one) => JSON.stringify(one));
      expect(seen.digest('hex')).toBe(createHash('sha256').update(json.join('')).digest('hex'));
      expect(spool.size()).toBe(values.length);
      for (const [i, one] of values.entries()) expect(spool.get(i)).toEqual(one);
      for (const place of values.length > 0 ? places.take(20) : [])
        expect(spool.get(place % values.length)).toEqual(values[place % values.length]);
      await spool.close();
      const isLarge = json.join('').length > 16 * MEGABYTE;
      expect(existsSync(path)).toBe(isLarge);
      if (isLarge) {
        spilled += 1;
        expect(statSync(path).size).toBeGreaterThan(0);
      }
    }),
    { numRuns: 40 },
  );
  expect(spilled).toBeGreaterThan(0);
});
