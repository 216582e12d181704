/** Objects as pictures: drawn from the sprite file at the size asked for, cropped, recoloured and kept for reuse. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ProviderError } from '../../../../../shared/model/errors.ts';
import { appRoot } from '../../../appRoot.ts';
import type { Canvas, Raster } from '../../../domain/raster.ts';
import { objectNamed, PAINTS } from '../catalogue.ts';
import { byteCache } from './cache.ts';

const SPRITE_CACHE_BYTES = 48 * 2 ** 20;

interface SpriteFile {
  viewBox: string;
  bodies: Record<string, string>;
}

let spriteFile: SpriteFile | undefined;

/** The sprites that the build took from Noto Emoji. Without them the demo's models are not there: throws ProviderError notFound. */
function sprites(): SpriteFile {
  if (spriteFile) return spriteFile;
  const file = join(appRoot(), 'out', 'sprites.json');
  if (!existsSync(file))
    throw new ProviderError('notFound', `The pictures of the demo studio have not been built: ${file} is missing. Run: npm run build`);
  spriteFile = JSON.parse(readFileSync(file, 'utf8')) as SpriteFile;
  return spriteFile;
}

/** RGBA of one object without empty edges; its longer side is about `side` pixels. */
export type SpriteSource = (name: string, colour: string, side: number) => Promise<Raster>;

/** A sprite source that draws with the canvas. */
export function spriteSource(canvas: Canvas): SpriteSource {
  const cache = byteCache<Raster>(SPRITE_CACHE_BYTES, (r) => r.data.length);
  return (name, colour, side) =>
    cache.get(`${name}|${colour}|${side}`, async () => {
      const kind = objectNamed(name);
      const { viewBox, bodies } = sprites();
      const body = bodies[kind.icon];
      if (body === undefined) throw new ProviderError('notFound', `The demo studio's pictures lack ${kind.icon}. Run: npm run build`);
      const drawn = await canvas.renderSvg(
        `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="${viewBox}">${body}</svg>`,
        side,
        side,
      );
      const cut = crop(drawn);
      if (colour !== kind.colour) recolour(cut, colour);
      return cut;
    });
}

function crop(raster: Raster): Raster {
  const { width, height, data } = raster;
  let [x0, y0, x1, y1] = [width, height, -1, -1];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      if ((data[(y * width + x) * 4 + 3] as number) > 24) {
        if (x < x0) x0 = x;
        if (x > x1) x1 = x;
        if (y < y0) y0 = y;
        y1 = y;
      }
  if (x1 < 0) return raster;
  const [w, h] = [x1 - x0 + 1, y1 - y0 + 1];
  const out = new Uint8Array(w * h * 4);
  for (let y = 0; y < h; y++) out.set(data.subarray(((y0 + y) * width + x0) * 4, ((y0 + y) * width + x0 + w) * 4), y * w * 4);
  return { width: w, height: h, channels: 4, data: out };
}

/** How far from the object's own hue a pixel may be and still take the new colour, in degrees. */
const HUE_REACH = 48;
const HUE_STEP = 6;

/** Hue in degrees; null for greys, which have none. */
function hueOf(r: number, g: number, b: number): number | null {
  const max = Math.max(r, g, b);
  const range = max - Math.min(r, g, b);
  if (range < 10) return null;
  return 60 * (max === r ? ((g - b) / range + 6) % 6 : max === g ? (b - r) / range + 2 : (r - g) / range + 4);
}

/** The hue around which most of the sprite's colour lies. */
function mainHue(sprite: Raster): number {
  const bins = new Float32Array(360 / HUE_STEP);
  const { data } = sprite;
  for (let i = 0; i < data.length; i += 4) {
    const [r, g, b] = [data[i] as number, data[i + 1] as number, data[i + 2] as number];
    const hue = hueOf(r, g, b);
    const bin = hue === null ? -1 : Math.floor(hue / HUE_STEP) % bins.length;
    if (bin >= 0) bins[bin] = (bins[bin] as number) + ((data[i + 3] as number) / 255) * (Math.max(r, g, b) - Math.min(r, g, b));
  }
  const around = (at: number) =>
    [-3, -2, -1, 0, 1, 2, 3].reduce((sum, d) => sum + (bins[(at + d + bins.length) % bins.length] as number) / (1 + Math.abs(d)), 0);
  let best = 0;
  for (let at = 1; at < bins.length; at++) if (around(at) > around(best)) best = at;
  return (best + 0.5) * HUE_STEP;
}

/** Turns the pixels around the sprite's main hue to the new colour, in place; stalks, leaves and highlights stay. */
function recolour(sprite: Raster, colour: string): void {
  const paint = PAINTS[colour];
  if (!paint) return;
  const { data } = sprite;
  const own = mainHue(sprite);
  for (let i = 0; i < data.length; i += 4) {
    const [r, g, b] = [data[i] as number, data[i + 1] as number, data[i + 2] as number];
    const hue = hueOf(r, g, b);
    if (hue === null) continue;
    const off = ((hue - own + 540) % 360) - 180;
    if (Math.abs(off) > HUE_REACH) continue;
    const max = Math.max(r, g, b);
    const saturation = Math.min(1, ((max - Math.min(r, g, b)) / max) * paint.saturation);
    const [nr, ng, nb] = fromHsv((paint.hue + off * 0.3 + 360) % 360, saturation, (max / 255) ** paint.gamma);
    data[i] = nr;
    data[i + 1] = ng;
    data[i + 2] = nb;
  }
}

function fromHsv(hue: number, s: number, v: number): [number, number, number] {
  const channel = (k: number) => {
    const t = (k + hue / 60) % 6;
    return Math.round(255 * (v - v * s * Math.max(0, Math.min(t, 4 - t, 1))));
  };
  return [channel(5), channel(3), channel(1)];
}
