import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';

import type { ExportRow } from '../../../src/main/engine/transfer/columns.ts';
import type { ExportDeps } from '../../../src/main/engine/transfer/export/deps.ts';
import { type ExportReport, exportSet } from '../../../src/main/engine/transfer/export/exportSet.ts';
import type { CheckDeps } from '../../../src/main/engine/transfer/faults.ts';
import { AppError } from '../../../src/shared/model/errors.ts';
import { type ExportFormat, ExportOptions, type ExportOptionsInput } from '../../../src/shared/model/export.ts';

/** A folder with real pictures in it, stored by hash like the workspace's blobs. */
export interface PictureWorld {
  dir: string;
  /** Makes a picture of one colour with a square in another; gives its hash. */
  picture(colour: string, square: string, format?: 'jpeg' | 'png', size?: [number, number]): Promise<string>;
  file(hash: string): string;
  remove(): void;
}

export function pictureWorld(): PictureWorld {
  const dir = mkdtempSync(join(tmpdir(), 'nhr-transfer-'));
  mkdirSync(join(dir, 'blobs'));
  return {
    dir,
    async picture(colour, square, format = 'jpeg', [width, height] = [64, 48]) {
      const patch = await sharp({ create: { width: 20, height: 20, channels: 3, background: square } })
        .png()
        .toBuffer();
      const image = sharp({ create: { width, height, channels: 3, background: colour } }).composite([{ input: patch, left: 8, top: 8 }]);
      const bytes = await (format === 'jpeg' ? image.jpeg({ quality: 90 }) : image.png()).toBuffer();
      const hash = createHash('sha256').update(bytes).digest('hex');
      writeFileSync(join(dir, 'blobs', hash), bytes);
      return hash;
    },
    file: (hash) => join(dir, 'blobs', hash),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** A sound forward row; give what differs. */
export function aRow(change: Partial<ExportRow> & Pick<ExportRow, 'sourceHash' | 'editedHash'>): ExportRow {
  return {
    runId: 'run-1',
    kind: 'forward',
    rootHash: change.sourceHash,
    width: 64,
    height: 48,
    instruction: 'Make the square green',
    category: 'Change color',
    style: 'standard',
    prompt: 'A red square on a wall',
    scores: { adherence: 5, aesthetics: 4.8 },
    softScores: { adherence: 4, aesthetics: 5 },
    lowLevel: { width: 64, height: 48, flagged: 400, largest: 400, components: 1 },
    signals: null,
    seed: 7,
    difficulty: 2,
    parents: [],
    decision: null,
    paraphrases: [],
    attemptId: null,
    human: null,
    ...change,
  };
}

/** Two families: one with two forward edits, an inverse and a composed row; one with a PNG pair. */
export async function sampleRows(world: PictureWorld): Promise<ExportRow[]> {
  const root = await world.picture('white', 'red');
  const green = await world.picture('white', 'green');
  const blue = await world.picture('white', 'blue');
  const other = await world.picture('black', 'red', 'png');
  const otherEdited = await world.picture('black', 'yellow', 'png');
  const forward = aRow({ sourceHash: root, editedHash: green });
  const inverse = aRow({
    kind: 'inverse',
    sourceHash: green,
    editedHash: root,
    rootHash: root,
    instruction: 'Make the square red',
    seed: null,
    difficulty: null,
    softScores: null,
    parents: [forward],
  });
  return [
    inverse,
    aRow({ sourceHash: root, editedHash: blue, instruction: 'Make the square blue', decision: 'accept' }),
    forward,
    aRow({
      kind: 'composed',
      sourceHash: green,
      editedHash: blue,
      rootHash: root,
      instruction: 'Make the square red and then blue \u2028 "now"',
      scores: null,
      parents: [inverse],
    }),
    aRow({ sourceHash: other, editedHash: otherEdited, instruction: 'Make the square yellow' }),
  ];
}

/** Eight families of a forward edit with odd texts, its inverse, another forward edit and a composed one; every fourth is PNG. */
export async function richRows(world: PictureWorld): Promise<ExportRow[]> {
  const texts = [
    'Make it green',
    'Zeile\n"zwei"\tund, mehr',
    'اجعلها خضراء 🦊',
    'a/b/../c.png',
    '<image> | `x`',
    "it's 5.0",
    'x'.repeat(10_000),
    '"',
  ];
  const rows: ExportRow[] = [];
  for (const [i, text] of texts.entries()) {
    const format = i % 4 === 3 ? 'png' : 'jpeg';
    const base = `rgb(${i * 20},40,90)`;
    const [root, one, two] = await Promise.all(['red', 'green', 'blue'].map((square) => world.picture(base, square, format)));
    const common = { rootHash: root!, category: i % 3 === 0 ? 'Add object' : 'Change color', attemptId: i + 1 };
    const first = aRow({ ...common, sourceHash: root!, editedHash: one!, instruction: text, paraphrases: [`${text} now`, text] });
    const second = aRow({ ...common, sourceHash: root!, editedHash: two!, instruction: `${text} as well`, attemptId: null });
    const back = { sourceHash: one!, editedHash: root!, instruction: `undo ${text}` };
    const derived = { rootHash: root!, seed: null, difficulty: null, softScores: null, category: common.category };
    rows.push(
      first,
      second,
      aRow({ ...derived, ...back, kind: 'inverse', parents: [first] }),
      aRow({
        ...derived,
        kind: 'composed',
        sourceHash: one!,
        editedHash: two!,
        instruction: `undo and ${text}`,
        scores: null,
        parents: [back, second],
      }),
    );
  }
  return rows.sort((a, b) => (a.rootHash < b.rootHash ? -1 : a.rootHash > b.rootHash ? 1 : 0));
}

/** Export deps over rows in memory and real picture files. */
export function exportDeps(world: PictureWorld, rows: ExportRow[], change: Partial<ExportDeps> = {}): ExportDeps {
  return {
    rows: () => rows,
    countRows: () => rows.length,
    contest: () => null,
    runs: () => [],
    blobFile: world.file,
    pictureFile: ({ hash }) => world.file(hash),
    picture(hash) {
      const file = world.file(hash);
      if (!existsSync(file)) return undefined;
      const format = readFileSync(file)[0] === 0xff ? 'jpeg' : 'png';
      return { format, bytes: statSync(file).size, lossy: format === 'jpeg' };
    },
    async encode(file, format, quality) {
      const image = sharp(file);
      if (format === 'png') return image.png().toBuffer();
      if (format === 'jpeg') return image.jpeg({ quality }).toBuffer();
      return image.webp(format === 'webp' ? { quality } : { lossless: true }).toBuffer();
    },
    now: () => 1_700_000_000_000,
    ...change,
  };
}

/** Exports with little to say: in the order of content unless asked otherwise. */
export function exportTo(
  deps: ExportDeps,
  dir: string,
  format: ExportFormat = 'nhr',
  options: ExportOptionsInput = {},
  onProgress: (done: number, total: number) => void = () => undefined,
  signal: AbortSignal = new AbortController().signal,
): Promise<ExportReport> {
  const parsed = ExportOptions.parse({ shuffle: false, ...options });
  return exportSet(deps, { format, dir, options: parsed, toolVersion: '0.1.0' }, onProgress, signal);
}

export const checkDeps: CheckDeps = {
  async decode(file) {
    const { info } = await sharp(await readFile(file), { failOn: 'warning' })
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height };
  },
  async decodeBytes(bytes) {
    const { info } = await sharp(bytes, { failOn: 'warning' }).raw().toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height };
  },
  concurrency: 2,
};

/** What Pixels.inspect does, for tests that do not need the pool. */
export async function inspect(bytes: Uint8Array) {
  try {
    const { width, height, format } = await sharp(bytes).metadata();
    return { width, height, format, lossy: format === 'jpeg' };
  } catch {
    throw new AppError('inputInvalid', 'These bytes are no readable picture.');
  }
}
