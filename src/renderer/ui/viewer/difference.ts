import { FULL_REFERENCE_MASK } from '../../../shared/model/gates.ts';
import { lumaOf } from '../../../shared/model/luma.ts';
import { FlagRule } from '../../../shared/model/recipe.ts';
import type { Size } from './camera.ts';

/** Ways to show how far two pictures lie apart. `zone` shows what changed outside the dilated mask. */
export const LOOKS = ['colours', 'heat', 'luma', 'red', 'green', 'blue', 'mask', 'zone'] as const;
export type Look = (typeof LOOKS)[number];

/** How the low-level check of a recipe flags pixels unless told otherwise. */
export const USUAL_RULE = FlagRule.parse({});
/** Pixels by which the mask is grown on every side before what lies outside is looked at. */
export const ZONE_MARGIN = FULL_REFERENCE_MASK.dilationRadius;

/** Interleaved 8-bit RGBA rows. */
export interface Pixels extends Size {
  data: Uint8ClampedArray;
}

/** What is known of a pair's difference, all over the part that both pictures have. */
export interface DifferenceFacts {
  shared: Size;
  /** Share of the pixels that the mask flags, 0 to 1. */
  flaggedShare: number;
  components: number;
  /** Share of the flagged pixels in the largest connected part; 0 when nothing is flagged. */
  largestShare: number;
  /** The box around the largest connected part, in picture pixels; null when nothing is flagged. */
  largestBox: { x: number; y: number; width: number; height: number } | null;
}

/**
 * One byte a pixel of the shared part: 1 where any of R, G and B, or the luma of their differences, differs by more than the threshold
 * (0 to 254), by the rule of the low-level check.
 */
export function maskOf(a: Pixels, b: Pixels, { threshold, maskRule }: FlagRule): Uint8Array {
  const { width, height } = sharedSize(a, b);
  const mask = new Uint8Array(width * height);
  for (let y = 0, p = 0; y < height; y++) {
    let i = y * a.width * 4;
    let j = y * b.width * 4;
    for (let x = 0; x < width; x++, p++, i += 4, j += 4) {
      const dr = a.data[i]! - b.data[j]!;
      const dg = a.data[i + 1]! - b.data[j + 1]!;
      const db = a.data[i + 2]! - b.data[j + 2]!;
      const far =
        maskRule === 'any' ? Math.max(Math.abs(dr), Math.abs(dg), Math.abs(db)) : lumaOf(Math.abs(dr), Math.abs(dg), Math.abs(db));
      if (far > threshold) mask[p] = 1;
    }
  }
  return mask;
}

/** The part that two pictures have in common when their upper left corners lie on each other. */
function sharedSize(a: Size, b: Size): Size {
  return { width: Math.min(a.width, b.width), height: Math.min(a.height, b.height) };
}

