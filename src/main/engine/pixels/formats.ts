/** The picture formats that are opened. What else libvips could read (SVG, PDF, raw camera files) is refused by name. */
export type PictureFormat = 'jpeg' | 'png' | 'webp' | 'avif' | 'tiff' | 'gif';

export const FORMATS_IN_WORDS = 'JPEG, PNG, WebP, AVIF, TIFF and GIF';

/** Tells the format from the first bytes; undefined when it is none of ours. File names play no part. */
export function sniffFormat(bytes: Uint8Array): PictureFormat | undefined {
  if (startsWith(bytes, 0, [0xff, 0xd8, 0xff])) return 'jpeg';
  if (startsWith(bytes, 0, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return 'png';
  if (tag(bytes, 0) === 'RIFF' && tag(bytes, 8) === 'WEBP') return 'webp';
  if (tag(bytes, 0) === 'GIF8') return 'gif';
  if (startsWith(bytes, 0, [0x49, 0x49, 0x2a, 0x00]) || startsWith(bytes, 0, [0x4d, 0x4d, 0x00, 0x2a])) return 'tiff';
  if (tag(bytes, 4) === 'ftyp' && brands(bytes).some((brand) => brand === 'avif' || brand === 'avis')) return 'avif';
  return undefined;
}

/** Pictures of phones: HEVC in an ISO media file. The bundled libvips has no HEVC decoder, which is under patents. */
export function isHeic(bytes: Uint8Array): boolean {
  const heic = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1'];
  return tag(bytes, 4) === 'ftyp' && sniffFormat(bytes) === undefined && brands(bytes).some((brand) => heic.includes(brand));
}

/**
 * Whether the encoding may have changed pixel values. AVIF counts as lossy (nearly all of it is, and a lossless one
 * does not say so where it is cheap to read); GIF and PNG store their pixels exactly, whatever was done before.
 */
export function isLossy(bytes: Uint8Array, format: PictureFormat): boolean {
  if (format === 'webp') return !webpIsLossless(bytes);
  if (format === 'tiff') return LOSSY_TIFF.has(tiffCompression(bytes));
  return format === 'jpeg' || format === 'avif';
}

/** Old and new JPEG, JPEG 2000 (two numbers), lossy JPEG of DNG, WebP: values of TIFF tag 259. */
const LOSSY_TIFF = new Set([6, 7, 34712, 34892, 33003, 50001]);

/**
 * The same JPEG without EXIF, XMP, IPTC and comments; the coded pixels are untouched. Colour profile (APP2), JFIF and
 * Adobe segments stay, because they say how the pixels are meant. Undefined when the segments are not well formed.
 */
export function withoutJpegMetadata(bytes: Uint8Array): Uint8Array | undefined {
  const kept: Uint8Array[] = [bytes.subarray(0, 2)];
  let at = 2;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at++;
      continue;
    }
    // Start of scan: from here on there is only coded data.
    if (marker === 0xda) return Buffer.concat([...kept, bytes.subarray(at)]);
    const end = at + 2 + bytes[at + 2]! * 256 + bytes[at + 3]!;
    const metadata = marker === 0xe1 || marker === 0xed || marker === 0xfe;
    if (!metadata) kept.push(bytes.subarray(at, end));
    at = end;
  }
  return undefined;
}

function startsWith(bytes: Uint8Array, at: number, values: number[]): boolean {
  return values.every((value, i) => bytes[at + i] === value);
}

function tag(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

/** Major and compatible brands of an ISO media file's ftyp box. */
function brands(bytes: Uint8Array): string[] {
  const size = Math.min(view(bytes).getUint32(0), bytes.length, 256);
  const list = [tag(bytes, 8)];
  for (let at = 16; at + 4 <= size; at += 4) list.push(tag(bytes, at));
  return list;
}

/** True when the picture (of an animation: the first frame) is in a VP8L chunk. */
function webpIsLossless(bytes: Uint8Array): boolean {
  const data = view(bytes);
  for (let at = 12; at + 8 <= bytes.length; ) {
    const name = tag(bytes, at);
    if (name === 'VP8L') return true;
    if (name === 'VP8 ') return false;
    const size = data.getUint32(at + 4, true);
    // An animation frame holds its chunks after 16 bytes of position and time.
    at += name === 'ANMF' ? 8 + 16 : 8 + size + (size % 2);
  }
  return false;
}

/** Tag 259 of the first directory; 1 (none) when it is not found. */
function tiffCompression(bytes: Uint8Array): number {
  const data = view(bytes);
  const little = bytes[0] === 0x49;
  if (bytes.length < 8) return 1;
  const start = data.getUint32(4, little);
  if (start + 2 > bytes.length) return 1;
  const entries = data.getUint16(start, little);
  for (let i = 0; i < entries; i++) {
    const at = start + 2 + 12 * i;
    if (at + 12 > bytes.length) return 1;
    if (data.getUint16(at, little) === 259) return data.getUint16(at + 8, little);
  }
  return 1;
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
