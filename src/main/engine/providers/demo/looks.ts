/** Global pixel operations: looks of a whole picture. The photo editor carries them out and the judges repeat them. */
import type { Raster } from '../../domain/raster.ts';

export type Look =
  | 'blackAndWhite'
  | 'sepia'
  | 'warmer'
  | 'cooler'
  | 'brighter'
  | 'darker'
  | 'dusk'
  | 'vintage'
  | 'vivid'
  | 'faded'
  | 'contrast'
  | 'negative';

type Rgb = [number, number, number];
const luma = (r: number, g: number, b: number) => 0.299 * r + 0.587 * g + 0.114 * b;
const towards = (v: number, target: number, t: number) => v + (target - v) * t;

const LOOKS: Record<Look, (r: number, g: number, b: number) => Rgb> = {
  blackAndWhite: (r, g, b) => {
    const y = luma(r, g, b);
    return [y, y, y];
  },
  sepia: (r, g, b) => {
    const y = luma(r, g, b);
    return [y * 1.07 + 12, y * 0.9 + 8, y * 0.7];
  },
  warmer: (r, g, b) => [r * 1.1 + 10, g * 1.02 + 2, b * 0.8],
  cooler: (r, g, b) => [r * 0.8, g * 0.98, b * 1.1 + 10],
  brighter: (r, g, b) => [r, g, b].map((v) => 255 * (v / 255) ** 0.68) as Rgb,
  darker: (r, g, b) => [r, g, b].map((v) => 255 * (v / 255) ** 1.5 * 0.94) as Rgb,
  dusk: (r, g, b) => [r * 0.84 + 14, g * 0.6 + 4, b * 0.56 + 22],
  vintage: (r, g, b) => {
    const y = luma(r, g, b);
    return [towards(r, y, 0.4) * 0.9 + 34, towards(g, y, 0.4) * 0.86 + 24, towards(b, y, 0.4) * 0.68 + 26];
  },
  vivid: (r, g, b) => {
    const y = luma(r, g, b);
    return [towards(y, r, 1.6), towards(y, g, 1.6), towards(y, b, 1.6)];
  },
  faded: (r, g, b) => {
    const y = luma(r, g, b);
    return [towards(r, y, 0.6), towards(g, y, 0.6), towards(b, y, 0.6)];
  },
  contrast: (r, g, b) => [r, g, b].map((v) => (v - 128) * 1.42 + 128) as Rgb,
  negative: (r, g, b) => [255 - r, 255 - g, 255 - b],
};

/** Applies a look to an RGB picture, in place. */
export function applyLook(raster: Raster, look: Look): void {
  const change = LOOKS[look];
  const data = new Uint8ClampedArray(raster.data.buffer, raster.data.byteOffset, raster.data.length);
  for (let i = 0; i < data.length; i += 3) {
    const [r, g, b] = change(data[i] as number, data[i + 1] as number, data[i + 2] as number);
    data[i] = r;
    data[i + 1] = g;
    data[i + 2] = b;
  }
}

const STYLES: Record<string, Look> = {
  'black and white': 'blackAndWhite',
  sepia: 'sepia',
  vintage: 'vintage',
  pastel: 'faded',
  vivid: 'vivid',
};

/** The look of a scene's style; undefined for styles that leave the picture as it is painted. */
export function lookNamed(style: string): Look | undefined {
  return STYLES[style.toLowerCase()];
}
