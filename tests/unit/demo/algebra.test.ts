import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseSentence } from '../../../src/main/engine/domain/replies.ts';
import { apply, categoryOf, find, inverse } from '../../../src/main/engine/providers/demo/algebra.ts';
import { chanceOf } from '../../../src/main/engine/providers/demo/chance.ts';
import { joinClauses, read, write } from '../../../src/main/engine/providers/demo/language.ts';
import { sceneFor } from '../../../src/main/engine/providers/demo/prompt.ts';
import { sceneFromText, sceneText } from '../../../src/main/engine/providers/demo/scene.ts';
import { cases } from './studio.ts';

const seeds = fc.integer({ min: 0, max: 1e9 });

describe('scene algebra', () => {
  // Catches: an operation whose inverse loses a colour, a size or a place, so that backward consistency means nothing.
  test('an operation and its written inverse give the same scene', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        for (const { scene, op } of cases(seed, undefined, { count: 2 })) {
          const text = write(inverse(scene, op), chanceOf('inverse', seed));
          expect(parseSentence(text), text).toBe(text);
          const undone = read(text);
          expect(undone, text).toBeDefined();
          if (undone) expect(sceneText(apply(apply(scene, op), undone)), text).toBe(sceneText(scene));
        }
      }),
      { numRuns: 60 },
    );
  });

  // Catches: a composed triplet <I_e1, inverse(e1) + e2, I_e2> whose instruction does not lead from e1 to e2.
  test('inverse of one edit joined with another leads from the first result to the second', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const all = cases(seed, undefined, { count: 1 });
        for (const first of all)
          for (const second of all) {
            if (first === second) continue;
            const undo = write(inverse(first.scene, first.op), chanceOf(seed));
            const joined = read(`${joinClauses([undo, second.instruction])}.`);
            expect(joined, `${undo} ${second.instruction}`).toBeDefined();
            if (joined) expect(sceneText(apply(apply(first.scene, first.op), joined))).toBe(sceneText(apply(second.scene, second.op)));
          }
      }),
      { numRuns: 25 },
    );
  });

  // Catches: an instruction read as another operation than the one it was written from, or a wrong category.
  test('what the engineer writes is read back, applies to its scene and changes it', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        for (const { scene, op, category } of cases(seed, undefined, { count: 2 })) {
          expect(categoryOf(op)).toBe(category);
          expect(sceneText(apply(scene, op)), JSON.stringify(op)).not.toBe(sceneText(scene));
        }
      }),
      { numRuns: 60 },
    );
  });

  test('a scene survives being written down', () => {
    for (const { scene } of cases(5)) expect(sceneFromText(sceneText(scene))).toEqual(scene);
  });

  // Catches: an interactive instruction without colour or place that is refused though only one thing can be meant.
  test('a thing may be named loosely when it is the only one', () => {
    const scene = sceneFor(
      'A photo of a bright kitchen with a wooden table. There is a red apple on the left side of the table.',
      1,
      640,
      512,
    );
    expect(find(scene, { name: 'apple' }).colour).toBe('red');
    expect(apply(scene, read('remove the apple')!).things).toEqual([]);
    expect(apply(scene, read('Paint the apple green!')!).things[0]?.colour).toBe('green');
    expect(apply(scene, read('add a yellow lemon')!).things).toHaveLength(2);
  });

  test('what a scene does not allow is said in a sentence', () => {
    const scene = sceneFor(
      'A photo of a bright kitchen with a wooden table. There is a red apple on the left side of the table.',
      1,
      640,
      512,
    );
    const refuse = (text: string) => () => apply(scene, read(text)!);
    expect(refuse('Remove the pear.')).toThrow('there is no pear there');
    expect(refuse('Change the season to winter.')).toThrow('season does not show');
    expect(refuse('Add a blue plane in the middle of the table.')).toThrow('cannot be put there');
    expect(refuse('Change the time of day from night to dusk.')).toThrow('is not night');
    expect(read('Give the apple a moustache.')).toBeUndefined();
  });
});
