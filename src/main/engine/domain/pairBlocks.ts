import type { MaskRule } from '../../../shared/model/gates.ts';
import { lumaOf } from '../../../shared/model/luma.ts';

/** Side of a block in pixels. Windows of SSIM (8), colour (8) and the grid of JPEG (8) are made of 2 x 2 of them. */
export const BLOCK = 4;

/**
 * What one pass over two pictures of one size leaves. `columns x rows` whole blocks of 4 x 4 pixels from the top left; up to three
 * pixels at the right and lower edge belong to none. Arrays may be longer than needed and are written again by the next pass.
 */
export interface PairBlocks {
  width: number;
  height: number;
  columns: number;
  rows: number;
  /** One byte a pixel: 1 where the pictures differ by more than the threshold. */
  mask: Uint8Array;
  /** Luma of every pixel, 0 to 255. */
  lumaA: Uint8Array;
  lumaB: Uint8Array;
  /** Per block: pixels that differ. */
  flagged: Uint8Array;
  /** Per block: sums of luma, of its squares, and of products. */
  sumA: Int32Array;
  sumB: Int32Array;
  squaresA: Int32Array;
  squaresB: Int32Array;
  products: Int32Array;
  /** Per block: sum of squared differences over all channels. */
  squaredError: Int32Array;
  /** Per block: sums of R, G, B of the first picture, then of the second: six numbers a block. */
  colour: Int32Array;
}

/** Makes the pass of one thread; its memory is kept and grows with the pictures. Throws RangeError when the lengths do not fit together. */
export function createBlockPass() {
  let pixelsHeld = 0;
  let blocksHeld = 0;
  let mask = new Uint8Array(0);
  let lumaA = new Uint8Array(0);
  let lumaB = new Uint8Array(0);
  let flagged = new Uint8Array(0);
  let ints: Int32Array<ArrayBuffer>[] = [];
  let colour = new Int32Array(0);

  /** `a` and `b`: interleaved RGB, 8 bits. `threshold` and `rule` are those of the low-level check. */
  return function sumBlocks(a: Uint8Array, b: Uint8Array, width: number, height: number, threshold: number, rule: MaskRule): PairBlocks {
    const pixels = width * height;
    if (a.length !== 3 * pixels || b.length !== 3 * pixels)
      throw new RangeError(`sumBlocks: ${a.length} and ${b.length} bytes for ${width}x${height} RGB`);
    const columns = (width / BLOCK) | 0;
    const rows = (height / BLOCK) | 0;
    const blocks = columns * rows;
    if (pixels > pixelsHeld) {
      pixelsHeld = pixels;
      mask = new Uint8Array(pixels);
      lumaA = new Uint8Array(pixels);
      lumaB = new Uint8Array(pixels);
    }
    if (blocks > blocksHeld || ints.length === 0) {
      blocksHeld = blocks;
      flagged = new Uint8Array(blocks);
      ints = Array.from({ length: 6 }, () => new Int32Array(blocks));
      colour = new Int32Array(6 * blocks);
    }
    const [sumA, sumB, squaresA, squaresB, products, squaredError] = ints as [
      Int32Array,
      Int32Array,
      Int32Array,
      Int32Array,
      Int32Array,
      Int32Array,
    ];
    const blocksOf = { width, columns, mask, lumaA, lumaB, flagged, sumA, sumB, squaresA, squaresB, products, squaredError, colour };
    const planes = rule === 'any' ? planesAny : planesGray;
    // Strip by strip, so that the second and third look find the pixels in the cache.
    for (let by = 0; by < rows; by++) {
      planes(a, b, by * BLOCK * width, (by + 1) * BLOCK * width, threshold, blocksOf);
      sumLuma(by, blocksOf);
      sumColour(a, b, by, blocksOf);
    }
    planes(a, b, rows * BLOCK * width, pixels, threshold, blocksOf);

    return {
      width,
      height,
      columns,
      rows,
      mask,
      lumaA,
      lumaB,
      flagged,
      sumA,
      sumB,
      squaresA,
      squaresB,
      products,
      squaredError,
      colour,
    };
  };
}

type Arrays = Omit<PairBlocks, 'height' | 'rows'>;

