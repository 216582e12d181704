import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { SplitName } from '../../../../shared/model/export.ts';
import { type Column, columnsFor, type MetadataRow } from '../columns.ts';
import { readLines } from '../files.ts';
import { isInside } from '../sums.ts';
import type { CheckContext, FoundSample } from './readBack.ts';

type AddHere = (kind: Parameters<CheckContext['add']>[0], message: string) => void;

/** The rows of an image tree, from metadata.jsonl alone: they are their own provenance. */
export async function* readTree(context: CheckContext): AsyncGenerator<FoundSample> {
  const { root, manifest, add, signal } = context;
  const columns = columnsFor(manifest.options);
  for (const split of SplitName.options) {
    const file = `${split}/metadata.jsonl`;
    if (!(await lstat(join(root, file)).catch(() => undefined))?.isFile()) continue;
    for await (const { text, line } of readLines(join(root, file))) {
      signal.throwIfAborted();
      const here: AddHere = (kind, message) => add(kind, file, line, message);
      const row = parseRow(text, columns, here);
      if (row === undefined) continue;
      checkDirection(row, here);
      yield sampleOf(context, row, { file, line, split, text }, here);
    }
  }
}

function sampleOf(
  { manifest }: CheckContext,
  row: MetadataRow,
  { file, line, split, text }: { file: string; line: number; split: SplitName; text: string },
  add: AddHere,
): FoundSample {
  const pathOf = (side: 'source' | 'edited') => {
    const path = row[`${side}_file_name`];
    if (isInside(path)) return `${split}/${path}`;
    add('path', `${side}_file_name ${JSON.stringify(path)} leaves the folder of the metadata.`);
    return undefined;
  };
  // Pictures that were encoded anew have other bytes than the stored ones whose hashes the row holds.
  const written = (sha256: string) => (manifest.counts.encoded === 0 ? sha256 : '');
  return {
    file,
    line,
    instruction: row.edit_instruction,
    json: text,
    pictures: [
      { role: 'source', path: pathOf('source') },
      { role: 'edited', path: pathOf('edited') },
    ],
    claim: {
      file,
      row: line - 1,
      split,
      id: row.sample_id,
      sample_id: row.sample_id,
      kind: row.kind,
      category: row.category,
      run: row.run ?? '',
      parents: [],
      width: row.img_width,
      height: row.img_height,
      instruction: row.edit_instruction,
      pictures: [
        { role: 'source', stored: row.source_sha256, written: written(row.source_sha256) },
        { role: 'edited', stored: row.edited_sha256, written: written(row.edited_sha256) },
      ],
    },
  };
}

function parseRow(text: string, columns: readonly Column[], add: AddHere): MetadataRow | undefined {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    add('row', 'The line is not JSON.');
    return undefined;
  }
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    add('row', 'The line is no object.');
    return undefined;
  }
  const record = data as Record<string, unknown>;
  const wrong = columns.filter(([name, type]) => !isOfType(record[name], type));
  for (const [name, type] of wrong) add('row', record[name] === undefined ? `The column ${name} is missing.` : `${name} is no ${type}.`);
  return wrong.length === 0 ? (record as MetadataRow) : undefined;
}

function isOfType(value: unknown, type: Column[1]): boolean {
  if (type === 'string') return typeof value === 'string';
  if (type === 'strings') return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string');
  return typeof value === 'number' && (type === 'float' || Number.isInteger(value));
}

/** Forward and imported pairs start at the original, inverse ones end there. */
function checkDirection(row: MetadataRow, add: AddHere): void {
  const isOriginal = (path: string) => /_original\.[a-z]+$/.test(path);
  const startsThere = row.kind === 'forward' || row.kind === 'imported';
  if (startsThere && (!isOriginal(row.source_file_name) || isOriginal(row.edited_file_name)))
    add('direction', `The source of a ${row.kind} row must be the original; source and edited may be swapped.`);
  if (row.kind === 'inverse' && isOriginal(row.source_file_name))
    add('direction', 'The source of an inverse row must be an edited picture; source and edited may be swapped.');
}
