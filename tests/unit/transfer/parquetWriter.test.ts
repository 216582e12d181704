import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createParquetWriter, type ParquetColumn } from '../../../src/main/engine/transfer/parquet/writer.ts';

let dir: string;
let files = 0;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'nhr-parquet-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const nextFile = (name = `${++files}.parquet`) => join(dir, name);

async function write(schema: ParquetColumn[], rows: Record<string, unknown>[], limits: { rows?: number; bytes?: number } = {}) {
  const path = nextFile();
  const writer = await createParquetWriter({
    path,
    schema,
    keyValues: { huggingface: '{"info":{}}' },
    rowGroupRows: limits.rows ?? 100,
    rowGroupBytes: limits.bytes ?? 64 * 1024 * 1024,
  });
  for (const row of rows) await writer.write(row);
  const facts = await writer.close();
  return { path, facts };
}

/** Another reader than ours. Bytes stay bytes, whole numbers of 64 bits come as bigint. */
async function read(path: string): Promise<Record<string, unknown>[]> {
  const rows = await parquetReadObjects({ file: arrayBuffer(path), utf8: false });
  return withNulls(rows) as Record<string, unknown>[];
}

/** This reader gives undefined for a list or group that is null. */
function withNulls(value: unknown): unknown {
  if (value === undefined) return null;
  if (Array.isArray(value)) return value.map(withNulls);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inside]) => [name, withNulls(inside)]));
}

function arrayBuffer(path: string): ArrayBuffer {
  const bytes = readFileSync(path);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
}

const SCHEMA: ParquetColumn[] = [
  { name: 'id', type: 'string', optional: false },
  { name: 'text', type: 'string' },
  { name: 'small', type: 'int32' },
  { name: 'large', type: 'int64' },
  { name: 'score', type: 'double' },
  { name: 'yes', type: 'boolean' },
  { name: 'picture', type: 'image' },
  { name: 'pictures', type: { list: 'binary' } },
  { name: 'wordings', type: { list: { list: 'string' } } },
];

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('', '\n\r\u2028', 'שלום', '👩‍👩‍👧', 'a/../b', '"'.repeat(300)),
);
const bytes = fc.uint8Array({ maxLength: 300 });
const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null, freq: 3 });
const aRow = fc.record({
  id: text,
  text: orNull(text),
  small: orNull(fc.integer()),
  large: orNull(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  score: orNull(fc.double({ noNaN: true })),
  yes: orNull(fc.boolean()),
  picture: orNull(fc.record({ bytes: orNull(bytes), path: orNull(text) })),
  pictures: orNull(fc.array(orNull(bytes), { maxLength: 4 })),
  wordings: orNull(fc.array(orNull(fc.array(orNull(text), { maxLength: 3 })), { maxLength: 3 })),
});

// Catches: levels of nulls and empty lists mixed up, page and group borders in the middle of a row, odd texts changed.
test('every row comes back from another reader as it was', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(aRow, { maxLength: 60 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 4000 }),
      async (rows, groupRows, groupBytes) => {
        const { path, facts } = await write(SCHEMA, rows, { rows: groupRows, bytes: groupBytes });
        const back = rows.length === 0 ? [] : await read(path);
        expect(back).toEqual(rows);
        expect(facts).toEqual({
          rows: rows.length,
          rowGroups: parquetMetadata(arrayBuffer(path)).row_groups.length,
          bytes: readFileSync(path).length,
          sha256: createHash('sha256').update(readFileSync(path)).digest('hex'),
        });
        rmSync(path);
      },
    ),
    { numRuns: 150 },
  );
});

// Catches: a file and its bytes written differently, a picture over the size of a usual buffer cut off, pages with too many pictures.
test('pictures from files are the same bytes as pictures from memory', async () => {
  const sizes = [0, 1, 256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1, 5_000_000, ...Array.from({ length: 30 }, (_, i) => 1000 + i)];
  const pictures = sizes.map((size, i) => {
    const data = Buffer.alloc(size, i + 1);
    const file = join(dir, `picture-${i}`);
    writeFileSync(file, data);
    return { data, file };
  });
  const rowsOf = (bytesOf: (picture: { data: Buffer; file: string }) => unknown) =>
    pictures.map((picture, i) => ({ id: String(i), picture: { bytes: bytesOf(picture), path: `${i}.jpg` }, pictures: [bytesOf(picture)] }));
  const fromFiles = await write(
    SCHEMA,
    rowsOf(({ file, data }) => ({ file, bytes: data.length })),
  );
  const fromMemory = await write(
    SCHEMA,
    rowsOf(({ data }) => data),
  );
  expect(fromFiles.facts).toEqual(fromMemory.facts);
  const back = (await read(fromFiles.path)) as { picture: { bytes: Uint8Array } }[];
  expect(back.map((row) => Buffer.compare(row.picture.bytes, pictures[back.indexOf(row)]!.data))).toEqual(sizes.map(() => 0));
});

