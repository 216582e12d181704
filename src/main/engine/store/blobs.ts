import { hash as digest, randomUUID } from 'node:crypto';
import { closeSync, existsSync, fdatasyncSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, writeSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../../../shared/model/errors.ts';
import type { Blobs } from '../ports.ts';
import { storeError } from './errors.ts';

const EXTENSIONS: Record<string, string> = { jpeg: 'jpg', png: 'png', webp: 'webp', avif: 'avif', heif: 'avif', tiff: 'tif', gif: 'gif' };
const HASH = /^[0-9a-f]{64}$/;

const sha256 = (bytes: Uint8Array) => digest('sha256', bytes);

/** The file of a picture in the folder `root`. */
const placeOf = (root: string, hash: string, format: string) => join(root, hash.slice(0, 2), `${hash}.${EXTENSIONS[format] ?? format}`);

/** Pictures by the SHA-256 of their bytes: blobs/<2 hex>/<sha256>.<ext>. `formatOf` tells the format of a known picture. */
export function createBlobs(dir: string, formatOf: (hash: string) => string | undefined): Blobs {
  const root = join(dir, 'blobs');
  const temporary = join(root, 'tmp');
  mkdirSync(temporary, { recursive: true });
  /** Folders that are there and known to the disk. */
  const made = new Set<string>();
  /** Files being written, so that equal bytes that come at once are written once. */
  const writing = new Map<string, Promise<void>>();

  function requireHash(hash: string): void {
    if (!HASH.test(hash)) throw new AppError('noSuchItem', `${hash.slice(0, 80)} is not the name of a picture.`);
  }
  function fileOf(hash: string): string {
    requireHash(hash);
    const format = formatOf(hash);
    const likely = format === undefined ? undefined : placeOf(root, hash, format);
    if (likely && existsSync(likely)) return likely;
    const found = Object.keys(EXTENSIONS)
      .map((known) => placeOf(root, hash, known))
      .find(existsSync);
    if (!found) throw new AppError('noSuchItem', `Picture ${hash} is not in the workspace.`, { file: likely ?? root });
    return found;
  }

  async function store(bytes: Uint8Array, hash: string, file: string): Promise<void> {
    const folder = dirname(file);
    if (!made.has(folder)) {
      await mkdir(folder, { recursive: true });
      await syncFolder(root);
      made.add(folder);
    }
    const temp = join(temporary, `${hash}-${randomUUID().slice(0, 8)}`);
    try {
      await writeDurably(temp, bytes);
      await rename(temp, file);
    } catch (error) {
      await rm(temp, { force: true });
      throw error;
    }
    // Without this the name, and with it the picture, may be gone after a power cut although the row that uses it is there.
    await syncFolder(folder);
  }

  return {
    async put(bytes, format) {
      const hash = sha256(bytes);
      const file = placeOf(root, hash, format);
      try {
        const underWay = writing.get(file);
        if (underWay) await underWay;
        else if (!existsSync(file)) {
          const work = store(bytes, hash, file);
          writing.set(file, work);
          await work.finally(() => writing.delete(file));
        }
        return hash;
      } catch (error) {
        throw storeError(error, file);
      }
    },
    async read(hash) {
      const file = fileOf(hash);
      try {
        return await readFile(file);
      } catch (error) {
        throw storeError(error, file);
      }
    },
    fileOf,
    placeOf({ hash, format }) {
      requireHash(hash);
      return placeOf(root, hash, format);
    },
  };
}

/**
 * Keeps pictures like `put`, but without an event loop between the steps: for threads that do nothing else. Several threads and
 * processes may keep the same picture at once; it ends as one file. Throws what `put` rejects with.
 */
export function createBlobKeeper(dir: string): (bytes: Uint8Array, format: string) => string {
  const root = join(dir, 'blobs');
  const temporary = join(root, 'tmp');
  mkdirSync(temporary, { recursive: true });
  /** Folders that are there, open for their sync. At most 256. */
  const folders = new Map<string, number>();

  function syncName(folder: string): void {
    if (process.platform === 'win32') {
      mkdirSync(folder, { recursive: true });
      return;
    }
    let opened = folders.get(folder);
    if (opened === undefined) {
      mkdirSync(folder, { recursive: true });
      const parent = openSync(root, 'r');
      fsyncSync(parent);
      closeSync(parent);
      opened = openSync(folder, 'r');
      folders.set(folder, opened);
    }
    fsyncSync(opened);
  }

  return (bytes, format) => {
    const hash = sha256(bytes);
    const file = placeOf(root, hash, format);
    const folder = dirname(file);
    try {
      if (!existsSync(file)) {
        if (!folders.has(folder)) syncName(folder);
        const temp = join(temporary, `${hash}-${randomUUID().slice(0, 8)}`);
        try {
          writeAndSync(temp, bytes);
          renameSync(temp, file);
        } catch (error) {
          rmSync(temp, { force: true });
          throw error;
        }
      }
      // Also of a file that was there: another thread may have made it and not have come to its sync yet.
      syncName(folder);
      return hash;
    } catch (error) {
      throw storeError(error, file);
    }
  };
}

function writeAndSync(file: string, bytes: Uint8Array): void {
  // Read-only, as in writeDurably.
  const opened = openSync(file, 'wx', 0o444);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(opened, bytes, at, bytes.length - at, at);
    fdatasyncSync(opened);
  } finally {
    closeSync(opened);
  }
}

async function writeDurably(file: string, bytes: Uint8Array): Promise<void> {
  // Read-only: exports hard-link to these files, and an edit of an exported picture must not reach the workspace.
  const handle = await open(file, 'wx', 0o444);
  try {
    await handle.writeFile(bytes);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

/** Makes the names in a folder durable. Windows has no such call and does it by itself. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Removes half-written pictures of an earlier life; gives how many there were. */
export function sweepTemporaryBlobs(dir: string): number {
  const temporary = join(dir, 'blobs', 'tmp');
  if (!existsSync(temporary)) return 0;
  const left = readdirSync(temporary);
  for (const name of left) rmSync(join(temporary, name), { force: true });
  return left.length;
}
