import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { AppError } from '../../../../shared/model/errors.ts';
import { readLines } from '../files.ts';
import type { Cells } from './cells.ts';
import { csvRecords, textOf } from './csv.ts';
import { type BadRow, badRow, type Place, type RowFault } from './types.ts';

/** A row of a table with its place; `text` where it is a line of its own. */
export type TableRow = ({ cells: Cells; text?: string } & Place) | BadRow;

const LARGEST_ITEM = 16 * 1024 * 1024;

/**
 * Rows of a table file, by its extension. A file that cannot be read as such is one bad row that stands for the whole file, so that
 * the other files of a set still go in.
 */
export async function* tableRows(file: string): AsyncGenerator<TableRow> {
  try {
    yield* rowsOf(file);
  } catch (error) {
    if (error instanceof FileProblem) yield { ...badRow({ file, line: 1 }, '', error.fault, error.message), wholeFile: true };
    // A line or an object without an end: what came before it went in.
    else if (error instanceof AppError && error.code === 'inputInvalid')
      yield badRow({ file, line: error.details.line ?? 1 }, '', 'unreadable', error.message);
    else throw error;
  }
}

/** A file of a set that cannot be read at all. */
class FileProblem extends Error {
  readonly fault: RowFault;
  constructor(fault: RowFault, message: string) {
    super(message);
    this.fault = fault;
  }
}

async function* rowsOf(file: string): AsyncGenerator<TableRow> {
  await refuseOtherEncodings(file);
  if (/\.jsonl$/i.test(file)) yield* jsonLines(file);
  else if (/\.json$/i.test(file)) yield* jsonArray(file);
  else if (/\.csv$/i.test(file)) yield* csvRows(file);
  else if (/\.parquet$/i.test(file)) yield* parquetRows(file);
  else throw new FileProblem('unreadable', `${file} is no table that can be read: it must be .jsonl, .json, .csv or .parquet.`);
}

/** How many rows a table has; of a text table its lines; 0 when it cannot be read. */
export async function countTableRows(file: string): Promise<number> {
  if (/\.parquet$/i.test(file)) {
    const opened = await openParquet(file).catch(() => undefined);
    return opened === undefined ? 0 : Number(opened.metadata.num_rows);
  }
  let lines = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 }))
    for (let at = (chunk as Buffer).indexOf(10); at >= 0; at = (chunk as Buffer).indexOf(10, at + 1)) lines += 1;
  return lines;
}

async function refuseOtherEncodings(file: string): Promise<void> {
  const handle = await open(file, 'r').catch((error: NodeJS.ErrnoException) => {
    throw new FileProblem('unreadable', `${file} cannot be read (${error.code}).`);
  });
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    if (bytesRead === 0) throw new FileProblem('fileEmpty', `${file} is empty.`);
    const mark = buffer.subarray(0, bytesRead).toString('hex');
    if (mark === 'fffe' || mark === 'feff') throw new FileProblem('encoding', `${file} is written in UTF-16. Save it as UTF-8.`);
  } finally {
    await handle.close();
  }
}

async function* jsonLines(file: string): AsyncGenerator<TableRow> {
  for await (const { text, line, offset } of readLines(file)) {
    if (text.trim() === '') continue;
    const place = { file, line };
    // The mark of a byte that was no UTF-8, or a character of the text; only the bytes can tell.
    if (text.includes('\ufffd') && !(await lineIsUtf8(file, offset))) yield badRow(place, '', 'encoding', 'The line is not UTF-8.');
    else yield parsed(text, place);
  }
}

async function lineIsUtf8(file: string, offset: number): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(LARGEST_ITEM), 0, LARGEST_ITEM, offset);
    const bytes = buffer.subarray(0, bytesRead);
    const end = bytes.indexOf(10);
    return isUtf8(end < 0 ? bytes : bytes.subarray(0, end));
  } finally {
    await handle.close();
  }
}

function parsed(text: string, place: Place): TableRow {
  try {
    const cells: unknown = JSON.parse(text);
    if (typeof cells === 'object' && cells !== null && !Array.isArray(cells)) return { cells: cells as Cells, text, ...place };
  } catch {
    // Said below, as for JSON of another shape.
  }
  return badRow(place, '', 'notJson', 'It is not a JSON object.');
}