/** Marks the largest 4-connected part of a mask with 2 in place, and says how large it is. */
export function markLargest(mask: Uint8Array, { width, height }: Size): DifferenceFacts {
  const seen = new Uint8Array(mask.length);
  const queue = new Int32Array(mask.length);
  let flagged = 0;
  let components = 0;
  let largest = 0;
  let largestAt = -1;
  const visit = (p: number, tail: number): number => {
    if (!mask[p] || seen[p]) return tail;
    seen[p] = 1;
    queue[tail] = p;
    return tail + 1;
  };
  // Fills the part around `start`; the queue then holds its pixels.
  const fill = (start: number): number => {
    let tail = 0;
    tail = visit(start, tail);
    for (let head = 0; head < tail; head++) {
      const p = queue[head]!;
      const x = p % width;
      if (x > 0) tail = visit(p - 1, tail);
      if (x < width - 1) tail = visit(p + 1, tail);
      if (p >= width) tail = visit(p - width, tail);
      if (p < mask.length - width) tail = visit(p + width, tail);
    }
    return tail;
  };
  for (let p = 0; p < mask.length; p++) {
    if (!mask[p] || seen[p]) continue;
    const size = fill(p);
    flagged += size;
    components += 1;
    if (size > largest) [largest, largestAt] = [size, p];
  }
  let box: DifferenceFacts['largestBox'] = null;
  if (largestAt >= 0) {
    seen.fill(0);
    fill(largestAt);
    let [left, top, right, bottom] = [width, height, 0, 0];
    for (let q = 0; q < largest; q++) {
      const p = queue[q]!;
      mask[p] = 2;
      const x = p % width;
      const y = (p - x) / width;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      if (y > bottom) bottom = y;
    }
    box = { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
  }
  return {
    shared: { width, height },
    flaggedShare: mask.length === 0 ? 0 : flagged / mask.length,
    components,
    largestShare: flagged === 0 ? 0 : largest / flagged,
    largestBox: box,
  };
}

/** The mask grown by a margin on every side (a square around every flagged pixel); 0 and 1. */
export function dilate(mask: Uint8Array, { width, height }: Size, margin: number): Uint8Array {
  const rows = new Uint8Array(mask.length);
  for (let y = 0; y < height; y++) {
    let until = -1;
    const at = y * width;
    for (let x = 0; x < Math.min(margin, width); x++) if (mask[at + x]) until = x + margin;
    for (let x = 0; x < width; x++) {
      if (x + margin < width && mask[at + x + margin]) until = x + 2 * margin;
      if (x <= until) rows[at + x] = 1;
    }
  }
  const out = new Uint8Array(mask.length);
  const until = new Int32Array(width).fill(-1);
  for (let y = 0; y < Math.min(margin, height); y++) for (let x = 0; x < width; x++) if (rows[y * width + x]) until[x] = y + margin;
  for (let y = 0; y < height; y++) {
    const ahead = (y + margin) * width;
    for (let x = 0; x < width; x++) {
      if (y + margin < height && rows[ahead + x]) until[x] = y + 2 * margin;
      if (y <= until[x]!) out[y * width + x] = 1;
    }
  }
  return out;
}

/** Black, indigo, magenta, orange, pale yellow: brighter all the way, so that it can be read without colours too. */
export const HEAT_STOPS: readonly (readonly [number, number, number])[] = [
  [0, 0, 0],
  [55, 15, 110],
  [170, 35, 110],
  [240, 110, 45],
  [252, 250, 190],
];

/** 256 opaque colours along the stops, as the 32-bit words of an RGBA picture. */
const HEAT: Uint32Array = Uint32Array.from({ length: 256 }, (_, i) => {
  const at = (i / 255) * (HEAT_STOPS.length - 1);
  const from = HEAT_STOPS[Math.floor(at)]!;
  const to = HEAT_STOPS[Math.ceil(at)]!;
  const part = at - Math.floor(at);
  const [r, g, b] = [0, 1, 2].map((c) => Math.round(from[c]! + (to[c]! - from[c]!) * part));
  return rgba(r!, g!, b!);
});

function rgba(r: number, g: number, b: number): number {
  return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
}

const FLAGGED = rgba(236, 236, 236);
const LARGEST = rgba(255, 176, 32);
const ZONE = rgba(28, 62, 58);
const luma = (d: Uint8ClampedArray, i: number) => lumaOf(d[i]!, d[i + 1]!, d[i + 2]!);

/** The difference of two pictures as a picture, over the part that both have. `gain` brightens all looks but the mask. */
export function differencePicture(
  a: Pixels,
  b: Pixels,
  { look, gain, rule }: { look: Look; gain: number; rule: FlagRule },
): { pixels: Pixels; facts: DifferenceFacts } {
  const shared = sharedSize(a, b);
  const { width, height } = shared;
  const mask = maskOf(a, b, rule);
  const facts = markLargest(mask, shared);
  const data = new Uint8ClampedArray(width * height * 4);
  const out = new Uint32Array(data.buffer);
  if (look === 'mask') {
    // What did not change stays faintly visible, so that one sees where in the picture the mask lies.
    for (let y = 0, p = 0; y < height; y++)
      for (let x = 0, j = y * b.width * 4; x < width; x++, p++, j += 4) {
        const dim = luma(b.data, j) >> 2;
        out[p] = mask[p] === 2 ? LARGEST : mask[p] === 1 ? FLAGGED : rgba(dim, dim, dim);
      }
    return { pixels: { ...shared, data }, facts };
  }
  const zone = look === 'zone' ? dilate(mask, shared, ZONE_MARGIN) : null;
  const channel = { red: 0, green: 1, blue: 2 }[look as string];
  const lift = (value: number) => Math.min(255, Math.round(value * gain));
  for (let y = 0, p = 0; y < height; y++) {
    let i = y * a.width * 4;
    let j = y * b.width * 4;
    for (let x = 0; x < width; x++, p++, i += 4, j += 4) {
      if (zone && zone[p] === 1) {
        out[p] = ZONE;
        continue;
      }
      if (channel !== undefined || look === 'luma') {
        const value = lift(
          channel === undefined ? Math.abs(luma(a.data, i) - luma(b.data, j)) : Math.abs(a.data[i + channel]! - b.data[j + channel]!),
        );
        out[p] = rgba(value, value, value);
        continue;
      }
      const dr = Math.abs(a.data[i]! - b.data[j]!);
      const dg = Math.abs(a.data[i + 1]! - b.data[j + 1]!);
      const db = Math.abs(a.data[i + 2]! - b.data[j + 2]!);
      out[p] = look === 'colours' ? rgba(lift(dr), lift(dg), lift(db)) : HEAT[lift(Math.max(dr, dg, db))]!;
    }
  }
  return { pixels: { ...shared, data }, facts };
}
