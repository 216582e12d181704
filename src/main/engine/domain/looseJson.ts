/** Depth at which nesting is given up, and openings tried in one text: bounds for replies that are not JSON at all. */
const MAX_DEPTH = 32;
const MAX_TRIES = 100;

/**
 * Every JSON object or array in a text, outermost first and in order, read as models write it: with prose or code fences
 * around, single or typographic quotes, trailing commas, bare keys, line breaks in strings, Python's True, False, None.
 * Objects have no prototype, so no key can reach one. Never throws; gives [] where there is none.
 */
export function looseJsonValues(text: string): unknown[] {
  const values: unknown[] = [];
  let at = 0;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const offset = text.slice(at).search(/[{[]/);
    if (offset < 0) break;
    const read = readValue(text, at + offset, 0);
    if (read) values.push(read.value);
    at = read ? read.end : at + offset + 1;
  }
  return values;
}

/** A value and the place after it; undefined where the text is no value. */
type Read<T> = { value: T; end: number } | undefined;

const CLOSING_QUOTE: Record<string, string> = { '"': '"', "'": "'", '“': '”', '‘': '’' };
const WORDS: Record<string, unknown> = { true: true, false: false, null: null, True: true, False: false, None: null };

function skipSpace(text: string, at: number): number {
  while (at < text.length && /\s/.test(text[at]!)) at++;
  return at;
}

function readValue(text: string, start: number, depth: number): Read<unknown> {
  const at = skipSpace(text, start);
  const char = text[at];
  if (char === undefined || depth > MAX_DEPTH) return undefined;
  if (char === '{') return readObject(text, at, depth);
  if (char === '[') return readArray(text, at, depth);
  if (char in CLOSING_QUOTE) return readString(text, at);
  const word = /[^\s,:{}[\]"']+/y;
  word.lastIndex = at;
  const found = word.exec(text)?.[0];
  if (found === undefined) return undefined;
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(found)) return { value: Number(found), end: word.lastIndex };
  return Object.hasOwn(WORDS, found) ? { value: WORDS[found], end: word.lastIndex } : undefined;
}

function readObject(text: string, start: number, depth: number): Read<unknown> {
  const value: Record<string, unknown> = Object.create(null);
  let at = skipSpace(text, start + 1);
  while (text[at] !== '}') {
    const key = readKey(text, at);
    if (!key) return undefined;
    at = skipSpace(text, key.end);
    if (text[at] !== ':') return undefined;
    const item = readValue(text, at + 1, depth + 1);
    if (!item) return undefined;
    value[key.value] = item.value;
    const next = afterItem(text, item.end, '}');
    if (next === undefined) return undefined;
    at = next;
  }
  return { value, end: at + 1 };
}

function readArray(text: string, start: number, depth: number): Read<unknown> {
  const value: unknown[] = [];
  let at = skipSpace(text, start + 1);
  while (text[at] !== ']') {
    const item = readValue(text, at, depth + 1);
    if (!item) return undefined;
    value.push(item.value);
    const next = afterItem(text, item.end, ']');
    if (next === undefined) return undefined;
    at = next;
  }
  return { value, end: at + 1 };
}

/** Where the next item or the closing sign stands; a comma before the closing sign is let through. */
function afterItem(text: string, end: number, closing: string): number | undefined {
  const at = skipSpace(text, end);
  if (text[at] === ',') return skipSpace(text, at + 1);
  return text[at] === closing ? at : undefined;
}

function readKey(text: string, at: number): Read<string> {
  if (text[at] !== undefined && text[at]! in CLOSING_QUOTE) return readString(text, at);
  const bare = /[\p{L}_$][\p{L}\p{N}_$]*/uy;
  bare.lastIndex = at;
  const found = bare.exec(text)?.[0];
  return found === undefined ? undefined : { value: found, end: bare.lastIndex };
}

const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };

function readString(text: string, start: number): Read<string> {
  const quote = text[start]!;
  const closing = CLOSING_QUOTE[quote]!;
  let value = '';
  for (let at = start + 1; at < text.length; at++) {
    const char = text[at]!;
    if (char === '\\') {
      const escaped = text[++at] ?? '';
      const unicode = escaped === 'u' ? /^[0-9a-f]{4}/i.exec(text.slice(at + 1, at + 5))?.[0] : undefined;
      value += unicode ? String.fromCharCode(Number.parseInt(unicode, 16)) : (ESCAPES[escaped] ?? escaped);
      if (unicode) at += 4;
    } else if (char === closing && !isApostrophe(text, at, closing)) return { value, end: at + 1 };
    else value += char;
  }
  return undefined;
}

/** In a single-quoted string, a quote between two letters belongs to the word (don't), not to the JSON. */
function isApostrophe(text: string, at: number, closing: string): boolean {
  return closing !== '"' && closing !== '”' && /\p{L}/u.test(text[at - 1] ?? '') && /\p{L}/u.test(text[at + 1] ?? '');
}
