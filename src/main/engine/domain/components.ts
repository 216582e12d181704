import type { MaskRule } from '../../../shared/model/gates.ts';
import { lumaOf } from '../../../shared/model/luma.ts';

/** What the low-level check counts in a mask. All in pixels, except `components`. */
export interface ComponentCounts {
  flagged: number;
  /** Size of the largest 4-connected component; 0 when nothing is flagged, so test `flagged` before dividing. */
  largest: number;
  components: number;
}

/**
 * Marks the pixels that differ between two pictures of the same size (paper, section 4: |Ie - I0| > 40).
 *
 * `a` and `b` hold interleaved 8-bit rows; with 4 channels the alpha is not compared, so flatten first. `out` gets one
 * byte per pixel, 0 or 1, and may be longer than needed (the rest is left alone). `threshold` is 0 to 254.
 * Returns the number of marked pixels. Throws RangeError when the lengths do not fit together.
 */
export function differenceMask(a: Uint8Array, b: Uint8Array, channels: 3 | 4, threshold: number, rule: MaskRule, out: Uint8Array): number {
  const pixels = a.length / channels;
  if (b.length !== a.length || !Number.isInteger(pixels) || out.length < pixels)
    throw new RangeError(`differenceMask: ${a.length} and ${b.length} bytes of ${channels} channels into ${out.length}`);
  return rule === 'any' ? markAny(a, b, channels, threshold, out, pixels) : markGray(a, b, channels, threshold, out, pixels);
}

function markAny(a: Uint8Array, b: Uint8Array, step: number, threshold: number, out: Uint8Array, pixels: number): number {
  let flagged = 0;
  for (let p = 0, i = 0; p < pixels; p++, i += step) {
    const dr = a[i]! - b[i]!;
    const dg = a[i + 1]! - b[i + 1]!;
    const db = a[i + 2]! - b[i + 2]!;
    const hit = dr > threshold || dr < -threshold || dg > threshold || dg < -threshold || db > threshold || db < -threshold ? 1 : 0;
    out[p] = hit;
    flagged += hit;
  }
  return flagged;
}

function markGray(a: Uint8Array, b: Uint8Array, step: number, threshold: number, out: Uint8Array, pixels: number): number {
  let flagged = 0;
  for (let p = 0, i = 0; p < pixels; p++, i += step) {
    const dr = Math.abs(a[i]! - b[i]!);
    const dg = Math.abs(a[i + 1]! - b[i + 1]!);
    const db = Math.abs(a[i + 2]! - b[i + 2]!);
    const hit = lumaOf(dr, dg, db) > threshold ? 1 : 0;
    out[p] = hit;
    flagged += hit;
  }
  return flagged;
}

/**
 * Counts the 4-connected components of a mask: `mask` is row by row, one byte per pixel, 0 or not 0, and may be longer
 * than width x height. Throws RangeError when it is shorter.
 */
export type ComponentCounter = (mask: Uint8Array, width: number, height: number) => ComponentCounts;

/**
 * Makes a counter that keeps its working memory between calls: one per thread, not to be shared.
 *
 * One pass over the rows. A run of flagged pixels joins every run of the row above that it touches (union-find with
 * path halving, smaller label wins), so only the runs of two rows and one parent and size per label are kept.
 */
export function createComponentCounter(): ComponentCounter {
  let rows = newRows(0);
  let parent = new Int32Array(0);
  let size = new Int32Array(0);

  function root(label: number): number {
    let at = label;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]!]!;
      at = parent[at]!;
    }
    return at;
  }

  return function largestComponent(mask, width, height) {
    if (mask.length < width * height) throw new RangeError(`largestComponent: ${mask.length} bytes for ${width}x${height}`);
    const runsPerRow = (width + 1) >> 1;
    if (rows.above.start.length < runsPerRow) rows = newRows(runsPerRow);
    let { above, here } = rows;
    let aboveCount = 0;
    let labels = 0;
    let flagged = 0;

    for (let y = 0; y < height; y++) {
      if (parent.length < labels + runsPerRow) {
        const room = Math.max(2 * parent.length, labels + runsPerRow, 4096);
        parent = grown(parent, room);
        size = grown(size, room);
      }
      const first = y * width;
      const end = first + width;
      let hereCount = 0;
      let k = 0;
      let x = first;
      while (x < end) {
        if (mask[x] === 0) {
          x++;
          continue;
        }
        const start = x;
        do x++;
        while (x < end && mask[x] !== 0);
        const from = start - first;
        const to = x - first;
        flagged += to - from;

        while (k < aboveCount && above.end[k]! <= from) k++;
        let label = -1;
        while (k < aboveCount && above.start[k]! < to) {
          const other = root(above.label[k]!);
          if (label < 0) label = other;
          else if (other !== label) {
            const kept = Math.min(label, other);
            const lost = Math.max(label, other);
            parent[lost] = kept;
            size[kept]! += size[lost]!;
            label = kept;
          }
          // A run that reaches past this one may touch the next one too.
          if (above.end[k]! > to) break;
          k++;
        }
        if (label < 0) {
          label = labels++;
          parent[label] = label;
          size[label] = 0;
        }
        size[label]! += to - from;
        here.start[hereCount] = from;
        here.end[hereCount] = to;
        here.label[hereCount] = label;
        hereCount++;
      }
      [above, here] = [here, above];
      aboveCount = hereCount;
    }

    let largest = 0;
    let components = 0;
    for (let label = 0; label < labels; label++) {
      if (parent[label] !== label) continue;
      components++;
      if (size[label]! > largest) largest = size[label]!;
    }
    return { flagged, largest, components };
  };
}

/** The runs of one row: columns from `start` up to but without `end`, and the label each was given. */
interface Runs {
  start: Int32Array<ArrayBuffer>;
  end: Int32Array<ArrayBuffer>;
  label: Int32Array<ArrayBuffer>;
}

function newRows(runs: number): { above: Runs; here: Runs } {
  const row = () => ({ start: new Int32Array(runs), end: new Int32Array(runs), label: new Int32Array(runs) });
  return { above: row(), here: row() };
}

function grown(array: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const bigger = new Int32Array(length);
  bigger.set(array);
  return bigger;
}
