import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CATEGORY } from '../../../src/main/engine/providers/demo/algebra.ts';
import { chanceOf } from '../../../src/main/engine/providers/demo/chance.ts';
import { design } from '../../../src/main/engine/providers/demo/engineer.ts';
import { readPrompt, writePrompt } from '../../../src/main/engine/providers/demo/prompt.ts';
import { designed, TASK } from './studio.ts';

describe('prompt engineer', () => {
  // Catches: constraints that are not kept, which the pipeline would reject and pay for again.
  test('keeps object bounds, edit count, composite last and the operations filter', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e9 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 3, max: 5 }),
        fc.integer({ min: 2, max: 8 }),
        (seed, minObjects, maxObjects, edits) => {
          const operations = ['Add object', 'remove object', 'Change color', 'Change time of day'];
          for (const scene of designed({ minObjects, maxObjects, edits, operations, count: 3 }, seed)) {
            const { content, placeKnown, dropped } = readPrompt(scene.prompt);
            expect(placeKnown).toBe(true);
            expect(dropped).toEqual([]);
            expect(content.things.length).toBeGreaterThanOrEqual(minObjects);
            expect(content.things.length).toBeLessThanOrEqual(maxObjects);
            expect(scene.edits).toHaveLength(edits);
            const parts = scene.edits.map((e) => e.category.split(' and '));
            expect(parts.map((p) => p.length)).toEqual([...Array(edits - 1).fill(1), 2]);
            for (const category of parts.flat()) expect(operations.map((o) => o.toLowerCase())).toContain(category.toLowerCase());
          }
        },
      ),
      { numRuns: 15 },
    );
  });

  test('composite off gives single operations only, and every kind of operation turns up', () => {
    const categories = new Set(designed({ composite: false, count: 30 }, 3).flatMap((s) => s.edits.map((e) => e.category)));
    expect([...categories].sort()).toEqual(Object.values(CATEGORY).sort());
  });

  // Catches: the same scene in two batches, which would make two sources of one picture.
  test('no scene is repeated, within a batch or between batches', () => {
    const prompts = [0, 1, 2, 3, 4, 5].flatMap((batch) =>
      designed({ batch, count: 50, minObjects: 1, maxObjects: 1 }, 11).map((s) => s.prompt.replace(/^\w+ \w+ of /, '')),
    );
    expect(new Set(prompts).size).toBe(prompts.length);
  });

  test('the same request gives the same text, another seed another', () => {
    expect(design(TASK, 4)).toBe(design(TASK, 4));
    expect(design(TASK, 4)).not.toBe(design(TASK, 5));
  });

  // Catches: a demo that never exercises the repair of bad replies, or one that cannot be repaired.
  test('a few first answers are badly formed, none after a complaint', () => {
    const bad = (problem: string) =>
      Array.from({ length: 200 }, (_, batch) => design({ ...TASK, count: 1, edits: 2, batch, problem }, 9)).filter((text) => {
        try {
          return (JSON.parse(text) as { scenes: { edits: unknown[] }[] }).scenes.some((s) => s.edits.length !== 2);
        } catch {
          return true;
        }
      }).length;
    expect(bad('')).toBeGreaterThan(0);
    expect(bad('')).toBeLessThan(20);
    expect(bad('the edit count was wrong')).toBe(0);
  });

  test('an unknown operation is named', () => {
    expect(() => design({ ...TASK, operations: ['Change beard'] }, 1)).toThrow('Change beard');
  });
});

describe('prompts', () => {
  // Catches: a colour, slot, season, sign or style that is lost between the prompt and the picture.
  test('content that is written and read back is the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), (seed) => {
        for (const scene of designed({ count: 2, styles: ['standard', 'vintage', 'black and white'] }, seed)) {
          const { content } = readPrompt(scene.prompt);
          expect(content.style).toBe(scene.style);
          const again = writePrompt(content, chanceOf(seed));
          expect(readPrompt(again).content).toEqual(content);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('other people’s prompts give the nearest scene, and say when the place was not understood', () => {
    const reading = readPrompt('A sunny beach at sunset with a red car and a balloon');
    expect(reading.content).toMatchObject({ place: 'beach', time: 'dusk' });
    expect(reading.content.things.map((t) => t.name).sort()).toEqual(['balloon', 'car']);
    expect(readPrompt('Two astronauts play chess').placeKnown).toBe(false);
  });
});
