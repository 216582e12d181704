/** What a background painter is given, and small ways to write SVG. All colours go through the light of the hour. */

import type { Place, Season, TimeOfDay } from '../catalogue.ts';
import { type Chance, chanceOf } from '../chance.ts';
import { type Layout, layoutOf } from '../layout.ts';

/** A region that gets a texture after the SVG is drawn: `amount` is the largest change in levels. */
export interface Texture {
  tile: 'wood' | 'plaster' | 'grass' | 'sand' | 'water' | 'stone';
  top: number;
  bottom: number;
  amount: number;
}

export interface Painting {
  body: string;
  defs: string;
  textures: Texture[];
}

export interface Frame {
  place: Place;
  w: number;
  h: number;
  layout: Layout;
  time: TimeOfDay;
  season: Season;
  /** Which of a few decorations this scene has. */
  chance: Chance;
  /** The colour under the light of the hour. */
  lit(hex: string, strength?: number): string;
}

/** How many decorations a place has; scenes pick one by their seed, so backgrounds can be cached. */
export const VARIANTS = 4;

/** Light of the hour as a factor for red, green and blue. */
export const LIGHT: Readonly<Record<'in' | 'out', Readonly<Record<TimeOfDay, readonly [number, number, number]>>>> = {
  in: { day: [1, 1, 1], dusk: [0.95, 0.78, 0.64], night: [0.5, 0.46, 0.5] },
  out: { day: [1, 1, 1], dusk: [0.92, 0.7, 0.6], night: [0.36, 0.42, 0.62] },
};

/** "#rrggbb" as numbers. */
function rgbOf(hex: string): [number, number, number] {
  return [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16)) as [number, number, number];
}

/** A colour between two. */
export function mix(a: string, b: string, t: number): string {
  const [x, y] = [rgbOf(a), rgbOf(b)];
  return hexOf(x.map((v, i) => v + ((y[i] as number) - v) * t));
}

function hexOf(rgb: number[]): string {
  return `#${rgb
    .map((v) =>
      Math.round(Math.min(255, Math.max(0, v)))
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
}

/** The frame of one background. */
export function frameOf(place: Place, w: number, h: number, time: TimeOfDay, season: Season, variant: number): Frame {
  const light = LIGHT[place.indoor ? 'in' : 'out'][time];
  return {
    place,
    w,
    h,
    layout: layoutOf(place.indoor, w, h),
    time,
    season,
    chance: chanceOf('background', place.id, variant),
    lit: (hex, strength = 1) => hexOf(rgbOf(hex).map((v, i) => v * (1 + ((light[i] as number) - 1) * strength))),
  };
}

const n = (v: number) => Math.round(v * 10) / 10;

/** A rectangle. */
export function rect(x: number, y: number, w: number, h: number, fill: string, more = ''): string {
  return `<rect x="${n(x)}" y="${n(y)}" width="${n(w)}" height="${n(h)}" fill="${fill}" ${more}/>`;
}

/** An ellipse. */
export function oval(x: number, y: number, rx: number, ry: number, fill: string, more = ''): string {
  return `<ellipse cx="${n(x)}" cy="${n(y)}" rx="${n(rx)}" ry="${n(ry)}" fill="${fill}" ${more}/>`;
}

/** A filled shape from points or path text. */
export function path(d: string, fill: string, more = ''): string {
  return `<path d="${d}" fill="${fill}" ${more}/>`;
}

/** A polygon. */
export function poly(points: [number, number][], fill: string, more = ''): string {
  return path(`M${points.map(([x, y]) => `${n(x)} ${n(y)}`).join('L')}Z`, fill, more);
}

/** A stroked line. */
export function line(x1: number, y1: number, x2: number, y2: number, stroke: string, width: number, more = ''): string {
  return `<path d="M${n(x1)} ${n(y1)}L${n(x2)} ${n(y2)}" stroke="${stroke}" stroke-width="${n(width)}" fill="none" ${more}/>`;
}

/** A gradient down the picture; stops are colours, or [offset, colour, opacity]. */
export function gradient(id: string, stops: (string | [number, string, number])[], across = false): string {
  const marks = stops.map((s, i) => {
    const [offset, colour, opacity] = typeof s === 'string' ? [i / Math.max(1, stops.length - 1), s, 1] : s;
    return `<stop offset="${offset}" stop-color="${colour}" stop-opacity="${opacity}"/>`;
  });
  return `<linearGradient id="${id}" x1="0" y1="0" x2="${across ? 1 : 0}" y2="${across ? 0 : 1}">${marks.join('')}</linearGradient>`;
}

/** A soft round glow. */
export function glow(id: string, colour: string, opacity: number): string {
  return `<radialGradient id="${id}"><stop offset="0" stop-color="${colour}" stop-opacity="${opacity}"/><stop offset="0.55" stop-color="${colour}" stop-opacity="${n(opacity * 3.5) / 10}"/><stop offset="1" stop-color="${colour}" stop-opacity="0"/></radialGradient>`;
}

/** A soft skyline from left to right: a smooth curve through random heights, closed at `bottom`. */
export function ridge(w: number, y: number, swing: number, steps: number, bottom: number, chance: Chance): string {
  const pts = Array.from({ length: steps + 1 }, (_, i) => [(w * i) / steps, y + chance.range(-swing, swing)] as const);
  let d = `M0 ${n(bottom)}L0 ${n(pts[0]?.[1] ?? y)}`;
  for (let i = 1; i < pts.length; i++) {
    const [x0, y0] = pts[i - 1] as readonly [number, number];
    const [x1, y1] = pts[i] as readonly [number, number];
    const mid = (x0 + x1) / 2;
    d += `C${n(mid)} ${n(y0)} ${n(mid)} ${n(y1)} ${n(x1)} ${n(y1)}`;
  }
  return `${d}L${n(w)} ${n(bottom)}Z`;
}
