import { join } from 'node:path';
import fc from 'fast-check';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import type { Workspace } from '../../src/main/engine/store/index.ts';
import type { ExportDeps } from '../../src/main/engine/transfer/export/deps.ts';
import { exportSet } from '../../src/main/engine/transfer/export/exportSet.ts';
import { runImport } from '../../src/main/engine/transfer/import/runImport.ts';
import { type ExportFormat, ExportOptions, type ExportOptionsInput } from '../../src/shared/model/export.ts';
import { SIGNAL_NAMES, type Signals } from '../../src/shared/model/signals.ts';
import { inspect } from '../unit/transfer/world.ts';
import { aFolder, open } from './world.ts';

const never = new AbortController().signal;
const silent = () => undefined;
const PICTURES = 6;

async function paintInto({ blobs, work }: Workspace): Promise<string[]> {
  return Promise.all(
    Array.from({ length: PICTURES }, async (_, i) => {
      const image = sharp({ create: { width: 40, height: 30, channels: 3, background: { r: i * 30, g: 0, b: 99 } } });
      // One encoding: formats that want one a column would encode the others anew.
      const bytes = await image.jpeg().toBuffer();
      const facts = await inspect(bytes);
      const hash = await blobs.put(bytes, facts.format);
      await work.addImage(hash, facts, bytes.length);
      return hash;
    }),
  );
}

function exportDeps({ exports, screens, blobs }: Workspace): ExportDeps {
  return {
    rows: exports.rows,
    contest: exports.contest,
    picture: exports.picture,
    countRows: (filter) => screens.countTriplets(filter).count,
    runs: () => [],
    blobFile: blobs.fileOf,
    pictureFile: blobs.placeOf,
    encode: () => Promise.reject(new Error('nothing is encoded here')),
    now: () => 0,
  };
}

/** What a set is: everything of its rows but ids and times. */
function contents(workspace: Workspace, keep: (keyof Row)[]): Partial<Row>[] {
  const rows = [...workspace.exports.rows({})].map((row) => Object.fromEntries(keep.map((name) => [name, row[name]])));
  const text = (row: object) => JSON.stringify(row);
  return rows.sort((a, b) => (text(a) < text(b) ? -1 : 1)) as Partial<Row>[];
}

interface Row {
  sourceHash: string;
  editedHash: string;
  instruction: string;
  category: string;
  style: string;
  scores: { adherence: number; aesthetics: number } | null;
  paraphrases: string[];
  signals: Signals | null;
}

const oddText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '👩‍👩‍👧 in the 🏠',
    'line\none\r\ntwo\u2028three',
    'اجعله أحمر',
    '../../etc/passwd',
    'a.b.c/d.txt',
    ' spaces ',
    '"quoted", \\slashed',
    '\ufeffmark',
  ),
  fc.constant('ten thousand '.repeat(800)),
);
const someText = oddText.filter((text) => text.trim() !== '');
const score = fc.double({ min: 1, max: 5, noNaN: true });
const aRow = fc.record({
  pair: fc.tuple(fc.nat(PICTURES - 1), fc.nat(PICTURES - 1)).filter(([a, b]) => a !== b),
  instruction: someText,
  category: oddText,
  style: oddText,
  scores: fc.option(fc.record({ adherence: score, aesthetics: score })),
  paraphrases: fc.uniqueArray(someText, { maxLength: 3 }),
  signals: fc.option(
    fc.dictionary(fc.constantFrom(...SIGNAL_NAMES), fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minKeys: 1, noNullPrototype: true }),
  ),
});
type GeneratedRow = typeof aRow extends fc.Arbitrary<infer R> ? R : never;

async function fill(workspace: Workspace, rows: GeneratedRow[]): Promise<void> {
  const pictures = await paintInto(workspace);
  for (const { pair, instruction, paraphrases, ...row } of rows)
    await workspace.triplets.add({
      ...row,
      runId: null,
      kind: 'imported',
      state: 'active',
      reason: '',
      sourceHash: pictures[pair[0]]!,
      editedHash: pictures[pair[1]]!,
      width: 40,
      height: 30,
      instruction,
      attemptId: null,
      sourceId: null,
      origin: '',
      lowLevel: null,
      parents: [],
      verdicts: [],
      imported: { itemId: '', kind: '', paraphrases: paraphrases.filter((text) => text !== instruction), facts: {} },
    });
}

const ALL: (keyof Row)[] = ['sourceHash', 'editedHash', 'instruction', 'category', 'style', 'scores', 'paraphrases', 'signals'];
const PAIR: (keyof Row)[] = ['sourceHash', 'editedHash', 'instruction'];
/** What each format has a place for. */
const FORMATS: [string, ExportFormat, string, ExportOptionsInput, (keyof Row)[]][] = [
  ['nhr', 'nhr', 'nhr', { splits: { train: 0.5, validation: 0.25, test: 0.25 } }, ALL],
  ['hf-parquet', 'hf-parquet', 'nhr', {}, ALL],
  ['hf-parquet ip2p', 'hf-parquet', 'ip2p', { columns: 'ip2p' }, [...PAIR, 'category']],
  ['hf-parquet magicbrush', 'hf-parquet', 'magicbrush', { columns: 'magicbrush' }, PAIR],
  ['hf-parquet omniedit', 'hf-parquet', 'omniedit', { columns: 'omniedit' }, [...PAIR, 'category', 'paraphrases']],
  ['webdataset', 'webdataset', 'webdataset', {}, ALL],
  ['webdataset x2edit', 'webdataset', 'webdataset', { fields: 'x2edit' }, [...PAIR, 'category']],
  ['bagel', 'bagel', 'bagel', {}, [...PAIR, 'paraphrases']],
  ['pairs', 'pairs', 'pairs', { splits: { train: 0.5, validation: 0.5, test: 0 } }, PAIR],
];

// Catches: any text, score or wording that one way changes, in any format that can be read back; rows lost to splits or shuffling.
test.each(FORMATS)('%s: export and import again give the identical triplets', async (_, format, importFormat, options, keep) => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(aRow, { minLength: 1, maxLength: 10, selector: ({ pair, instruction }) => `${pair}${instruction}` }),
      async (all) => {
        // A caption file that begins with U+FEFF has a byte order mark.
        const rows = format === 'pairs' ? all.filter(({ instruction }) => !instruction.startsWith('\ufeff')) : all;
        fc.pre(rows.length > 0);
        const dir = aFolder();
        const before = open(join(dir, 'before'));
        await fill(before, rows);
        const target = join(dir, 'set.v1 (final)');
        await exportSet(
          exportDeps(before),
          { format, dir: target, options: ExportOptions.parse({ ...options, seed: 3 }), toolVersion: '0' },
          silent,
          never,
        );
        const after = open(join(dir, 'after'));
        const report = await runImport(
          {
            blobs: after.blobs,
            pixels: { inspect },
            addImage: after.work.addImage,
            addTriplet: after.triplets.add,
            hasOrigin: after.exports.hasOrigin,
            hasContent: after.imports.hasContent,
            findItem: after.imports.itemFinder(),
            addRating: after.imports.addRating,
            concurrency: 4,
          },
          { format: importFormat, path: target, map: {}, reportFile: join(dir, 'bad.jsonl') },
          silent,
          never,
        );
        expect(report.shown).toEqual([]);
        expect(contents(after, keep)).toEqual(contents(before, keep));
        await Promise.all([before.close(), after.close()]);
      },
    ),
    { numRuns: 12 },
  );
});
