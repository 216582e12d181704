import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SplitName } from '../../../../shared/model/export.ts';
import { createHashedFile, hashFile } from '../files.ts';
import type { FileFacts } from '../manifest.ts';
import { noCounts, type PictureCounts } from './pictures.ts';

/** A part of an export that is written in one go: a shard, or some folders of pictures. The same plan gives the same pieces. */
export interface Piece {
  /** A file name, unique in the export. */
  id: string;
  split: SplitName;
  /** Samples `from` (included) to `to` (excluded): in the order of the export for shards, of content for folders. */
  from: number;
  to: number;
}

/** What is known of a finished piece. It is on disk only when its files are complete. */
export interface PieceRecord {
  files: FileFacts[];
  counts: PictureCounts;
}

/** The records of an export's finished pieces, each a file that appears whole. */
export interface PieceRecords {
  /** The record of a piece that is finished and whose files are still as they were written; undefined otherwise. */
  find(piece: Piece, signal: AbortSignal): Promise<PieceRecord | undefined>;
  /** Lines that the piece keeps for the end, such as those of provenance.jsonl. */
  linesFile(piece: Piece): string;
  save(piece: Piece, record: PieceRecord): void;
  /** Forgets everything: the set, or what was asked for, is another one now. */
  clear(): Promise<void>;
}

export function createPieceRecords(workDir: string, setDir: string, blobFile: (hash: string) => string): PieceRecords {
  const folder = join(workDir, 'pieces');
  const fileOf = (piece: Piece) => join(folder, `${piece.id}.json`);
  const linesFile = (piece: Piece) => join(folder, `${piece.id}.jsonl`);

  async function isWhole(facts: FileFacts, signal: AbortSignal): Promise<boolean> {
    const path = join(setDir, facts.path);
    const there = await stat(path).catch(() => undefined);
    if (!there?.isFile() || there.size !== facts.bytes) return false;
    const stored = await statOf(() => blobFile(facts.sha256));
    // A hard link to the stored picture is that picture.
    if (stored?.ino === there.ino && stored.dev === there.dev) return true;
    return (await hashFile(path, signal)).sha256 === facts.sha256;
  }

  return {
    linesFile,
    async find(piece, signal) {
      if (!existsSync(fileOf(piece))) return undefined;
      const record = JSON.parse(await readFile(fileOf(piece), 'utf8')) as PieceRecord;
      for (const facts of record.files) if (!(await isWhole(facts, signal))) return undefined;
      return record;
    },
    save(piece, record) {
      const file = fileOf(piece);
      mkdirSync(folder, { recursive: true });
      writeFileSync(`${file}.new`, JSON.stringify(record));
      renameSync(`${file}.new`, file);
    },
    async clear() {
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function statOf(file: () => string) {
  try {
    return await stat(file());
  } catch {
    return undefined;
  }
}

/** Makes a text file anew, in a folder that is made when it is not there. */
export async function freshFile(path: string) {
  await mkdir(dirname(path), { recursive: true });
  await rm(path, { force: true });
  return createHashedFile(path);
}

/** Writes a whole text file anew; gives its facts with the path as listed. */
export async function writeText(setDir: string, path: string, text: string): Promise<FileFacts> {
  const file = await freshFile(join(setDir, path));
  try {
    await file.write(text);
    return { path, ...(await file.close()) };
  } catch (error) {
    await file.abandon().catch(() => undefined);
    throw error;
  }
}

/** The sum of several counts. */
export function sumCounts(all: readonly PictureCounts[]): PictureCounts {
  const sum = noCounts();
  for (const counts of all) for (const key of Object.keys(sum) as (keyof PictureCounts)[]) sum[key] += counts[key];
  return sum;
}
