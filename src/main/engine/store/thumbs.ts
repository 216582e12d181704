import { rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { isDiskTrouble, storeError } from './errors.ts';

/** Thumbnails as rows of a small database of their own: millions of tiny files would be slower and cannot be dropped at once. */
export interface Thumbs {
  /** True when the cache was damaged and begun anew: nothing is lost but time. */
  readonly renewed: boolean;
  get(hash: string, width: number): Uint8Array | undefined;
  /** False when the disk has no room for it: a thumbnail is made again then. */
  put(hash: string, width: number, bytes: Uint8Array): boolean;
  close(): void;
}

/** A cache: safe to delete, so it is not synced to disk. */
export function openThumbs(dir: string): Thumbs {
  const file = join(dir, 'thumbs.db');
  let renewed = false;
  let db: Database.Database;
  try {
    db = openCache(file);
  } catch (error) {
    if ((storeError(error, file) as { code?: string }).code !== 'workspaceCorrupt') throw error;
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
    db = openCache(file);
    renewed = true;
  }
  const get = db.prepare('SELECT bytes FROM thumb WHERE hash = ? AND width = ?').pluck();
  const put = db.prepare('INSERT OR REPLACE INTO thumb VALUES (?, ?, ?)');
  return {
    renewed,
    get: (hash, width) => get.get(hash, width) as Buffer | undefined,
    put(hash, width, bytes) {
      try {
        put.run(hash, width, bytes);
        return true;
      } catch (error) {
        if (isDiskTrouble(error)) return false;
        throw storeError(error, file);
      }
    },
    close: () => db.close(),
  };
}

function openCache(file: string): Database.Database {
  const db = new Database(file);
  try {
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = OFF');
    db.exec(
      'CREATE TABLE IF NOT EXISTS thumb (hash TEXT, width INTEGER, bytes BLOB NOT NULL, PRIMARY KEY (hash, width)) STRICT, WITHOUT ROWID',
    );
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
