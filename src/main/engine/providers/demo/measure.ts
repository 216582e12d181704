/** How far a picture is from what it should show, in a few numbers that judges score from. Plain loops over pixels. */
import type { Raster } from '../../domain/raster.ts';

/** Side of the squares in which differences are averaged; every bucket is a multiple of it. */
const BLOCK = 16;
/** Mean difference, in levels, from which a block counts as part of the asked change. */
const CHANGED = 2.5;
/** Mean difference from which a block is plainly not what it should be. JPEG at quality 95 is near 1, and reaches 6 in a few blocks of fine coloured edges. */
const OFF = 7.5;

export interface Measure {
  /** False when the picture has another size than it should have; all other numbers are then 0. */
  sameSize: boolean;
  /** Blocks in which something was asked to change, and blocks in all. */
  asked: number;
  blocks: number;
  /** How much of the asked change is missing or wrong: 0 none, 1 as much as was asked. */
  missing: number;
  /** Blocks inside the asked change that are plainly wrong. */
  broken: number;
  /** Blocks outside it that plainly differ. */
  unwanted: number;
  /** Mean absolute difference of a block in levels: half of the blocks and nine of ten are below these. */
  median: number;
  p90: number;
  /** Sharpness as a ratio to what it should be. */
  sharpness: number;
  /** Rough noise: mean difference of neighbouring errors, in levels. */
  noise: number;
  /** Steps at the 8-pixel grid of JPEG, as a ratio to what they should be. */
  blockiness: number;
  /** Mean colour error in levels, of the channel that is furthest off. */
  drift: number;
  /** Estimated shift of the whole picture in pixels. */
  shift: number;
}

const OTHER_SIZE: Measure = {
  sameSize: false,
  asked: 0,
  blocks: 0,
  missing: 0,
  broken: 0,
  unwanted: 0,
  median: 0,
  p90: 0,
  sharpness: 0,
  noise: 0,
  blockiness: 0,
  drift: 0,
  shift: 0,
};

/**
 * Measures `picture` against what it should be (`wanted`). `asked` are the block differences between what was there and
 * what was wanted; null where nothing was asked, as for sources. RGB.
 */
export function measure(picture: Raster, wanted: Raster, asked: Float32Array | null): Measure {
  const { width, height } = wanted;
  if (picture.width !== width || picture.height !== height) return OTHER_SIZE;
  const off = blockMeans(picture, wanted);
  if (asked && asked.length !== off.length) return OTHER_SIZE;
  const sums = { asked: 0, missing: 0, total: 0, broken: 0, unwanted: 0 };
  for (let b = 0; b < off.length; b++) {
    const d = off[b] as number;
    const a = asked ? (asked[b] as number) : 0;
    if (a > CHANGED) {
      sums.asked++;
      sums.total += a;
      sums.missing += Math.max(0, d - 2);
      if (d > Math.max(OFF, a * 0.25)) sums.broken++;
    } else if (d > OFF) sums.unwanted++;
  }
  const sorted = off.slice().sort();
  return {
    sameSize: true,
    asked: sums.asked,
    blocks: off.length,
    missing: sums.total > 0 ? sums.missing / sums.total : 0,
    broken: sums.broken,
    unwanted: sums.unwanted,
    median: sorted[sorted.length >> 1] as number,
    p90: sorted[Math.floor(sorted.length * 0.9)] as number,
    drift: colourError(picture, wanted),
    ...structure(picture, wanted),
  };
}

/** Mean over each block of the largest channel difference of two pictures of one size. Every second row is looked at: it halves the time. */
export function blockMeans(a: Raster, b: Raster): Float32Array {
  const { width, height } = a;
  const [p, q] = [a.data, b.data];
  const cols = Math.ceil(width / BLOCK);
  const sums = new Float32Array(cols * Math.ceil(height / BLOCK));
  for (let y = 0; y < height; y += 2) {
    const line = Math.floor(y / BLOCK) * cols;
    let i = y * width * 3;
    for (let col = 0; col < cols; col++) {
      const end = Math.min(width, (col + 1) * BLOCK);
      let sum = 0;
      for (let x = col * BLOCK; x < end; x++, i += 3) {
        const r = Math.abs((p[i] as number) - (q[i] as number)) | 0;
        const g = Math.abs((p[i + 1] as number) - (q[i + 1] as number)) | 0;
        const c = Math.abs((p[i + 2] as number) - (q[i + 2] as number)) | 0;
        const rg = r > g ? r : g;
        sum = (sum + (rg > c ? rg : c)) | 0;
      }
      sums[line + col] = (sums[line + col] as number) + sum;
    }
  }
  for (let at = 0; at < sums.length; at++) {
    const [w, h] = [Math.min(BLOCK, width - (at % cols) * BLOCK), Math.min(BLOCK, height - Math.floor(at / cols) * BLOCK)];
    sums[at] = (sums[at] as number) / (w * Math.ceil(h / 2));
  }
  return sums;
}

function colourError(a: Raster, b: Raster): number {
  const sums: [number, number, number] = [0, 0, 0];
  const step = 3 * 5;
  let count = 0;
  for (let i = 0; i + 2 < a.data.length; i += step, count++)
    for (let c = 0; c < 3; c++) sums[c as 0] += (a.data[i + c] as number) - (b.data[i + c] as number);
  return Math.max(...sums.map((s) => Math.abs(s) / count));
}

/** Sharpness, noise, blockiness and shift from the green channel of every fourth row. */
function structure(picture: Raster, wanted: Raster): Pick<Measure, 'sharpness' | 'noise' | 'blockiness' | 'shift'> {
  const { width, height } = wanted;
  const [e, w] = [picture.data, wanted.data];
  const row = width * 3;
  let [fine, fineWanted, rough, grid, gridWanted, flat, flatWanted, count] = [0, 0, 0, 0, 0, 0, 0, 0];
  let [xx, xy, yy, xd, yd] = [0, 0, 0, 0, 0];
  for (let y = 1; y < height - 1; y += 4) {
    let i = y * row + 4;
    for (let x = 1; x < width - 1; x++, i += 3) {
      const e0 = e[i] as number;
      const w0 = w[i] as number;
      const el = e[i - 3] as number;
      const wl = w[i - 3] as number;
      const er = e[i + 3] as number;
      const wr = w[i + 3] as number;
      const d = e0 - w0;
      fine += Math.abs(el - 2 * e0 + er);
      fineWanted += Math.abs(wl - 2 * w0 + wr);
      rough += Math.abs(d - (el - wl));
      if ((x & 7) === 0) {
        grid += Math.abs(e0 - el);
        gridWanted += Math.abs(w0 - wl);
      } else if ((x & 7) === 4) {
        flat += Math.abs(e0 - el);
        flatWanted += Math.abs(w0 - wl);
      }
      const gx = wr - wl;
      const gy = (w[i + row] as number) - (w[i - row] as number);
      xx += gx * gx;
      xy += gx * gy;
      yy += gy * gy;
      xd += gx * d;
      yd += gy * d;
      count++;
    }
  }
  const det = xx * yy - xy * xy;
  const [dx, dy] = det > 0 ? [(xd * yy - yd * xy) / det, (yd * xx - xd * xy) / det] : [0, 0];
  return {
    // A level on each side: in a picture without detail, JPEG's own ripples are not sharpness.
    sharpness: (fine + count) / (fineWanted + count),
    noise: rough / Math.max(1, count),
    blockiness: (grid + 1) / (flat + 1) / ((gridWanted + 1) / (flatWanted + 1)),
    shift: 2 * Math.hypot(dx, dy),
  };
}
