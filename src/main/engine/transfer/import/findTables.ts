import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../../shared/model/errors.ts';

/** Kinds of metadata beside a folder's pictures, the best first: one folder is read once. */
const METADATA = ['metadata.jsonl', 'metadata.parquet', 'metadata.csv'];

/**
 * The tables of a set, in the order of their paths: the file that was given; in a folder its metadata files, or when there are none
 * every Parquet shard (beside metadata they are the same rows once more). Throws AppError inputInvalid when there are none.
 */
export async function findTables(path: string): Promise<string[]> {
  const facts = await stat(path).catch(() => undefined);
  if (facts?.isFile()) return [path];
  if (!facts?.isDirectory()) throw new AppError('inputInvalid', `${path} is not there.`, { file: path });
  const { metadata, shards } = await tablesIn(path);
  const tables = (metadata.length > 0 ? metadata : shards).sort();
  if (tables.length === 0)
    throw new AppError('inputInvalid', `${path} holds no set that can be read.`, {
      file: path,
      hint: 'It needs a metadata.jsonl, metadata.csv or metadata.parquet, or Parquet files with pictures.',
    });
  return tables;
}

async function tablesIn(folder: string): Promise<{ metadata: string[]; shards: string[] }> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = new Set(entries.filter((entry) => entry.isFile()).map((entry) => entry.name));
  const metadata = METADATA.find((name) => names.has(name));
  const shards = [...names].filter((name) => name.endsWith('.parquet') && !METADATA.includes(name));
  const below = await Promise.all(
    entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map((entry) => tablesIn(join(folder, entry.name))),
  );
  return {
    metadata: [...(metadata === undefined ? [] : [join(folder, metadata)]), ...below.flatMap((tables) => tables.metadata)],
    shards: [...shards.map((name) => join(folder, name)), ...below.flatMap((tables) => tables.shards)],
  };
}

/** Files below a folder with one of these endings, in the order of their paths; a file is itself. Throws AppError inputInvalid when there are none. */
export async function findFiles(path: string, ending: RegExp, what: string): Promise<string[]> {
  const facts = await stat(path).catch(() => undefined);
  if (facts?.isFile()) return [path];
  if (!facts?.isDirectory()) throw new AppError('inputInvalid', `${path} is not there.`, { file: path });
  const entries = await readdir(path, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile() && ending.test(entry.name)).map((entry) => join(entry.parentPath, entry.name));
  if (files.length === 0) throw new AppError('inputInvalid', `${path} holds no ${what}.`, { file: path });
  return files.sort();
}
