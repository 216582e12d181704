import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';

const LARGEST_RECORD = 16 * 1024 * 1024;

/** A record with the line it starts on, or what is wrong with it. Empty lines are left out. */
export type CsvRecord = { fields: string[]; line: number } | { fault: 'encoding' | 'fieldInvalid'; message: string; line: number };

interface Position {
  /** In bytes. */
  offset: number;
  line: number;
}

/**
 * Records of a CSV file (RFC 4180: quotes, doubled quotes, line breaks inside quotes). The first one says how many fields a record has.
 * A quote that is not closed on its line, and should have been, is a fault of its line alone: reading goes on with the line after it.
 */
export async function* csvRecords(file: string): AsyncGenerator<CsvRecord> {
  const shape: Shape = {};
  for (let from: Position | undefined = { offset: 0, line: 1 }; from !== undefined; ) from = yield* recordsFrom(file, from, shape);
}

interface Shape {
  fields?: number;
}

/** Reads to the end, or to where reading must begin again after a quote that was not closed. */
async function* recordsFrom(file: string, from: Position, shape: Shape): AsyncGenerator<CsvRecord, Position | undefined> {
  let fields: string[] = [];
  let field = '';
  let quoted = false;
  /** A quote inside quotes: the end, or the first half of a doubled one. */
  let closing = false;
  /** Text stands right after a closing quote. */
  let malformed = false;
  let line = from.line;
  let start = line;
  let offset = from.offset;
  let bytes = 0;
  /** Where the line after the first line of this record begins. */
  let next: Position | undefined;

  const finish = (): CsvRecord => {
    const raw = [...fields, field.replace(/\r$/, '')];
    const record = { fields: raw.map(textOf), line: start };
    const bad = record.fields.includes(undefined);
    fields = [];
    field = '';
    start = line;
    bytes = 0;
    malformed = false;
    next = undefined;
    return bad
      ? { fault: 'encoding', message: 'The line is not UTF-8.', line: record.line }
      : { fields: record.fields as string[], line: record.line };
  };
  const unclosed = (): CsvRecord => ({ fault: 'fieldInvalid', message: 'A quote that is opened on this line is not closed.', line: start });

  // Over several lines and not as it should be: the quote was closed by one that opens another field.
  const ranOver = (last: number) => last > start && (malformed || (shape.fields !== undefined && fields.length + 1 !== shape.fields));

  // One character a byte: structure is ASCII, and whether a record is UTF-8 can be told for it alone.
  for await (const chunk of createReadStream(file, { encoding: 'latin1', start: from.offset, highWaterMark: 256 * 1024 })) {
    const text = offset === 0 ? withoutMark(chunk as string) : (chunk as string);
    offset += (chunk as string).length - text.length;
    for (const char of text) {
      offset += 1;
      bytes += 1;
      if (char === '\n') {
        line += 1;
        next ??= { offset, line };
      }
      if (closing) {
        closing = false;
        if (char === '"') {
          field += '"';
          continue;
        }
        quoted = false;
        if (char !== ',' && char !== '\r' && char !== '\n') malformed = true;
      }
      if (quoted && char === '"') closing = true;
      else if (quoted) field += char;
      else if (char === '"' && field === '') quoted = true;
      else if (char === ',') {
        fields.push(field);
        field = '';
      } else if (char === '\n') {
        const isEmpty = fields.length === 0 && (field === '' || field === '\r');
        if (ranOver(line - 1)) {
          yield unclosed();
          return next;
        }
        if (!isEmpty) shape.fields ??= fields.length + 1;
        const record = finish();
        if (!isEmpty) yield record;
      } else field += char;
      if (bytes > LARGEST_RECORD) break;
    }
    if (bytes <= LARGEST_RECORD) continue;
    yield quoted ? unclosed() : { fault: 'fieldInvalid', message: 'The line is longer than 16 MB.', line: start };
    return next;
  }
  if ((quoted && !closing) || ranOver(line)) {
    yield unclosed();
    return next;
  }
  if (field !== '' || fields.length > 0) yield finish();
  return undefined;
}

/** Without a byte order mark, as it looks with one character a byte. */
function withoutMark(text: string): string {
  return text.startsWith('\u00ef\u00bb\u00bf') ? text.slice(3) : text;
}

/** The text of bytes that were read one character each; undefined when they are not UTF-8. */
export function textOf(latin1: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the question is whether there is anything but ASCII.
  if (/^[\x00-\x7f]*$/.test(latin1)) return latin1;
  const bytes = Buffer.from(latin1, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
}
