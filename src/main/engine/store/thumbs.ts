import { join } from 'node:path';
import Database from 'better-sqlite3';

/** Thumbnails as rows of a small database of their own: millions of tiny files would be slower and cannot be dropped at once. */
export interface Thumbs {
  get(hash: string, width: number): Uint8Array | undefined;
  put(hash: string, width: number, bytes: Uint8Array): void;
  close(): void;
}

/** A cache: safe to delete, so it is not synced to disk, and a write that fails is only a slower next look. */
export function openThumbs(dir: string): Thumbs {
  const db = new Database(join(dir, 'thumbs.db'));
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = OFF');
  db.exec(
    'CREATE TABLE IF NOT EXISTS thumb (hash TEXT, width INTEGER, bytes BLOB NOT NULL, PRIMARY KEY (hash, width)) STRICT, WITHOUT ROWID',
  );
  const get = db.prepare('SELECT bytes FROM thumb WHERE hash = ? AND width = ?').pluck();
  const put = db.prepare('INSERT OR REPLACE INTO thumb VALUES (?, ?, ?)');
  return {
    get: (hash, width) => get.get(hash, width) as Buffer | undefined,
    put: (hash, width, bytes) => void put.run(hash, width, bytes),
    close: () => db.close(),
  };
}
