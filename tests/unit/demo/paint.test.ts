import { beforeAll, describe, expect, test } from 'vitest';
import { createCanvas } from '../../../src/main/engine/pixels/canvas.ts';
import { apply, inverse } from '../../../src/main/engine/providers/demo/algebra.ts';
import { OBJECTS, PLACES } from '../../../src/main/engine/providers/demo/catalogue.ts';
import { chanceOf } from '../../../src/main/engine/providers/demo/chance.ts';
import { drawFlaw, drawMistake, MISTAKES } from '../../../src/main/engine/providers/demo/mistakes.ts';
import { createPainter } from '../../../src/main/engine/providers/demo/paint/render.ts';
import { sceneText } from '../../../src/main/engine/providers/demo/scene.ts';
import { demoTasks } from '../../../src/main/engine/providers/demo/tasks.ts';
import { SIZE_BUCKETS } from '../../../src/shared/model/recipe.ts';
import { buildSprites, cases } from './studio.ts';

const canvas = createCanvas();
const painter = createPainter(canvas);
const tasks = demoTasks(canvas);
/** Some mistakes only these operations can have, and they are rare otherwise. */
const ALONE = ['Change text', 'Change color'].map((name) => ({ count: 6, operations: [name], edits: 2, composite: false }));
const SMALL = { width: 448, height: 384 };

beforeAll(buildSprites);

describe('painter', () => {
  // Catches: a layout that fails, or leaves unpainted pixels, in one of the sizes of the set.
  test('paints every place in all 26 sizes', async () => {
    const { scene } = cases(2, undefined, { count: 1 })[0]!;
    for (const [i, size] of SIZE_BUCKETS.entries()) {
      const [width, height] = size.split('x').map(Number) as [number, number];
      const place = PLACES[i % PLACES.length]!;
      const picture = await painter.paint({ ...scene, place: place.id, things: [], sign: 'OPEN', width, height });
      expect([picture.width, picture.height, picture.channels]).toEqual([width, height, 3]);
      let black = 0;
      for (let p = 0; p < picture.data.length; p += 3) if (picture.data[p]! + picture.data[p + 1]! + picture.data[p + 2]! < 12) black++;
      expect(black, `${place.id} ${size}`).toBeLessThan(picture.data.length / 3 / 200);
    }
  });

  // Catches: a picture that depends on what was painted before it, which would make clean edits look flawed.
  test('the same scene gives the same pixels, from cold and from warm caches', async () => {
    for (const { scene } of cases(8, SMALL, { count: 3 }).filter((_, i) => i % 6 === 0)) {
      const warm = await painter.paint(scene);
      const cold = await createPainter(canvas).paint(scene);
      expect(Buffer.compare(Buffer.from(warm.data), Buffer.from(cold.data))).toBe(0);
    }
  });

  test('an edit and its inverse give the first picture again, and an edit changes pixels', async () => {
    for (const { scene, op, instruction } of cases(21, SMALL, { count: 4 })) {
      const before = await painter.paint(scene);
      const after = await painter.paint(apply(scene, op));
      const again = await createPainter(canvas).paint(apply(apply(scene, op), inverse(scene, op)));
      expect(Buffer.compare(Buffer.from(before.data), Buffer.from(again.data)), instruction).toBe(0);
      let flagged = 0;
      for (let i = 0; i < before.data.length; i++) if (Math.abs(before.data[i]! - after.data[i]!) > 40) flagged++;
      expect(flagged, `${instruction} ${sceneText(scene)}`).toBeGreaterThan(60);
    }
  });

  test('every object of the list can be painted', async () => {
    const { scene } = cases(2, SMALL, { count: 1 })[0]!;
    const kitchen = { ...scene, place: 'kitchen' as const, sign: null };
    for (const { name, colour } of OBJECTS) {
      const picture = await painter.paint({ ...kitchen, things: [{ name, colour, slot: { zone: 'surface', position: 'left' }, size: 0 }] });
      expect(picture.width).toBe(SMALL.width);
    }
    expect(OBJECTS.length).toBeGreaterThanOrEqual(60);
  });
});

describe('mistakes', () => {
  // Catches: a mistake that nobody could see, which would make the truth table unjust to the judges.
  test('each kind turns up and is plain in the pixels', async () => {
    const seen = new Map<string, number>();
    for (let seed = 30; seed < 44; seed++)
      for (const [i, { scene, op, category }] of cases(seed, SMALL, ALONE[seed % 4] ?? { count: 3 }).entries()) {
        const after = apply(scene, op);
        const mistake = drawMistake(scene, op, after, 1, chanceOf('test', seed, i))!;
        if ((seen.get(mistake.name) ?? 0) >= 3) continue;
        seen.set(mistake.name, (seen.get(mistake.name) ?? 0) + 1);
        const bytes = await tasks.demoEdit({
          before: sceneText(scene),
          actual: sceneText(mistake.actual),
          damage: mistake.damage,
          mark: 'test',
        });
        const m = await tasks.demoMeasure({ bytes, scene: sceneText(after), before: sceneText(scene) });
        expect(m.broken + m.unwanted, `${mistake.name} ${mistake.strength} ${category}`).toBeGreaterThanOrEqual(3);
      }
    expect([...seen.keys()].sort()).toEqual([...MISTAKES].sort());
  });

  test('a good edit measures clean', async () => {
    for (const { scene, op, instruction } of cases(51, SMALL, { count: 4 })) {
      const after = sceneText(apply(scene, op));
      const bytes = await tasks.demoEdit({ before: sceneText(scene), actual: after, damage: null, mark: 'test' });
      const m = await tasks.demoMeasure({ bytes, scene: after, before: sceneText(scene) });
      expect(m.broken + m.unwanted, instruction).toBeLessThanOrEqual(1);
      expect(m.asked, instruction).toBeGreaterThan(2);
      expect(m.missing).toBeLessThan(0.05);
    }
  });

  test('flawed sources differ from their scene', async () => {
    for (const { scene } of cases(61, SMALL, { count: 12 }).filter((_, i) => i % 6 === 0)) {
      const flaw = drawFlaw(scene, 1, chanceOf(sceneText(scene)))!;
      const drawn = flaw.name === 'floating' || flaw.name === 'sunken' ? { kind: flaw.name, name: flaw.thing } : null;
      const bytes = await tasks.demoPaint({ scene: sceneText(flaw.actual), flaw: drawn, mark: 'test' });
      const m = await tasks.demoMeasure({ bytes, scene: sceneText(scene), before: null });
      expect(m.unwanted, `${flaw.name} ${sceneText(scene)}`).toBeGreaterThanOrEqual(3);
    }
  });
});
