/**
 * The Content-Security-Policy of the page, the same in both hosts: only its own code runs, pictures come from the blob
 * store, nothing is sent elsewhere. Inline styles stay allowed because Mantine writes its theme as a style element.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' nhr-blob: data: blob:",
  "font-src 'self' data:",
  "connect-src 'self' nhr-blob:",
  "worker-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join('; ');

/** Headers that every answer to the page carries. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** A picture never changes under its hash, so whoever has it may keep it for ever. */
export const BLOB_CACHE_CONTROL = 'private, max-age=31536000, immutable';

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json',
  map: 'application/json',
  svg: 'image/svg+xml',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  avif: 'image/avif',
  ico: 'image/x-icon',
  woff2: 'font/woff2',
  wasm: 'application/wasm',
};

/** The media type that a file name's ending stands for; bytes without meaning for any other. */
export function mediaTypeOf(path: string): string {
  return TYPES[path.slice(path.lastIndexOf('.') + 1).toLowerCase()] ?? 'application/octet-stream';
}

/** A SHA-256 in lower-case hex: the only name under which a blob may be asked for. */
export const BLOB_NAME = /^[0-9a-f]{64}$/;

/** The thumbnail width in a blob address: undefined when none is asked for, null when it is not an integer from 16 to 2048. */
export function thumbnailWidth(search: URLSearchParams): number | undefined | null {
  const text = search.get('w');
  if (text === null) return undefined;
  const width = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  return width >= 16 && width <= 2048 ? width : null;
}

/**
 * The relative file path that a request path stands for, `/` being index.html; undefined when it could leave the folder or is
 * written in a way that systems read differently (`..`, backslash, drive letter, NUL, bad escapes, empty or hidden segments).
 */
export function pagePath(pathname: string): string | undefined {
  let path: string;
  try {
    path = decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
  if (path === '/') return 'index.html';
  if (!path.startsWith('/')) return undefined;
  const segments = path.slice(1).split('/');
  const plain = segments.every((segment) => segment !== '' && !segment.startsWith('.') && !/[\\:\0]/.test(segment));
  return plain ? segments.join('/') : undefined;
}
