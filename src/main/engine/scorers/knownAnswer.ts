/**
 * A question whose answer is known: the any-channel mask and the SSIM of a made-up pair, once as an ONNX graph and once in
 * plain code. A provider that answers it right, and can prove that it did the work, may score pictures.
 */
import { type Constant, encodeModel, type GraphNode } from './onnx.ts';

/** The rule of the low-level check (paper: a channel differs by more than 40). */
const THRESHOLD = 40;
/** The mask grows by this many pixels before what is outside of it is compared. */
const DILATE = 8;
const TAPS = 11;
const SIGMA = 1.5;
const C1 = (0.01 * 255) ** 2;
const C2 = (0.03 * 255) ** 2;
const LUMA = [0.299, 0.587, 0.114] as const;
/** Largest difference of an SSIM that is still the same answer: half a percent of what a gate looks at, float16 inside or not. */
const TOLERANCE = 0.002;

export interface KnownAnswer {
  /** One byte a pixel, 0 or 1. */
  mask: Uint8Array;
  ssim: number;
  /** SSIM outside the grown mask. */
  ssimOutside: number;
}

/** Two pictures, RGB bytes row by row: noise on a slope, and the same with a square painted over and a slight blur of brightness. */
export function knownPair(size: number): { source: Uint8Array; edited: Uint8Array } {
  const source = new Uint8Array(size * size * 3);
  const edited = new Uint8Array(size * size * 3);
  let state = 2463534242;
  const noise = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % 24;
  };
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const at = (y * size + x) * 3;
      const inside = x > size * 0.3 && x < size * 0.55 && y > size * 0.4 && y < size * 0.7;
      for (let c = 0; c < 3; c++) {
        const value = Math.round(40 + (150 * (c === 1 ? y : x)) / size) + noise();
        source[at + c] = value;
        edited[at + c] = inside ? 255 - value : Math.min(255, value + (noise() >> 3));
      }
    }
  return { source, edited };
}

/** The graph: two uint8 pictures [N,H,W,3] in; mask [N,H,W], ssim [N] and ssimOutside [N] out, all float32. */
export function knownAnswerModel(): Uint8Array {
  const nodes: GraphNode[] = [];
  const constants: Constant[] = [];
  const node = (op: string, inputs: string[], output: string, attributes: GraphNode['attributes'] = {}) => {
    nodes.push({ op, inputs, outputs: [output], attributes });
    return output;
  };
  const constant = (name: string, values: number[], shape: number[] = []) => {
    constants.push({ name, type: 'float32', shape, values });
    return name;
  };
  const taps = gaussian();
  const threshold = constant('threshold', [THRESHOLD]);
  const one = constant('one', [1]);
  const two = constant('two', [2]);
  const c1 = constant('c1', [C1]);
  const c2 = constant('c2', [C2]);
  const lumaWeights = constant('lumaWeights', [...LUMA], [1, 3, 1, 1]);
  const across = constant('across', taps, [1, 1, 1, TAPS]);
  const down = constant('down', taps, [1, 1, TAPS, 1]);

  const a = node('Cast', ['source'], 'a', { to: 1 });
  const b = node('Cast', ['edited'], 'b', { to: 1 });
  const apart = node('Abs', [node('Sub', [a, b], 'apart0')], 'apart');
  const most = node('ReduceMax', [apart], 'most', { axes: [3], keepdims: 0 });
  node('Cast', [node('Greater', [most, threshold], 'over')], 'mask', { to: 1 });

  const luma = (from: string) =>
    node('Conv', [node('Transpose', [from], `${from}_planes`, { perm: [0, 3, 1, 2] }), lumaWeights], `${from}_luma`);
  const half = (TAPS - 1) / 2;
  const blur = (from: string) => {
    const rows = node('Conv', [from, across], `${from}_rows`, { pads: [0, half, 0, half] });
    return node('Conv', [rows, down], `${from}_blur`, { pads: [half, 0, half, 0] });
  };
  const mul = (x: string, y: string, name: string) => node('Mul', [x, y], name);
  const la = luma(a);
  const lb = luma(b);
  const ma = blur(la);
  const mb = blur(lb);
  const maa = mul(ma, ma, 'maa');
  const mbb = mul(mb, mb, 'mbb');
  const mab = mul(ma, mb, 'mab');
  const va = node('Sub', [blur(mul(la, la, 'laa')), maa], 'va');
  const vb = node('Sub', [blur(mul(lb, lb, 'lbb')), mbb], 'vb');
  const vab = node('Sub', [blur(mul(la, lb, 'lab')), mab], 'vab');
  const top1 = node('Add', [mul(two, mab, 'mab2'), c1], 'top1');
  const top2 = node('Add', [mul(two, vab, 'vab2'), c2], 'top2');
  const low1 = node('Add', [node('Add', [maa, mbb], 'means'), c1], 'low1');
  const low2 = node('Add', [node('Add', [va, vb], 'spreads'), c2], 'low2');
  const map = node('Div', [mul(top1, top2, 'top'), mul(low1, low2, 'low')], 'map');
  node('ReduceMean', [map], 'ssim', { axes: [1, 2, 3], keepdims: 0 });

  const plane = node('Unsqueeze', ['mask'], 'maskPlane', { axes: [1] });
  const side = 2 * DILATE + 1;
  const grown = node('MaxPool', [plane], 'grown', { kernel_shape: [side, side], pads: [DILATE, DILATE, DILATE, DILATE] });
  const outside = node('Sub', [one, grown], 'outside');
  const sum = (from: string, name: string) => node('ReduceSum', [from], name, { axes: [1, 2, 3], keepdims: 0 });
  node('Div', [sum(mul(map, outside, 'mapOutside'), 'sumMap'), sum(outside, 'sumOutside')], 'ssimOutside');

  const picture = { type: 'uint8' as const, shape: ['N', 'H', 'W', 3] };
  return encodeModel({
    name: 'knownAnswer',
    inputs: [
      { name: 'source', ...picture },
      { name: 'edited', ...picture },
    ],
    outputs: [
      { name: 'mask', type: 'float32', shape: ['N', 'H', 'W'] },
      { name: 'ssim', type: 'float32', shape: ['N'] },
      { name: 'ssimOutside', type: 'float32', shape: ['N'] },
    ],
    constants,
    nodes,
  });
}

