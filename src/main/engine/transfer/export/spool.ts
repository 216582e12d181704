import { closeSync, openSync, readSync } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { mostBytes } from '../utf8.ts';
import { createNumbers } from './numbers.ts';

/** A list of values, written once in order, then read at any place. Memory: eight bytes a value, and at most MEMORY_BYTES. */
export interface Spool<T> {
  /** To be waited for before the next one, where it gives something to wait for. */
  add(value: T): Promise<void> | undefined;
  /** Ends the writing; reading starts after it. */
  seal(): Promise<void>;
  get(index: number): T;
  size(): number;
  close(): Promise<void>;
}

/** How the values of a spool are written down. */
export interface SpoolText<T> {
  toText(value: T): string;
  fromText(text: string): T;
}

/** As JSON. */
export const asJson = { toText: JSON.stringify, fromText: JSON.parse };
/** Texts as they are. */
export const asText: SpoolText<string> = { toText: (value) => value, fromText: (text) => text };

/** A list up to here stays in memory: ten thousand rows are read at any place without a question to the system. */
const MEMORY_BYTES = 16 * 1024 * 1024;
/** So much is written to the file, and read from it where values are asked for in order, at once. */
const CHUNK_BYTES = 256 * 1024;

/**
 * An empty list; `path` is made, anew, when it grows out of memory. It is a work file: nothing is synced. `onBytes` sees all of it, in
 * order, before `seal` is over.
 */
export async function createSpool<T>(
  path: string,
  { toText, fromText }: SpoolText<T>,
  onBytes: (bytes: Uint8Array) => void = () => undefined,
): Promise<Spool<T>> {
  await rm(path, { force: true });
  const starts = createNumbers(Float64Array);
  // Texts become bytes at once: strings that wait would make the garbage collector keep a larger heap.
  const memory = Buffer.allocUnsafeSlow(MEMORY_BYTES);
  let memoryBytes = 0;
  let position = 0;
  let file: { handle: FileHandle; waiting: Buffer; waitingBytes: number } | undefined;
  let read: ((start: number, length: number, isNext: boolean) => Buffer) | undefined;
  let closeReading: () => void = () => undefined;
  let last = -1;

  async function addToFile(text: string): Promise<void> {
    const bytes = Buffer.byteLength(text);
    position += bytes;
    if (file === undefined) {
      // With what is in memory as well, so that a value's place is its place in the file.
      file = { handle: await open(path, 'wx'), waiting: Buffer.allocUnsafe(CHUNK_BYTES), waitingBytes: 0 };
      await put(file.handle, memory.subarray(0, memoryBytes));
    }
    if (file.waitingBytes + bytes > CHUNK_BYTES) await flush();
    if (bytes > CHUNK_BYTES) await put(file.handle, Buffer.from(text));
    else file.waitingBytes += file.waiting.write(text, file.waitingBytes);
  }
  async function flush(): Promise<void> {
    if (file === undefined) return;
    await put(file.handle, file.waiting.subarray(0, file.waitingBytes));
    file.waitingBytes = 0;
  }
  async function put(handle: FileHandle, bytes: Uint8Array): Promise<void> {
    onBytes(bytes);
    await handle.writeFile(bytes);
  }

  return {
    add(value) {
      const text = toText(value);
      starts.push(position);
      if (file !== undefined || position + mostBytes(text) > MEMORY_BYTES) return addToFile(text);
      position += memory.write(text, position);
      memoryBytes = position;
      return undefined;
    },
    async seal() {
      if (file === undefined) {
        onBytes(memory.subarray(0, memoryBytes));
        return;
      }
      await flush();
      await file.handle.close();
      const opened = openSync(path, 'r');
      closeReading = () => closeSync(opened);
      read = createReader(opened, path);
      file = undefined;
    },
    get(index) {
      const start = starts.at(index);
      const length = (index + 1 < starts.length() ? starts.at(index + 1) : position) - start;
      const isNext = index === last + 1;
      last = index;
      if (start + length <= memoryBytes) return fromText(memory.toString('utf8', start, start + length));
      return fromText(read!(start, length, isNext).toString('utf8'));
    },
    size: () => starts.length(),
    async close() {
      await file?.handle.close();
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
