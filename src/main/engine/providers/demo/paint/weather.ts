/** Rain, fog and snow over a finished scene, in place. They depend on the seed and the size alone. */
import type { Raster } from '../../../domain/raster.ts';
import type { Weather } from '../catalogue.ts';
import { chanceOf } from '../chance.ts';

function blend(data: Uint8ClampedArray, i: number, tone: readonly [number, number, number], a: number): void {
  for (let c = 0; c < 3; c++) data[i + c] = (data[i + c] as number) * (1 - a) + (tone[c] as number) * a;
}

/** Covers the whole picture with a veil whose strength depends on the row. */
function veil(raster: Raster, data: Uint8ClampedArray, tone: readonly [number, number, number], strength: (y: number) => number): void {
  for (let y = 0, i = 0; y < raster.height; y++) {
    const a = strength(y / raster.height);
    const [kr, kg, kb, keep] = [tone[0] * a, tone[1] * a, tone[2] * a, 1 - a];
    for (let x = 0; x < raster.width; x++, i += 3) {
      data[i] = (data[i] as number) * keep + kr;
      data[i + 1] = (data[i + 1] as number) * keep + kg;
      data[i + 2] = (data[i + 2] as number) * keep + kb;
    }
  }
}

/** Draws the weather; `bright` is how light the hour is, 0 to 1. */
export function addWeather(raster: Raster, weather: Weather, seed: number, bright: number): void {
  if (weather === 'clear') return;
  const { width, height } = raster;
  const data = new Uint8ClampedArray(raster.data.buffer, raster.data.byteOffset, raster.data.length);
  const chance = chanceOf('weather', seed, weather);
  const grey = (v: number): [number, number, number] => [v * bright, (v + 3) * bright, (v + 9) * bright];
  if (weather === 'foggy') {
    veil(raster, data, grey(222), (y) => 0.68 - 0.5 * Math.min(1, Math.abs(y - 0.42) * 1.9));
    return;
  }
  veil(raster, data, grey(weather === 'rainy' ? 118 : 196), (y) => (weather === 'rainy' ? 0.42 : 0.3) * (1 - y * 0.45));
  const unit = Math.min(width, height);
  if (weather === 'rainy') {
    const drops = Math.round((width * height) / 2600);
    for (let k = 0; k < drops; k++) {
      const near = chance.next();
      const run = Math.round(unit * (0.018 + 0.035 * near));
      const [x0, y0] = [chance.int(width), chance.int(height) - run];
      for (let t = 0; t < run; t++) {
        const [x, y] = [x0 - Math.round(t * 0.24), y0 + t];
        if (x < 0 || x >= width - 1 || y < 0 || y >= height) continue;
        const i = (y * width + x) * 3;
        blend(data, i, grey(226), 0.2 + 0.26 * near);
        if (near > 0.6) blend(data, i + 3, grey(226), 0.18);
      }
    }
    return;
  }
  const flakes = Math.round((width * height) / 1500);
  for (let k = 0; k < flakes; k++) {
    const near = chance.next() ** 2;
    const r = unit * (0.0014 + 0.0042 * near);
    const [cx, cy] = [chance.range(0, width), chance.range(0, height)];
    for (let y = Math.max(0, Math.floor(cy - r)); y <= Math.min(height - 1, cy + r + 1); y++)
      for (let x = Math.max(0, Math.floor(cx - r)); x <= Math.min(width - 1, cx + r + 1); x++) {
        const cover = Math.min(1, Math.max(0, r + 0.5 - Math.hypot(x - cx, y - cy)));
        if (cover > 0) blend(data, (y * width + x) * 3, grey(250), cover * (0.62 + 0.34 * near));
      }
  }
}
