import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';

/** A binary file that is written in order and knows its own checksum. */
export interface OutFile {
  /** Bytes handed over so far: where the next piece will start. */
  position(): number;
  /**
   * Hashes the pieces and has them written, without copying: about WRITE_BYTES at a time, while the next ones are hashed. `done` is
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

/** Opens a new file for writing; fails when it exists. */
export async function createOutFile(path: string): Promise<OutFile> {
  const handle = await open(path, 'wx');
  const hash = createHash('sha256');
  let position = 0;
  let underWay: Promise<void> = Promise.resolve();
  let closed = false;
  let waiting: { pieces: readonly Uint8Array[]; done: (() => void) | undefined }[] = [];
  let waitingBytes = 0;

  /** Starts to write what waits, when what was started before is written. */
  const flush = async () => {
    const before = underWay;
    const pieces = waiting;
    const at = position - waitingBytes;
    waiting = [];
    waitingBytes = 0;
    underWay = before
      .then(() =>
        writeAll(
          handle,
          pieces.flatMap((one) => one.pieces),
          at,
        ),
      )
      .then(() => {
        for (const { done } of pieces) done?.();
      });
    // Looked at by the next call; until then a failure must not count as unhandled.
    underWay.catch(() => undefined);
    await before;
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
        hash.update(piece);
        position += piece.length;
        waitingBytes += piece.length;
      }
      waiting.push({ pieces, done });
      if (waitingBytes >= WRITE_BYTES) await flush();
    },
    async close() {
      await flush();
      await underWay;
      await handle.sync();
      await closeHandle();
      return { bytes: position, sha256: hash.digest('hex') };
    },
    async abandon() {
      await underWay.catch(() => undefined);
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
