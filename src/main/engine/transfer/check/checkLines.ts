import type { SplitName } from '../../../../shared/model/export.ts';
import { objectOf } from '../jsonObject.ts';
import { floatFaults } from './floats.ts';
import { linesThere } from './linesThere.ts';
import type { CheckContext } from './readBack.ts';

/** A file of one JSON object a line: where it is in a split, and the pictures a line names (from the folder of the export). */
export interface LineList {
  path(split: SplitName): string;
  pictures(row: Record<string, unknown>, split: SplitName): string[];
}

/** Reads lists of JSON lines back: as many as the split has samples, each an object, its pictures there, its scores with a decimal point. */
export async function checkLines(context: CheckContext, lists: readonly LineList[]): Promise<void> {
  const { root, manifest, files, add, signal } = context;
  for (const [name, rows] of Object.entries(manifest.counts.bySplit)) {
    const split = name as SplitName;
    for (const list of rows > 0 ? lists : []) {
      const path = list.path(split);
      // A file that is not there has its fault already.
      if (!files.find(path)) continue;
      let found = 0;
      for await (const { text, line } of linesThere({ root }, path)) {
        signal.throwIfAborted();
        found += 1;
        const row = objectOf(text);
        if (row === undefined) {
          add('row', path, line, 'The line is no JSON object.');
          continue;
        }
        for (const message of floatFaults(text)) add('float', path, line, message);
        for (const picture of picturesOf(list, row, split))
          if (!files.find(picture)) add('missing', path, line, `The picture ${picture} is in no checksum list.`);
      }
      if (found !== rows) add('manifest', path, null, `There are ${found} rows, not ${rows}.`);
    }
  }
}

/** The pictures a row names; a row of another shape names one that is nowhere. */
function picturesOf(list: LineList, row: Record<string, unknown>, split: SplitName): string[] {
  try {
    return list.pictures(row, split);
  } catch {
    return ['(none)'];
  }
}
