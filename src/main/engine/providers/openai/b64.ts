import { randomUUID } from 'node:crypto';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
/** Strings of at least so many bytes are cut out. */
const LONG_BYTES = 4096;
/** Stands for a cut string in the parsed value; chosen anew in every process, so that no reply can hold it. */
const MARK = `cut:${randomUUID()}:`;

export interface LongJson {
  value: unknown;
  /** The string that a string of `value` stands for. */
  text(part: string): string;
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
  return {
    value: JSON.parse(rest),
    text: (part) => (part.startsWith(MARK) ? cuts[Number(part.slice(MARK.length))]!.toString('utf8') : part),
  };
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
