import sharp, { type Sharp } from 'sharp';
import type { Raster } from '../../src/main/engine/domain/raster.ts';

/** A picture with texture of several sizes everywhere, like a photograph: the same seed always gives the same one. */
export async function scenery(width: number, height: number, seed: number): Promise<Raster> {
  let state = seed >>> 0;
  const layers = await Promise.all(
    [4, 16, 64, 256].map(async (cells) => {
      const [w, h] = [Math.min(width, cells), Math.min(height, Math.max(2, Math.round((cells * height) / width)))];
      const data = Uint8Array.from({ length: 3 * w * h }, () => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        return state >>> 24;
      });
      const layer = sharp(data, { raw: { width: w, height: h, channels: 3 } });
      return layer.resize(width, height, { fit: 'fill', kernel: 'cubic' }).raw().toBuffer();
    }),
  );
  const data = new Uint8Array(3 * width * height);
  for (let i = 0; i < data.length; i++) data[i] = (layers[0]![i]! + layers[1]![i]! + layers[2]![i]! + layers[3]![i]!) / 4;
  return { width, height, channels: 3, data };
}

/** The same with a block of one colour, as an edit. */
export function withBlock(raster: Raster, left: number, top: number, side: number): Raster {
  const data = raster.data.slice();
  for (let y = top; y < top + side; y++) for (let x = left; x < left + side; x++) data.set([230, 30, 40], 3 * (y * raster.width + x));
  return { ...raster, data };
}

export const pipelineOf = ({ data, width, height }: Raster): Sharp => sharp(data, { raw: { width, height, channels: 3 } });

export async function rasterOf(pipeline: Sharp): Promise<Raster> {
  const { data, info } = await pipeline.raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: 3, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}
