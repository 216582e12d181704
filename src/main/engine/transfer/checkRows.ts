import type { FolderReader, PictureFacts } from './checkFolder.ts';
import { COLUMNS, type MetadataRow, sampleId } from './columns.ts';
import type { AddFault } from './faults.ts';
import { createIdSet, type IdSet } from './idSet.ts';
import { FILES } from './manifest.ts';
import { isInside } from './sums.ts';

/** What is counted over all rows. */
export interface RowTally {
  rows: number;
  byKind: Map<string, number>;
  ids: IdSet;
  contents: IdSet;
}

/** A tally of nothing yet. */
export function createRowTally(): RowTally {
  return { rows: 0, byKind: new Map(), ids: createIdSet(), contents: createIdSet() };
}

/** Checks one line of metadata.jsonl: its columns, its two pictures, and that it was not there before. */
export async function checkRow(
  text: string,
  line: number,
  context: { tally: RowTally; folders: FolderReader; add: AddFault },
): Promise<void> {
  const { tally, folders } = context;
  const add = (kind: Parameters<AddFault>[0], message: string) => context.add(kind, FILES.metadata, line, message);
  tally.rows += 1;
  const row = parseRow(text, add);
  if (row === undefined) return;
  tally.byKind.set(row.kind, (tally.byKind.get(row.kind) ?? 0) + 1);
  checkFloats(text, add);

  const paths = { source: row.source_file_name, edited: row.edited_file_name };
  const found: { source?: PictureFacts; edited?: PictureFacts } = {};
  for (const side of ['source', 'edited'] as const) {
    if (!isInside(paths[side])) {
      add('path', `${side}_file_name ${JSON.stringify(paths[side])} leaves the folder of the metadata.`);
      continue;
    }
    const facts = await folders.picture(`train/${paths[side]}`);
    found[side] = facts;
    if (facts === undefined) add('missing', `The ${side} picture ${paths[side]} is in no checksum list.`);
    else checkSize(row, side, facts, add);
    if (facts !== undefined && facts.sha256 !== row[`${side}_sha256`]) add('changed', `${side}_sha256 is not that of ${paths[side]}.`);
  }
  if (paths.source === paths.edited || (found.source && found.source.sha256 === found.edited?.sha256))
    add('same', 'The source and the edited picture are the same.');
  checkDirection(row, add);
  checkIdentity(row, tally, add);
}

type AddHere = (kind: Parameters<AddFault>[0], message: string) => void;

function parseRow(text: string, add: AddHere): MetadataRow | undefined {
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
  const wrong = COLUMNS.filter(([name, type]) => !isOfType(record[name], type));
  for (const [name, type] of wrong) add('row', record[name] === undefined ? `The column ${name} is missing.` : `${name} is no ${type}.`);
  return wrong.length === 0 ? (record as MetadataRow) : undefined;
}

function isOfType(value: unknown, type: (typeof COLUMNS)[number][1]): boolean {
  if (type === 'string') return typeof value === 'string';
  if (type === 'strings') return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string');
  return typeof value === 'number' && (type === 'float' || Number.isInteger(value));
}

/** Looks at the text itself: after parsing, 5 and 5.0 are the same, but not for the reader that guesses types. */
function checkFloats(text: string, add: AddHere): void {
  for (const [name, type] of COLUMNS) {
    if (type !== 'float') continue;
    const value = new RegExp(`"${name}"\\s*:\\s*([^,}\\s]+)`).exec(text)?.[1] ?? '';
    if (!/^-?\d+\.\d+(e[+-]?\d+)?$/i.test(value)) add('float', `${name} is written ${value}, without a decimal point.`);
  }
}

function checkSize(row: MetadataRow, side: 'source' | 'edited', facts: PictureFacts, add: AddHere): void {
  if (facts.size === null) return;
  const { width, height } = facts.size;
  if (width !== row.img_width || height !== row.img_height)
    add('size', `The ${side} picture is ${width}x${height}, the row says ${row.img_width}x${row.img_height}.`);
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

function checkIdentity(row: MetadataRow, tally: RowTally, add: AddHere): void {
  const content = sampleId({ sourceHash: row.source_sha256, editedHash: row.edited_sha256, instruction: row.edit_instruction });
  if (row.sample_id !== content) add('row', `sample_id ${row.sample_id} is not the id of this content (${content}).`);
  const isId = /^[0-9a-f]{16}$/.test(row.sample_id);
  if (isId && !tally.ids.add(row.sample_id)) add('duplicate', `The sample_id ${row.sample_id} was there before.`);
  else if (!tally.contents.add(content)) add('duplicate', 'The same pictures and instruction were there before.');
}
