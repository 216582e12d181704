import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashRows } from '../../../src/main/engine/domain/datasetHash.ts';

describe('hashRows', () => {
  it('does not depend on the order of rows, and does on every row and how often it comes', () => {
    const row = fc.string().filter((text) => !text.includes('\n'));
    fc.assert(
      fc.property(fc.array(row), fc.nat(), (rows, turn) => {
        const at = rows.length === 0 ? 0 : turn % rows.length;
        const hash = hashRows(rows);
        expect(hashRows([...rows.slice(at), ...rows.slice(0, at)].reverse())).toBe(hash);
        expect(hashRows([...rows, 'one more'])).not.toBe(hash);
        expect(hashRows([...rows, ...rows.slice(0, 1)]) === hash).toBe(rows.length === 0);
      }),
    );
  });

  it('is what sort and sha256sum say of the same lines', () => {
    expect(hashRows(['b', 'a'])).toBe(createHash('sha256').update('a\nb\n').digest('hex'));
  });

  it('refuses a row that could pass for two', () => {
    expect(() => hashRows(['a\nb'])).toThrow(RangeError);
  });
});
