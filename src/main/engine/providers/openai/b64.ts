import { randomUUID } from 'node:crypto';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
/** Strings of at least so many bytes are cut out. */
const LONG_BYTES = 4096;
/** Stands for a cut string in the parsed value; chosen anew in every process, so that no reply can hold it. */
const MARK = `cut:${randomUUID()}:`;
/** Characters that are decoded at once: short strings stay out of the slow path for large ones. A multiple of 4. */
const DECODED_AT_ONCE = 24 * 1024;

export interface LongJson {
  value: unknown;
  /** The string that a string of `value` stands for. */
  text(part: string): string;
  /** Its characters as they came, if it was cut out. */
  cut(part: string): Buffer | undefined;
}

/**
 * JSON with very long strings in it, as picture replies are. Strings without escapes (base64 has none) are cut out by a search
 * for quotes and only the short rest is parsed; megabytes are neither scanned for escapes nor copied twice. Throws SyntaxError.
 */
export function parseLongJson(body: Uint8Array): LongJson {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const cuts: Buffer[] = [];
  let rest = '';
  let copied = 0;
  for (let open = bytes.indexOf(QUOTE); open >= 0; ) {
    const close = closingQuote(bytes, open + 1);
    if (close < 0) break;
    const inner = bytes.subarray(open + 1, close);
    if (inner.length >= LONG_BYTES && !inner.includes(BACKSLASH) && !isKey(bytes, close + 1)) {
      rest += `${bytes.toString('utf8', copied, open + 1)}${MARK}${cuts.length}`;
      cuts.push(inner);
      copied = close;
    }
    open = bytes.indexOf(QUOTE, close + 1);
  }
  rest += bytes.toString('utf8', copied);
  const cut = (part: string) => (part.startsWith(MARK) ? cuts[Number(part.slice(MARK.length))] : undefined);
  return { value: JSON.parse(rest), cut, text: (part) => cut(part)?.toString('utf8') ?? part };
}

/** JSON that was read elsewhere, with nothing cut out of it. */
export function asLongJson(value: unknown): LongJson {
  return { value, text: (part) => part, cut: () => undefined };
}

/** Stands in a value for the data URI of a picture, by its index, until writeLongJson puts it there. */
export function pictureUri(index: number): string {
  return `${MARK}${index};`;
}

/** The value as JSON, with the pictures put in as bytes (the parts of one text): stringifying megabytes of base64 costs five times as much as sending it. */
export function writeLongJson(value: object, pictures: { mime: string; base64: string }[]): Uint8Array[] {
  const [first, ...others] = JSON.stringify(value).split(MARK);
  const parts = [Buffer.from(first!)];
  for (const piece of others) {
    const end = piece.indexOf(';');
    const { mime, base64 } = pictures[Number(piece.slice(0, end))]!;
    parts.push(Buffer.from(`data:${mime};base64,`), Buffer.from(base64, 'latin1'), Buffer.from(piece.slice(end + 1)));
  }
  return parts;
}

/** Bytes of base64 that came as ASCII bytes, with or without the head of a data URI. */
export function decodeBase64(ascii: Buffer): Buffer {
  const from = ascii.toString('latin1', 0, 5) === 'data:' ? ascii.indexOf(',') + 1 : 0;
  const bytes = Buffer.allocUnsafe(Math.floor(((ascii.length - from) * 3) / 4));
  let written = 0;
  for (let at = from; at < ascii.length; at += DECODED_AT_ONCE) {
    const end = Math.min(at + DECODED_AT_ONCE, ascii.length);
    const expected = Math.floor(((end - at) * 3) / 4);
    const got = bytes.write(ascii.toString('latin1', at, end), written, 'base64');
    // Line breaks move the groups of four off the pieces' edges: then all at once.
    if (got !== expected && end < ascii.length) return Buffer.from(ascii.toString('latin1', from), 'base64');
    written += got;
  }
  return bytes.subarray(0, written);
}

/** Where a string ends: the next quote with an even number of backslashes before it. */
function closingQuote(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(QUOTE, from); at >= 0; at = bytes.indexOf(QUOTE, at + 1)) {
    let before = at;
    while (before > from && bytes[before - 1] === BACKSLASH) before--;
    if ((at - before) % 2 === 0) return at;
  }
  return -1;
}

function isKey(bytes: Buffer, after: number): boolean {
  let at = after;
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) at++;
  return bytes[at] === COLON;
}
