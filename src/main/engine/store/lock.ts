import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { AppError } from '../../../shared/model/errors.ts';

/**
 * One engine a workspace. The lock is an open exclusive transaction on a file of its own: the operating system drops it with
 * the process, kill -9 included, so it is never stale. Who holds it is written beside it for the other one's message.
 */
export function lockWorkspace(dir: string, owner: string): () => void {
  const holderFile = join(dir, 'lock.holder');
  const db = new Database(join(dir, 'lock.db'), { timeout: 0 });
  try {
    db.pragma('journal_mode = DELETE');
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (!String((error as { code?: string }).code).startsWith('SQLITE_BUSY')) throw error;
    throw new AppError('workspaceLocked', `Another engine has this workspace open: ${holderOf(holderFile)}.`, {
      file: dir,
      hint: 'Close it, or use another workspace.',
    });
  }
  writeFileSync(holderFile, owner);
  return () => {
    db.exec('ROLLBACK');
    db.close();
  };
}

function holderOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim() || 'unknown';
  } catch {
    return 'unknown';
  }
}
