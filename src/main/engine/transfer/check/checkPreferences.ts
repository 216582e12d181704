import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ROW_GROUP } from '../formats/hfParquet.ts';
import type { ProvenanceLine } from '../formats/shards.ts';
import { createIdIndex } from '../idIndex.ts';
import { objectOf } from '../jsonObject.ts';
import { FILES } from '../manifest.ts';
import { floatFaults } from './floats.ts';
import { linesThere } from './linesThere.ts';
import type { CheckContext } from './readBack.ts';
import { readRows } from './readParquet.ts';

/** Reads the lists and the Pick-a-Pic files of a preference set back: every pair once in each, the winner where it is said to be. */
export async function checkPreferences(context: CheckContext): Promise<void> {
  const { root, manifest, add } = context;
  const pairs = createIdIndex();
  const pictures: [string, string][] = [];
  for await (const line of provenanceOf(root)) {
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
    await checkEditReward(context, `editreward-${split}.json`, pairs, pictures);
    await checkKto(context, `kto-${split}.jsonl`, pictures);
  }
}

/** Lines that are none have their fault from elsewhere. */
async function* provenanceOf(root: string): AsyncGenerator<ProvenanceLine> {
  for await (const { text } of linesThere({ root }, FILES.provenance)) {
    const line = objectOf(text) as ProvenanceLine | undefined;
    if (line !== undefined && Array.isArray(line.pictures)) yield line;
  }
}

/** The objects of a list, one a line, with what their numbers look like; a line that is none is a fault. */
async function* objectsOf({ root, files, add, signal }: CheckContext, path: string) {
  // A file that is not there has its fault already, or the format had no row for it.
  if (files.find(path) === undefined) return;
  for await (const { text, line } of linesThere({ root }, path)) {
    signal.throwIfAborted();
    if (text === '[' || text === ']' || text === '') continue;
    const object = objectOf(text.replace(/,$/, ''));
    if (object === undefined) add('row', path, line, 'The line is no JSON object.');
    else yield { object, line };
    for (const message of floatFaults(text)) add('float', path, line, message);
  }
}

async function checkEditReward(
  context: CheckContext,
  path: string,
  pairs: ReturnType<typeof createIdIndex>,
  pictures: readonly [string, string][],
): Promise<void> {
  for await (const { object, line } of objectsOf(context, path)) {
    const number = pairs.find(String(object.id));
    const [better, worse] = [object.path1, object.path2].map((at) => context.files.find(String(at))?.sha16);
    if (number < 0 || better !== pictures[number]![0] || worse !== pictures[number]![1])
      context.add('direction', path, line, 'path1 is not the picture that won, or path2 not the one that lost.');
  }
}

/** Every edit once with one label: good where it won, bad where it lost. */
async function checkKto(context: CheckContext, path: string, pictures: readonly [string, string][]): Promise<void> {
  const [won, lost] = [0, 1].map((side) => new Set(pictures.map((pair) => pair[side as 0 | 1])));
  const ids = new Set<string>();
  for await (const { object, line } of objectsOf(context, path)) {
    const id = String(object.id);
    if (ids.has(id)) context.add('duplicate', path, line, `The id ${id} was there before.`);
    ids.add(id);
    const sha = context.files.find(String(object.completion))?.sha16 ?? '';
    if (context.files.find(String(object.image)) === undefined) context.add('missing', path, line, 'The picture is in no checksum list.');
    if (!(object.label === true ? won : lost)!.has(sha)) context.add('direction', path, line, 'The label is not what became of this edit.');
  }
}

function sha16(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}
