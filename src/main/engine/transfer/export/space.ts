import { link, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../../shared/model/errors.ts';
import { cannotLink, freeBytes, megabytes } from '../files.ts';
import type { ExportDeps } from './deps.ts';

/** Room kept free beside the export itself, and what a row's texts take at most on average, in all files together. */
const SPARE_BYTES = 16 * 1024 * 1024;
const ROW_BYTES = 4096;

/** Refuses before anything is written when there is no room for the texts of so many rows and these bytes of pictures. */
export async function requireSpace(
  deps: Pick<ExportDeps, 'freeBytes'>,
  folder: string,
  target: string,
  rows: number,
  pictureBytes: number,
): Promise<void> {
  const needed = SPARE_BYTES + rows * ROW_BYTES + pictureBytes;
  const free = await (deps.freeBytes ?? freeBytes)(folder);
  if (free < needed)
    throw new AppError('diskFull', `The export needs about ${megabytes(needed)}, but only ${megabytes(free)} are free.`, {
      file: target,
      hint: 'Free some space, choose another disk, or narrow the filter.',
    });
}

/** Whether a stored picture can be hard-linked into a folder. Throws AppError workspaceCorrupt when it is not there. */
export async function canLinkInto(file: string, folder: string): Promise<boolean> {
  const probe = join(folder, 'probe');
  try {
    await rm(probe, { force: true });
    await link(file, probe);
    await rm(probe);
    return true;
  } catch (error) {
    if (cannotLink(error)) return false;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new AppError('workspaceCorrupt', 'A stored picture is missing.', { file });
    throw error;
  }
}
