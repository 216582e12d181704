import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { createThreadHash, type ThreadHash } from './threadWork.ts';

/** A binary file that is written in order and knows its own checksum. */
export interface OutFile {
  /** Bytes handed over so far: where the next piece will start. */
  position(): number;
  /**
   * Has the pieces hashed and written, without copying: about WRITE_BYTES at a time, side by side with what comes next. `done` is
   * called when these pieces may be used again. A failed write rejects a later call.
   */
  write(pieces: readonly Uint8Array[], done?: () => void): Promise<void>;
  /** Makes the file durable and closes it. */
  close(): Promise<{ bytes: number; sha256: string }>;
  /** Closes without a result, for the way out of a failure; harmless after `close`. The file stays for the caller to remove. */
  abandon(): Promise<void>;
}

/** The system takes at most this many pieces at once (IOV_MAX). */
const MOST_PIECES = 1024;
/** So much goes to the system at once: each time costs a turn of the thread pool. */
const WRITE_BYTES = 1024 * 1024;
/** Such writes on their way at once: a disk and a thread that hashes both have the next one at hand. */
const MOST_UNDER_WAY = 3;

/** Opens a new file for writing; fails when it exists. */
export async function createOutFile(path: string): Promise<OutFile> {
  const handle = await open(path, 'wx');
  /** A thread's once there is much to hash; a small file is hashed at its end. */
  let hash: ThreadHash | undefined;
  let position = 0;
  /** In order; the last one is done when all are. */
  let underWay: Promise<void>[] = [];
  let failure: { error: unknown } | undefined;
  let closed = false;
  let waiting: { pieces: readonly Uint8Array[]; done: (() => void) | undefined }[] = [];
  let waitingBytes = 0;

  /** Starts to write and hash what waits, when few others are on their way. */
  const flush = async () => {
    while (underWay.length >= MOST_UNDER_WAY) await underWay[0];
    if (failure !== undefined) throw failure.error;
    const batch = waiting;
    const pieces = batch.flatMap((one) => one.pieces);
    const at = position - waitingBytes;
    waiting = [];
    waitingBytes = 0;
    hash ??= createThreadHash();
    const work: Promise<void> = Promise.all([writeAll(handle, pieces, at), hash.update(pieces)])
      .then(
        () => undefined,
        (error: unknown) => {
          failure ??= { error };
        },
      )
      .finally(() => {
        for (const { done } of batch) done?.();
        underWay = underWay.filter((one) => one !== work);
      });
    underWay.push(work);
  };
  const settle = async () => {
    await Promise.all(underWay);
    if (failure !== undefined) throw failure.error;
  };
  const closeHandle = async () => {
    if (closed) return;
    closed = true;
    await handle.close();
  };
  return {
    position: () => position,
    async write(pieces, done) {
      for (const piece of pieces) {
        position += piece.length;
        waitingBytes += piece.length;
      }
      waiting.push({ pieces, done });
      if (waitingBytes >= WRITE_BYTES) await flush();
    },
    async close() {
      let sha256: string;
      if (hash === undefined) {
        const pieces = waiting.splice(0).flatMap((one) => one.pieces);
        const small = createHash('sha256');
        for (const piece of pieces) small.update(piece);
        sha256 = small.digest('hex');
        await writeAll(handle, pieces, 0);
      } else {
        await flush();
        await settle();
        sha256 = await hash.digest();
      }
      await handle.sync();
      await closeHandle();
      return { bytes: position, sha256 };
    },
    async abandon() {
      await Promise.all(underWay);
      // So that the thread forgets it.
      if (!closed) await hash?.digest();
      await closeHandle();
    },
  };
}

/** Writes everything: the system may take less than it is given. */
async function writeAll(handle: FileHandle, pieces: readonly Uint8Array[], start: number): Promise<void> {
  let at = start;
  for (let from = 0; from < pieces.length; from += MOST_PIECES) {
    let rest = pieces.slice(from, from + MOST_PIECES).filter((piece) => piece.length > 0);
    while (rest.length > 0) {
      const { bytesWritten } = await handle.writev(rest, at);
      at += bytesWritten;
      rest = without(rest, bytesWritten);
    }
  }
}

/** The pieces less their first bytes. */
function without(pieces: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let first = 0;
  let skipped = 0;
  while (first < pieces.length && skipped + pieces[first]!.length <= bytes) skipped += pieces[first++]!.length;
  const rest = pieces.slice(first);
  if (skipped < bytes) rest[0] = rest[0]!.subarray(bytes - skipped);
  return rest;
}
