import sharp, { type Metadata, type Sharp } from 'sharp';
import { AppError } from '../../../shared/model/errors.ts';
import type { Raster } from '../domain/raster.ts';
import type { ImageFacts } from '../ports.ts';
import { FORMATS_IN_WORDS, isHeic, isLossy, type PictureFormat, sniffFormat } from './formats.ts';

// One thread a picture: many pictures at once use the cores better (measured: more threads on one picture give nothing).
sharp.concurrency(1);
// libvips would keep results of operations that are never asked again; the tasks have a cache of their own.
sharp.cache(false);

/** Pictures with more pixels are refused before they are decoded: 50 million, 150 MB as RGB. */
export const DEFAULT_MAX_PIXELS = 50_000_000;

const TIMEOUT_SECONDS = 60;
const WHITE = '#ffffff';

/** A picture whose header was read and found acceptable. Nothing is decoded yet. */
export interface OpenPicture {
  /** Sizes as seen, with the EXIF orientation applied. */
  facts: ImageFacts & { format: PictureFormat };
  meta: Metadata;
  /** RGB, 8 bit, turned upright, alpha laid on white, in sRGB; what is written from it carries no metadata. */
  rgb(): Sharp;
  /** The same, but with the alpha channel kept. */
  upright(): Sharp;
}

/**
 * Reads the header of a picture. Throws AppError inputInvalid when the bytes are none of our formats, when the header is
 * broken, or when there are more than `maxPixels` pixels. `file` is only named in errors.
 */
export async function openPicture(bytes: Uint8Array, maxPixels: number, file?: string): Promise<OpenPicture> {
  const format = sniffFormat(bytes);
  if (!format) throw unreadable(file, `${nothingIn(bytes)} ${FORMATS_IN_WORDS} are read.`);
  const input = () => sharp(bytes, { failOn: 'error', limitInputPixels: false });
  const meta = await attempt(file, () => input().metadata());
  const { width, height } = meta.autoOrient;
  if (width * height > maxPixels)
    throw unreadable(
      file,
      `It has ${width} x ${height} = ${millions(width * height)} million pixels; at most ${millions(maxPixels)} million are opened.`,
      'Make the picture smaller.',
    );
  const upright = () => input().autoOrient().timeout({ seconds: TIMEOUT_SECONDS }).toColourspace('srgb');
  return {
    facts: { width, height, format, lossy: isLossy(bytes, format) },
    meta,
    upright,
    rgb: () => (meta.hasAlpha ? upright().flatten({ background: WHITE }) : upright()),
  };
}

// sharp's toUint8Array is not used: in 0.35 it never frees what it hands out (3 MB a picture, measured). What toBuffer hands
// out is freed, but belongs to libvips and cannot be given to another thread.

/** Decodes to a raster; its memory belongs to libvips and must be copied before it is transferred. Throws AppError inputInvalid for damaged pictures. */
export async function toRaster(pipeline: Sharp, file?: string): Promise<Raster> {
  const { data, info } = await attempt(file, () => pipeline.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true }));
  if (info.channels !== 3 && info.channels !== 4) throw unreadable(file, `It decodes to ${info.channels} channels.`);
  return { width: info.width, height: info.height, channels: info.channels, data: plain(data) };
}

/** Encodes to bytes of their own memory, which may be transferred. Throws AppError inputInvalid when the picture behind the pipeline is damaged. */
export async function toBytes(pipeline: Sharp, file?: string): Promise<Uint8Array> {
  return new Uint8Array(await attempt(file, () => pipeline.toBuffer()));
}

/** A pipeline over a raster in memory. */
export function fromRaster({ data, width, height, channels }: Raster): Sharp {
  return sharp(data, { raw: { width, height, channels }, limitInputPixels: false });
}

/** A pipeline over an SVG text of our own (never of a user: SVG can name other files). */
export function fromSvg(svg: string): Sharp {
  return sharp(Buffer.from(svg), { failOn: 'error' });
}

/** The error of every picture that cannot be used: which one, what is wrong with it, what to do. */
export function unreadable(file: string | undefined, problem: string, hint?: string): AppError {
  const details = { ...(file === undefined ? {} : { file }), ...(hint === undefined ? {} : { hint }) };
  return new AppError('inputInvalid', `${file ?? 'The picture'} cannot be used. ${problem}`, details);
}

async function attempt<T>(file: string | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw unreadable(file, `It does not decode: ${said.split('\n')[0]}.`, 'The file is damaged or incomplete.');
  }
}

/** The same memory without the methods of Node's Buffer, whose slice() would not copy. */
function plain(data: Uint8Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function nothingIn(bytes: Uint8Array): string {
  if (isHeic(bytes)) return 'It is a HEIC picture, which needs a decoder that this app may not ship. Save it as JPEG or PNG first.';
  return bytes.length === 0 ? 'It is empty.' : 'Its first bytes are of no known format.';
}

function millions(pixels: number): string {
  return (pixels / 1e6).toFixed(1);
}
