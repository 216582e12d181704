import type { Placement } from '../../src/main/engine/domain/placement.ts';
import type { Random } from '../../src/main/engine/domain/random.ts';
import type { Raster } from '../../src/main/engine/domain/raster.ts';
import { resizeTo } from './damage.ts';
import { pipelineOf, rasterOf } from './scenery.ts';

/** Largest distance, in pixels of the source, between two placements: at its corners. */
export function apart(a: Placement, b: Placement, { width, height }: Raster): number {
  const at = (x: number, y: number) =>
    Math.hypot(
      (a.scaleX * x + a.offsetX - b.scaleX * x - b.offsetX) / b.scaleX,
      (a.scaleY * y + a.offsetY - b.scaleY * y - b.offsetY) / b.scaleY,
    );
  return Math.max(at(0, 0), at(width, 0), at(0, height), at(width, height));
}

/** What editors do to the size: each with where the source's pixels went. */
export async function otherSizes(edit: Raster, random: Random): Promise<[string, Raster, Placement][]> {
  const { width: w, height: h } = edit;
  const stretched = async (width: number, height: number): Promise<[Raster, Placement]> => [
    await resizeTo(edit, width, height),
    { scaleX: width / w, offsetX: 0, scaleY: height / h, offsetY: 0 },
  ];
  const cut = (left: number, top: number, right: number, bottom: number) =>
    rasterOf(pipelineOf(edit).extract({ left, top, width: w - left - right, height: h - top - bottom }));
  const [l, t, r, b] = Array.from({ length: 4 }, () => 1 + Math.floor(8 * random())) as [number, number, number, number];
  const factor = 0.55 + 0.4 * random();
  const cropped = await cut(l, t, r, b);
  const [sw, sh] = [Math.round(cropped.width * factor), Math.round(cropped.height * factor)];
  const [w32, h32] = [32 * Math.floor((w - 1) / 32), 32 * Math.floor((h - 1) / 32)];
  const at = (scaleX: number, scaleY: number, left: number, top: number): Placement => ({
    scaleX,
    scaleY,
    offsetX: -left * scaleX,
    offsetY: -top * scaleY,
  });
  return [
    ['squeezed to a square', ...(await stretched(1024, 1024))],
    ['scaled', ...(await stretched(Math.round(w * factor), Math.round(h * factor)))],
    ['stretched to multiples of 32', ...(await stretched(w32, h32))],
    ['cut by 1 to 8 px a side', cropped, at(1, 1, l, t)],
    ['cut and scaled', await resizeTo(cropped, sw, sh), at(sw / cropped.width, sh / cropped.height, l, t)],
  ];
}

/** The same, with a part of the picture cut off, or bars beside it. */
export async function squares(edit: Raster): Promise<[string, Raster, Placement][]> {
  const { width: w, height: h } = edit;
  const [short, long] = [Math.min(w, h), Math.max(w, h)];
  const cut = { left: (w - short) >> 1, top: (h - short) >> 1 };
  const bars = { left: (long - w) >> 1, top: (long - h) >> 1 };
  const still = (offsetX: number, offsetY: number): Placement => ({ scaleX: 1, scaleY: 1, offsetX, offsetY });
  const extended = { ...bars, right: long - w - bars.left, bottom: long - h - bars.top, background: '#000' };
  return [
    ['cut to a square', await rasterOf(pipelineOf(edit).extract({ ...cut, width: short, height: short })), still(-cut.left, -cut.top)],
    ['set with bars to a square', await rasterOf(pipelineOf(edit).extend(extended)), still(bars.left, bars.top)],
  ];
}
