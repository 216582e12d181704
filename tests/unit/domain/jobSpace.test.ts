import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createJobSpace, type JobSource } from '../../../src/main/engine/domain/jobSpace.ts';

/** Sources with 0 to 6 instructions of three categories; ids unlike the indexes, so that one cannot pass for the other. */
const sources = fc
  .array(fc.array(fc.constantFrom('Add object', 'Remove object', 'Move object'), { maxLength: 6 }), { maxLength: 30 })
  .map((lists): JobSource[] =>
    lists.map((categories, s) => ({
      sourceId: 1000 - s,
      instructions: categories.map((category, i) => ({ id: s * 10 + i + 5000, category })),
    })),
  );
const tries = fc.integer({ min: 1, max: 7 });

/** The same space, written out as a list. */
function listed(list: JobSource[], m: number) {
  const groups = list.flatMap(({ sourceId, instructions }, sourceIndex) =>
    instructions.map(({ id, category }) => ({ sourceId, instructionId: id, category, sourceIndex })),
  );
  return groups.flatMap(({ sourceIndex, ...group }, g) =>
    Array.from({ length: m }, (_, tryIndex) => ({ job: { ...group, tryIndex, group: g }, sourceIndex })),
  );
}

describe('createJobSpace', () => {
  it('is the list sources x instructions x tries, without the list (catches a search that stops at an empty source)', () => {
    fc.assert(
      fc.property(sources, tries, (list, m) => {
        const space = createJobSpace(list, m);
        const expected = listed(list, m);
        expect(space.size).toBe(expected.length);
        expect(space.groups).toBe(expected.length / m);
        for (const [index, { job, sourceIndex }] of expected.entries()) {
          expect(space.at(index)).toEqual(job);
          expect(space.sourceIndexOf(job.group)).toBe(sourceIndex);
          expect(space.jobOf(job.group, job.tryIndex)).toBe(index);
        }
      }),
    );
  });

  it('splits its groups over the categories, each once, in order', () => {
    fc.assert(
      fc.property(sources, tries, (list, m) => {
        const space = createJobSpace(list, m);
        const categories = space.categories();
        expect(categories.map((c) => c.category)).toEqual([...new Set(categories.map((c) => c.category))].sort());
        for (const { category, groups } of categories)
          for (const group of groups) expect(space.at(space.jobOf(group, 0)).category).toBe(category);
        expect(categories.flatMap((c) => [...c.groups]).sort((a, b) => a - b)).toEqual(Array.from({ length: space.groups }, (_, g) => g));
      }),
    );
  });

  it('refuses indexes outside and senseless tries', () => {
    const space = createJobSpace([{ sourceId: 1, instructions: [{ id: 1, category: 'a' }] }], 5);
    for (const index of [-1, 5, Number.NaN]) expect(() => space.at(index)).toThrow(RangeError);
    for (const m of [0, -1, 1.5]) expect(() => createJobSpace([], m)).toThrow(RangeError);
    expect(() => createJobSpace([], 5).at(0)).toThrow(RangeError);
  });
});
