/** The indoor backgrounds: a wall with a window and a shelf, and the edge of a table, desk or counter in front. */
import type { PlaceId } from '../catalogue.ts';
import { type Frame, glow, gradient, line, mix, oval, type Painting, path, poly, rect, type Texture } from './frame.ts';
import { heavens } from './heavens.ts';

interface Decor {
  wall: string;
  wood: string;
  curtain: string;
  accent: string;
}

const DECORS: Record<string, Decor[]> = {
  kitchen: [
    { wall: '#f3e6c8', wood: '#b57b45', curtain: '#d9634f', accent: '#7fb0a2' },
    { wall: '#d9e5d0', wood: '#c28a55', curtain: '#f0c05a', accent: '#9db57f' },
    { wall: '#cfe2ea', wood: '#a86f40', curtain: '#6d9fc0', accent: '#e2b878' },
    { wall: '#f6ddd0', wood: '#ba8148', curtain: '#7aa18a', accent: '#d99a86' },
  ],
  living: [
    { wall: '#a9bfb6', wood: '#7c4f30', curtain: '#e3d3b3', accent: '#8ea79d' },
    { wall: '#d8c3a5', wood: '#6d4630', curtain: '#a8553f', accent: '#c7ae8b' },
    { wall: '#b9c4d8', wood: '#86583a', curtain: '#f0e3c8', accent: '#a3b0c8' },
    { wall: '#dcb7a0', wood: '#70452d', curtain: '#6f8f88', accent: '#cba38a' },
  ],
  study: [
    { wall: '#cfe6f5', wood: '#e9e4da', curtain: '#f4b8c6', accent: '#ffffff' },
    { wall: '#e7dcf3', wood: '#efe9de', curtain: '#9fc7e8', accent: '#ffffff' },
    { wall: '#fbe9bf', wood: '#ece7dd', curtain: '#8fc6a8', accent: '#ffffff' },
    { wall: '#d6efdf', wood: '#eee8dc', curtain: '#f3c27a', accent: '#ffffff' },
  ],
  cafe: [
    { wall: '#47675a', wood: '#dfdcd6', curtain: '#c9a26a', accent: '#3c5a4e' },
    { wall: '#8d5444', wood: '#e2ddd4', curtain: '#e2c79a', accent: '#7a4537' },
    { wall: '#3f5870', wood: '#dcdcdc', curtain: '#d5b274', accent: '#344b61' },
    { wall: '#6f6152', wood: '#e4ded3', curtain: '#d8b98a', accent: '#5f5245' },
  ],
};

function wallPattern(f: Frame, decor: Decor, id: PlaceId): string {
  const { w, h, layout } = f;
  const bottom = layout.horizon;
  const step = Math.min(w, h) / 14;
  const tone = f.lit(decor.accent);
  let body = '';
  if (id === 'kitchen') {
    const top = bottom - step * 2.6;
    body += rect(0, top, w, bottom - top, f.lit(mix(decor.wall, '#ffffff', 0.55)));
    for (let row = 0; row * step * 0.65 < bottom - top; row++)
      for (let x = row % 2 ? -step * 0.5 : 0; x < w; x += step)
        body += rect(
          x + 1,
          top + row * step * 0.65 + 1,
          step - 2,
          step * 0.65 - 2,
          f.lit(mix(decor.accent, '#ffffff', 0.35 + 0.25 * f.chance.next())),
          'rx="2"',
        );
    body += rect(0, top - step * 0.16, w, step * 0.16, f.lit(mix(decor.wood, '#ffffff', 0.35)));
  } else if (id === 'living') {
    for (let x = step * 0.4; x < w; x += step * 1.5) body += rect(x, 0, step * 0.62, bottom, tone, 'opacity="0.45"');
    body += rect(0, bottom - step * 2.4, w, step * 2.4, f.lit(mix(decor.wall, '#ffffff', 0.6)));
    for (let x = step * 0.5; x < w; x += step * 3)
      body += rect(
        x,
        bottom - step * 2,
        step * 2.5,
        step * 1.6,
        'none',
        `stroke="${f.lit(mix(decor.wall, '#ffffff', 0.3))}" stroke-width="3"`,
      );
  } else if (id === 'study') {
    for (let y = step; y < bottom; y += step * 1.6)
      for (let x = ((y / step) % 2) * step * 0.8 + step * 0.5; x < w; x += step * 1.9)
        body += oval(x, y, step * 0.11, step * 0.11, tone, 'opacity="0.8"');
    body += bunting(f, step);
  } else {
    const brick = f.chance.next() < 0.5;
    for (let row = 0; row * step * 0.5 < bottom; row++)
      for (let x = row % 2 ? -step * 0.6 : 0; brick && x < w; x += step * 1.2)
        body += rect(
          x + 1,
          row * step * 0.5 + 1,
          step * 1.2 - 3,
          step * 0.5 - 3,
          f.lit(mix(decor.wall, decor.accent, f.chance.next())),
          'rx="2"',
        );
    for (let x = 0; !brick && x < w; x += step * 1.3) body += rect(x, 0, 3, bottom, tone, 'opacity="0.8"');
    for (const at of [0.46, 0.93]) body += lamp(f, w * at, h, step);
  }
  return body;
}

