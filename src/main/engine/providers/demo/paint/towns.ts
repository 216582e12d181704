/** Places people built: street, park, harbour. */
import type { Chance } from '../chance.ts';
import { type Frame, gradient, line, mix, oval, path, poly, rect, ridge } from './frame.ts';
import { flowers, GRASS, headland, open, type Parts, tree, tufts } from './scenery.ts';

function facade(f: Frame, x: number, top: number, w: number, foot: number, chance: Chance): string {
  const wall = chance.pick(['#e3b38b', '#d98f7a', '#e9d6a6', '#a9c0c4', '#c6b6d2', '#b7c79c', '#e4c3b4']);
  const roof = f.season === 'winter' ? '#eef3f6' : chance.pick(['#8a4b3a', '#6c5a52', '#7a3f35', '#5d6470']);
  const lit = f.time !== 'day';
  let body = rect(x, top, w, foot - top, f.lit(wall)) + rect(x + w - w * 0.08, top, w * 0.08, foot - top, '#000000', 'opacity="0.08"');
  const rise = w * chance.range(0.16, 0.3);
  body +=
    chance.next() < 0.6
      ? poly(
          [
            [x - 3, top],
            [x + w / 2, top - rise],
            [x + w + 3, top],
          ],
          f.lit(roof),
        )
      : rect(x - 3, top - rise * 0.35, w + 6, rise * 0.35, f.lit(roof));
  const cols = w > f.h * 0.13 ? 3 : 2;
  const shop = foot - Math.min((foot - top) * 0.36, f.h * 0.085);
  const rows = Math.max(1, Math.round((shop - top) / (f.h * 0.075)));
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < cols; c++) {
      const [cw, ch] = [w / cols, (shop - top) / rows];
      const glass = lit && chance.next() < 0.62 ? '#ffd98a' : f.lit('#7f9cb0');
      body += rect(
        x + cw * (c + 0.27),
        top + ch * (r + 0.22),
        cw * 0.46,
        ch * 0.6,
        glass,
        `stroke="${f.lit('#f6f1e6')}" stroke-width="2.5"`,
      );
    }
  const awning = chance.pick(['#c4473a', '#3f7d6e', '#d9a441', '#4f6fa5']);
  body += rect(x + w * 0.08, shop + (foot - shop) * 0.3, w * 0.5, (foot - shop) * 0.6, lit ? '#ffdf9c' : f.lit('#5f7785'));
  body += rect(x + w * 0.68, shop + (foot - shop) * 0.28, w * 0.2, (foot - shop) * 0.72, f.lit('#6b4632'));
  return (
    body +
    poly(
      [
        [x + w * 0.04, shop + (foot - shop) * 0.34],
        [x + w * 0.1, shop + (foot - shop) * 0.08],
        [x + w * 0.56, shop + (foot - shop) * 0.08],
        [x + w * 0.62, shop + (foot - shop) * 0.34],
      ],
      f.lit(awning),
    )
  );
}

/** Houses, a road and a pavement. */
export function street(f: Frame): Parts {
  const p = open(f, 4, 0.5);
  const { w, h } = f;
  const foot = h * 0.535;
  const each = Math.min(w / 4, h * 0.24);
  const count = Math.ceil(w / each);
  for (let i = 0; i < count; i++) p.body += facade(f, (w * i) / count, h * f.chance.range(0.28, 0.36), w / count, foot, f.chance);
  const kerb = h * 0.665;
  p.defs += gradient('road', [f.lit('#6f7479'), f.lit('#565b61')]) + gradient('slab', [f.lit('#cfc8bc'), f.lit('#b3aa9c')]);
  p.body += rect(0, foot, w, h * 0.02, f.lit('#b9b2a6')) + rect(0, foot + h * 0.02, w, kerb - foot, 'url(#road)');
  for (let x = w * 0.02; x < w; x += w * 0.12) p.body += rect(x, foot + h * 0.076, w * 0.06, h * 0.006, f.lit('#e8e4d4'), 'opacity="0.85"');
  p.body += rect(0, kerb, w, h - kerb, 'url(#slab)') + rect(0, kerb, w, h * 0.012, f.lit('#e2dccf'));
  for (let i = 1; i < 6; i++)
    p.body += line(0, kerb + (h - kerb) * (i / 6) ** 1.4, w, kerb + (h - kerb) * (i / 6) ** 1.4, f.lit('#968d80'), 1.6, 'opacity="0.6"');
  for (let i = -8; i <= 8; i++)
    p.body += line(w / 2 + i * w * 0.09, kerb + h * 0.012, w / 2 + i * w * 0.17, h, f.lit('#968d80'), 1.6, 'opacity="0.6"');
  for (const x of [0.36, 0.99]) p.body += tree(f, w * x, foot + h * 0.01, h * 0.15, f.chance);
  if (f.season === 'winter')
    p.body += path(ridge(w, kerb + h * 0.03, h * 0.008, 7, kerb + h * 0.012, f.chance), f.lit('#f2f6f9'), 'opacity="0.9"');
  p.textures.push({ tile: 'stone', top: foot, bottom: h, amount: 9 });
  return p;
}

