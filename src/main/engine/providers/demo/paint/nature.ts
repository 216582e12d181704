/** Landscapes: beach, meadow, mountains. */
import { type Frame, gradient, line, mix, oval, path, poly, rect, ridge } from './frame.ts';
import { fir, flowers, GRASS, headland, open, type Parts, tree, tufts } from './scenery.ts';

/** Sand, a line of foam and the sea. */
export function beach(f: Frame): Parts {
  const p = open(f, 4, 0.74);
  const { w, h } = f;
  const y = f.layout.horizon;
  const shore = h * 0.655;
  p.defs += gradient('sea', [f.lit('#3f8fc0'), f.lit('#58b3c9'), f.lit('#a8dcd6')]);
  p.defs += gradient('sand', [f.lit('#e9d3a0'), f.lit('#dcbd82'), f.lit('#c9a468')]);
  p.body += headland(f, w * 0.56, w * 1.02, y, h * 0.04);
  p.body += rect(0, y, w, shore - y + h * 0.06, 'url(#sea)');
  for (let i = 0; i < 26; i++) {
    const t = f.chance.next();
    const at = y + (shore - y) * t ** 1.3 + h * 0.006;
    const run = w * 0.02 + w * 0.08 * t;
    const x = f.chance.next() * w;
    p.body += path(
      `M${x} ${at}q${run * 0.5} ${-h * 0.006 * t} ${run} 0`,
      'none',
      `stroke="${f.lit('#e8f7f7')}" stroke-width="${1 + 1.6 * t}" opacity="0.5"`,
    );
  }
  const wave = `M0 ${shore}q${w * 0.16} ${h * 0.025} ${w * 0.34} ${h * 0.006}t${w * 0.34} ${h * 0.004}t${w * 0.34} ${-h * 0.006}`;
  p.body += path(`${wave}L${w} ${h}L0 ${h}Z`, 'url(#sand)');
  p.body += path(wave, 'none', `stroke="${f.lit('#f7fbf8')}" stroke-width="${h * 0.012}" opacity="0.9"`);
  p.body += path(
    wave,
    'none',
    `stroke="${f.lit('#b99a66')}" stroke-width="${h * 0.02}" opacity="0.25" transform="translate(0 ${h * 0.016})"`,
  );
  for (let i = 0; i < 34; i++)
    p.body += oval(
      f.chance.next() * w,
      h * f.chance.range(0.7, 0.99),
      h * 0.004,
      h * 0.0026,
      f.lit(f.chance.pick(['#f7ead0', '#b89a70', '#e6c7a8'])),
    );
  p.textures.push({ tile: 'water', top: y, bottom: shore, amount: 9 }, { tile: 'sand', top: shore + h * 0.03, bottom: h, amount: 13 });
  return p;
}

/** Hills behind a meadow. */
export function meadow(f: Frame): Parts {
  const p = open(f, 5, 0.76);
  const { w, h } = f;
  const y = f.layout.horizon;
  const grass = GRASS[f.season];
  p.body += path(ridge(w, y - h * 0.06, h * 0.03, 5, y + h * 0.1, f.chance), f.lit(mix(grass, '#8fb4c9', 0.5)));
  p.body += path(ridge(w, y - h * 0.012, h * 0.02, 4, y + h * 0.2, f.chance), f.lit(mix(grass, '#6f9a7a', 0.32)));
  for (let i = 0; i < 9; i++)
    p.body += tree(f, w * f.chance.next(), y + h * f.chance.range(0.005, 0.03), h * f.chance.range(0.05, 0.085), f.chance);
  p.defs += gradient('mid', [f.lit(mix(grass, '#ffffff', 0.16)), f.lit(grass)]);
  p.defs += gradient('near', [f.lit(mix(grass, '#ffffff', 0.06)), f.lit(mix(grass, f.season === 'winter' ? '#9fb4c8' : '#2f5a2c', 0.34))]);
  p.body += path(ridge(w, y + h * 0.045, h * 0.014, 4, h, f.chance), 'url(#mid)');
  const near = h * 0.67;
  p.body += path(ridge(w, near, h * 0.016, 3, h, f.chance), 'url(#near)');
  p.body +=
    tufts(f, near + h * 0.03, f.lit(mix(grass, f.season === 'winter' ? '#7f8f9a' : '#254d25', 0.5)), f.season === 'winter' ? 26 : 110) +
    flowers(f, near + h * 0.02, 130);
  p.textures.push({ tile: 'grass', top: y + h * 0.06, bottom: h, amount: f.season === 'winter' ? 5 : 12 });
  return p;
}

