import type { Raster } from './raster.ts';

/**
 * Where the pixels of a picture come from in another: the point (x, y) is found at (scaleX x + offsetX, scaleY y + offsetY). Points
 * are continuous: pixel i reaches from i to i + 1. Editors scale the sides by themselves and crop; none turns a picture.
 */
export interface Placement {
  scaleX: number;
  offsetX: number;
  scaleY: number;
  offsetY: number;
}

interface Size {
  width: number;
  height: number;
}

/** Lobes of the Lanczos kernel. */
const LOBES = 3;

/**
 * The picture at `width` x `height`, each pixel taken from where the placement says: Lanczos, widened where the picture gets
 * smaller, in one resampling. Beyond its edges the picture repeats its outermost pixels. RGB in, RGB out.
 */
export function resampleAt(picture: Raster, place: Placement, width: number, height: number): Raster {
  const across = taps(width, picture.width, place.scaleX, place.offsetX);
  const down = taps(height, picture.height, place.scaleY, place.offsetY);
  const [first, last] = [Math.min(...down.from), Math.max(...down.from) + down.count];
  const top = Math.max(0, Math.min(picture.height - 1, first));
  const rows = Math.max(1, Math.min(picture.height, last) - top);
  const stride = 3 * width;
  const middle = new Float32Array(rows * stride);
  for (let y = 0; y < rows; y++) alongRow(picture.data, (top + y) * picture.width * 3, picture.width, across, middle, y * stride, width);
  const data = new Uint8Array(height * stride);
  const sums = new Float32Array(stride);
  for (let y = 0; y < height; y++) {
    sums.fill(0);
    for (let k = 0; k < down.count; k++) {
      const w = down.weights[y * down.count + k]!;
      if (w === 0) continue;
      const row = Math.max(0, Math.min(rows - 1, down.from[y]! + k - top)) * stride;
      for (let i = 0; i < stride; i++) sums[i]! += w * middle[row + i]!;
    }
    for (let i = 0, at = y * stride; i < stride; i++, at++) {
      const v = sums[i]! + 0.5;
      data[at] = v < 0 ? 0 : v > 255 ? 255 : v;
    }
  }
  return { width, height, channels: 3, data };
}

interface Taps {
  /** Taps a pixel. */
  count: number;
  /** Per pixel: index of its first tap, which may lie beyond the picture. */
  from: Int32Array;
  weights: Float32Array;
}

function taps(size: number, of: number, scale: number, offset: number): Taps {
  const wide = Math.max(1, scale);
  const count = Math.ceil(2 * LOBES * wide) + 1;
  const from = new Int32Array(size);
  const weights = new Float32Array(size * count);
  for (let i = 0; i < size; i++) {
    // A pixel beyond the edge is the outermost one, and not what a kernel makes of its neighbours.
    const centre = Math.max(0.5, Math.min(of - 0.5, scale * (i + 0.5) + offset));
    const start = Math.ceil(centre - LOBES * wide - 0.5);
    from[i] = start;
    let sum = 0;
    for (let k = 0; k < count; k++) {
      const w = lanczos((start + k + 0.5 - centre) / wide);
      weights[i * count + k] = w;
      sum += w;
    }
    for (let k = 0; k < count; k++) weights[i * count + k]! /= sum;
  }
  return { count, from, weights };
}

function lanczos(x: number): number {
  if (Math.abs(x) < 1e-8) return 1;
  if (Math.abs(x) >= LOBES) return 0;
  const p = Math.PI * x;
  return (LOBES * Math.sin(p) * Math.sin(p / LOBES)) / (p * p);
}

function alongRow(data: Uint8Array, row: number, of: number, { count, from, weights }: Taps, out: Float32Array, at: number, size: number) {
  for (let x = 0; x < size; x++, at += 3) {
    let r = 0;
    let g = 0;
    let b = 0;
    const start = from[x]!;
    for (let k = 0, w = x * count; k < count; k++, w++) {
      const weight = weights[w]!;
      const column = start + k;
      const p = row + 3 * (column < 0 ? 0 : column >= of ? of - 1 : column);
      r += weight * data[p]!;
      g += weight * data[p + 1]!;
      b += weight * data[p + 2]!;
    }
    out[at] = r;
    out[at + 1] = g;
    out[at + 2] = b;
  }
}

/**
 * The placement after something was measured in what it gave: there the point p lies at p + shift + zoom (p - centre), sides by
 * themselves, so that the next resampling, of the same picture as before, puts it right.
 */
export function corrected(
  place: Placement,
  { width, height }: Size,
  moved: { shiftX: number; shiftY: number; zoomX: number; zoomY: number },
): Placement {
  return {
    scaleX: place.scaleX * (1 + moved.zoomX),
    offsetX: place.offsetX + place.scaleX * (moved.shiftX - (moved.zoomX * width) / 2),
    scaleY: place.scaleY * (1 + moved.zoomY),
    offsetY: place.offsetY + place.scaleY * (moved.shiftY - (moved.zoomY * height) / 2),
  };
}

/** The same placement between smaller pictures: `to.x` pixels of the first went into one, and `from.x` pixels of the second. */
export function between(place: Placement, to: { x: number; y: number }, from: { x: number; y: number }): Placement {
  return {
    scaleX: (place.scaleX * to.x) / from.x,
    offsetX: place.offsetX / from.x,
    scaleY: (place.scaleY * to.y) / from.y,
    offsetY: place.offsetY / from.y,
  };
}

/** Ways in which a picture of `from` comes to have the size `to`, before anybody looks at the pixels. */
export function likelyPlacements(from: Size, to: Size): Placement[] {
  const [across, down] = [to.width / from.width, to.height / from.height];
  const centred = (scaleX: number, scaleY: number): Placement => ({
    scaleX,
    scaleY,
    offsetX: (to.width - scaleX * from.width) / 2,
    offsetY: (to.height - scaleY * from.height) / 2,
  });
  // Each side brought to the new size; one scale and the rest cut off; one scale and bars; the same scale, cut or with bars.
  const all = [
    centred(across, down),
    centred(Math.max(across, down), Math.max(across, down)),
    centred(Math.min(across, down), Math.min(across, down)),
  ];
  if (Math.abs(across - 1) < NEAR && Math.abs(down - 1) < NEAR) all.push(centred(1, 1), { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 });
  return all.filter((place, i) => all.findIndex((other) => same(place, other)) === i);
}

/** Sides that differ by less than this may well be the same picture with a strip cut off. */
const NEAR = 0.1;

function same(a: Placement, b: Placement): boolean {
  return (
    Math.abs(a.scaleX / b.scaleX - 1) < 1e-6 &&
    Math.abs(a.scaleY / b.scaleY - 1) < 1e-6 &&
    Math.abs(a.offsetX - b.offsetX) < 1e-6 &&
    Math.abs(a.offsetY - b.offsetY) < 1e-6
  );
}

/** Share of the picture of `from` that the other picture does not show. */
export function lostShare(place: Placement, from: Size, to: Size): number {
  const kept = (scale: number, offset: number, size: number, other: number) =>
    Math.max(0, Math.min(size, (other - offset) / scale) - Math.max(0, -offset / scale)) / size;
  return 1 - kept(place.scaleX, place.offsetX, from.width, to.width) * kept(place.scaleY, place.offsetY, from.height, to.height);
}
