import type { Raster } from '../domain/raster.ts';
import { type TextRegion, textRegions } from '../domain/textRegions.ts';
import { toRaster } from './open.ts';
import { openFile } from './pairs.ts';

/** How a picture is brought to the size of a model, in one resize. */
export interface ModelPictureInput {
  file: string;
  width: number;
  height: number;
  /** `fill` stretches; `cover` keeps the shape and cuts the middle out. */
  fit: 'fill' | 'cover';
  kernel: 'linear' | 'cubic';
  /** A part of the picture, in pixels of it; the whole when left out. */
  crop?: { left: number; top: number; width: number; height: number };
}

/** A line of text cut out of a picture: RGB bytes, `width` x `height`. */
export interface TextCrop {
  width: number;
  height: number;
  /** Columns that hold the line; the rest is grey. */
  used: number;
  data: Uint8Array;
}

export interface TextCropsInput {
  file: string;
  /** In pixels of the picture. */
  regions: Pick<TextRegion, 'centre' | 'size' | 'angle'>[];
  height: number;
  /** A crop is padded to the first of these it fits into; one that is longer is squeezed into the last. Ascending. */
  widths: number[];
}

const GREY = 127;

/** What local models need of pictures. The buffers are the caller's own. */
export function modelInputTasks(maxPixels: number) {
  return {
    /** RGB bytes of exactly width x height. */
    async modelPicture({ file, width, height, fit, kernel, crop }: ModelPictureInput): Promise<{ data: Uint8Array }> {
      const picture = await openFile(file, maxPixels);
      const part = crop ? picture.rgb().extract(crop) : picture.rgb();
      const raster = await toRaster(part.resize(width, height, { fit, kernel, fastShrinkOnLoad: false }), file);
      return { data: new Uint8Array(raster.data) };
    },

    /** Boxes of text in a detector's map. */
    async textBoxes({ map, width, height }: { map: Uint8Array; width: number; height: number }): Promise<TextRegion[]> {
      return textRegions(map, width, height);
    },

    /** Lines cut out of a picture, turned level, all of one height. */
    async textCrops({ file, regions, height, widths }: TextCropsInput): Promise<TextCrop[]> {
      const raster = await toRaster((await openFile(file, maxPixels)).rgb(), file);
      return regions.map((region) => levelCrop(raster, region, height, widths));
    },
  };
}

function levelCrop(raster: Raster, { centre, size, angle }: TextCropsInput['regions'][number], height: number, widths: number[]): TextCrop {
  const natural = Math.max(1, Math.round((height * size[0]) / size[1]));
  const width = widths.find((candidate) => candidate >= natural) ?? widths.at(-1)!;
  const used = Math.min(natural, width);
  const data = new Uint8Array(width * height * 3).fill(GREY);
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  // A line that is made much smaller is averaged over the pixels it covers, or thin strokes are lost.
  const taps = Math.max(1, Math.min(4, Math.round(size[1] / height)));
  for (let y = 0; y < height; y++)
    for (let x = 0; x < used; x++)
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0;
        for (let j = 0; j < taps; j++)
          for (let i = 0; i < taps; i++) {
            const u = ((x + (i + 0.5) / taps) / used - 0.5) * size[0];
            const v = ((y + (j + 0.5) / taps) / height - 0.5) * size[1];
            sum += sample(raster, centre[0] + u * c - v * s - 0.5, centre[1] + u * s + v * c - 0.5, channel);
          }
        data[(y * width + x) * 3 + channel] = Math.round(sum / (taps * taps));
      }
  return { width, height, used, data };
}

/** Bilinear; outside of the picture its edge goes on. */
function sample({ data, width, height, channels }: Raster, x: number, y: number, channel: number): number {
  const cx = Math.min(width - 1, Math.max(0, x));
  const cy = Math.min(height - 1, Math.max(0, y));
  const [x0, y0] = [Math.floor(cx), Math.floor(cy)];
  const [x1, y1] = [Math.min(width - 1, x0 + 1), Math.min(height - 1, y0 + 1)];
  const [fx, fy] = [cx - x0, cy - y0];
  const at = (px: number, py: number) => data[(py * width + px) * channels + channel]!;
  return (at(x0, y0) * (1 - fx) + at(x1, y0) * fx) * (1 - fy) + (at(x0, y1) * (1 - fx) + at(x1, y1) * fx) * fy;
}
