import type { PictureQuality } from '../../../shared/model/edit.ts';
import type { Raster } from './raster.ts';

/**
 * Sharpness and colourfulness of a picture, for comparing the pictures of one chain of edits: models that paint over their own
 * output lose both, a little each time. Sharpness is the root mean square of the 4-neighbour Laplacian of Rec. 601 luma over the
 * inner pixels; colour is Hasler and Suesstrunk's measure. Pictures under 3 x 3 pixels have no inner pixels: sharpness 0.
 */
export function pictureQuality({ width, height, channels, data }: Raster): PictureQuality {
  const luma = new Float32Array(width * height);
  let sumRg = 0;
  let sumYb = 0;
  let squaresRg = 0;
  let squaresYb = 0;
  for (let i = 0, at = 0; i < luma.length; i++, at += channels) {
    const r = data[at]!;
    const g = data[at + 1]!;
    const b = data[at + 2]!;
    luma[i] = 0.299 * r + 0.587 * g + 0.114 * b;
    const rg = r - g;
    const yb = (r + g) / 2 - b;
    sumRg += rg;
    sumYb += yb;
    squaresRg += rg * rg;
    squaresYb += yb * yb;
  }
  const n = luma.length;
  const [meanRg, meanYb] = [sumRg / n, sumYb / n];
  const spread = Math.sqrt(Math.max(0, squaresRg / n - meanRg ** 2) + Math.max(0, squaresYb / n - meanYb ** 2));
  return { sharpness: edgeStrength(luma, width, height), colour: spread + 0.3 * Math.hypot(meanRg, meanYb) };
}

function edgeStrength(luma: Float32Array, width: number, height: number): number {
  if (width < 3 || height < 3) return 0;
  let squares = 0;
  for (let y = 1; y < height - 1; y++) {
    const row = y * width;
    for (let i = row + 1; i < row + width - 1; i++) {
      const laplacian = 4 * luma[i]! - luma[i - 1]! - luma[i + 1]! - luma[i - width]! - luma[i + width]!;
      squares += laplacian * laplacian;
    }
  }
  return Math.sqrt(squares / ((width - 2) * (height - 2)));
}