/** The same in plain code. Pictures are square, `size` pixels a side; borders are padded with zeros as in the graph. */
export function knownAnswer({ source, edited }: { source: Uint8Array; edited: Uint8Array }, size: number): KnownAnswer {
  const pixels = size * size;
  const mask = new Uint8Array(pixels);
  const a = new Float64Array(pixels);
  const b = new Float64Array(pixels);
  for (let p = 0; p < pixels; p++)
    for (let c = 0; c < 3; c++) {
      const [x, y] = [source[p * 3 + c]!, edited[p * 3 + c]!];
      if (Math.abs(x - y) > THRESHOLD) mask[p] = 1;
      a[p]! += LUMA[c]! * x;
      b[p]! += LUMA[c]! * y;
    }
  const product = (x: Float64Array, y: Float64Array) => x.map((value, at) => value * y[at]!);
  const [ma, mb] = [blurred(a, size), blurred(b, size)];
  const [aa, bb, ab] = [blurred(product(a, a), size), blurred(product(b, b), size), blurred(product(a, b), size)];
  let [sum, sumOutside, outside] = [0, 0, 0];
  for (let p = 0; p < pixels; p++) {
    const [x, y] = [ma[p]!, mb[p]!];
    const top = (2 * x * y + C1) * (2 * (ab[p]! - x * y) + C2);
    const value = top / ((x * x + y * y + C1) * (aa[p]! - x * x + bb[p]! - y * y + C2));
    sum += value;
    if (nearMask(mask, size, p)) continue;
    outside++;
    sumOutside += value;
  }
  return { mask, ssim: sum / pixels, ssimOutside: sumOutside / outside };
}

/** What is wrong with an answer; empty when it is right. */
export function wrongWith(given: { mask: ArrayLike<number>; ssim: number; ssimOutside: number }, right: KnownAnswer): string {
  let different = 0;
  for (let p = 0; p < right.mask.length; p++) if (Math.round(given.mask[p] ?? -1) !== right.mask[p]) different++;
  if (different > 0) return `its mask differs in ${different} of ${right.mask.length} pixels`;
  for (const name of ['ssim', 'ssimOutside'] as const)
    if (!(Math.abs(given[name] - right[name]) <= TOLERANCE))
      return `its ${name} is ${given[name].toFixed(5)} instead of ${right[name].toFixed(5)}`;
  return '';
}

function gaussian(): number[] {
  const raw = Array.from({ length: TAPS }, (_, at) => Math.exp(-((at - (TAPS - 1) / 2) ** 2) / (2 * SIGMA * SIGMA)));
  const total = raw.reduce((sum, value) => sum + value, 0);
  return raw.map((value) => value / total);
}

function blurred(plane: Float64Array, size: number): Float64Array {
  const taps = gaussian();
  const pass = (from: Float64Array, step: number, along: (p: number) => number) =>
    from.map((_, p) => {
      let sum = 0;
      for (let k = 0; k < TAPS; k++) {
        const at = along(p) + k - (TAPS - 1) / 2;
        if (at >= 0 && at < size) sum += taps[k]! * from[p + (k - (TAPS - 1) / 2) * step]!;
      }
      return sum;
    });
  return pass(
    pass(plane, 1, (p) => p % size),
    size,
    (p) => Math.floor(p / size),
  );
}

function nearMask(mask: Uint8Array, size: number, p: number): boolean {
  const [px, py] = [p % size, Math.floor(p / size)];
  for (let y = Math.max(0, py - DILATE); y <= Math.min(size - 1, py + DILATE); y++)
    for (let x = Math.max(0, px - DILATE); x <= Math.min(size - 1, px + DILATE); x++) if (mask[y * size + x] === 1) return true;
  return false;
}
