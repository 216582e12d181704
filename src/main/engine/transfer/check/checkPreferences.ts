import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readLines } from '../files.ts';
import { ROW_GROUP } from '../formats/hfParquet.ts';
import type { ProvenanceLine } from '../formats/shards.ts';
import { createIdIndex } from '../idIndex.ts';
import { FILES } from '../manifest.ts';
import type { CheckContext } from './readBack.ts';
import { readRows } from './readParquet.ts';

/** Reads the lists and the Pick-a-Pic files of a preference set back: every pair once in each, the winner where it is said to be. */
export async function checkPreferences(context: CheckContext): Promise<void> {
  const { root, manifest, add } = context;
  const pairs = createIdIndex();
  const pictures: [string, string][] = [];
  for await (const { text } of readLines(join(root, FILES.provenance))) {
    const line = JSON.parse(text) as ProvenanceLine;
    pairs.numberOf(line.id);
    const written = (role: string) => line.pictures.find((picture) => picture.role === role)?.written.slice(0, 16) ?? '';
    pictures.push([written('edited'), written('rejected')]);
  }
  const total = Object.values(manifest.counts.bySplit).reduce((sum, rows) => sum + rows, 0);
  const files = (await readdir(join(root, 'pick-a-pic')).catch(() => [])).sort();
  let found = 0;
  for (const name of files) {
    const path = `pick-a-pic/${name}`;
    let row = 0;
    for await (const pair of readRows(context, path, ROW_GROUP)) {
      row += 1;
      found += 1;
      const number = pairs.find(String(pair.sample_id));
      if (number < 0) {
        add('row', path, row, 'This pair is none of those that were exported.');
        continue;
      }
      const [first, second] = [pair.jpg_0, pair.jpg_1].map((bytes) => sha16(bytes as Uint8Array));
      const [chosen, rejected] = pictures[number]!;
      const label = Number(pair.label_0);
      const right =
        label === 0.5
          ? new Set([first, second]).has(chosen)
          : label === 1
            ? first === chosen && second === rejected
            : first === rejected && second === chosen;
      if (!right) add('direction', path, row, 'label_0 does not point at the picture that won.');
    }
  }
  if (found !== total) add('manifest', 'pick-a-pic', null, `There are ${found} pairs, not ${total}.`);
  for (const split of Object.keys(manifest.counts.bySplit)) {
    const path = `editreward-${split}.json`;
    if (context.files.find(path) === undefined) continue;
    for await (const { text, line } of readLines(join(root, path))) {
      if (text === '[' || text === ']') continue;
      const pair = JSON.parse(text.replace(/,$/, '')) as { id: string; path1: string; path2: string };
      const number = pairs.find(pair.id);
      const [better, worse] = [context.files.find(pair.path1)?.sha16, context.files.find(pair.path2)?.sha16];
      if (number < 0 || better !== pictures[number]![0] || worse !== pictures[number]![1])
        add('direction', path, line, 'path1 is not the picture that won, or path2 not the one that lost.');
    }
  }
}

function sha16(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}
