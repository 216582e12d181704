import { AppError } from '../../../../shared/model/errors.ts';
import { isLossy, type PictureFormat, sniffFormat } from '../../pixels/formats.ts';
import { headerSize } from '../../pixels/headerSize.ts';
import type { Blobs, ImageFacts, Pixels } from '../../ports.ts';
import type { Borrowed, PictureReads } from '../pictureReads.ts';
import { type PictureRef, RowProblem } from './types.ts';

/** A larger file is no picture to train on; reading it whole would hurt. */
const LARGEST_FILE = 256 * 1024 * 1024;
/** As many as the app decodes anywhere (pixels/open.ts). */
const MOST_PIXELS = 50_000_000;
/** The end mark of a format stands in the last bytes; some cameras write a little after it. */
const TAIL_BYTES = 4096;
const EXIF_WITHIN = 64 * 1024;
const START_OF_SCAN = Buffer.from([0xff, 0xda]);

export interface StoredPicture extends ImageFacts {
  hash: string;
  bytes: number;
}

/**
 * Brings a picture into the workspace, byte for byte, after looking at its head and its end: nothing is decoded here. Throws
 * RowProblem (fileMissing, fileEmpty, notAPicture, truncated, tooManyPixels, unreadable).
 */
export async function takePicture(
  deps: { blobs: Pick<Blobs, 'put'>; pixels: Pick<Pixels, 'inspect'>; reads: PictureReads },
  picture: PictureRef,
): Promise<StoredPicture> {
  const { bytes, release } = 'bytes' in picture ? { bytes: picture.bytes, release: () => undefined } : await readFrom(deps.reads, picture);
  try {
    const facts = lookAt(bytes, picture.name) ?? (await decoded(deps.pixels, bytes, picture.name));
    return { ...facts, bytes: bytes.length, hash: await deps.blobs.put(bytes, facts.format) };
  } finally {
    release();
  }
}

async function readFrom(reads: PictureReads, { name, file }: { name: string; file: string }): Promise<Borrowed> {
  const borrowed = await reads.read(file, LARGEST_FILE).catch((error: Error) => {
    throw missingFile(name, error.cause ?? error);
  });
  if (borrowed === undefined) throw new RowProblem('notAPicture', `${name} is larger than 256 MB.`);
  return borrowed;
}

/** Whether a file of so many bytes is no picture to take. */
export function tooLarge(bytes: number): boolean {
  return bytes > LARGEST_FILE;
}

/** What is wrong with a row whose picture's file the system does not give. */
export function missingFile(name: string, cause: unknown): RowProblem {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return new RowProblem('fileMissing', `${name} is not there.`);
  return new RowProblem('unreadable', `${name}: A picture cannot be read (${code ?? message}).`);
}

/**
 * What the head and the end of a picture say of it; undefined when only the decoder can tell (EXIF may turn it; some formats hide
 * their size). Throws RowProblem.
 */
export function lookAt(bytes: Uint8Array, name: string): ImageFacts | undefined {
  if (bytes.length === 0) throw new RowProblem('fileEmpty', `${name} is empty.`);
  const format = sniffFormat(bytes);
  if (format === undefined) throw new RowProblem('notAPicture', `${name} does not begin like a picture of any known format.`);
  const size = headerSize(bytes);
  if (size !== undefined && size.width * size.height > MOST_PIXELS)
    throw new RowProblem(
      'tooManyPixels',
      `${name} says it has ${size.width} x ${size.height} pixels; at most ${MOST_PIXELS / 1e6} million are opened.`,
    );
  if (isTruncated(bytes, format)) throw new RowProblem('truncated', `${name} ends too early: the file is not complete.`);
  if (size === undefined || size.width <= 0 || size.height <= 0 || mentionsExif(bytes)) return undefined;
  return { ...size, format, lossy: isLossy(bytes, format) };
}

function decoded(pixels: Pick<Pixels, 'inspect'>, bytes: Uint8Array, name: string): Promise<ImageFacts> {
  return pixels.inspect(bytes.slice()).catch((error: unknown) => {
    if (!(error instanceof AppError) || error.code !== 'inputInvalid') throw error;
    throw new RowProblem('notAPicture', `${name}: ${error.message}`);
  });
}

/** Whether the end mark of the format is missing. Formats without a cheap one are not judged. */
function isTruncated(bytes: Uint8Array, format: PictureFormat): boolean {
  const tail = Buffer.from(bytes.buffer, bytes.byteOffset + Math.max(0, bytes.length - TAIL_BYTES), Math.min(bytes.length, TAIL_BYTES));
  switch (format) {
    case 'jpeg':
      return tail.lastIndexOf(Buffer.from([0xff, 0xd9])) < 0;
    case 'png':
      return tail.lastIndexOf('IEND', undefined, 'latin1') < 0;
    case 'webp':
      return new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true) + 8 > bytes.length;
    case 'gif':
      return tail.lastIndexOf(0x3b) < 0;
    default:
      return false;
  }
}

/** Looks before the coded data of a JPEG, and in the first bytes of others. Too often is harmless: the decoder looks again. */
function mentionsExif(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, EXIF_WITHIN));
  const scan = bytes[0] === 0xff ? head.indexOf(START_OF_SCAN) : -1;
  const front = scan < 0 ? head : head.subarray(0, scan);
  return ['Exif', 'eXIf', 'EXIF'].some((word) => front.includes(word, 0, 'latin1'));
}
