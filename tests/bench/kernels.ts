/**
 * Three kernels of the local checks against the fastest package that does the same on the same pictures: SSIM and connected components
 * against OpenCV as WebAssembly (opencv-wasm), CIEDE2000 against culori. Each side gets its input in the form it likes best, and what
 * both give is compared before the clocks are.
 *
 * What else was tried on the authors' five pairs, with its time over ours:
 * SSIM (8 x 8 uniform windows of luma): image-ssim 0.2.0 1.9, ssim.js 3.5.0 1.9 (bezkrovny) and 19 (weber), @blazediff/ssim 1.7.1 2.1
 * (hitchhikers), @techstark/opencv-js 4.5.2 1.6. Components: @techstark/opencv-js 1.6, and either OpenCV with its statistics 2.4.
 * On masks of pure noise, which no real pair gives, OpenCV's labels are level (s = 20) or 1.3 times faster (s = 30).
 * CIEDE2000: delta-e 0.0.8 1.8, color-diff 1.4.0 1.5, @colordx/core 7.3.0 2.0 (it starts at RGB).
 */
import { converter, differenceCiede2000, type Lab65 } from 'culori';
import { createComponentCounter, differenceMask } from '../../src/main/engine/domain/components.ts';
import { createBlockPass } from '../../src/main/engine/domain/pairBlocks.ts';
import { ciede2000 } from '../../src/main/engine/domain/pairColour.ts';
import { meanSsim } from '../../src/main/engine/domain/pairStructure.ts';
import type { Raster } from '../../src/main/engine/domain/raster.ts';
import type { BenchLine } from './bench.ts';

const ROUNDS = 12;
const WINDOW = 8;
/** Ours looks at every fourth window of every fourth row, OpenCV at all, and beyond the border too. */
const SSIM_TOLERANCE = 0.005;
const CIEDE_TOLERANCE = 1e-9;
/** Every eighth pixel of every eighth row, as many colours as the stack compares. */
const COLOUR_STEP = 8;

export interface LoadedPair {
  a: Raster;
  b: Raster;
}

/** One way to do a task: what it gives, to be compared. */
type Way = (index: number) => number[];

/** The three lines, in this order; each `pairs` is of two RGB pictures of one size. Throws when two ways give different values. */
export async function kernelLines(pairs: readonly LoadedPair[], rule: { threshold: number; maskRule: 'any' }): Promise<BenchLine[]> {
  const { cv } = await openCv();
  const sumBlocks = createBlockPass();
  const largestComponent = createComponentCounter();
  const masks = pairs.map(({ a, b }) => {
    const mask = new Uint8Array(a.width * a.height);
    differenceMask(a.data, b.data, 3, rule.threshold, rule.maskRule, mask);
    return mask;
  });
  const colours = pairs.map(coloursOf);
  const theirDifference = differenceCiede2000();
  const at = (index: number) => pairs[index]!;
  const { length } = pairs;
  return [
    race('SSIM', 'OpenCV', length, SSIM_TOLERANCE, {
      // With the mask and the colours of the blocks, which come in the same pass.
      ours: (i) => {
        const { a, b } = at(i);
        return [meanSsim(sumBlocks(a.data, b.data, a.width, a.height, rule.threshold, rule.maskRule))!];
      },
      theirs: (i) => [cvSsim(cv, at(i))],
    }),
    race('connected components', 'OpenCV', length, 0, {
      ours: (i) => {
        const { largest, components } = largestComponent(masks[i]!, at(i).a.width, at(i).a.height);
        return [largest, components];
      },
      theirs: (i) => cvComponents(cv, masks[i]!, at(i).a),
    }),
    race('CIEDE2000', 'culori', length, CIEDE_TOLERANCE, {
      ours: (i) => {
        const { flat, count } = colours[i]!;
        let [sum, most] = [0, 0];
        for (let k = 0, p = 0; k < count; k++, p += 6) {
          const difference = ciede2000(flat[p]!, flat[p + 1]!, flat[p + 2]!, flat[p + 3]!, flat[p + 4]!, flat[p + 5]!);
          sum += difference;
          if (difference > most) most = difference;
        }
        return [sum / count, most];
      },
      theirs: (i) => {
        const { before, after, count } = colours[i]!;
        let [sum, most] = [0, 0];
        for (let k = 0; k < count; k++) {
          const difference = theirDifference(before[k]!, after[k]!);
          sum += difference;
          if (difference > most) most = difference;
        }
        return [sum / count, most];
      },
    }),
  ];
}

