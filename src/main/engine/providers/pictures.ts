import { ProviderError } from '../../../shared/model/errors.ts';
import type { Usage } from '../../../shared/model/provider.ts';
import { sniffFormat } from '../pixels/formats.ts';

/** A stored picture ready to be sent. */
export interface SentPicture {
  bytes: Uint8Array;
  /** image/png, image/jpeg, ...: from the bytes. */
  mime: string;
  base64: string;
}

/** Source pictures are sent many times over (every try, every judge), so their base64 is kept, up to this many characters. */
const CACHE_CHARACTERS = 96 * 1024 * 1024;

/** Reads pictures for requests; the newest stay encoded in memory. */
export function createPictures(readBlob: (hash: string) => Promise<Uint8Array>) {
  const cache = new Map<string, Promise<SentPicture>>();
  let held = 0;

  async function load(hash: string): Promise<SentPicture> {
    const bytes = await readBlob(hash);
    const mime = `image/${sniffFormat(bytes) ?? 'png'}`;
    const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
    return { bytes, mime, base64 };
  }

  return {
    async read(hash: string): Promise<SentPicture> {
      const known = cache.get(hash);
      if (known) {
        // Moved to the end: the map's order is the order of use.
        cache.delete(hash);
        cache.set(hash, known);
        return await known;
      }
      const loading = load(hash);
      cache.set(hash, loading);
      try {
        const picture = await loading;
        held += picture.base64.length;
        for (const [old, promise] of cache) {
          if (held <= CACHE_CHARACTERS || old === hash) break;
          cache.delete(old);
          held -= (await promise).base64.length;
        }
        return picture;
      } catch (error) {
        cache.delete(hash);
        throw error;
      }
    },
  };
}
export type Pictures = ReturnType<typeof createPictures>;

/** The bytes of a reply, if they are a picture. Throws ProviderError badOutput that says what came instead, and what the reply used. */
export function requirePicture(bytes: Uint8Array, where: string, usage?: Usage): Uint8Array {
  if (bytes.length > 0 && sniffFormat(bytes)) return bytes;
  const head = new TextDecoder('utf-8', { fatal: false }).decode(bytes.subarray(0, 200)).trim();
  const what = bytes.length === 0 ? 'nothing' : /^\s*<(!doctype|html)/i.test(head) ? 'an HTML page' : 'bytes that are no picture';
  throw new ProviderError('badOutput', `${where} sent ${what} instead of a picture.`, { raw: head, usage });
}

/** Bytes of base64 text, with or without a data: head and line breaks. Throws ProviderError badOutput when it is neither. */
export function pictureFromBase64(text: string, where: string, usage?: Usage): Uint8Array {
  const comma = text.startsWith('data:') ? text.indexOf(',') + 1 : 0;
  return requirePicture(Buffer.from(comma > 0 ? text.slice(comma) : text, 'base64'), where, usage);
}
