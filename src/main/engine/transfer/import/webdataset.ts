import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { extract } from 'tar-stream';
import { objectOf } from '../jsonObject.ts';
import { pairFromCells } from './cells.ts';
import { PRESETS, withMap } from './columnMap.ts';
import { findFiles } from './findTables.ts';
import { type NumberWatch, numberInJson, numberWatch } from './numberWatch.ts';
import { badRow, type ImportContext, type Importer, type ImportItem, type Place } from './types.ts';

const LARGEST_FIELD = 256 * 1024 * 1024;
/** Fields of a sample after the first dot: ours, then X2Edit's. */
const SOURCE = /^(source\.|1\.0\.)/;
const EDITED = /^(edited\.|2\.)/;

/** WebDataset shards of our own, or with X2Edit's field names: two pictures and a json (or txt) a sample. */
export const webdataset: Importer = {
  format: 'webdataset',
  about: 'WebDataset shards (.tar) with source.*, edited.*, json and txt, or with the names of X2Edit',
  async *rows(context) {
    for (const file of await findFiles(context.path, /\.tar$/i, 'tar file')) yield* samplesOf(file, context);
  },
  // Only the end of an archive tells how many samples it has.
  count: async () => 0,
};

interface Sample {
  key: string;
  fields: Map<string, Buffer>;
}

async function* samplesOf(file: string, context: ImportContext): AsyncGenerator<ImportItem> {
  let line = 0;
  let sample: Sample | undefined;
  const numbers = numberWatch(['adherence', 'aesthetics']);
  const end = (one: Sample) => itemsOf(one, { file, line: ++line }, context, numbers);
  const archive = createReadStream(file, { highWaterMark: 1024 * 1024 }).pipe(extract());
  try {
    for await (const entry of archive) {
      context.signal.throwIfAborted();
      const { name, type, size } = entry.header;
      if (type !== 'file') {
        entry.resume();
        continue;
      }
      const { key, field } = split(name);
      if (sample !== undefined && sample.key !== key) yield* end(sample);
      if (sample?.key !== key) sample = { key, fields: new Map() };
      if ((size ?? 0) > LARGEST_FIELD) entry.resume();
      else sample.fields.set(field, await whole(entry));
    }
  } catch (error) {
    if (context.signal.aborted) throw error;
    yield badRow({ file, line: line + 1 }, sample?.key ?? '', 'unreadable', `The archive cannot be read on: ${(error as Error).message}`);
    return;
  }
  if (sample !== undefined) yield* end(sample);
  else yield { ...badRow({ file, line: 1 }, '', 'fileEmpty', `${file} holds no sample.`), wholeFile: true };
}

/** A sample's key is the path up to the first dot of the file name. */
function split(name: string): { key: string; field: string } {
  const folder = name.lastIndexOf('/') + 1;
  const dot = name.indexOf('.', folder);
  return dot < 0 ? { key: name, field: '' } : { key: name.slice(0, dot), field: name.slice(dot + 1) };
}

async function whole(entry: AsyncIterable<unknown>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of entry) parts.push(part as Buffer);
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}

function* itemsOf({ key, fields }: Sample, place: Place, context: ImportContext, numbers: NumberWatch): Generator<ImportItem> {
  const find = (pattern: RegExp) => [...fields].find(([field]) => pattern.test(field));
  const bad = ['json', 'txt'].find((field) => !isUtf8(fields.get(field) ?? Buffer.alloc(0)));
  if (bad !== undefined) {
    yield badRow(place, key, 'encoding', `${key}.${bad} is not UTF-8.`);
    return;
  }
  const json = fields.get('json')?.toString('utf8');
  const cells = json === undefined ? {} : objectOf(json);
  if (cells === undefined) {
    yield badRow(place, key, 'notJson', `${key}.json is no JSON object.`);
    return;
  }
  if (json !== undefined) yield* numbers.look(numberInJson(json), place);
  const [source, edited] = [find(SOURCE), find(EDITED)];
  const text = fields.get('txt')?.toString('utf8');
  const preset = withMap({ ...PRESETS.nhr, category: ['category', 'task'] }, context.map);
  const own = { sample_id: cells.sample_id ?? key, edit_instruction: cells.edit_instruction ?? cells.instruction ?? text };
  const pictures = { source_image: source?.[1], edited_image: edited?.[1] };
  yield pairFromCells({ ...cells, ...own, ...pictures }, place, preset, context);
}
