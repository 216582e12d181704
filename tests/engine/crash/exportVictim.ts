/** A process that exports until it is killed: exportVictim.ts WORLD FORMAT OUT OPTIONS ROWS. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExportRow } from '../../../src/main/engine/transfer/columns.ts';
import { exportSet } from '../../../src/main/engine/transfer/export/exportSet.ts';
import { type ExportFormat, ExportOptions } from '../../../src/shared/model/export.ts';

const [world, format, dir, options, most] = process.argv.slice(2) as [string, ExportFormat, string, string, string];
const rows = (JSON.parse(readFileSync(join(world, 'rows.json'), 'utf8')) as ExportRow[]).slice(0, Number(most));
const sizes = JSON.parse(readFileSync(join(world, 'sizes.json'), 'utf8')) as Record<string, number>;

const deps = {
  rows: () => rows,
  countRows: () => rows.length,
  // Every row against the picture of the row before it: enough to have three pictures a sample.
  contest: (row: ExportRow) => ({
    validator: 'judge',
    losers: [
      { editedHash: row.prompt, scores: { adherence: 2, aesthetics: 2 }, seed: 1, stage: 'validator', reason: '', validator: 'judge' },
    ],
  }),
  runs: () => [],
  blobFile: (hash: string) => join(world, 'blobs', hash),
  pictureFile: ({ hash }: { hash: string }) => join(world, 'blobs', hash),
  picture: (hash: string) => ({ format: 'jpeg', bytes: sizes[hash]!, lossy: true }),
  encode: () => Promise.reject(new Error('nothing is encoded here')),
  now: () => 1_700_000_000_000,
};
const request = { format, dir, options: ExportOptions.parse(JSON.parse(options)), toolVersion: '0.1.0' };
const report = await exportSet(deps, request, (done, total) => process.send?.({ done, total }), new AbortController().signal);
process.send?.({ kept: report.kept });
process.disconnect?.();
