import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { readLines } from '../files.ts';
import type { CheckContext } from './readBack.ts';

/** Lines of a listed file of an export; none when it is not there, which is a fault that was told already. */
export async function* linesThere({ root }: Pick<CheckContext, 'root'>, path: string): ReturnType<typeof readLines> {
  if ((await lstat(join(root, path)).catch(() => undefined))?.isFile()) yield* readLines(join(root, path));
}
