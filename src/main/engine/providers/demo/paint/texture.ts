/** Grain and surface textures: small tiles of smooth noise, made once, laid over a picture in plain loops. */
import type { Raster } from '../../../domain/raster.ts';
import { chanceOf } from '../chance.ts';
import type { Texture } from './frame.ts';

const TILE = 512;

/** Cell sizes in pixels (across, down) and weights of the octaves of each surface. */
const SURFACES: Record<Texture['tile'], [number, number, number][]> = {
  wood: [
    [256, 16, 0.5],
    [128, 4, 0.35],
    [64, 2, 0.25],
  ],
  plaster: [
    [64, 64, 0.5],
    [8, 8, 0.3],
    [2, 2, 0.3],
  ],
  grass: [
    [64, 32, 0.5],
    [4, 8, 0.45],
    [2, 4, 0.3],
  ],
  sand: [
    [128, 32, 0.4],
    [8, 4, 0.3],
    [2, 2, 0.45],
  ],
  water: [
    [128, 8, 0.6],
    [64, 4, 0.4],
  ],
  stone: [
    [32, 32, 0.4],
    [8, 8, 0.35],
    [2, 2, 0.35],
  ],
};

/** Smooth noise in [-1, 1] that repeats at the edges of a TILE x TILE square. */
function noiseTile(name: string, octaves: [number, number, number][]): Float32Array {
  const out = new Float32Array(TILE * TILE);
  for (const [cw, ch, weight] of octaves) {
    const [cols, rows] = [TILE / cw, TILE / ch];
    const chance = chanceOf('tile', name, cw, ch);
    const knots = Float32Array.from({ length: cols * rows }, () => chance.range(-1, 1));
    for (let y = 0; y < TILE; y++) {
      const gy = y / ch;
      const y0 = Math.floor(gy);
      const ty = (1 - Math.cos((gy - y0) * Math.PI)) / 2;
      const [r0, r1] = [(y0 % rows) * cols, ((y0 + 1) % rows) * cols];
      for (let x = 0; x < TILE; x++) {
        const gx = x / cw;
        const x0 = Math.floor(gx);
        const tx = (1 - Math.cos((gx - x0) * Math.PI)) / 2;
        const [a, b] = [x0 % cols, (x0 + 1) % cols];
        const top = (knots[r0 + a] as number) * (1 - tx) + (knots[r0 + b] as number) * tx;
        const low = (knots[r1 + a] as number) * (1 - tx) + (knots[r1 + b] as number) * tx;
        const i = y * TILE + x;
        out[i] = (out[i] as number) + (top * (1 - ty) + low * ty) * weight;
      }
    }
  }
  return out;
}

const tiles = new Map<string, Float32Array>();

function tileOf(name: Texture['tile']): Float32Array {
  let tile = tiles.get(name);
  if (!tile) {
    tile = noiseTile(name, SURFACES[name]);
    tiles.set(name, tile);
  }
  return tile;
}

/** Lays a texture over the rows of its region, in place; darker surfaces get less of it. */
export function lay(raster: Raster, texture: Texture): void {
  const tile = tileOf(texture.tile);
  const data = new Uint8ClampedArray(raster.data.buffer, raster.data.byteOffset, raster.data.length);
  const { width, channels } = raster;
  const [from, to] = [Math.max(0, Math.round(texture.top)), Math.min(raster.height, Math.round(texture.bottom))];
  for (let y = from; y < to; y++) {
    const line = (y % TILE) * TILE;
    for (let x = 0; x < width; x++) {
      const i = (y * width + x) * channels;
      const lift = (tile[line + (x % TILE)] as number) * texture.amount * (0.35 + (data[i + 1] as number) / 390);
      data[i] = (data[i] as number) + lift;
      data[i + 1] = (data[i + 1] as number) + lift;
      data[i + 2] = (data[i + 2] as number) + lift;
    }
  }
}

let film: Int8Array | undefined;

/** Film grain of about 2 levels, a little wider than a pixel, drawn once for all pictures. */
function filmTile(): Int8Array {
  if (film) return film;
  const chance = chanceOf('film');
  const raw = Float32Array.from({ length: TILE * TILE }, () => chance.normal());
  film = new Int8Array(TILE * TILE);
  for (let y = 0; y < TILE; y++)
    for (let x = 0; x < TILE; x++) {
      const right = raw[y * TILE + ((x + 1) % TILE)] as number;
      const below = raw[((y + 1) % TILE) * TILE + x] as number;
      film[y * TILE + x] = Math.round(((raw[y * TILE + x] as number) + right + below) * 1.05);
    }
  return film;
}

/** Adds the film grain of this seed to an RGB picture, in place. */
export function addGrain(raster: Raster, seed: number): void {
  const tile = filmTile();
  const chance = chanceOf('grain', seed);
  const [ox, oy] = [chance.int(TILE), chance.int(TILE)];
  const data = new Uint8ClampedArray(raster.data.buffer, raster.data.byteOffset, raster.data.length);
  const { width, height } = raster;
  let i = 0;
  for (let y = 0; y < height; y++) {
    const line = ((y + oy) % TILE) * TILE;
    for (let x = 0; x < width; x++, i += 3) {
      const g = tile[line + ((x + ox) & (TILE - 1))] as number;
      data[i] = (data[i] as number) + g;
      data[i + 1] = (data[i + 1] as number) + g;
      data[i + 2] = (data[i + 2] as number) + g;
    }
  }
}