/** Luma and mask of the pixels from `from` up to but without `to`; without a branch, since the mask of a real edit is ragged. */
function planesAny(a: Uint8Array, b: Uint8Array, from: number, to: number, t: number, { mask, lumaA, lumaB }: Arrays): void {
  for (let p = from, i = 3 * from; p < to; p++, i += 3) {
    const r0 = a[i]!;
    const g0 = a[i + 1]!;
    const b0 = a[i + 2]!;
    const r1 = b[i]!;
    const g1 = b[i + 1]!;
    const b1 = b[i + 2]!;
    const dr = r1 - r0;
    const dg = g1 - g0;
    const db = b1 - b0;
    lumaA[p] = lumaOf(r0, g0, b0);
    lumaB[p] = lumaOf(r1, g1, b1);
    // The sign bit of any of these says that a difference is over the threshold, either way.
    mask[p] = ((t - dr) | (t + dr) | (t - dg) | (t + dg) | (t - db) | (t + db)) >>> 31;
  }
}

function planesGray(a: Uint8Array, b: Uint8Array, from: number, to: number, t: number, { mask, lumaA, lumaB }: Arrays): void {
  for (let p = from, i = 3 * from; p < to; p++, i += 3) {
    const r0 = a[i]!;
    const g0 = a[i + 1]!;
    const b0 = a[i + 2]!;
    const r1 = b[i]!;
    const g1 = b[i + 1]!;
    const b1 = b[i + 2]!;
    lumaA[p] = lumaOf(r0, g0, b0);
    lumaB[p] = lumaOf(r1, g1, b1);
    const gray = lumaOf(Math.abs(r1 - r0), Math.abs(g1 - g0), Math.abs(b1 - b0));
    mask[p] = (t - gray) >>> 31;
  }
}

// The sums are written out for the four pixels of a row: with an inner loop they take three times as long (measured).

function sumLuma(by: number, { width, columns, lumaA, lumaB, sumA, sumB, squaresA, squaresB, products }: Arrays): void {
  for (let bx = 0; bx < columns; bx++) {
    let sa = 0;
    let sb = 0;
    let saa = 0;
    let sbb = 0;
    let sab = 0;
    for (let y = 0, p = by * BLOCK * width + bx * BLOCK; y < BLOCK; y++, p += width) {
      const a0 = lumaA[p]!;
      const a1 = lumaA[p + 1]!;
      const a2 = lumaA[p + 2]!;
      const a3 = lumaA[p + 3]!;
      const b0 = lumaB[p]!;
      const b1 = lumaB[p + 1]!;
      const b2 = lumaB[p + 2]!;
      const b3 = lumaB[p + 3]!;
      sa += a0 + a1 + a2 + a3;
      sb += b0 + b1 + b2 + b3;
      saa += a0 * a0 + a1 * a1 + a2 * a2 + a3 * a3;
      sbb += b0 * b0 + b1 * b1 + b2 * b2 + b3 * b3;
      sab += a0 * b0 + a1 * b1 + a2 * b2 + a3 * b3;
    }
    const at = by * columns + bx;
    sumA[at] = sa;
    sumB[at] = sb;
    squaresA[at] = saa;
    squaresB[at] = sbb;
    products[at] = sab;
  }
}

