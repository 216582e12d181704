import { AppError } from '../../../shared/model/errors.ts';

/** Codes of a disk that takes no more, whether full or failing: what waits cannot be stored, what is stored stays. */
const FULL = new Set(['SQLITE_FULL', 'ENOSPC', 'EDQUOT']);
const BROKEN_DISK = /^SQLITE_IOERR/;

const codeOf = (error: unknown) => String((error as { code?: unknown } | null)?.code ?? '');

/** True when a write failed because of the disk and not because of what was written. */
export function isDiskTrouble(error: unknown): boolean {
  const code = codeOf(error);
  return FULL.has(code) || BROKEN_DISK.test(code) || code === 'EIO' || code === 'diskFull';
}

/**
 * The kinds of trouble a database or a disk makes, each with a sentence of its own: they need different answers. What is not
 * known comes back as it is.
 */
export function storeError(error: unknown, where: string): unknown {
  if (error instanceof AppError) return error;
  const code = codeOf(error);
  const says = error instanceof Error ? error.message : String(error);
  if (FULL.has(code))
    return new AppError('diskFull', `The disk of the workspace is full: ${where}.`, {
      file: where,
      hint: 'Make room, then resume. Nothing that was stored is lost.',
    });
  if (BROKEN_DISK.test(code) || code === 'EIO')
    return new AppError('diskFull', `The disk of the workspace refused a read or a write: ${where} (${code}: ${says}).`, {
      file: where,
      hint: 'It may be full, taken away or failing. Look after it, then resume. Nothing that was stored is lost.',
    });
  if (code.startsWith('SQLITE_READONLY') || ['EROFS', 'EACCES', 'EPERM', 'SQLITE_CANTOPEN', 'SQLITE_PERM'].includes(code))
    return new AppError('workspaceReadOnly', `The workspace cannot be written to: ${where}.`, {
      file: where,
      hint: 'Choose another folder, or give this one write permission.',
    });
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB')
    return new AppError('workspaceCorrupt', `The database of the workspace is damaged: ${where} (${says}).`, {
      file: where,
      hint: 'Keep the folder as it is and put back a copy: backups made before an update lie beside it as nhr.db.bak-*.',
    });
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED'))
    return new AppError('workspaceLocked', `Another program holds the database of the workspace: ${where}.`, {
      file: where,
      hint: 'Close the program that has nhr.db open, then try again.',
    });
  if (code.startsWith('SQLITE_CONSTRAINT'))
    return new AppError('conflict', `The workspace holds something that this change contradicts: ${says}.`, { file: where });
  return error;
}

/** Runs `work`; what it throws comes out as the workspace's own kinds of error. */
export function guarded<T>(where: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw storeError(error, where);
  }
}

/** The same functions, with what they throw turned into the workspace's own kinds of error. */
export function guardedAll<T extends object>(where: string, functions: T): T {
  const wrapped = Object.entries(functions).map(([name, fn]) => [name, typeof fn === 'function' ? guardedOne(where, fn) : fn]);
  return Object.fromEntries(wrapped) as T;
}

/** Without a closure a call: the engine goes through these thousands of times a second. */
function guardedOne(where: string, fn: (...args: unknown[]) => unknown) {
  return (...args: unknown[]) => {
    try {
      return fn(...args);
    } catch (error) {
      throw storeError(error, where);
    }
  };
}