function bunting(f: Frame, step: number): string {
  const colours = ['#e87461', '#f2c14e', '#7dbb8a', '#6fa8dc', '#c58fd0'];
  const count = Math.max(6, Math.round(f.w / (step * 1.5)));
  const sag = (t: number) => f.h * 0.012 + Math.sin(Math.PI * ((t * 2) % 1)) * step * 0.5;
  let flags = '';
  for (let i = 0; i < count; i++) {
    const [t0, t1] = [i / count, (i + 0.82) / count];
    const [x0, x1] = [t0 * f.w, t1 * f.w];
    flags += poly(
      [
        [x0, sag(t0)],
        [x1, sag(t1)],
        [(x0 + x1) / 2, sag((t0 + t1) / 2) + step * 0.75],
      ],
      f.lit(colours[i % colours.length] as string),
    );
  }
  return flags;
}

function lamp(f: Frame, x: number, h: number, step: number): string {
  const drop = h * 0.05;
  const size = step * 0.5;
  return (
    line(x, 0, x, drop, f.lit('#2c2724'), 2) +
    path(`M${x - size} ${drop + size}Q${x - size} ${drop} ${x} ${drop}Q${x + size} ${drop} ${x + size} ${drop + size}Z`, f.lit('#d9a441')) +
    oval(x, drop + size, size * 0.45, size * 0.2, '#fff3c4')
  );
}

function windowView(f: Frame, decor: Decor): { defs: string; body: string } {
  const box = f.layout.window;
  if (!box) return { defs: '', body: '' };
  const { x, y, width, height } = box;
  const sky = heavens({ id: 'win', x, y, w: width, h: height }, f.time, 2, [0.72, 0.25], f.chance);
  const green = f.lit('#7fae6b', f.time === 'day' ? 1 : 1.2);
  const bar = Math.max(6, Math.min(width, height) * 0.045);
  const frame = f.lit('#fbf8f0');
  const edge = f.lit('#d8cfbd');
  let body = `<clipPath id="pane"><rect x="${x}" y="${y}" width="${width}" height="${height}"/></clipPath><g clip-path="url(#pane)">${sky.body}`;
  body += oval(x + width * 0.25, y + height * 1.04, width * 0.55, height * 0.3, mix(green, '#4f7f5a', 0.3));
  body += oval(x + width * 0.85, y + height * 1.06, width * 0.5, height * 0.26, green);
  body += '</g>';
  body += rect(x - bar, y - bar, width + 2 * bar, height + 2 * bar, 'none', `stroke="${edge}" stroke-width="${bar * 0.5}"`);
  body += rect(x - bar * 0.5, y - bar * 0.5, width + bar, height + bar, 'none', `stroke="${frame}" stroke-width="${bar}"`);
  body += rect(x + width / 2 - bar * 0.35, y, bar * 0.7, height, frame) + rect(x, y + height * 0.48, width, bar * 0.7, frame);
  body +=
    rect(x - bar * 2, y + height + bar * 0.6, width + bar * 4, bar * 1.1, frame) +
    rect(x - bar * 2, y + height + bar * 1.7, width + bar * 4, bar * 0.35, edge);
  const cloth = f.lit(decor.curtain);
  const fold = f.lit(mix(decor.curtain, '#000000', 0.14));
  for (const side of [0, 1]) {
    const at = side ? x + width + bar * 1.4 : x - bar * 1.4;
    const inward = side ? -1 : 1;
    const wide = width * 0.17 * inward;
    const [top, low] = [y - bar * 1.9, y + height + bar * 1.2];
    body += path(
      `M${at} ${top}L${at + wide * 1.25} ${top}Q${at + wide * 1.1} ${y + height * 0.5} ${at + wide * 0.75} ${low}L${at} ${low}Z`,
      cloth,
    );
    for (const t of [0.3, 0.6, 0.9])
      body += line(at + wide * t * 1.2, top, at + wide * t * 0.75, low, fold, Math.max(2, bar * 0.25), 'opacity="0.6"');
  }
  body += rect(x - bar * 3, y - bar * 2.4, width + bar * 6, bar * 0.55, f.lit('#8a6a48'), 'rx="3"');
  return { defs: sky.defs, body };
}

