/** Parts that several landscapes share. */
import type { Season } from '../catalogue.ts';
import type { Chance } from '../chance.ts';
import { type Frame, mix, oval, path, poly, rect, type Texture } from './frame.ts';
import { heavens } from './heavens.ts';

/** Colour of grass and snow cover by season. */
export const GRASS: Record<Season, string> = { spring: '#8cc265', summer: '#6aa84f', autumn: '#b8a04e', winter: '#e9eff4' };
/** Colours of leaves by season. */
const LEAF: Record<Season, string[]> = {
  spring: ['#f2b3c6', '#a9d47c', '#93c66b'],
  summer: ['#4f8f45', '#5f9f4c', '#3f7d40'],
  autumn: ['#d9822b', '#c65a2e', '#e0a83a'],
  winter: ['#dfe8ee', '#cfdbe4', '#eef3f6'],
};

/** A background while it is put together. */
export interface Parts {
  defs: string;
  body: string;
  textures: Texture[];
}

/** Sky, and the start of a background. */
export function open(f: Frame, clouds: number, sunX: number): Parts {
  const sky = heavens({ id: 'sky', x: 0, y: 0, w: f.w, h: f.layout.horizon + 4 }, f.time, clouds, [sunX, 0.24], f.chance);
  return { defs: sky.defs, body: sky.body, textures: [] };
}

/** A round tree standing at (x, foot), `size` pixels high. */
export function tree(f: Frame, x: number, foot: number, size: number, chance: Chance): string {
  const leaf = f.lit(chance.pick(LEAF[f.season]));
  const trunk = rect(x - size * 0.05, foot - size * 0.4, size * 0.1, size * 0.4, f.lit('#6d4c33'));
  const shade = mix(leaf, '#000000', 0.13);
  return (
    trunk +
    oval(x, foot - size * 0.62, size * 0.36, size * 0.38, shade) +
    oval(x - size * 0.06, foot - size * 0.67, size * 0.28, size * 0.3, leaf)
  );
}

/** A fir standing at (x, foot). */
export function fir(f: Frame, x: number, foot: number, size: number): string {
  const tone = f.lit(f.season === 'winter' ? '#8fa9a6' : '#2f5d4b');
  return [0, 1, 2]
    .map((i) =>
      poly(
        [
          [x - size * (0.26 - i * 0.06), foot - size * i * 0.26],
          [x + size * (0.26 - i * 0.06), foot - size * i * 0.26],
          [x, foot - size * (0.5 + i * 0.26)],
        ],
        mix(tone, '#ffffff', i * 0.05),
      ),
    )
    .join('');
}

/** Tufts of grass below `top`, larger towards the viewer. */
export function tufts(f: Frame, top: number, colour: string, count: number): string {
  let body = '';
  for (let i = 0; i < count; i++) {
    const y = top + (f.h - top) * f.chance.next() ** 0.8;
    const near = 0.4 + (y - top) / (f.h - top);
    const x = f.chance.next() * f.w;
    const s = f.h * 0.012 * near;
    body += path(
      `M${x} ${y}q${-s * 0.3} ${-s} ${-s * 0.6} ${-s * 1.2}M${x} ${y}q0 ${-s} ${s * 0.1} ${-s * 1.5}M${x} ${y}q${s * 0.3} ${-s} ${s * 0.7} ${-s * 1.1}`,
      'none',
      `stroke="${colour}" stroke-width="${Math.max(1, s * 0.16)}" opacity="0.7"`,
    );
  }
  return body;
}

/** Small flowers below `top`; none in autumn and winter. */
export function flowers(f: Frame, top: number, count: number): string {
  if (f.season === 'winter' || f.season === 'autumn') return '';
  let body = '';
  for (let i = 0; i < count; i++) {
    const y = top + (f.h - top) * f.chance.next();
    const r = f.h * 0.0032 * (0.6 + (y - top) / (f.h - top));
    body += oval(f.chance.next() * f.w, y, r, r * 0.8, f.lit(f.chance.pick(['#ffffff', '#f6d743', '#e98fb0', '#b79be0'])));
  }
  return body;
}

/** Distant land that rises from the water at `from` and leaves the picture at `to`. */
export function headland(f: Frame, from: number, to: number, y: number, up: number): string {
  const run = to - from;
  const top = (t: number) => y - up * f.chance.range(t - 0.15, t + 0.15);
  return path(
    `M${from} ${y + 2}C${from + run * 0.1} ${top(0.3)} ${from + run * 0.2} ${top(0.9)} ${from + run * 0.36} ${top(0.8)}S${from + run * 0.6} ${top(1.2)} ${from + run * 0.75} ${top(1)}S${from + run * 0.95} ${top(0.9)} ${to} ${top(1.1)}L${to} ${y + 2}Z`,
    f.lit('#7d968f', 0.9),
  );
}
