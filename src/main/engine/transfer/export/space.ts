import { link, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../../../../shared/model/errors.ts';
import type { ExportOptions } from '../../../../shared/model/export.ts';
import { cannotLink, freeBytes, megabytes } from '../files.ts';
import type { ExportDeps } from './deps.ts';
import type { ExportFormat } from './format.ts';

/** Room kept free beside the export itself, and what a row's texts take at most on average, in all files together. */
const SPARE_BYTES = 16 * 1024 * 1024;
const ROW_BYTES = 4096;

/** Bytes that an export of so many rows and bytes of pictures adds to the disk, about. */
export function neededBytes(
  format: Pick<ExportFormat, 'linksPictures' | 'copiesPictures'>,
  options: ExportOptions,
  set: { rows: number; pictureBytes: number },
  canLink: boolean,
): number {
  const { format: encoding } = options.pictures;
  // Photos take about four times as much without loss as they take as JPEG.
  const grown = encoding === 'png' || encoding === 'webpLossless' ? 4 : 1;
  const asFiles = format.linksPictures && !(canLink && encoding === 'keep') ? 1 : 0;
  const copies = asFiles + (format.copiesPictures?.(options) ?? 0);
  return SPARE_BYTES + set.rows * ROW_BYTES + copies * grown * set.pictureBytes;
}

/** Refuses before anything is written when there is not so much room. */
export async function requireSpace(deps: Pick<ExportDeps, 'freeBytes'>, folder: string, target: string, needed: number): Promise<void> {
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

/** The nearest folder of a path that is there, so that its disk can be asked before the path exists. */
export async function nearestFolder(path: string): Promise<{ path: string; device: number }> {
  for (let folder = path; ; folder = dirname(folder)) {
    const facts = await stat(folder).catch(() => undefined);
    if (facts?.isDirectory() || dirname(folder) === folder) return { path: folder, device: facts?.dev ?? -1 };
  }
}