// Catches: row groups over either limit (the viewer of the hub refuses them), OPTIONAL lost, statistics on pictures.
test('row groups close at the limits; pictures are optional groups without statistics; numbers have them', async () => {
  const rows = Array.from({ length: 25 }, (_, i) => ({
    id: String(i),
    score: i - 3,
    picture: { bytes: new Uint8Array(1000), path: 'a.jpg' },
  }));
  const byRows = parquetMetadata(arrayBuffer((await write(SCHEMA, rows, { rows: 10 })).path));
  expect(byRows.row_groups.map((group) => Number(group.num_rows))).toEqual([10, 10, 5]);
  const byBytes = parquetMetadata(arrayBuffer((await write(SCHEMA, rows, { bytes: 8500 })).path));
  expect(byBytes.row_groups.map((group) => Number(group.num_rows))).toEqual([8, 8, 8, 1]);
  expect(byRows.key_value_metadata).toEqual([{ key: 'huggingface', value: '{"info":{}}' }]);
  const element = (name: string) => byRows.schema.find((one) => one.name === name);
  expect(element('id')?.repetition_type).toBe('REQUIRED');
  expect(element('picture')).toMatchObject({ repetition_type: 'OPTIONAL', num_children: 2 });
  expect(element('bytes')).toMatchObject({ repetition_type: 'OPTIONAL', type: 'BYTE_ARRAY' });
  expect(element('path')).toMatchObject({ repetition_type: 'OPTIONAL', type: 'BYTE_ARRAY', converted_type: 'UTF8' });
  const chunk = (name: string) =>
    byRows.row_groups[0]!.columns.find(({ meta_data }) => meta_data?.path_in_schema.join('.') === name)?.meta_data;
  expect(chunk('picture.bytes')?.statistics).toEqual({ null_count: 0n });
  expect(chunk('score')?.statistics).toMatchObject({ min_value: -3, max_value: 6, null_count: 0n });
  expect(chunk('text')?.statistics).toEqual({ null_count: 10n });
});

// Catches: a value of a wrong type written as garbage, a half-written row after it.
test('a row that does not fit is refused by name and leaves nothing behind', async () => {
  const path = nextFile();
  const writer = await createParquetWriter({ path, schema: SCHEMA, rowGroupRows: 10, rowGroupBytes: 1e6 });
  await writer.write({ id: 'a' });
  const refused: [Record<string, unknown>, string][] = [
    [{ id: null }, 'row 2: id must not be null'],
    [{ id: 'b', score: '4.7' }, 'row 2: score must be a number'],
    [{ id: 'b', small: 4.7 }, 'row 2: small must be a whole number of 32 bits'],
    [{ id: 'b', small: 2 ** 31 }, 'row 2: small must be a whole number of 32 bits'],
    [{ id: 'b', large: 2 ** 60 }, 'row 2: large must be a whole number of 64 bits'],
    [{ id: 'b', picture: { bytes: { file: 'a.png' }, path: 'x' } }, 'row 2: picture.bytes must be bytes or a file and its size'],
    [{ id: 'b', pictures: ['text'] }, 'row 2: pictures[0] must be bytes or a file and its size'],
    [{ id: 'b', wordings: ['text'] }, 'row 2: wordings[0] must be a list'],
    [{ id: 'b', other: 1 }, 'row 2: there is no column other'],
  ];
  for (const [row, message] of refused) await expect(writer.write(row)).rejects.toThrow(message);
  await writer.write({ id: 'c' });
  await writer.close();
  expect((await read(path)).map((row) => row.id)).toEqual(['a', 'c']);
  await expect(createParquetWriter({ path, schema: SCHEMA, rowGroupRows: 10, rowGroupBytes: 1e6 })).rejects.toMatchObject({
    code: 'EEXIST',
  });
});

// Catches: a missing picture without its name, a file that is closed as if it were whole.
test('a picture that cannot be read fails the file by name', async () => {
  const path = nextFile();
  const writer = await createParquetWriter({ path, schema: SCHEMA, rowGroupRows: 10, rowGroupBytes: 1e6 });
  const file = join(dir, 'nowhere.png');
  await writer.write({ id: 'b', picture: { bytes: { file, bytes: 10 }, path: 'x' } });
  await expect(writer.close()).rejects.toMatchObject({ code: 'workspaceCorrupt', details: { file } });
  await writer.abandon();
});
