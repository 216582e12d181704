import { join } from 'node:path';
import type { SplitName } from '../../../../shared/model/export.ts';
import type { FormatContext } from '../export/format.ts';
import { freshFile } from '../export/pieces.ts';
import type { FileFacts } from '../manifest.ts';
import { createTurns } from '../turns.ts';
import { writeWith } from './containers.ts';
import type { Tree, TreeRow } from './tree.ts';

/** Writes a file with a line for every sample of a split, in the order of the export. */
export async function writeTreeLines(
  { dir, signal }: Pick<FormatContext, 'dir' | 'signal'>,
  tree: Tree,
  split: SplitName,
  path: string,
  lineOf: (row: TreeRow) => string | Promise<string>,
): Promise<FileFacts> {
  return writeWith(await freshFile(join(dir, path)), async (file) => {
    const turn = createTurns(signal);
    for (const row of tree.rows(split)) {
      await turn();
      await file.write(`${await lineOf(row)}\n`);
    }
    return { path, ...(await file.close()) };
  });
}
