import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Item, NativeImage } from 'electron';
import type { NamedPicture } from '../../shared/host.ts';
import { AppError } from '../../shared/model/errors.ts';
import type { EngineLink } from './engineLink.ts';

/** Stored pictures as files with a name that a person can read, for the desktop outside the app. */
export interface PictureFiles {
  /** The name with the ending of the stored file. Rejects with the engine's AppError when there is no such picture. */
  suggestedName(hash: string, name: string): Promise<string>;
  saveAs(hash: string, path: string): Promise<void>;
  /** Makes a copy with a good name and hands it to `start`. */
  startDrag(picture: NamedPicture, start: (item: Item) => void): Promise<void>;
  /** Removes the copies that were made for drags. */
  close(): void;
}

/** Longest file name without its ending: room for an ending on every file system. */
const LONGEST = 80;
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

/** A name that is one plain file name on every system, whatever was asked: no folders, no control characters, not empty. */
export function plainName(asked: string): string {
  const plain = asked
    .normalize('NFC')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must go
    .replace(/[\u0000-\u001f\u007f<>:"/\\|?*\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[. ]+|[. ]+$/g, '');
  // Whole characters, so that none is cut in half.
  const short = [...plain].slice(0, LONGEST).join('').trim();
  return short === '' || RESERVED.test(short) ? 'picture' : short;
}

/** The files of one app. `icon` makes the picture under the pointer; it must not be empty. */
export function createPictureFiles(blob: EngineLink['blob'], tempDir: string, icon: (path: string) => NativeImage): PictureFiles {
  let folder: string | undefined;
  let drags = 0;

  async function fileOf(hash: string): Promise<string> {
    const found = await blob(hash, undefined);
    if (!('path' in found)) throw new AppError('internal', `The picture ${hash} has no file.`);
    return found.path;
  }

  return {
    async suggestedName(hash, name) {
      return plainName(name) + extname(await fileOf(hash));
    },
    async saveAs(hash, path) {
      await copyFile(await fileOf(hash), path);
    },
    async startDrag({ hash, name }, start) {
      const stored = await fileOf(hash);
      folder ??= mkdtempSync(join(tempDir, 'nhr-studio-drag-'));
      drags += 1;
      // A folder for each: two pictures of one name must not become one file.
      const place = join(folder, String(drags));
      mkdirSync(place);
      const file = join(place, plainName(name) + extname(stored));
      await copyFile(stored, file);
      start({ file, icon: icon(file) });
    },
    close() {
      if (folder) rmSync(folder, { recursive: true, force: true });
    },
  };
}