function sumColour(a: Uint8Array, b: Uint8Array, by: number, { width, columns, mask, flagged, squaredError, colour }: Arrays): void {
  for (let bx = 0; bx < columns; bx++) {
    let hits = 0;
    let sse = 0;
    let ra = 0;
    let ga = 0;
    let ba = 0;
    let rb = 0;
    let gb = 0;
    let bb = 0;
    for (let y = 0, p = by * BLOCK * width + bx * BLOCK; y < BLOCK; y++, p += width) {
      const i = 3 * p;
      const r0 = a[i]!;
      const g0 = a[i + 1]!;
      const b0 = a[i + 2]!;
      const r1 = a[i + 3]!;
      const g1 = a[i + 4]!;
      const b1 = a[i + 5]!;
      const r2 = a[i + 6]!;
      const g2 = a[i + 7]!;
      const b2 = a[i + 8]!;
      const r3 = a[i + 9]!;
      const g3 = a[i + 10]!;
      const b3 = a[i + 11]!;
      const s0 = b[i]!;
      const h0 = b[i + 1]!;
      const c0 = b[i + 2]!;
      const s1 = b[i + 3]!;
      const h1 = b[i + 4]!;
      const c1 = b[i + 5]!;
      const s2 = b[i + 6]!;
      const h2 = b[i + 7]!;
      const c2 = b[i + 8]!;
      const s3 = b[i + 9]!;
      const h3 = b[i + 10]!;
      const c3 = b[i + 11]!;
      ra += r0 + r1 + r2 + r3;
      ga += g0 + g1 + g2 + g3;
      ba += b0 + b1 + b2 + b3;
      rb += s0 + s1 + s2 + s3;
      gb += h0 + h1 + h2 + h3;
      bb += c0 + c1 + c2 + c3;
      sse += (r0 - s0) * (r0 - s0) + (r1 - s1) * (r1 - s1) + (r2 - s2) * (r2 - s2) + (r3 - s3) * (r3 - s3);
      sse += (g0 - h0) * (g0 - h0) + (g1 - h1) * (g1 - h1) + (g2 - h2) * (g2 - h2) + (g3 - h3) * (g3 - h3);
      sse += (b0 - c0) * (b0 - c0) + (b1 - c1) * (b1 - c1) + (b2 - c2) * (b2 - c2) + (b3 - c3) * (b3 - c3);
      hits += mask[p]! + mask[p + 1]! + mask[p + 2]! + mask[p + 3]!;
    }
    const at = by * columns + bx;
    flagged[at] = hits;
    squaredError[at] = sse;
    const c = 6 * at;
    colour[c] = ra;
    colour[c + 1] = ga;
    colour[c + 2] = ba;
    colour[c + 3] = rb;
    colour[c + 4] = gb;
    colour[c + 5] = bb;
  }
}

/**
 * Marks every block whose mean colour differs by more than `threshold` in a channel: 1, else 0. Noise that puts single pixels
 * everywhere over the threshold hardly moves a mean of 16. `out` gets one byte a block.
 */
export function changedMeans({ columns, rows, colour }: PairBlocks, threshold: number, out: Uint8Array): void {
  const most = threshold * BLOCK * BLOCK;
  for (let i = 0, c = 0; i < columns * rows; i++, c += 6) {
    const red = Math.abs(colour[c]! - colour[c + 3]!);
    const green = Math.abs(colour[c + 1]! - colour[c + 4]!);
    const blue = Math.abs(colour[c + 2]! - colour[c + 5]!);
    out[i] = red > most || green > most || blue > most ? 1 : 0;
  }
}

/**
 * The blocks that lie outside an edit: 1 for every block with no flagged pixel in it or within `radius` blocks around (a square;
 * 2 blocks = at least 8 pixels). `out` gets one byte a block. Returns how many there are.
 */
export function outsideBlocks(flagged: Uint8Array, columns: number, rows: number, radius: number, out: Uint8Array): number {
  const blocks = columns * rows;
  if (flagged.length < blocks || out.length < blocks) throw new RangeError(`outsideBlocks: ${out.length} bytes for ${columns}x${rows}`);
  const wide = new Uint8Array(blocks);
  for (let y = 0; y < rows; y++) {
    // Blocks until the last one that is touched by a flagged block is behind.
    let left = 0;
    const row = y * columns;
    for (let x = -radius; x < columns; x++) {
      const ahead = x + radius;
      if (ahead < columns && flagged[row + ahead] !== 0) left = 2 * radius + 1;
      if (x >= 0) wide[row + x] = left > 0 ? 1 : 0;
      if (left > 0) left--;
    }
  }
  out.fill(1, 0, blocks);
  for (let y = 0; y < rows; y++)
    for (let near = Math.max(0, y - radius), last = Math.min(rows - 1, y + radius); near <= last; near++) {
      const from = near * columns;
      const to = y * columns;
      for (let x = 0; x < columns; x++) if (wide[from + x] !== 0) out[to + x] = 0;
    }
  let count = 0;
  for (let i = 0; i < blocks; i++) count += out[i]!;
  return count;
}