/** A pond and trees before a skyline. */
export function park(f: Frame): Parts {
  const p = open(f, 4, 0.3);
  const { w, h } = f;
  const y = f.layout.horizon;
  const grass = GRASS[f.season];
  for (let x = 0; x < w; x += w * 0.045) {
    const up = h * f.chance.range(0.06, 0.17);
    p.body += rect(x, y - up, w * 0.047, up, f.lit(mix('#a9b8c8', '#8fa0b5', f.chance.next()), 0.8), 'opacity="0.75"');
    for (let k = 0; f.time !== 'day' && k < 3; k++)
      p.body += rect(
        x + w * 0.045 * f.chance.next() * 0.8,
        y - up * f.chance.range(0.3, 0.9),
        w * 0.006,
        h * 0.008,
        '#ffd98a',
        'opacity="0.8"',
      );
  }
  for (let i = 0; i < 20; i++)
    p.body += tree(f, w * (i / 19) + f.chance.range(-8, 8), y + h * f.chance.range(0.01, 0.03), h * f.chance.range(0.1, 0.16), f.chance);
  p.defs += gradient('lawn', [
    f.lit(mix(grass, '#ffffff', 0.12)),
    f.lit(grass),
    f.lit(mix(grass, f.season === 'winter' ? '#9fb4c8' : '#2f5a2c', 0.4)),
  ]);
  p.body += rect(0, y, w, h - y, 'url(#lawn)');
  const cy = y + h * 0.105;
  p.defs += gradient('pond', [f.lit('#a9cfe0'), f.lit('#5f9fbd')]);
  p.body += oval(w * 0.56, cy, w * 0.52, h * 0.088, f.lit('#cbbd9c')) + oval(w * 0.56, cy, w * 0.5, h * 0.079, 'url(#pond)');
  for (let i = 0; i < 12; i++) {
    const x = w * f.chance.range(0.2, 0.84);
    const at = cy + h * f.chance.range(-0.045, 0.045);
    p.body += line(x, at, x + w * f.chance.range(0.02, 0.06), at, f.lit('#e9f5f8'), 1.6, 'opacity="0.55"');
  }
  p.body += path(
    `M${-w * 0.02} ${h * 0.985}C${w * 0.3} ${h * 0.93} ${w * 0.7} ${h * 0.95} ${w * 1.02} ${h * 0.9}L${w * 1.02} ${h * 0.965}C${w * 0.7} ${h * 1.0} ${w * 0.3} ${h * 0.985} ${-w * 0.02} ${h * 1.03}Z`,
    f.lit('#d9c9a8'),
    'opacity="0.9"',
  );
  p.body +=
    tufts(f, h * 0.7, f.lit(mix(grass, f.season === 'winter' ? '#7f8f9a' : '#254d25', 0.5)), f.season === 'winter' ? 16 : 60) +
    flowers(f, h * 0.69, 70);
  p.textures.push({ tile: 'grass', top: h * 0.66, bottom: h, amount: f.season === 'winter' ? 5 : 11 });
  return p;
}

