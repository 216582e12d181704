/** Sky, sun, moon, stars and clouds, shared by landscapes and by the view from a window. */

import type { TimeOfDay } from '../catalogue.ts';
import type { Chance } from '../chance.ts';
import { glow, gradient, oval, rect } from './frame.ts';

const SKIES: Record<TimeOfDay, string[]> = {
  day: ['#5fa9e6', '#9fd0f2', '#dff0f7'],
  dusk: ['#3f4a8a', '#a2679a', '#f0946a', '#ffd59a'],
  night: ['#0c1533', '#1d2f5e', '#3a4f80'],
};

interface SkyBox {
  id: string;
  x: number;
  y: number;
  w: number;
  h: number;
}

/** Sky of the hour in a box; `sunAt` is where sun or moon stand, as shares of the box. */
export function heavens(
  box: SkyBox,
  time: TimeOfDay,
  clouds: number,
  sunAt: [number, number],
  chance: Chance,
): { defs: string; body: string } {
  const { id, x, y, w, h } = box;
  const unit = Math.min(w, h);
  const [sx, sy] = [x + w * sunAt[0], y + h * sunAt[1]];
  let defs = gradient(`${id}-sky`, SKIES[time]);
  let body = rect(x, y, w, h, `url(#${id}-sky)`);
  if (time === 'night') {
    const stars = Math.round(26 + (w * h) / 16000);
    for (let i = 0; i < stars; i++) {
      const far = chance.next();
      body += oval(
        x + chance.next() * w,
        y + chance.next() * h * 0.9,
        unit * (0.0018 + 0.002 * far),
        unit * (0.0018 + 0.002 * far),
        '#fdf6dc',
        `opacity="${(0.45 + far * 0.5).toFixed(2)}"`,
      );
    }
    defs += glow(`${id}-glow`, '#cfdcff', 0.5);
    body += oval(sx, sy, unit * 0.2, unit * 0.2, `url(#${id}-glow)`);
    body += oval(sx, sy, unit * 0.055, unit * 0.055, '#f4f0dc');
    body += oval(sx + unit * 0.022, sy - unit * 0.012, unit * 0.047, unit * 0.047, '#2a3c6c', 'opacity="0.9"');
  } else {
    const low = time === 'dusk';
    const [cx, cy] = low ? [sx, y + h * 0.9] : [sx, sy];
    defs += glow(`${id}-glow`, low ? '#ffe0a0' : '#fffbe6', low ? 0.95 : 0.9);
    body += oval(cx, cy, unit * (low ? 0.42 : 0.3), unit * (low ? 0.42 : 0.3), `url(#${id}-glow)`);
    body += oval(cx, cy, unit * 0.06, unit * 0.06, low ? '#fff0c4' : '#fffdf2');
  }
  const tone = { day: '#ffffff', dusk: '#f6b79a', night: '#46598a' }[time];
  for (let i = 0; i < clouds; i++)
    body += cloud(x + chance.next() * w, y + h * chance.range(0.12, 0.62), unit * chance.range(0.09, 0.17), tone, chance);
  return { defs, body };
}

function cloud(x: number, y: number, size: number, tone: string, chance: Chance): string {
  let body = '';
  const lumps = 5;
  for (let i = 0; i < lumps; i++) {
    const t = i / (lumps - 1) - 0.5;
    const r = size * (0.62 - Math.abs(t) * 0.7 + chance.range(0, 0.12));
    body += oval(x + t * size * 2.4, y - r * 0.35, r * 1.25, r * 0.75, tone);
  }
  return `<g opacity="0.62">${body}${rect(x - size * 1.35, y - size * 0.2, size * 2.7, size * 0.34, tone, `rx="${(size * 0.17).toFixed(1)}"`)}</g>`;
}
