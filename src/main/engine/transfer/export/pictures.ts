import { createHash } from 'node:crypto';
import { constants, existsSync, rmSync, writeFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { AppError } from '../../../../shared/model/errors.ts';
import type { ExportOptions, PictureFormat } from '../../../../shared/model/export.ts';
import { cannotLink } from '../files.ts';
import { type Link, linkFiles } from '../links.ts';
import { linkInThread } from '../threadWork.ts';
import type { ExportDeps, StoredPicture } from './deps.ts';

/** A picture as an export writes it. */
export interface WrittenPicture {
  bytes: number;
  sha256: string;
}

/** How pictures came into an export. A link or a clone shares the bytes on disk; an encoded picture is not the stored bytes any more. */
export interface PictureCounts {
  linked: number;
  cloned: number;
  copied: number;
  embedded: number;
  encoded: number;
}

export function noCounts(): PictureCounts {
  return { linked: 0, cloned: 0, copied: 0, embedded: 0, encoded: 0 };
}

/** A stored picture, and what it is in a sample where its encoding depends on that. */
type Picture = StoredPicture & { role?: string };

/** A picture that is to be at a path. */
export interface Placing {
  picture: Picture;
  to: string;
}

/** The pictures of an export: their names, and their bytes at their place or for a container. */
export interface Pictures {
  /** jpg, png, webp, ...: by the bytes that will be written. */
  extensionOf(picture: Picture): string;
  /**
   * Puts pictures at new paths, over leftovers of a stopped export; many at once are linked by a thread unless that is to be done `here`.
   * Gives them in their order.
   */
  place(pictures: readonly Placing[], where?: 'thread' | 'here'): Promise<WrittenPicture[]>;
  /** Its bytes for a container: the stored file, or the encoded bytes. */
  content(picture: Picture): Promise<WrittenPicture & { content: Uint8Array | { file: string; bytes: number } }>;
  /** Counts since the last call. */
  takeCounts(): PictureCounts;
}

const EXTENSIONS: Record<string, string> = { jpeg: 'jpg', png: 'png', webp: 'webp', avif: 'avif', heif: 'avif', tiff: 'tif', gif: 'gif' };
/** Encoded pictures kept for the next sample: an original is used by several. */
const KEPT_BYTES = 32 * 1024 * 1024;
/** Fewer links than this are made at once: a call to the system takes microseconds, a trip to the thread far more. */
const LINKS_FOR_THREAD = 16;

/**
 * `needs` narrows what a format can take: the encoding by role where it must be one (null = any of `takes`). A picture that is not
 * taken as it is stored becomes PNG, which keeps its pixels, and is counted.
 */
export function createPictures(
  deps: Pick<ExportDeps, 'pictureFile' | 'encode'>,
  options: ExportOptions['pictures'],
  needs: { takes?: readonly string[]; oneFormat?: ReadonlyMap<string, ReadonlySet<string>> },
  signal: AbortSignal,
): Pictures {
  let counts: PictureCounts = noCounts();
  let canLink = true;
  let canClone = true;
  const cache = new Map<string, { bytes: Uint8Array; sha256: string }>();
  let cacheBytes = 0;

  /** The encoding a picture must be brought to; undefined when its bytes stay. */
  function target(picture: Picture): Exclude<PictureFormat, 'keep'> | undefined {
    const { format } = options;
    if (format === 'keep') {
      const mixed = (needs.oneFormat?.get(picture.role ?? '')?.size ?? 1) > 1;
      const taken = needs.takes === undefined || needs.takes.includes(picture.format);
      return (mixed || !taken) && picture.format !== 'png' ? 'png' : undefined;
    }
    if (format === 'webpLossless') return picture.format === 'webp' && !picture.lossy ? undefined : format;
    // What is in the lossy format already would only get worse.
    return picture.format === format ? undefined : format;
  }

  async function encoded(picture: Picture, format: Exclude<PictureFormat, 'keep'>): Promise<{ bytes: Uint8Array; sha256: string }> {
    const key = `${picture.hash}.${format}`;
    let found = cache.get(key);
    if (found === undefined) {
      signal.throwIfAborted();
      const file = deps.pictureFile(picture);
      if (!existsSync(file)) throw missing(file);
      const bytes = await deps.encode(file, format, options.quality);
      found = { bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
      cacheBytes += bytes.length;
    }
    cache.delete(key);
    cache.set(key, found);
    for (const [oldest, { bytes }] of cache) {
      if (cacheBytes <= KEPT_BYTES || oldest === key) break;
      cache.delete(oldest);
      cacheBytes -= bytes.length;
    }
    counts.encoded += 1;
    return found;
  }

  /** Links what can be linked, and copies the rest. */
  async function linkOrCopy(links: readonly Link[], where: 'thread' | 'here'): Promise<void> {
    for (let from = 0; from < links.length; ) {
      if (canLink) {
        const rest = links.slice(from);
        const { made, code } = where === 'here' || rest.length < LINKS_FOR_THREAD ? linkFiles(rest) : await linkInThread(rest);
        counts.linked += made;
        from += made;
        if (code === undefined) return;
        const error = Object.assign(new Error(`${links[from]!.to} cannot be linked (${code}).`), { code });
        if (code === 'ENOENT') throw missing(links[from]!.from);
        if (!cannotLink(error)) throw error;
        // A full link count is this file's own; anything else holds for the whole disk.
        if (code !== 'EMLINK') canLink = false;
      }
      await copy(links[from++]!);
    }
  }

  async function copy({ from, to }: Link): Promise<void> {
    rmSync(to, { force: true });
    if (canClone) {
      const cloned = await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE).then(
        () => true,
        () => false,
      );
      if (cloned) {
        counts.cloned += 1;
        return;
      }
      canClone = false;
      rmSync(to, { force: true });
    }
    await copyFile(from, to, constants.COPYFILE_EXCL).catch((error) => {
      throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? missing(from) : error;
    });
    counts.copied += 1;
  }

  return {
    extensionOf(picture) {
      const format = target(picture) ?? picture.format;
      return format === 'webpLossless' ? 'webp' : (EXTENSIONS[format] ?? format);
    },
    async place(pictures, where = 'thread') {
      const links: Link[] = [];
      const written: WrittenPicture[] = [];
      for (const { picture, to } of pictures) {
        const format = target(picture);
        if (format === undefined) {
          links.push({ from: deps.pictureFile(picture), to });
          written.push({ bytes: picture.bytes, sha256: picture.hash });
          continue;
        }
        const { bytes, sha256 } = await encoded(picture, format);
        rmSync(to, { force: true });
        writeFileSync(to, bytes, { flag: 'wx' });
        written.push({ bytes: bytes.length, sha256 });
      }
      await linkOrCopy(links, where);
      return written;
    },
    async content(picture) {
      const format = target(picture);
      if (format === undefined) {
        counts.embedded += 1;
        return { content: { file: deps.pictureFile(picture), bytes: picture.bytes }, bytes: picture.bytes, sha256: picture.hash };
      }
      const { bytes, sha256 } = await encoded(picture, format);
      return { content: bytes, bytes: bytes.length, sha256 };
    },
    takeCounts() {
      const taken = counts;
      counts = noCounts();
      return taken;
    },
  };
}

function missing(file: string): AppError {
  return new AppError('workspaceCorrupt', 'A stored picture is missing.', { file });
}
