import fc from 'fast-check';
import { expect, test } from 'vitest';
import { COLUMNS, formatFloat, metadataLine, metadataRow, sampleId } from '../../../src/main/engine/transfer/columns.ts';
import { createIdSet } from '../../../src/main/engine/transfer/idIndex.ts';
import { aRow } from './world.ts';

// Catches: a score of 5 written as `5`, which makes the reader take the column for integers and load a later 4.7 as 4.
test('every float keeps a decimal point and parses back equal', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = formatFloat(value);
      expect(text).toMatch(/^-?\d+\.\d+(e[+-]\d+)?$/);
      expect(JSON.parse(text)).toBe(value);
    }),
  );
  expect([5, -1, 1e21, 5e-324, -0].map(formatFloat)).toEqual(['5.0', '-1.0', '1.0e+21', '5.0e-324', '-0.0']);
  expect(() => formatFloat(Number.NaN)).toThrow(RangeError);
});

// Catches: null in a column, a column that is there only sometimes, or another order in another row.
test('a row with nothing known has every column, in order, and no null', () => {
  const bare = aRow({
    sourceHash: 'a',
    editedHash: 'b',
    scores: null,
    softScores: null,
    lowLevel: null,
    seed: null,
    difficulty: null,
    runId: null,
  });
  const line = metadataLine(metadataRow({ id: sampleId(bare), row: bare }, 's.jpg', 'e.jpg', [bare.instruction]));
  expect(Object.keys(JSON.parse(line))).toEqual(COLUMNS.map(([name]) => name));
  expect(line).not.toContain('null');
  expect(line).toContain('"adherence":-1.0,"aesthetics":-1.0,"geometric_score":-1.0');
});

// Catches: an instruction that breaks the line or that a strict reader refuses.
test('any text survives as one line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (instruction) => {
      const row = aRow({ sourceHash: 'a', editedHash: 'b', instruction });
      const line = metadataLine(metadataRow({ id: sampleId(row), row }, 's.jpg', 'e.jpg', [instruction]));
      expect(line).not.toContain('\n');
      expect(JSON.parse(line).edit_instruction).toBe(instruction.toWellFormed());
    }),
  );
});

// Catches: ids that change between exports, or that ignore a part of the content.
test('a sample id names its content', () => {
  const content = { sourceHash: 'a'.repeat(64), editedHash: 'b'.repeat(64), instruction: 'Add a fox' };
  expect(sampleId(content)).toMatch(/^[0-9a-f]{16}$/);
  expect(sampleId({ ...content })).toBe(sampleId(content));
  expect(sampleId({ ...content, instruction: 'Add a hen' })).not.toBe(sampleId(content));
  expect(sampleId({ ...content, sourceHash: content.editedHash, editedHash: content.sourceHash })).not.toBe(sampleId(content));
});

// Catches: a lost or doubled id when the table grows, or zero taken for a free place.
test('the id set agrees with a Set', () => {
  const id = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((n) => n.toString(16).padStart(16, '0'));
  const some = fc.array(fc.oneof(id, fc.constantFrom('0'.repeat(16), `${'0'.repeat(12)}0400`, `${'0'.repeat(12)}0800`)), {
    maxLength: 3000,
    size: 'max',
  });
  fc.assert(
    fc.property(some, (ids) => {
      const ours = createIdSet();
      const theirs = new Set<string>();
      for (const one of ids) {
        expect(ours.add(one)).toBe(!theirs.has(one));
        theirs.add(one);
      }
      expect(ours.size()).toBe(theirs.size);
    }),
    { numRuns: 20 },
  );
});