function shelfBoard(f: Frame, decor: Decor, id: PlaceId): string {
  const row = f.layout.rows.shelf;
  if (!row) return '';
  const thick = Math.max(8, f.h * 0.016);
  const wood = id === 'cafe' || id === 'study' ? '#b98a58' : decor.wood;
  const [x, w] = [row.left - 6, row.right - row.left + 12];
  let body = rect(x, row.base + thick, w, thick * 1.6, '#000000', 'opacity="0.16" rx="6"');
  for (const t of [0.16, 0.84])
    body += poly(
      [
        [x + w * t - thick * 0.4, row.base],
        [x + w * t + thick * 0.4, row.base],
        [x + w * t + thick * 0.4, row.base + thick * 3.4],
        [x + w * t - thick * 0.4, row.base + thick * 2.6],
      ],
      f.lit(mix(wood, '#000000', 0.3)),
    );
  body += rect(x, row.base - 3, w, thick + 3, f.lit(mix(wood, '#ffffff', 0.12)), 'rx="2"');
  return body + rect(x, row.base + thick * 0.45, w, thick * 0.55, f.lit(mix(wood, '#000000', 0.22)), 'rx="2"');
}

/** A room as SVG, with the textures its surfaces get. */
export function paintRoom(f: Frame): Painting {
  const id = f.place.id;
  const { w, h, layout } = f;
  const decors = DECORS[id] as Decor[];
  const decor = f.chance.pick(decors);
  const top = layout.horizon;
  const pane = layout.window;
  let defs = gradient('wall', [f.lit(mix(decor.wall, '#ffffff', 0.12)), f.lit(mix(decor.wall, '#000000', 0.1))]);
  defs += gradient('top', [f.lit(mix(decor.wood, '#ffffff', 0.16)), f.lit(decor.wood), f.lit(mix(decor.wood, '#000000', 0.24))]);
  defs += gradient('dim', [
    [0, '#000000', 0.22],
    [0.35, '#000000', 0],
    [1, '#000000', 0],
  ]);
  let body = rect(0, 0, w, top + 2, 'url(#wall)') + wallPattern(f, decor, id);
  // The glow lies under the window: drawn over it, it would wash the view out.
  if (pane && f.time !== 'night') {
    defs += glow('day', f.time === 'day' ? '#fffbe8' : '#ffb070', 0.55);
    body += oval(pane.x + pane.width * 0.6, pane.y + pane.height * 0.6, pane.width * 1.5, pane.height * 1.4, 'url(#day)');
  }
  const view = windowView(f, decor);
  defs += view.defs;
  body += view.body + shelfBoard(f, decor, id);
  body += rect(0, top - h * 0.03, w, h * 0.03, '#000000', 'opacity="0.08"');
  body += rect(0, top, w, h - top, 'url(#top)');
  const seams = id === 'kitchen' || id === 'living' ? 4 : 0;
  for (let i = 1; i <= seams; i++) {
    const y = top + (h - top) * (i / (seams + 1)) ** 1.5;
    body +=
      line(0, y, w, y, f.lit(mix(decor.wood, '#000000', 0.4)), 1.5, 'opacity="0.55"') +
      line(0, y + 2, w, y + 2, f.lit(mix(decor.wood, '#ffffff', 0.3)), 1.2, 'opacity="0.4"');
  }
  if (id === 'cafe') for (let i = 0; i < 7; i++) body += vein(f, top);
  body +=
    rect(0, top, w, Math.max(3, h * 0.006), f.lit(mix(decor.wood, '#ffffff', 0.5)), 'opacity="0.75"') +
    rect(0, top, w, h - top, 'url(#dim)', 'opacity="0.25"');
  if (f.time === 'night') {
    defs += glow('lamp', '#ffd28a', 0.62);
    body += oval(w * 0.5, h * 0.42, w * 0.62, h * 0.62, 'url(#lamp)');
  }
  const textures: Texture[] = [{ tile: 'plaster', top: 0, bottom: top, amount: 5 }];
  textures.push({
    tile: id === 'kitchen' || id === 'living' ? 'wood' : 'plaster',
    top,
    bottom: h,
    amount: id === 'kitchen' || id === 'living' ? 20 : 6,
  });
  return { body, defs, textures };
}

function vein(f: Frame, top: number): string {
  const c = f.chance;
  const x = c.range(-0.1, 0.9) * f.w;
  const y = top + c.range(0.1, 0.9) * (f.h - top);
  const run = f.w * c.range(0.2, 0.5);
  return path(
    `M${x} ${y}q${run * 0.3} ${c.range(-30, 30)} ${run * 0.5} ${c.range(-10, 20)}t${run * 0.5} ${c.range(-20, 20)}`,
    'none',
    `stroke="${f.lit('#a9a6a0')}" stroke-width="${c.range(1, 3)}" opacity="0.5"`,
  );
}