/** The objects of one JSON array, one at a time; `line` is the object's number. */
async function* jsonArray(file: string): AsyncGenerator<TableRow> {
  let item = '';
  let depth = 0;
  let inText = false;
  let escaped = false;
  let line = 0;
  // One character a byte: structure is ASCII, and whether an object is UTF-8 can be told for it alone.
  for await (const chunk of createReadStream(file, { encoding: 'latin1', highWaterMark: 1024 * 1024 })) {
    let from = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const char = (chunk as string)[at]!;
      if (escaped) escaped = false;
      else if (inText && char === '\\') escaped = true;
      else if (char === '"') inText = !inText;
      else if (!inText && (char === '{' || char === '[')) {
        depth += 1;
        if (depth === 2) from = at;
      } else if (!inText && (char === '}' || char === ']')) {
        depth -= 1;
        if (depth !== 1) continue;
        line += 1;
        const text = textOf(item + (chunk as string).slice(from, at + 1));
        if (text === undefined) yield badRow({ file, line }, '', 'encoding', 'The object is not UTF-8.');
        else yield parsed(text, { file, line });
        item = '';
        from = chunk.length;
      }
    }
    if (depth >= 2) item += (chunk as string).slice(from);
    if (item.length > LARGEST_ITEM) throw new AppError('inputInvalid', 'An object is longer than 16 MB.', { file, line: line + 1 });
  }
  if (depth !== 0 || inText) yield badRow({ file, line: line + 1 }, '', 'notJson', 'The file ends in the middle of an object.');
}

async function* csvRows(file: string): AsyncGenerator<TableRow> {
  let header: string[] | undefined;
  for await (const record of csvRecords(file)) {
    const { line } = record;
    if ('fault' in record) {
      if (header === undefined) throw new FileProblem(record.fault, `The header of ${file} cannot be read: ${record.message}`);
      yield badRow({ file, line }, '', record.fault, record.message);
      continue;
    }
    const { fields } = record;
    if (header === undefined) header = fields.map((name) => name.trim());
    else if (fields.length !== header.length)
      yield badRow({ file, line }, '', 'fieldInvalid', `The line has ${fields.length} fields; the header has ${header.length}.`);
    else yield { cells: Object.fromEntries(header.map((name, index) => [name, fields[index]])), file, line };
  }
}

async function openParquet(file: string) {
  try {
    const buffer = await asyncBufferFromFile(file);
    return { buffer, metadata: await parquetMetadataAsync(buffer) };
  } catch (error) {
    throw new FileProblem('unreadable', `${file} is no Parquet file: ${(error as Error).message}`);
  }
}

/** The reader's own way drops a U+FEFF at the start of a text. */
const PARSERS = { stringFromBytes: (bytes: Uint8Array | undefined) => bytes && textOfBytes(bytes) };

/** Stands for a text that is not UTF-8 until its row is told about. */
const NOT_UTF8 = Object.freeze({ notUtf8: true });

function textOfBytes(bytes: Uint8Array): string | typeof NOT_UTF8 {
  if (!isUtf8(bytes)) return NOT_UTF8;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

function holdsBadText(cell: unknown): boolean {
  if (cell === NOT_UTF8) return true;
  if (Array.isArray(cell)) return cell.some(holdsBadText);
  if (typeof cell !== 'object' || cell === null || cell instanceof Uint8Array || cell instanceof Date) return false;
  return Object.values(cell).some(holdsBadText);
}

/** One row group in memory at a time. A row group that cannot be read is one bad row; the others go in. */
async function* parquetRows(file: string): AsyncGenerator<TableRow> {
  const { buffer, metadata } = await openParquet(file);
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows);
    // Bytes without an annotation are bytes: this reader would make text of them.
    const options = { file: buffer, metadata, compressors, parsers: PARSERS, rowStart, rowEnd, utf8: false };
    const rows = await parquetReadObjects(options).catch((error: Error) =>
      badRow({ file, line: rowStart + 1 }, '', 'unreadable', `Rows ${rowStart + 1} to ${rowEnd} cannot be read: ${error.message}`),
    );
    if (!Array.isArray(rows)) yield rows;
    else for (const [index, cells] of rows.entries()) yield rowOf(cells, { file, line: rowStart + index + 1 });
    rowStart = rowEnd;
  }
}

function rowOf(cells: Cells, place: Place): TableRow {
  const bad = Object.keys(cells).find((column) => holdsBadText(cells[column]));
  return bad === undefined ? { cells, ...place } : badRow(place, '', 'encoding', `${bad}: the text is not UTF-8.`);
}