/** Both ways in turns on every pair; the line is the median of their time over ours. */
function race(name: string, rival: string, count: number, tolerance: number, ways: { ours: Way; theirs: Way }): BenchLine {
  const ratios: number[] = [];
  const timed = (way: Way, index: number) => {
    const begun = performance.now();
    const values = way(index);
    return { values, ms: performance.now() - begun };
  };
  // The first rounds warm the compilers up and do not count.
  for (let round = -2; round < ROUNDS; round++)
    for (let i = 0; i < count; i++) {
      const ours = timed(ways.ours, i);
      const theirs = timed(ways.theirs, i);
      if (ours.values.some((value, k) => !(Math.abs(value - theirs.values[k]!) <= tolerance)))
        throw new Error(`${name}: ours gives ${ours.values.join(', ')} on pair ${i}, ${rival} ${theirs.values.join(', ')}`);
      if (round >= 0) ratios.push(theirs.ms / ours.ms);
    }
  const value = ratios.toSorted((x, y) => x - y)[ratios.length >> 1]!;
  return { name: `${name}: time of ${rival} over ours`, value, unit: 'x', limit: '>= 1', ok: value >= 1 };
}

function coloursOf({ a, b }: LoadedPair): { flat: Float64Array; before: Lab65[]; after: Lab65[]; count: number } {
  const toLab = converter('lab65');
  const before: Lab65[] = [];
  const after: Lab65[] = [];
  const flat: number[] = [];
  for (let y = 0; y < a.height; y += COLOUR_STEP)
    for (let x = 0; x < a.width; x += COLOUR_STEP) {
      const i = 3 * (y * a.width + x);
      const lab = ({ data }: Raster) => toLab({ mode: 'rgb', r: data[i]! / 255, g: data[i + 1]! / 255, b: data[i + 2]! / 255 });
      const [from, to] = [lab(a), lab(b)];
      before.push(from);
      after.push(to);
      flat.push(from.l, from.a, from.b, to.l, to.a, to.b);
    }
  return { flat: Float64Array.from(flat), before, after, count: before.length };
}

type Cv = typeof import('opencv-wasm')['cv'];

/** The module tells when its WebAssembly is there; waiting for the module itself would never end, since it is a thenable of itself. */
async function openCv(): Promise<{ cv: Cv }> {
  const { cv } = await import('opencv-wasm');
  if (!cv.Mat) await new Promise<void>((done) => Object.assign(cv, { onRuntimeInitialized: done }));
  return { cv };
}

/** Mean SSIM of luma over all uniform 8 x 8 windows, sample covariance, by box filters. */
function cvSsim(cv: Cv, { a, b }: LoadedPair): number {
  const mats: { delete(): void }[] = [];
  const mat = () => {
    const made = new cv.Mat();
    mats.push(made);
    return made;
  };
  const luma = ({ data, width, height }: Raster) => {
    const rgb = new cv.Mat(height, width, cv.CV_8UC3);
    mats.push(rgb);
    rgb.data.set(data);
    const [gray, float] = [mat(), mat()];
    cv.cvtColor(rgb, gray, cv.COLOR_RGB2GRAY);
    gray.convertTo(float, cv.CV_32F);
    return float;
  };
  type Plane = ReturnType<typeof mat>;
  const product = (p: Plane, q: Plane) => {
    const out = mat();
    cv.multiply(p, q, out);
    return out;
  };
  const total = (p: Plane, q: Plane) => {
    const out = mat();
    cv.add(p, q, out);
    return out;
  };
  const scaled = (p: Plane, by: number, plus: number) => {
    const out = mat();
    p.convertTo(out, -1, by, plus);
    return out;
  };
  const [size, centre] = [new cv.Size(WINDOW, WINDOW), new cv.Point(-1, -1)];
  const mean = (p: Plane) => {
    const out = mat();
    cv.boxFilter(p, out, -1, size, centre, true, cv.BORDER_REFLECT);
    return out;
  };
  const [x, y] = [luma(a), luma(b)];
  const [mx, my] = [mean(x), mean(y)];
  const [mxx, myy, mxy] = [product(mx, mx), product(my, my), product(mx, my)];
  const [xx, yy, xy] = [mean(product(x, x)), mean(product(y, y)), mean(product(x, y))];
  cv.subtract(xx, mxx, xx);
  cv.subtract(yy, myy, yy);
  cv.subtract(xy, mxy, xy);
  const n = WINDOW ** 2;
  const sample = n / (n - 1);
  const [c1, c2] = [(0.01 * 255) ** 2, (0.03 * 255) ** 2];
  const above = product(scaled(mxy, 2, c1), scaled(xy, 2 * sample, c2));
  const below = product(scaled(total(mxx, myy), 1, c1), scaled(total(xx, yy), sample, c2));
  cv.divide(above, below, above);
  const found = cv.mean(above)[0] as number;
  for (const one of mats) one.delete();
  return found;
}

/** Largest 4-connected component and how many there are. Its labels counted here take half the time of its own statistics. */
function cvComponents(cv: Cv, mask: Uint8Array, { width, height }: Raster): number[] {
  const source = new cv.Mat(height, width, cv.CV_8U);
  source.data.set(mask);
  const labels = new cv.Mat();
  const count = cv.connectedComponents(source, labels, 4, cv.CV_32S) as number;
  const sizes = new Int32Array(count);
  const labelOf = labels.data32S as Int32Array;
  for (let p = 0; p < labelOf.length; p++) sizes[labelOf[p]!]!++;
  source.delete();
  labels.delete();
  return [sizes.subarray(1).reduce((most, size) => Math.max(most, size), 0), count - 1];
}
