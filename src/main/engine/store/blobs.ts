import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../shared/model/errors.ts';
import type { Blobs } from '../ports.ts';
import { storeError } from './errors.ts';

const EXTENSIONS: Record<string, string> = { jpeg: 'jpg', png: 'png', webp: 'webp', avif: 'avif', heif: 'avif', tiff: 'tif', gif: 'gif' };
const HASH = /^[0-9a-f]{64}$/;

/** Pictures by the SHA-256 of their bytes: blobs/<2 hex>/<sha256>.<ext>. `formatOf` tells the format of a known picture. */
export function createBlobs(dir: string, formatOf: (hash: string) => string | undefined): Blobs {
  const root = join(dir, 'blobs');
  const temporary = join(root, 'tmp');
  mkdirSync(temporary, { recursive: true });
  const made = new Set<string>();

  const place = (hash: string, extension: string) => join(root, hash.slice(0, 2), `${hash}.${extension}`);

  function fileOf(hash: string): string {
    if (!HASH.test(hash)) throw new AppError('noSuchItem', `${hash.slice(0, 80)} is not the name of a picture.`);
    const format = formatOf(hash);
    const likely = format === undefined ? undefined : place(hash, EXTENSIONS[format] ?? format);
    if (likely && existsSync(likely)) return likely;
    const found = [...new Set(Object.values(EXTENSIONS))].map((extension) => place(hash, extension)).find(existsSync);
    if (!found) throw new AppError('noSuchItem', `Picture ${hash} is not in the workspace.`, { file: likely ?? root });
    return found;
  }

  return {
    async put(bytes, format) {
      const hash = createHash('sha256').update(bytes).digest('hex');
      const folder = join(root, hash.slice(0, 2));
      const file = place(hash, EXTENSIONS[format] ?? format);
      try {
        if (!made.has(folder)) {
          await mkdir(folder, { recursive: true });
          made.add(folder);
        }
        if (existsSync(file)) return hash;
        const temp = join(temporary, `${hash}-${randomUUID().slice(0, 8)}`);
        const handle = await open(temp, 'wx');
        try {
          await handle.writeFile(bytes);
          await handle.datasync();
        } catch (error) {
          await rm(temp, { force: true });
          throw error;
        } finally {
          await handle.close();
        }
        await rename(temp, file);
        return hash;
      } catch (error) {
        throw storeError(error, file);
      }
    },
    read: (hash) => readFile(fileOf(hash)),
    fileOf,
  };
}

/** Removes half-written pictures of an earlier life; gives how many there were. */
export function sweepTemporaryBlobs(dir: string): number {
  const temporary = join(dir, 'blobs', 'tmp');
  if (!existsSync(temporary)) return 0;
  const left = readdirSync(temporary);
  for (const name of left) rmSync(join(temporary, name), { force: true });
  return left.length;
}
