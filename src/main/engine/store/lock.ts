import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { z } from 'zod';
import { AppError } from '../../../shared/model/errors.ts';

const Holder = z.object({ pid: z.number().int(), owner: z.string() });

/**
 * One engine a workspace. The lock is an open exclusive transaction on a file of its own: the operating system drops it with
 * the process, kill -9 included, so it is never stale. Who holds it is written beside it for the other one's message.
 * Gives the function that lets go. Throws AppError workspaceLocked; driver and file errors as they come.
 */
export function lockWorkspace(dir: string, owner: string): () => void {
  const holderFile = join(dir, 'lock.holder');
  const db = new Database(join(dir, 'lock.db'), { timeout: 0 });
  try {
    db.exec('BEGIN EXCLUSIVE');
    writeFileSync(holderFile, JSON.stringify({ pid: process.pid, owner }));
  } catch (error) {
    db.close();
    if (!String((error as { code?: string }).code).startsWith('SQLITE_BUSY')) throw error;
    throw new AppError('workspaceLocked', `Another engine has this workspace open: ${holderOf(holderFile)}.`, {
      file: dir,
      hint: 'Close it, or use another workspace.',
    });
  }
  return () => db.close();
}

function holderOf(file: string): string {
  try {
    const { pid, owner } = Holder.parse(JSON.parse(readFileSync(file, 'utf8')));
    return `process ${pid} (${owner})`;
  } catch {
    return 'it has not written its name yet';
  }
}
