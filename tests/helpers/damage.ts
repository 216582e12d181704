import sharp from 'sharp';
import type { Raster } from '../../src/main/engine/domain/raster.ts';
import { pipelineOf, rasterOf as raw } from './scenery.ts';

/** A file or bytes as RGB, decoded by plain sharp. */
export async function rgbOf(input: string | Uint8Array): Promise<Raster> {
  const pipeline = sharp(input).autoOrient().flatten({ background: '#ffffff' }).toColourspace('srgb');
  return raw(pipeline);
}

/** The same numbers in every run: two uniform ones make a normal one. */
function normals(seed: number): () => number {
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());
}

function mapped(raster: Raster, value: (v: number, channel: number) => number): Raster {
  return { ...raster, data: raster.data.map((v, i) => Math.max(0, Math.min(255, Math.round(value(v, i % 3))))) };
}

const shifted = (raster: Raster, x: number, y: number) =>
  raw(
    pipelineOf(raster)
      .extract({ left: 0, top: 0, width: raster.width - x, height: raster.height - y })
      .extend({ left: x, top: y, extendWith: 'copy' }),
  );

async function zoomed(raster: Raster, by: number): Promise<Raster> {
  const [width, height] = [Math.round(raster.width * by), Math.round(raster.height * by)];
  const larger = await raw(pipelineOf(raster).resize(width, height, { fit: 'fill' }));
  const [left, top] = [(width - raster.width) >> 1, (height - raster.height) >> 1];
  return raw(pipelineOf(larger).extract({ left, top, width: raster.width, height: raster.height }));
}

async function noisy(raster: Raster, sigma: number): Promise<Raster> {
  const normal = normals(1);
  return mapped(raster, (v) => v + sigma * normal());
}

/** What editors do to the rest of a picture, at the strengths of the reference notes. */
export const DAMAGES: Record<string, (raster: Raster) => Promise<Raster>> = {
  'shift 1 px': (raster) => shifted(raster, 1, 1),
  'shift 2 px': (raster) => shifted(raster, 2, 2),
  'shift 2 px across': (raster) => shifted(raster, 2, 0),
  'zoom 1 %': (raster) => zoomed(raster, 1.01),
  'zoom 2 %': (raster) => zoomed(raster, 1.02),
  'noise s=5': (raster) => noisy(raster, 5),
  'noise s=10': (raster) => noisy(raster, 10),
  'noise s=20': (raster) => noisy(raster, 20),
  'blur s=1': (raster) => raw(pipelineOf(raster).blur(1)),
  'blur s=2': (raster) => raw(pipelineOf(raster).blur(2)),
  'red +20': async (raster) => mapped(raster, (v, channel) => (channel === 0 ? v + 20 : v)),
  'gamma 1.3': async (raster) => mapped(raster, (v) => 255 * (v / 255) ** 1.3),
  'JPEG q75': async (raster) => rgbOf(await pipelineOf(raster).jpeg({ quality: 75 }).toBuffer()),
  'JPEG q30': async (raster) => rgbOf(await pipelineOf(raster).jpeg({ quality: 30 }).toBuffer()),
  'JPEG q10': async (raster) => rgbOf(await pipelineOf(raster).jpeg({ quality: 10 }).toBuffer()),
  'half size and back': async (raster) => {
    const half = await raw(pipelineOf(raster).resize(raster.width >> 1, raster.height >> 1));
    return raw(pipelineOf(half).resize(raster.width, raster.height, { fit: 'fill' }));
  },
};

/** Stretched to a size. */
export const resizeTo = (raster: Raster, width: number, height: number) => raw(pipelineOf(raster).resize(width, height, { fit: 'fill' }));
