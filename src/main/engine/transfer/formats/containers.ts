import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createParquetWriter, type ParquetOptions, type ParquetWriter } from '../parquet/writer.ts';
import { createTarWriter, type TarWriter } from '../tar/writer.ts';

/** A Parquet file made anew, in a folder that is made when it is not there. */
export async function freshParquet(dir: string, path: string, options: Omit<ParquetOptions, 'path'>): Promise<ParquetWriter> {
  return createParquetWriter({ path: await freshPath(dir, path), ...options });
}

/** A tar file made anew, likewise. */
export async function freshTar(dir: string, path: string): Promise<TarWriter> {
  return createTarWriter({ path: await freshPath(dir, path) });
}

/** A place for a new file: its folder is there, and nothing that a stopped export left. */
async function freshPath(dir: string, path: string): Promise<string> {
  const file = join(dir, path);
  await mkdir(dirname(file), { recursive: true });
  await rm(file, { force: true });
  return file;
}

/** Text as strict readers take it: lone surrogates become U+FFFD. */
export function wellFormed<T>(value: T): T {
  if (typeof value === 'string') return value.toWellFormed() as T;
  if (Array.isArray(value)) return value.map(wellFormed) as T;
  return value;
}

/** Runs the writing of one container; on failure it is closed without a result, and the failure goes on. */
export async function writeWith<W extends { abandon(): Promise<void> }, R>(writer: W, work: (writer: W) => Promise<R>): Promise<R> {
  try {
    return await work(writer);
  } catch (error) {
    await writer.abandon().catch(() => undefined);
    throw error;
  }
}
