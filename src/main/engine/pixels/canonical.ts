import type { Metadata } from 'sharp';
import { AppError } from '../../../shared/model/errors.ts';
import type { CanonicalImage, SizeRule } from '../ports.ts';
import { isLossy, withoutJpegMetadata } from './formats.ts';
import { type OpenPicture, openPicture, toBytes, toRaster } from './open.ts';
import { planSize, type SizePlan } from './sizes.ts';

/** How far two aspect ratios may be apart and still count as the same picture at another size. */
const ASPECT_TOLERANCE = 0.01;

/**
 * Brings a picture to the form of a source: RGB of 8 bits, upright, no alpha, no metadata, sides by the rule. Bytes that
 * are so already are given back as they came, after a check that they decode; a JPEG that only carries metadata loses
 * just that; everything else becomes a PNG, so that nothing is lost twice.
 */
export async function canonicalise(bytes: Uint8Array, rule: SizeRule, maxPixels: number): Promise<CanonicalImage> {
  const picture = await openPicture(bytes, maxPixels);
  const { width, height } = picture.facts;
  return rewrite(bytes, picture, planSize({ width, height }, rule));
}

/**
 * Resizes once to exactly width x height. Throws AppError inputInvalid when the aspect ratios are more than 1 % apart.
 * A picture that has the size already is not touched.
 */
export async function resample(bytes: Uint8Array, width: number, height: number, maxPixels: number): Promise<CanonicalImage> {
  const picture = await openPicture(bytes, maxPixels);
  const has = picture.facts;
  if (Math.abs((has.width * height) / (has.height * width) - 1) > ASPECT_TOLERANCE)
    throw new AppError(
      'inputInvalid',
      `A picture of ${has.width} x ${has.height} cannot be brought to ${width} x ${height} without stretching it.`,
    );
  return rewrite(bytes, picture, { scaled: { width, height }, final: { width, height } });
}

async function rewrite(bytes: Uint8Array, picture: OpenPicture, plan: SizePlan): Promise<CanonicalImage> {
  const { facts } = picture;
  const { scaled, final } = plan;
  const resized = scaled.width !== facts.width || scaled.height !== facts.height;
  const cropped = final.width !== scaled.width || final.height !== scaled.height;
  if (!resized && !cropped && isPlainRgb(picture)) {
    await verify(picture);
    if (!hasMetadata(picture.meta)) return { ...facts, bytes, changed: false };
    const stripped = facts.format === 'jpeg' ? withoutJpegMetadata(bytes) : undefined;
    if (stripped) return { ...facts, bytes: stripped, changed: true };
  }
  let pipeline = picture.rgb();
  if (resized) pipeline = pipeline.resize(scaled.width, scaled.height, { fit: 'fill' });
  if (cropped)
    pipeline = pipeline.extract({
      left: (scaled.width - final.width) >> 1,
      top: (scaled.height - final.height) >> 1,
      width: final.width,
      height: final.height,
    });
  // Through plain pixels, so that a palette or 16 bits of the input have no say in how the PNG is written.
  const png = await toBytes(pipeline.png({ palette: false }));
  return { ...final, format: 'png', lossy: isLossy(png, 'png'), bytes: png, changed: true };
}

/** Decodes the whole picture, as cheaply as it goes, to find damage. Throws AppError inputInvalid. */
export async function verify(picture: OpenPicture, file?: string): Promise<void> {
  // An eighth of the size: the JPEG decoder then skips most of the arithmetic but still reads all the data.
  const width = Math.max(1, Math.ceil(picture.facts.width / 8));
  await toRaster(picture.rgb().resize({ width, fit: 'inside' }), file);
}

/** Formats that every reader of a dataset opens, in 8-bit RGB without turning, alpha, palette, profile or frames. */
function isPlainRgb({ facts, meta }: OpenPicture): boolean {
  return (
    (facts.format === 'jpeg' || facts.format === 'png' || facts.format === 'webp') &&
    meta.space === 'srgb' &&
    meta.channels === 3 &&
    meta.depth === 'uchar' &&
    !meta.isPalette &&
    !meta.hasProfile &&
    (meta.pages ?? 1) === 1 &&
    (meta.orientation ?? 1) === 1
  );
}

function hasMetadata(meta: Metadata): boolean {
  return Boolean(meta.exif ?? meta.xmp ?? meta.iptc ?? meta.tifftagPhotoshop) || (meta.comments?.length ?? 0) > 0;
}
