import { createReadStream } from 'node:fs';
import { AppError } from '../../../../shared/model/errors.ts';

const LARGEST_RECORD = 16 * 1024 * 1024;

/** Records of a CSV file (RFC 4180: quotes, doubled quotes, line breaks inside quotes) with the line each starts on. Empty lines are left out. */
export async function* csvRecords(file: string): AsyncGenerator<{ fields: string[]; line: number }> {
  let fields: string[] = [];
  let field = '';
  let quoted = false;
  /** A quote inside quotes: the end, or the first half of a doubled one. */
  let closing = false;
  let line = 1;
  let start = 1;
  const finish = () => {
    const record = { fields: [...fields, field.replace(/\r$/, '')], line: start };
    fields = [];
    field = '';
    start = line;
    return record;
  };
  let first = true;
  for await (const chunk of createReadStream(file, { encoding: 'utf8', highWaterMark: 256 * 1024 })) {
    const text = first ? (chunk as string).replace(/^\ufeff/, '') : (chunk as string);
    first = false;
    for (const char of text) {
      if (char === '\n') line += 1;
      if (closing) {
        closing = false;
        if (char === '"') {
          field += '"';
          continue;
        }
        quoted = false;
      }
      if (quoted && char === '"') closing = true;
      else if (quoted) field += char;
      else if (char === '"' && field === '') quoted = true;
      else if (char === ',') {
        fields.push(field);
        field = '';
      } else if (char === '\n') {
        const record = finish();
        if (record.fields.length > 1 || record.fields[0] !== '') yield record;
      } else field += char;
    }
    if (field.length > LARGEST_RECORD) throw new AppError('inputInvalid', 'A field is longer than 16 MB.', { file, line: start });
  }
  if (field !== '' || fields.length > 0) yield finish();
}