function peak(f: Frame, x: number, foot: number, width: number, height: number, tone: string): string {
  const c = f.chance;
  const top = foot - height;
  const left: [number, number] = [x - width / 2, foot];
  const right: [number, number] = [x + width / 2, foot];
  const skew = x + width * c.range(-0.08, 0.08);
  const at = (side: [number, number], t: number): [number, number] => [skew + (side[0] - skew) * t, top + (foot - top) * t];
  const cap = f.season === 'summer' ? 0.26 : f.season === 'winter' ? 0.62 : 0.4;
  const [cl, cr] = [at(left, cap), at(right, cap)];
  const zig: [number, number][] = [0.82, 0.62, 0.42, 0.2].map((t, i) => [
    cl[0] + (cr[0] - cl[0]) * (1 - t),
    cl[1] + height * (i % 2 ? -0.05 : 0.07),
  ]);
  let body = poly([left, [skew, top], right], f.lit(tone));
  body += poly([[skew, top], right, [skew + width * 0.12, foot]], f.lit(mix(tone, '#1e2b44', 0.28)));
  body += poly([[skew, top], cl, ...zig, cr], f.lit('#f7fafc'));
  return body + poly([[skew, top], cr, [skew + (cr[0] - skew) * 0.35, cr[1] - height * 0.02]], f.lit('#c9d6e6'));
}

/** Peaks, a lake and a path. */
export function mountains(f: Frame): Parts {
  const p = open(f, 3, 0.22);
  const { w, h } = f;
  const y = f.layout.horizon;
  const grass = GRASS[f.season];
  const tall = w < h * 0.8;
  const up = h * (tall ? 0.3 : 0.33);
  for (const [x, wide, high, tone] of [
    [0.12, 0.62, 0.72, '#93a3bd'],
    [0.88, 0.66, 0.8, '#8c9cb8'],
    [0.5, 0.6, 1, '#7d8dab'],
    [0.28, 0.44, 0.6, '#6d7e9c'],
    [0.74, 0.46, 0.64, '#6a7b98'],
  ] as const)
    p.body += peak(f, w * (x + f.chance.range(-0.03, 0.03)), y + h * 0.02, w * wide * (tall ? 1.25 : 1), up * high, tone);
  p.body += path(
    ridge(w, y - h * 0.01, h * 0.012, 6, y + h * 0.1, f.chance),
    f.lit(mix(grass, '#3c5a4c', f.season === 'winter' ? 0.25 : 0.55)),
  );
  for (let i = 0; i < 44; i++) p.body += fir(f, w * f.chance.next(), y + h * f.chance.range(0.012, 0.03), h * f.chance.range(0.035, 0.06));
  p.defs += gradient('lake', [f.lit('#9fc3da'), f.lit('#5f9cc0'), f.lit('#4a83a8')]);
  p.body += rect(0, y + h * 0.025, w, h * 0.19, 'url(#lake)');
  for (let i = 0; i < 18; i++) {
    const at = y + h * (0.04 + 0.13 * f.chance.next());
    const x = f.chance.next() * w;
    p.body += line(x, at, x + w * f.chance.range(0.03, 0.1), at, f.lit('#e3f1f6'), 1.6, 'opacity="0.5"');
  }
  const near = h * (tall ? 0.69 : 0.665);
  p.defs += gradient('near', [f.lit(mix(grass, '#ffffff', 0.1)), f.lit(mix(grass, f.season === 'winter' ? '#9fb4c8' : '#3a5a30', 0.38))]);
  p.body += path(ridge(w, near, h * 0.014, 4, h, f.chance), 'url(#near)');
  p.defs += gradient('path', [f.lit('#d8c7a4'), f.lit('#bda47c')]);
  const trail = f.season === 'winter' ? f.lit('#d3dbe2') : 'url(#path)';
  p.body += path(
    `M${w * 0.5} ${near + h * 0.03}C${w * 0.62} ${h * 0.76} ${w * 0.1} ${h * 0.78} ${-w * 0.05} ${h * 0.86}L${-w * 0.05} ${h * 1.02}L${w * 1.05} ${h * 1.02}L${w * 1.05} ${h * 0.85}C${w * 0.8} ${h * 0.78} ${w * 0.66} ${h * 0.77} ${w * 0.53} ${near + h * 0.03}Z`,
    trail,
    'opacity="0.92"',
  );
  p.body += tufts(f, near + h * 0.02, f.lit(mix(grass, f.season === 'winter' ? '#7f8f9a' : '#254d25', 0.5)), 34);
  p.textures.push(
    { tile: 'water', top: y + h * 0.03, bottom: near - 4, amount: 7 },
    { tile: 'sand', top: near + h * 0.02, bottom: h, amount: 9 },
  );
  return p;
}
