import { closeSync, openSync, readSync } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { createNumbers } from './numbers.ts';

/** A list of JSON values on disk: written once in order, then read at any place. Eight bytes of memory a value. */
export interface Spool<T> {
  /** Gives the value's number, from 0. */
  add(value: T): Promise<number>;
  /** Ends the writing; reading starts after it. */
  seal(): Promise<void>;
  get(index: number): T;
  size(): number;
  close(): Promise<void>;
}

const WRITE_CHUNK = 256 * 1024;

/** Makes the file anew. It is a work file: nothing is synced. `onText` sees every line as it is written. */
export async function createSpool<T>(path: string, onText: (text: string) => void = () => undefined): Promise<Spool<T>> {
  await rm(path, { force: true });
  const handle: FileHandle = await open(path, 'wx');
  const starts = createNumbers(Float64Array);
  let position = 0;
  // Texts become bytes at once: strings that wait would make the garbage collector keep a larger heap.
  const waiting = Buffer.allocUnsafe(WRITE_CHUNK);
  let waitingBytes = 0;
  let reading: number | undefined;
  let buffer = Buffer.alloc(64 * 1024);

  const flush = async () => {
    await handle.writeFile(waiting.subarray(0, waitingBytes));
    waitingBytes = 0;
  };
  return {
    async add(value) {
      const text = `${JSON.stringify(value)}\n`;
      onText(text);
      const bytes = Buffer.byteLength(text);
      starts.push(position);
      position += bytes;
      if (waitingBytes + bytes > waiting.length) await flush();
      if (bytes > waiting.length) await handle.writeFile(text);
      else waitingBytes += waiting.write(text, waitingBytes);
      return starts.length() - 1;
    },
    async seal() {
      await flush();
      await handle.close();
      reading = openSync(path, 'r');
    },
    get(index) {
      const start = starts.data()[index]!;
      const length = (index + 1 < starts.length() ? starts.data()[index + 1]! : position) - start;
      if (length > buffer.length) buffer = Buffer.alloc(length * 2);
      let filled = 0;
      while (filled < length) {
        const got = readSync(reading!, buffer, filled, length - filled, start + filled);
        if (got === 0) throw new Error(`${path} is shorter than it was written`);
        filled += got;
      }
      return JSON.parse(buffer.toString('utf8', 0, length)) as T;
    },
    size: () => starts.length(),
    async close() {
      if (reading === undefined) await handle.close();
      else closeSync(reading);
      reading = undefined;
    },
  };
}
