import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, statfs } from 'node:fs/promises';
import { AppError } from '../../../shared/model/errors.ts';
import { mostBytes } from './utf8.ts';

const LONGEST_LINE = 16 * 1024 * 1024;
const READ_CHUNK = 1024 * 1024;
const WAITING_BYTES = 256 * 1024;

/** Other device, not supported, not permitted, or too many links: reasons to copy. Anything else is a real fault. */
export function cannotLink(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return ['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EACCES'].includes(code);
}

/** A text file that is written in order and knows its own checksum. `close` makes it durable. */
export interface HashedFile {
  /** To be waited for before the next one, where it gives something to wait for. */
  write(text: string): Promise<void> | undefined;
  close(): Promise<{ sha256: string; bytes: number }>;
  /** Closes without a result, for the way out of a failure. */
  abandon(): Promise<void>;
}

/** Opens a new file for writing; fails when it exists. */
export async function createHashedFile(path: string): Promise<HashedFile> {
  const handle = await open(path, 'wx');
  const hash = createHash('sha256');
  let waiting = Buffer.allocUnsafeSlow(WAITING_BYTES);
  /** One that is written and may be filled again: memory that is taken anew costs more than what is copied into it. */
  let spare: Buffer<ArrayBuffer> | undefined;
  let bytes = 0;
  let waitingBytes = 0;
  /** Done when everything handed over is written: one chunk after the other, also for somebody who does not wait. */
  let written = Promise.resolve();
  const put = (chunk: Uint8Array) => {
    written = written.then(async () => {
      hash.update(chunk);
      bytes += chunk.length;
      await handle.writeFile(chunk);
    });
    written.catch(() => undefined);
  };
  const flush = () => {
    const full = waiting;
    put(full.subarray(0, waitingBytes));
    void written.then(
      () => (spare = full),
      () => undefined,
    );
    waiting = spare ?? Buffer.allocUnsafeSlow(WAITING_BYTES);
    spare = undefined;
    waitingBytes = 0;
  };
  return {
    // Texts become bytes at once: strings that wait would be joined and copied later.
    write(text) {
      const most = mostBytes(text);
      const isFull = waitingBytes + most > WAITING_BYTES;
      if (isFull) flush();
      if (most > WAITING_BYTES) put(Buffer.from(text));
      else waitingBytes += waiting.write(text, waitingBytes);
      return isFull ? written : undefined;
    },
    async close() {
      flush();
      await written;
      await handle.sync();
      await handle.close();
      return { sha256: hash.digest('hex'), bytes };
    },
    abandon: () => handle.close(),
  };
}

/** SHA-256 (hex) and size of a file, read in pieces. */
export async function hashFile(file: string, signal: AbortSignal): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(file, { signal, highWaterMark: READ_CHUNK })) {
    hash.update(chunk);
    bytes += (chunk as Buffer).length;
  }
  return { sha256: hash.digest('hex'), bytes };
}

/**
 * Lines of a UTF-8 file with their numbers from 1 and the byte they start at. Only LF ends a line (CR before it is dropped): node's
 * readline also splits at U+2028, which JSON allows inside a string. A byte order mark is dropped.
 * Throws AppError inputInvalid for a line over 16 MB.
 */
export async function* readLines(
  file: string,
  range: { start?: number; end?: number } = {},
): AsyncGenerator<{ text: string; line: number; offset: number }> {
  let rest: Buffer = Buffer.alloc(0);
  let line = 0;
  let offset = range.start ?? 0;
  const textOf = (bytes: Buffer) => {
    const text = bytes.toString('utf8').replace(/\r$/, '');
    return line === 1 && text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  };
  // `end` of a stream is inclusive, ours is not.
  const options = range.end === undefined ? { start: offset } : { start: offset, end: range.end - 1 };
  for await (const chunk of createReadStream(file, { ...options, highWaterMark: READ_CHUNK })) {
    rest = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
    let from = 0;
    for (let at = rest.indexOf(10); at >= 0; at = rest.indexOf(10, from)) {
      line += 1;
      yield { text: textOf(rest.subarray(from, at)), line, offset };
      offset += at + 1 - from;
      from = at + 1;
    }
    rest = rest.subarray(from);
    if (rest.length > LONGEST_LINE) throw new AppError('inputInvalid', 'A line is longer than 16 MB.', { file, line: line + 1 });
  }
  if (rest.length > 0) {
    line += 1;
    yield { text: textOf(rest), line, offset };
  }
}

/** Bytes that a new file in this folder may still take. */
export async function freeBytes(dir: string): Promise<number> {
  const facts = await statfs(dir);
  return facts.bavail * facts.bsize;
}

/** A failed file operation as an AppError: a full disk and missing rights get their own sentence; anything else is passed on. */
export function fileTrouble(error: unknown, file: string): unknown {
  const code = (error as NodeJS.ErrnoException)?.code;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new AppError('diskFull', `The disk is full while writing ${file}.`, { file, hint: 'Free some space or choose another folder.' });
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return new AppError('inputInvalid', `${file} cannot be written: no permission.`, { file, hint: 'Choose a folder of your own.' });
  return error;
}

/** Bytes for people. */
export function megabytes(bytes: number): string {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}
