import { AppError } from '../../../shared/model/errors.ts';

/** The kinds of trouble a database or a disk makes, each with a sentence of its own: they need different answers. */
export function storeError(error: unknown, where: string): unknown {
  if (error instanceof AppError) return error;
  const code = String((error as { code?: unknown } | null)?.code ?? '');
  const says = error instanceof Error ? error.message : String(error);
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT' || code === 'SQLITE_IOERR_WRITE')
    return new AppError('diskFull', `The disk of the workspace is full: ${where}.`, {
      file: where,
      hint: 'Make room, then resume. Nothing that was stored is lost.',
    });
  if (code.startsWith('SQLITE_READONLY') || ['EROFS', 'EACCES', 'EPERM', 'SQLITE_CANTOPEN'].includes(code))
    return new AppError('workspaceReadOnly', `The workspace cannot be written to: ${where}.`, {
      file: where,
      hint: 'Choose another folder, or give this one write permission.',
    });
  if (code === 'SQLITE_CORRUPT' || code === 'SQLITE_NOTADB')
    return new AppError('workspaceCorrupt', `The database of the workspace is damaged: ${where} (${says}).`, {
      file: where,
      hint: 'Keep the folder as it is and put back a copy: backups made before an update lie beside it as nhr.db.bak-*.',
    });
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
