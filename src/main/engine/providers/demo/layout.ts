/** Where things are in a picture of a given size: pure geometry in pixels, the same for painter, sprites and judges. */

import { objectNamed, placeOf, type ZoneId } from './catalogue.ts';
import { chanceOf } from './chance.ts';
import { POSITIONS, type Scene, type Thing } from './scene.ts';

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A row of three slots. Things stand on `base` (or hang around it in the sky); `unit` is the room one has. */
export interface Row {
  base: number;
  left: number;
  right: number;
  unit: number;
}

export interface Layout {
  width: number;
  height: number;
  /** Outdoors the horizon, indoors the back edge of the table. */
  horizon: number;
  rows: Partial<Record<ZoneId, Row>>;
  sign: Box;
  /** Indoors: the window; undefined outdoors. */
  window?: Box;
}

function roomLayout(width: number, height: number): Layout {
  const aspect = width / height;
  const horizon = Math.round(height * (aspect > 1.9 ? 0.74 : aspect < 0.62 ? 0.74 : 0.7));
  const tall = aspect < 0.8;
  const surface: Row = {
    base: Math.round(horizon + (height - horizon) * 0.42),
    left: width * 0.03,
    right: width * 0.97,
    unit: Math.min(width * 0.31, height * (tall ? 0.26 : 0.38)),
  };
  if (tall) {
    return {
      width,
      height,
      horizon,
      rows: { surface, shelf: { base: Math.round(height * 0.52), left: width * 0.1, right: width * 0.9, unit: width * 0.23 } },
      window: { x: width * 0.1, y: height * 0.06, width: width * 0.44, height: height * 0.27 },
      sign: { x: width * 0.61, y: height * 0.13, width: width * 0.3, height: width * 0.13 },
    };
  }
  const wide = aspect > 1.9;
  const shelfLeft = width * (wide ? 0.58 : 0.47);
  const shelfRight = width * 0.97;
  const unit = Math.min((shelfRight - shelfLeft) * 0.31, height * 0.25);
  return {
    width,
    height,
    horizon,
    rows: { surface, shelf: { base: Math.round(height * (wide ? 0.4 : 0.42)), left: shelfLeft, right: shelfRight, unit } },
    window: { x: width * 0.05, y: height * 0.07, width: width * (wide ? 0.24 : 0.34), height: height * (wide ? 0.42 : 0.4) },
    sign: wide
      ? { x: width * 0.35, y: height * 0.14, width: width * 0.17, height: height * 0.17 }
      : { x: width * 0.6, y: height * 0.05, width: width * 0.26, height: height * 0.1 },
  };
}

function outsideLayout(width: number, height: number): Layout {
  const aspect = width / height;
  const tall = aspect < 0.8;
  const horizon = Math.round(height * (tall ? 0.5 : 0.47));
  const front = Math.round(height * (tall ? 0.86 : 0.9));
  return {
    width,
    height,
    horizon,
    rows: {
      surface: { base: front, left: width * 0.02, right: width * 0.98, unit: Math.min(width * 0.3, height * (tall ? 0.26 : 0.3)) },
      far: {
        base: Math.round(horizon + height * (tall ? 0.1 : 0.115)),
        left: width * (tall ? 0.24 : 0.19),
        right: width * 0.98,
        unit: Math.min(width * 0.2, height * 0.16),
      },
      sky: {
        base: Math.round(height * (tall ? 0.2 : 0.19)),
        left: width * 0.04,
        right: width * 0.96,
        unit: Math.min(width * 0.24, height * 0.26),
      },
    },
    // On a post at the left edge, where no slot is.
    sign: {
      x: width * 0.015,
      y: height * (tall ? 0.43 : 0.375),
      width: width * (tall ? 0.22 : 0.165),
      height: Math.min(width * (tall ? 0.1 : 0.085), height * 0.1),
    },
  };
}

/** The layout of a place at this size. */
export function layoutOf(indoor: boolean, width: number, height: number): Layout {
  return indoor ? roomLayout(width, height) : outsideLayout(width, height);
}

/** How a scene is laid out. */
export function sceneLayout(scene: Scene): Layout {
  return layoutOf(placeOf(scene.place).indoor, scene.width, scene.height);
}

/** How much larger a thing is at a size step; steps between the whole ones happen in half-done edits only. */
function sizeFactor(step: number): number {
  return step >= 0 ? 1 + 0.45 * step : 1 + 0.38 * step;
}

/**
 * Where a thing goes: the middle of its foot (or of itself in the sky) and its longer side, in pixels. Jitter comes from
 * the scene's seed and the slot or the name alone, so that a thing that comes back stands exactly where it was.
 */
export function placeThing(scene: Scene, layout: Layout, thing: Thing): { x: number; base: number; side: number; hangs: boolean } {
  const row = layout.rows[thing.slot.zone] as Row;
  const slotWidth = (row.right - row.left) / POSITIONS.length;
  const bySlot = chanceOf('slot', scene.seed, thing.slot.zone, thing.slot.position);
  const byName = chanceOf('size', scene.seed, thing.name);
  const [from, to] = objectNamed(thing.name).size;
  const side = Math.max(24, Math.round((row.unit * byName.range(from, to) * sizeFactor(thing.size)) / 2) * 2);
  const slack = Math.max(0, slotWidth - row.unit * 0.9) * 0.5;
  const middle = row.left + slotWidth * (POSITIONS.indexOf(thing.slot.position) + 0.5) + bySlot.range(-slack, slack);
  const hangs = thing.slot.zone === 'sky';
  // Shelves are a line; ground and table have depth, so things on them stand a little nearer or further.
  const depth = thing.slot.zone === 'shelf' ? 0 : row.unit * (hangs ? 0.22 : thing.slot.zone === 'far' ? 0.06 : 0.1);
  const base = Math.round(row.base + bySlot.range(-depth, depth));
  const x = Math.round(Math.min(layout.width - side * 0.5 - 4, Math.max(side * 0.5 + 4, middle)));
  return { x, base, side, hangs };
}
