import type { PictureQuality } from '../../../shared/model/edit.ts';
import { pictureQuality } from '../domain/quality.ts';
import type { CanonicalImage, Encoding, ImageFacts, SizeRule } from '../ports.ts';
import { createAlignTask } from './align.ts';
import { canonicalise, resample, verify } from './canonical.ts';
import { createChangedGrid } from './changedGrid.ts';
import { createFullReferenceCheck } from './fullReference.ts';
import { createLowLevelCheck } from './lowLevel.ts';
import { modelInputTasks } from './modelInputs.ts';
import { DEFAULT_MAX_PIXELS, openPicture, toBytes, toRaster } from './open.ts';
import { createPairReader, openFile } from './pairs.ts';

/** Good and quick (performance: about 0.7 of the rate of JPEG, at a third of the bytes of a PNG). */
const THUMBNAIL = { quality: 80, effort: 2 };

/**
 * The picture work of one worker thread, by name. Each task takes plain values and gives plain values; the buffers it
 * returns are given away (transferred), so nothing that is kept may be returned. All throw AppError inputInvalid for
 * pictures that cannot be used; none of them can end the thread.
 */
export function pixelTasks(maxPixels: number = DEFAULT_MAX_PIXELS) {
  const readPair = createPairReader(maxPixels);
  return {
    async inspect({ bytes }: { bytes: Uint8Array }): Promise<ImageFacts> {
      const picture = await openPicture(bytes, maxPixels);
      await verify(picture);
      return picture.facts;
    },

    canonicalise: ({ bytes, rule }: { bytes: Uint8Array; rule: SizeRule }): Promise<CanonicalImage> => canonicalise(bytes, rule, maxPixels),

    resample: ({ bytes, width, height }: { bytes: Uint8Array; width: number; height: number }): Promise<CanonicalImage> =>
      resample(bytes, width, height, maxPixels),

    align: createAlignTask(maxPixels),

    lowLevel: createLowLevelCheck(readPair),

    fullReference: createFullReferenceCheck(readPair),

    ...modelInputTasks(maxPixels),

    changedGrid: createChangedGrid(readPair),

    async decode({ file }: { file: string }): Promise<{ width: number; height: number }> {
      const picture = await openFile(file, maxPixels);
      await verify(picture, file);
      return { width: picture.facts.width, height: picture.facts.height };
    },

    /** Another encoding: `png` and `webpLossless` keep every pixel (and the alpha), `jpeg` and `webp` lose by `quality`. */
    async encode({ file, format, quality }: { file: string; format: Encoding; quality: number }): Promise<Uint8Array> {
      const picture = await openFile(file, maxPixels);
      if (format === 'png') return toBytes(picture.upright().png({ palette: false }), file);
      if (format === 'webpLossless') return toBytes(picture.upright().webp({ lossless: true }), file);
      if (format === 'webp') return toBytes(picture.upright().webp({ quality }), file);
      return toBytes(picture.rgb().jpeg({ quality, chromaSubsampling: '4:4:4' }), file);
    },

    /** Measured at `width` x `height`, so that pictures of different sizes can be compared. */
    async quality({ file, width, height }: { file: string; width: number; height: number }): Promise<PictureQuality> {
      const picture = await openFile(file, maxPixels);
      const same = picture.facts.width === width && picture.facts.height === height;
      const pipeline = same ? picture.rgb() : picture.rgb().resize(width, height, { fit: 'fill' });
      return pictureQuality(await toRaster(pipeline, file));
    },

    async thumbnail({ file, width }: { file: string; width: number }): Promise<Uint8Array> {
      const picture = await openFile(file, maxPixels);
      return toBytes(picture.rgb().resize({ width, withoutEnlargement: true }).webp(THUMBNAIL), file);
    },
  };
}
