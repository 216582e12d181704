import { BLOCK, type PairBlocks } from './pairBlocks.ts';

/** Pixels of a colour cell: 8 x 8. */
const CELL = 4 * BLOCK * BLOCK;

/** Linear light of an sRGB sum over a cell, by the sum: 0 to 255 x 64. */
const LINEAR = Float64Array.from({ length: 255 * CELL + 1 }, (_, sum) => {
  const v = sum / (255 * CELL);
  return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
});

// sRGB to XYZ over the white of D65, so that white gives 1, 1, 1.
const XN = 0.95047;
const ZN = 1.08883;

const f = (t: number) => (t > 216 / 24389 ? Math.cbrt(t) : (24389 / 27 / 116) * t + 16 / 116);

/** CIE L*a*b* (D65, 2 degrees) of linear light 0 to 1 into `out` at `at`. */
function toLab(r: number, g: number, b: number, out: Float64Array, at: number): void {
  const x = f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / XN);
  const y = f(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
  const z = f((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / ZN);
  out[at] = 116 * y - 16;
  out[at + 1] = 500 * (x - y);
  out[at + 2] = 200 * (y - z);
}

const POW25_7 = 25 ** 7;
const RAD = Math.PI / 180;

/** The CIEDE2000 difference of two L*a*b* colours (Sharma, Wu and Dalal 2005; kL = kC = kH = 1). Zero or more. */
export function ciede2000(l1: number, a1: number, b1: number, l2: number, a2: number, b2: number): number {
  const c1 = Math.sqrt(a1 * a1 + b1 * b1);
  const c2 = Math.sqrt(a2 * a2 + b2 * b2);
  const mean = (c1 + c2) / 2;
  const mean7 = mean * mean * mean * mean * mean * mean * mean;
  const g = 1.5 - 0.5 * Math.sqrt(mean7 / (mean7 + POW25_7));
  const a1p = a1 * g;
  const a2p = a2 * g;
  const c1p = Math.sqrt(a1p * a1p + b1 * b1);
  const c2p = Math.sqrt(a2p * a2p + b2 * b2);
  const dl = l2 - l1;
  const dc = c2p - c1p;
  const both = c1p * c2p;
  const h1 = c1p === 0 ? 0 : Math.atan2(b1, a1p);
  const h2 = c2p === 0 ? 0 : Math.atan2(b2, a2p);
  // Angles in radians within [0, 2 pi).
  const h1p = h1 < 0 ? h1 + 2 * Math.PI : h1;
  const h2p = h2 < 0 ? h2 + 2 * Math.PI : h2;
  let dh = h2p - h1p;
  let hMean = h1p + h2p;
  if (both === 0) dh = 0;
  else {
    if (dh > Math.PI) dh -= 2 * Math.PI;
    else if (dh < -Math.PI) dh += 2 * Math.PI;
    if (Math.abs(h1p - h2p) > Math.PI) hMean += hMean < 2 * Math.PI ? 2 * Math.PI : -2 * Math.PI;
    hMean /= 2;
  }
  const dH = 2 * Math.sqrt(both) * Math.sin(dh / 2);
  const lMean = (l1 + l2) / 2 - 50;
  const cMean = (c1p + c2p) / 2;
  const t =
    1 -
    0.17 * Math.cos(hMean - 30 * RAD) +
    0.24 * Math.cos(2 * hMean) +
    0.32 * Math.cos(3 * hMean + 6 * RAD) -
    0.2 * Math.cos(4 * hMean - 63 * RAD);
  const sl = 1 + (0.015 * lMean * lMean) / Math.sqrt(20 + lMean * lMean);
  const sc = 1 + 0.045 * cMean;
  const sh = 1 + 0.015 * cMean * t;
  const hue = (hMean / RAD - 275) / 25;
  const cMean7 = cMean * cMean * cMean * cMean * cMean * cMean * cMean;
  const rt = -2 * Math.sqrt(cMean7 / (cMean7 + POW25_7)) * Math.sin(60 * RAD * Math.exp(-hue * hue));
  const [x, y, z] = [dl / sl, dc / sc, dH / sh];
  return Math.sqrt(Math.max(0, x * x + y * y + z * z + rt * y * z));
}

/**
 * CIEDE2000 between the mean colours of 8 x 8 cells that lie wholly in marked blocks: median and 95th percentile over the cells. Cells
 * that mean the same number of times the same colours differ by 0 and cost nothing. Null when no cell fits.
 */
export function colourDrift({ columns, rows, colour }: PairBlocks, inside: Uint8Array): { median: number; p95: number } | null {
  const across = columns >> 1;
  const down = rows >> 1;
  const found = new Float64Array(across * down);
  const lab = new Float64Array(6);
  let n = 0;
  for (let cy = 0; cy < down; cy++)
    for (let cx = 0; cx < across; cx++) {
      const i = 2 * cy * columns + 2 * cx;
      const j = i + columns;
      if ((inside[i]! & inside[i + 1]! & inside[j]! & inside[j + 1]!) === 0) continue;
      const [p, q, r, s] = [6 * i, 6 * (i + 1), 6 * j, 6 * (j + 1)];
      const ra = colour[p]! + colour[q]! + colour[r]! + colour[s]!;
      const ga = colour[p + 1]! + colour[q + 1]! + colour[r + 1]! + colour[s + 1]!;
      const ba = colour[p + 2]! + colour[q + 2]! + colour[r + 2]! + colour[s + 2]!;
      const rb = colour[p + 3]! + colour[q + 3]! + colour[r + 3]! + colour[s + 3]!;
      const gb = colour[p + 4]! + colour[q + 4]! + colour[r + 4]! + colour[s + 4]!;
      const bb = colour[p + 5]! + colour[q + 5]! + colour[r + 5]! + colour[s + 5]!;
      if (ra === rb && ga === gb && ba === bb) {
        found[n++] = 0;
        continue;
      }
      toLab(LINEAR[ra]!, LINEAR[ga]!, LINEAR[ba]!, lab, 0);
      toLab(LINEAR[rb]!, LINEAR[gb]!, LINEAR[bb]!, lab, 3);
      found[n++] = ciede2000(lab[0]!, lab[1]!, lab[2]!, lab[3]!, lab[4]!, lab[5]!);
    }
  if (n === 0) return null;
  const sorted = found.subarray(0, n).sort();
  return { median: quantile(sorted, 0.5), p95: quantile(sorted, 0.95) };
}

/** Linear between neighbours, as numpy has by default. */
function quantile(sorted: Float64Array, at: number): number {
  const place = (sorted.length - 1) * at;
  const low = Math.floor(place);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low]! + (sorted[high]! - sorted[low]!) * (place - low);
}
