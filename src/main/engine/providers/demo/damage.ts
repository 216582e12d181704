/** What can go wrong with the pixels of an edit. Each takes a finished picture and gives a worse one of the same size. */
import type { Canvas, Raster } from '../../domain/raster.ts';
import { chanceOf } from './chance.ts';

export type Damage =
  /** A part of what changed stays as it was: that share of the largest changed area, from one side. */
  | { kind: 'leftover'; share: number; side: 'top' | 'bottom' | 'left' | 'right' }
  /** Everything that changed is mixed with what was there. `keep` is the share of the old picture. */
  | { kind: 'blend'; keep: number }
  | { kind: 'shift'; dx: number; dy: number }
  | { kind: 'blur'; sigma: number }
  | { kind: 'drift'; gain: [number, number, number]; offset: [number, number, number] }
  | { kind: 'jpeg'; quality: number }
  | { kind: 'salt'; share: number; seed: number }
  | { kind: 'noise'; sigma: number; seed: number };

/** The damaged picture. `before` is the picture as it was; both are left as they are. */
export async function damaged(canvas: Canvas, picture: Raster, before: Raster, damage: Damage): Promise<Raster> {
  switch (damage.kind) {
    case 'leftover':
      return leftover(picture, before, damage.share, damage.side);
    case 'blend':
      return mapped(picture, (v, i) => v + ((before.data[i] as number) - v) * damage.keep);
    case 'shift':
      return shifted(picture, damage.dx, damage.dy);
    case 'blur':
      return canvas.blur(picture, damage.sigma);
    case 'drift': {
      const curves = [0, 1, 2].map((c) =>
        Uint8ClampedArray.from({ length: 256 }, (_, v) => v * (damage.gain[c] as number) + (damage.offset[c] as number)),
      );
      return mapped(picture, (v, i) => (curves[i % 3] as Uint8ClampedArray)[v] as number);
    }
    case 'jpeg':
      return canvas.decode(await canvas.encode(picture, { format: 'jpeg', quality: damage.quality }));
    case 'salt': {
      const chance = chanceOf('salt', damage.seed);
      const out = { ...picture, data: new Uint8Array(picture.data) };
      const grains = Math.round(picture.width * picture.height * damage.share);
      for (let k = 0; k < grains; k++) out.data.fill(chance.next() < 0.5 ? 0 : 255, ...pixelAt(chance.int(picture.width * picture.height)));
      return out;
    }
    case 'noise': {
      const chance = chanceOf('noise', damage.seed);
      const tile = Float32Array.from({ length: 65_537 }, () => chance.normal() * damage.sigma);
      return mapped(picture, (v, i) => v + (tile[i % tile.length] as number));
    }
  }
}

function pixelAt(pixel: number): [number, number] {
  return [pixel * 3, pixel * 3 + 3];
}

function mapped(picture: Raster, change: (value: number, index: number) => number): Raster {
  const out = new Uint8ClampedArray(picture.data.length);
  for (let i = 0; i < out.length; i++) out[i] = change(picture.data[i] as number, i);
  return { ...picture, data: new Uint8Array(out.buffer) };
}

function shifted(picture: Raster, dx: number, dy: number): Raster {
  const { width, height, data } = picture;
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    const from = Math.min(height - 1, Math.max(0, y - dy)) * width;
    for (let x = 0; x < width; x++) {
      const s = (from + Math.min(width - 1, Math.max(0, x - dx))) * 3;
      const o = (y * width + x) * 3;
      out[o] = data[s] as number;
      out[o + 1] = data[s + 1] as number;
      out[o + 2] = data[s + 2] as number;
    }
  }
  return { ...picture, data: out };
}

const CELL = 16;

/** Bounding box, in pixels, of the largest connected group of cells in which the pictures differ. */
function changedBox(a: Raster, b: Raster): { x0: number; y0: number; x1: number; y1: number } | undefined {
  const [cols, rows] = [Math.ceil(a.width / CELL), Math.ceil(a.height / CELL)];
  const hits = new Uint16Array(cols * rows);
  for (let y = 0; y < a.height; y++)
    for (let x = 0; x < a.width; x++) {
      const i = (y * a.width + x) * 3;
      const d = Math.max(diff(a, b, i), diff(a, b, i + 1), diff(a, b, i + 2));
      const cell = Math.floor(y / CELL) * cols + Math.floor(x / CELL);
      if (d > 12) hits[cell] = (hits[cell] as number) + 1;
    }
  let best: number[] = [];
  const seen = new Uint8Array(hits.length);
  for (let start = 0; start < hits.length; start++) {
    if (seen[start] || (hits[start] as number) < 8) continue;
    const group = [start];
    seen[start] = 1;
    for (let k = 0; k < group.length; k++) {
      const at = group[k] as number;
      const col = at % cols;
      for (const next of [col > 0 ? at - 1 : -1, col < cols - 1 ? at + 1 : -1, at - cols, at + cols])
        if (next >= 0 && next < hits.length && !seen[next] && (hits[next] as number) >= 8) {
          seen[next] = 1;
          group.push(next);
        }
    }
    if (group.length > best.length) best = group;
  }
  if (best.length === 0) return undefined;
  const xs = best.map((c) => c % cols);
  const ys = best.map((c) => Math.floor(c / cols));
  return {
    x0: Math.min(...xs) * CELL,
    y0: Math.min(...ys) * CELL,
    x1: Math.min(a.width, (Math.max(...xs) + 1) * CELL),
    y1: Math.min(a.height, (Math.max(...ys) + 1) * CELL),
  };
}

function diff(a: Raster, b: Raster, i: number): number {
  return Math.abs((a.data[i] as number) - (b.data[i] as number));
}

function leftover(picture: Raster, before: Raster, share: number, side: 'top' | 'bottom' | 'left' | 'right'): Raster {
  const box = changedBox(picture, before);
  const out: Raster = { ...picture, data: new Uint8Array(picture.data) };
  if (!box) return out;
  const { x0, y0, x1, y1 } = box;
  const upright = side === 'top' || side === 'bottom';
  const part = Math.round((upright ? y1 - y0 : x1 - x0) * share);
  const [fromX, toX] = upright ? [x0, x1] : side === 'left' ? [x0, x0 + part] : [x1 - part, x1];
  const [fromY, toY] = !upright ? [y0, y1] : side === 'top' ? [y0, y0 + part] : [y1 - part, y1];
  for (let y = fromY; y < toY; y++) {
    const [from, to] = [(y * picture.width + fromX) * 3, (y * picture.width + toX) * 3];
    out.data.set(before.data.subarray(from, to), from);
  }
  return out;
}
