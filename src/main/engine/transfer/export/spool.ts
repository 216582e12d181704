import { closeSync, openSync, readSync } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { mostBytes } from '../utf8.ts';
import { createNumbers } from './numbers.ts';

/**
 * A list of values, written once in order, then read at any place. The first ones stay in memory as they were given, so they may not be
 * changed afterwards; the others lie in a file as JSON. Memory: values of MEMORY_CHARS, and eight bytes for each one more.
 */
export interface Spool<T> {
  /** To be waited for before the next one, where it gives something to wait for. */
  add(value: T): Promise<void> | undefined;
  /** Ends the writing; reading starts after it. */
  seal(): Promise<void>;
  get(index: number): Readonly<T>;
  size(): number;
  close(): Promise<void>;
}

/** Values stay in memory up to so much JSON, some 10,000 rows: reading them back then costs nothing. */
const MEMORY_CHARS = 16 * 1024 * 1024;
/** So much is written to the file, and read from it where values are asked for in order, at once. */
const CHUNK_BYTES = 256 * 1024;

/**
 * An empty list; `path` is made, anew, when it grows out of memory. It is a work file: nothing is synced. `onBytes` sees the JSON of all
 * values, in order, before `seal` is over.
 */
export async function createSpool<T>(path: string, onBytes: (bytes: Uint8Array) => void): Promise<Spool<T>> {
  await rm(path, { force: true });
  const inMemory: T[] = [];
  let charsInMemory = 0;
  /** JSON that nobody has seen yet. */
  const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  let chunkBytes = 0;
  let file: FileHandle | undefined;
  /** Where each value in the file starts, and its end. */
  const starts = createNumbers(Float64Array);
  let end = 0;
  let read: ((start: number, length: number, isNext: boolean) => Buffer) | undefined;
  let closeReading: () => void = () => undefined;
  let last = -1;

  function takeChunk(): Uint8Array {
    const bytes = chunk.subarray(0, chunkBytes);
    onBytes(bytes);
    chunkBytes = 0;
    return bytes;
  }
  async function addToFile(text: string): Promise<void> {
    if (file === undefined) {
      takeChunk();
      file = await open(path, 'wx');
    }
    const bytes = Buffer.byteLength(text);
    starts.push(end);
    end += bytes;
    if (chunkBytes + bytes > CHUNK_BYTES) await file.writeFile(takeChunk());
    if (bytes <= CHUNK_BYTES) {
      chunkBytes += chunk.write(text, chunkBytes);
      return;
    }
    const long = Buffer.from(text);
    onBytes(long);
    await file.writeFile(long);
  }

  return {
    add(value) {
      const text = JSON.stringify(value);
      if (file !== undefined || charsInMemory + text.length > MEMORY_CHARS) return addToFile(text);
      charsInMemory += text.length;
      inMemory.push(value);
      const most = mostBytes(text);
      if (chunkBytes + most > CHUNK_BYTES) takeChunk();
      if (most > CHUNK_BYTES) onBytes(Buffer.from(text));
      else chunkBytes += chunk.write(text, chunkBytes);
      return undefined;
    },
    async seal() {
      const bytes = takeChunk();
      if (file === undefined) return;
      await file.writeFile(bytes);
      await file.close();
      file = undefined;
      const opened = openSync(path, 'r');
      closeReading = () => closeSync(opened);
      read = createReader(opened, path);
    },
    get(index) {
      const place = index - inMemory.length;
      if (place < 0) return inMemory[index]!;
      const start = starts.at(place);
      const length = (place + 1 < starts.length() ? starts.at(place + 1) : end) - start;
      const isNext = place === last + 1;
      last = place;
      return JSON.parse(read!(start, length, isNext).toString('utf8')) as T;
    },
    size: () => inMemory.length + starts.length(),
    async close() {
      await file?.close();
      file = undefined;
      closeReading();
      closeReading = () => undefined;
    },
  };
}

/** Reads parts of an open file; where they follow each other, many of them with one question to the system. */
function createReader(file: number, path: string) {
  let buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  let from = 0;
  let filled = 0;
  return (start: number, length: number, isNext: boolean): Buffer => {
    if (start < from || start + length > from + filled) {
      if (length > buffer.length) buffer = Buffer.allocUnsafe(length * 2);
      from = start;
      filled = 0;
      const wanted = isNext ? buffer.length : length;
      while (filled < length) {
        const got = readSync(file, buffer, filled, wanted - filled, start + filled);
        if (got === 0) throw new Error(`${path} is shorter than it was written`);
        filled += got;
      }
    }
    return buffer.subarray(start - from, start - from + length);
  };
}
