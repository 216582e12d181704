import { sniffFormat } from './formats.ts';

/** Width and height from the header of a PNG, JPEG or WebP file, nothing decoded; undefined for other formats and broken headers. */
export function headerSize(bytes: Uint8Array): { width: number; height: number } | undefined {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    switch (sniffFormat(bytes)) {
      case 'png':
        return { width: data.getUint32(16), height: data.getUint32(20) };
      case 'jpeg':
        return jpegSize(data);
      case 'webp':
        return webpSize(data);
      default:
        return undefined;
    }
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Start-of-frame segment (ITU-T T.81, B.2.2): markers C0 to CF but for C4, C8 and CC. */
function jpegSize(data: DataView): { width: number; height: number } | undefined {
  for (let at = 2; ; ) {
    if (data.getUint8(at) !== 0xff) return undefined;
    const marker = data.getUint8(at + 1);
    if (marker === 0xff) at += 1;
    else if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc)
      return { width: data.getUint16(at + 7), height: data.getUint16(at + 5) };
    else at += 2 + data.getUint16(at + 2);
  }
}

/** First chunk (RFC 9649): extended header, lossless or lossy bitstream. */
function webpSize(data: DataView): { width: number; height: number } | undefined {
  const chunk = String.fromCharCode(...[12, 13, 14, 15].map((at) => data.getUint8(at)));
  if (chunk === 'VP8X') {
    const side = (at: number) => 1 + (data.getUint8(at) | (data.getUint8(at + 1) << 8) | (data.getUint8(at + 2) << 16));
    return { width: side(24), height: side(27) };
  }
  if (chunk === 'VP8L') {
    const bits = data.getUint32(21, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (chunk === 'VP8 ') return { width: data.getUint16(26, true) & 0x3fff, height: data.getUint16(28, true) & 0x3fff };
  return undefined;
}