/** A quay, water and a lighthouse. */
export function harbour(f: Frame): Parts {
  const p = open(f, 4, 0.34);
  const { w, h } = f;
  const y = f.layout.horizon;
  p.defs += gradient('sea', [f.lit('#5d93b5'), f.lit('#3f7b9c'), f.lit('#356a88')]);
  p.body += headland(f, w * 0.54, -w * 0.02, y, h * 0.04);
  p.body += rect(0, y, w, h * 0.25, 'url(#sea)');
  const lx = w * 0.93;
  const up = h * 0.22;
  const wide = Math.min(w * 0.03, h * 0.035);
  p.body += poly(
    [
      [w * 0.8, y + h * 0.03],
      [w * 0.86, y - h * 0.012],
      [w, y - h * 0.02],
      [w, y + h * 0.04],
    ],
    f.lit('#7a7468'),
  );
  p.body += poly(
    [
      [lx - wide, y - h * 0.01],
      [lx - wide * 0.62, y - up],
      [lx + wide * 0.62, y - up],
      [lx + wide, y - h * 0.01],
    ],
    f.lit('#f3efe6'),
  );
  for (const t of [0.2, 0.55])
    p.body += poly(
      [
        [lx - wide * (1 - t * 0.38), y - up * t],
        [lx - wide * (1 - (t + 0.17) * 0.38), y - up * (t + 0.17)],
        [lx + wide * (1 - (t + 0.17) * 0.38), y - up * (t + 0.17)],
        [lx + wide * (1 - t * 0.38), y - up * t],
      ],
      f.lit('#c8473b'),
    );
  p.body +=
    rect(lx - wide * 0.75, y - up - h * 0.008, wide * 1.5, h * 0.01, f.lit('#5a5550')) +
    rect(lx - wide * 0.45, y - up - h * 0.034, wide * 0.9, h * 0.027, f.time === 'day' ? f.lit('#bcd3dc') : '#ffe9a8') +
    poly(
      [
        [lx - wide * 0.6, y - up - h * 0.033],
        [lx, y - up - h * 0.06],
        [lx + wide * 0.6, y - up - h * 0.033],
      ],
      f.lit('#c8473b'),
    );
  for (let i = 0; i < 30; i++) {
    const t = f.chance.next();
    const at = y + h * (0.01 + 0.18 * t);
    const x = f.chance.next() * w;
    p.body += line(x, at, x + w * (0.02 + 0.06 * t), at, f.lit('#d8ebf2'), 1 + t * 1.4, 'opacity="0.45"');
  }
  const quay = h * 0.66;
  p.defs += gradient('quay', [f.lit('#c2b8a6'), f.lit('#a1968a'), f.lit('#857b70')]);
  p.body +=
    rect(0, quay, w, h - quay, 'url(#quay)') +
    rect(0, quay, w, h * 0.022, f.lit('#ddd4c3')) +
    rect(0, quay + h * 0.022, w, h * 0.006, '#000000', 'opacity="0.2"');
  for (let r = 0; r < 5; r++) {
    const top = quay + h * 0.028 + (h - quay) * (r / 5) ** 1.25;
    const low = quay + h * 0.028 + (h - quay) * ((r + 1) / 5) ** 1.25;
    p.body += line(0, low, w, low, f.lit('#6d645a'), 2, 'opacity="0.55"');
    for (let x = (r % 2) * w * 0.07; x < w; x += w * (0.12 + r * 0.02))
      p.body += line(x, top, x, low, f.lit('#6d645a'), 2, 'opacity="0.45"');
  }
  for (const x of [0.34, 0.67])
    p.body +=
      rect(w * x - h * 0.012, quay - h * 0.03, h * 0.024, h * 0.036, f.lit('#4c4a48'), 'rx="4"') +
      oval(w * x, quay - h * 0.03, h * 0.02, h * 0.008, f.lit('#66625e'));
  p.textures.push({ tile: 'water', top: y, bottom: quay, amount: 9 }, { tile: 'stone', top: quay + h * 0.02, bottom: h, amount: 12 });
  return p;
}
