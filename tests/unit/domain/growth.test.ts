import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ForwardEdge, inverseCategory, joinInstructions, planCompositions } from '../../../src/main/engine/domain/growth.ts';

/** A triplet source -> edited named by its ends; its inverse has the id + 1000. */
function edge(id: number, sourceHash: string, editedHash: string): ForwardEdge {
  return {
    id,
    inverseId: id + 1000,
    sourceHash,
    editedHash,
    instruction: `do ${sourceHash}-${editedHash}`,
    category: 'Add object',
    inverseInstruction: `undo-free ${editedHash}-${sourceHash}`,
    inverseCategory: 'Remove object',
  };
}
const options = { maxEdits: 2, maxPerSource: 1000, seed: 1 };
const ends = (plan: { sourceHash: string; editedHash: string }) => `${plan.sourceHash}>${plan.editedHash}`;

describe('planCompositions', () => {
  it('gives <Ie1, inverse(e1) + e2, Ie2> for every ordered pair of edits of one image (paper, section 3)', () => {
    const plans = planCompositions([edge(1, 'I0', 'A'), edge(2, 'I0', 'B'), edge(3, 'I0', 'C')], options);
    expect(plans.map(ends).sort()).toEqual(['A>B', 'A>C', 'B>A', 'B>C', 'C>A', 'C>B']);
    expect(plans.find((plan) => ends(plan) === 'A>B')).toEqual({
      parents: [1001, 2],
      sourceHash: 'A',
      editedHash: 'B',
      instructions: ['undo-free A-I0', 'do I0-B'],
      category: 'Remove object and Add object',
    });
  });

  it('uses the forward id for both directions when the inverse has none of its own', () => {
    const bare = [edge(1, 'I0', 'A'), edge(2, 'I0', 'B')].map((e) => ({ ...e, inverseId: undefined }));
    expect(planCompositions(bare, options).map((plan) => plan.parents)).toEqual(
      expect.arrayContaining([
        [1, 2],
        [2, 1],
      ]),
    );
  });

  it('walks chains through edited images, as far as maxEdits and no further', () => {
    const chain = [edge(1, 'I0', 'A'), edge(2, 'A', 'B'), edge(3, 'B', 'C')];
    expect(planCompositions(chain, options).map(ends).sort()).toEqual(['A>C', 'B>I0', 'C>A', 'I0>B']);
    const longer = planCompositions(chain, { ...options, maxEdits: 3 });
    expect(longer.map((plan) => plan.parents)).toContainEqual([1, 2, 3]);
    expect(longer.map((plan) => plan.parents)).toContainEqual([1003, 1002, 1001]);
    // Shorter paths come first.
    expect(longer.map((plan) => plan.parents.length)).toEqual([2, 2, 2, 2, 3, 3]);
  });

  it('leaves an edge without an inverse one-way', () => {
    const oneWay = { ...edge(1, 'I0', 'A'), inverseInstruction: '' };
    expect(planCompositions([oneWay, edge(2, 'I0', 'B')], options).map(ends)).toEqual(['B>A']);
  });

  it('ignores two edits that gave the same picture, and an edit that changed nothing', () => {
    expect(planCompositions([edge(1, 'I0', 'A'), edge(2, 'I0', 'A'), edge(3, 'I0', 'I0')], options)).toEqual([]);
  });

  it('caps each root by an order that depends on seed and content, not on ids or input order', () => {
    const star = Array.from({ length: 9 }, (_, i) => edge(i + 1, 'I0', `E${i}`));
    const capped = { ...options, maxPerSource: 10 };
    const plan = planCompositions(star, capped).map(ends);
    expect(plan).toHaveLength(10);
    const renumbered = [...star].reverse().map((e, i) => ({ ...e, id: i + 500, inverseId: i + 900 }));
    expect(planCompositions(renumbered, capped).map(ends)).toEqual(plan);
    expect(planCompositions(star, { ...capped, seed: 2 }).map(ends)).not.toEqual(plan);
    const twoRoots = [...star, ...star.map((e) => ({ ...e, sourceHash: 'J0', editedHash: `${e.editedHash}j` }))];
    expect(planCompositions(twoRoots, capped)).toHaveLength(20);
  });

  it('on any graph: connected, distinct images, never an edge and then its inverse, never twice the same ends', () => {
    const graph = fc
      .array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 14 })
      .map((pairs) => pairs.map(([a, b], i) => edge(i + 1, `i${a}`, `i${b}`)));
    fc.assert(
      fc.property(graph, fc.integer({ min: 2, max: 5 }), fc.integer({ min: 1, max: 40 }), (forwards, maxEdits, maxPerSource) => {
        const plans = planCompositions(forwards, { maxEdits, maxPerSource, seed: 5 });
        const byId = new Map(
          forwards.flatMap(
            (f) =>
              [
                [f.id, [f.sourceHash, f.editedHash]],
                [f.id + 1000, [f.editedHash, f.sourceHash]],
              ] as [number, string[]][],
          ),
        );
        expect(new Set(plans.map(ends)).size).toBe(plans.length);
        for (const plan of plans) {
          const steps = plan.parents.map((id) => byId.get(id)!);
          const images = [plan.sourceHash, ...steps.map(([, to]) => to)];
          expect(steps.map(([from]) => from)).toEqual(images.slice(0, -1));
          expect(images.at(-1)).toBe(plan.editedHash);
          expect(new Set(images).size).toBe(images.length);
          expect(plan.parents.length).toBeGreaterThanOrEqual(2);
          expect(plan.parents.length).toBeLessThanOrEqual(maxEdits);
          expect(plan.instructions).toHaveLength(plan.parents.length);
        }
      }),
    );
  });
});

describe('joinInstructions', () => {
  it.each([
    [['Remove the red apple', 'Add a cat on the left of the table'], 'Remove the red apple and add a cat on the left of the table'],
    [['Remove the apple.', 'Add a cat.'], 'Remove the apple and add a cat.'],
    [['Remove the apple.', 'Add a cat'], 'Remove the apple and add a cat'],
    [['Remove the apple', 'Add a cat', 'Make it dusk'], 'Remove the apple, add a cat and make it dusk'],
    [['Remove the cup and the plate', 'Add a cat'], 'Remove the cup and the plate, and add a cat'],
    [['add a cat', 'LED lights on', 'McLaren in red'], 'Add a cat, LED lights on and McLaren in red'],
    [['Add a sign that says "OPEN."', 'Add a cat'], 'Add a sign that says "OPEN." and add a cat'],
    [['  Add\n a   cat  ', '', '.'], 'Add a cat'],
    [[], ''],
  ])('%j', (texts, joined) => {
    expect(joinInstructions(texts)).toBe(joined);
  });

  it('never throws and gives one line (any text from a model)', () => {
    fc.assert(fc.property(fc.array(fc.string({ unit: 'binary' })), (texts) => !/[\r\n]/.test(joinInstructions(texts))));
  });
});

describe('inverseCategory', () => {
  it.each([
    ['Add object', 'Remove object'],
    ['Remove object', 'Add object'],
    ['Addition', 'Removal'],
    ['Change color', 'Change color'],
    ['Address sign', 'Address sign'],
    ['Add object and Change color and Remove object', 'Remove object and Change color and Add object'],
  ])('%s -> %s, and twice gives the same again', (category, inverse) => {
    expect(inverseCategory(category)).toBe(inverse);
    expect(inverseCategory(inverse)).toBe(category);
  });
});
