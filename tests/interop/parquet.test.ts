import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createParquetWriter } from '../../src/main/engine/transfer/parquet/writer.ts';
import { pythonVenv } from '../helpers/python.ts';

const run = promisify(execFile);
const PACKAGES = ['datasets==5.0.1', 'pyarrow==26.0.1', 'pillow==13.0.0'];

let python: string | null;
let dir: string;
beforeAll(async () => {
  python = await pythonVenv(PACKAGES);
  dir = mkdtempSync(join(tmpdir(), 'nhr-parquet-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const seen = (bytes: Uint8Array) => ({ sha256: createHash('sha256').update(bytes).digest('hex'), length: bytes.length });

// Catches: a footer, page or level that only our own reader understands; OPTIONAL and nesting as another world needs them.
test('pyarrow reads schema, row groups, statistics, footer and every value', async ({ skip }) => {
  if (python === null) return skip();
  const path = join(dir, 'all.parquet');
  const rows = Array.from({ length: 95 }, (_, i) => {
    const bytes = Buffer.alloc(i * 997, i);
    const file = join(dir, `p${i}.bin`);
    writeFileSync(file, bytes);
    return {
      row: {
        id: `row ${i} \u2028 👩‍👩‍👧 שלום`,
        note: i % 3 === 0 ? null : '\n'.repeat(i % 5),
        score: i % 4 === 0 ? null : i / 8 - 4,
        count: i - 50,
        wide: i % 5 === 0 ? null : -(2n ** 60n) + BigInt(i),
        flag: i % 7 === 0 ? null : i % 2 === 0,
        source: i % 11 === 0 ? null : { bytes: i % 2 === 0 ? { file, bytes: bytes.length } : bytes, path: `p${i}.jpg` },
        image_list: i % 13 === 0 ? null : Array.from({ length: i % 4 }, () => bytes),
        instruction_list: Array.from({ length: i % 3 }, (_, k) =>
          Array.from({ length: (i + k) % 3 }, (__, n) => (n === 1 ? null : `step ${k}`)),
        ),
      },
      bytes,
    };
  });
  const writer = await createParquetWriter({
    path,
    schema: [
      { name: 'id', type: 'string', optional: false },
      { name: 'note', type: 'string' },
      { name: 'score', type: 'double' },
      { name: 'count', type: 'int32' },
      { name: 'wide', type: 'int64' },
      { name: 'flag', type: 'boolean' },
      { name: 'source', type: 'image' },
      { name: 'image_list', type: { list: 'binary' } },
      { name: 'instruction_list', type: { list: { list: 'string' } } },
    ],
    keyValues: { huggingface: '{"info":{"features":{}}}', other: 'ünï' },
    rowGroupRows: 40,
    rowGroupBytes: 64 * 1024 * 1024,
  });
  for (const { row } of rows) await writer.write(row);
  await writer.close();
  const { stdout } = await run(python, [join(import.meta.dirname, 'parquet_read.py'), path], { timeout: 120_000, maxBuffer: 1 << 28 });
  const read = JSON.parse(stdout.replaceAll(/"wide": (-?\d+)/g, '"wide": "$1"'));
  expect(read.schema).toEqual({
    id: 'string',
    note: 'string',
    score: 'double',
    count: 'int32',
    wide: 'int64',
    flag: 'bool',
    source: 'struct<bytes: binary, path: string>',
    image_list: 'list<element: binary>',
    instruction_list: 'list<element: list<element: string>>',
  });
  expect(read.nullable).toEqual({ ...Object.fromEntries(Object.keys(read.schema).map((name) => [name, true])), id: false });
  expect(read.groups).toEqual([40, 40, 15]);
  expect(read.codecs).toEqual(['UNCOMPRESSED']);
  const scores = (from: number, to: number) => rows.slice(from, to).flatMap(({ row }) => row.score ?? []);
  expect(read.score).toEqual(
    [
      [0, 40],
      [40, 80],
      [80, 95],
    ].map(([from, to]) => [Math.min(...scores(from!, to!)), Math.max(...scores(from!, to!))]),
  );
  expect(read.keyValues).toMatchObject({ huggingface: '{"info":{"features":{}}}', other: 'ünï' });
  expect(read.batches).toBe(true);
  expect(read.rows).toEqual(
    rows.map(({ row, bytes }) => ({
      ...row,
      wide: row.wide === null ? null : String(row.wide),
      source: row.source && { bytes: seen(bytes), path: row.source.path },
      image_list: row.image_list?.map(() => seen(bytes)) ?? null,
    })),
  );
});
