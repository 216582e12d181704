import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';

import type { ExportRow } from '../../../src/main/engine/transfer/columns.ts';
import type { ExportDeps } from '../../../src/main/engine/transfer/exportNhr.ts';
import type { CheckDeps } from '../../../src/main/engine/transfer/faults.ts';
import { AppError } from '../../../src/shared/model/errors.ts';

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
    seed: 7,
    difficulty: 2,
    parents: [],
    decision: null,
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

/** Export deps over rows in memory and real picture files. */
export function exportDeps(world: PictureWorld, rows: ExportRow[], change: Partial<ExportDeps> = {}): ExportDeps {
  return { rows: () => rows, countRows: () => rows.length, runs: () => [], blobFile: world.file, now: () => 1_700_000_000_000, ...change };
}

export const checkDeps: CheckDeps = {
  async decode(file) {
    const { info } = await sharp(await readFile(file), { failOn: 'warning' })
      .raw()
      .toBuffer({ resolveWithObject: true });
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
