import { type FileHandle, open } from 'node:fs/promises';
import { AppError } from '../../../shared/model/errors.ts';

/** Bytes of a file in a borrowed buffer: they may be used until `release`. */
export interface Borrowed {
  bytes: Uint8Array;
  release(): void;
}

/** Reads whole files into buffers that are used again: writing gigabytes of pictures makes no garbage. */
export interface PictureReads {
  /** Throws AppError workspaceCorrupt, naming the file and with the system's error as its cause, when it cannot be read. Undefined when it is larger than `most` bytes. */
  read(file: string, most?: number): Promise<Borrowed | undefined>;
}

/** Room for a usual picture; larger ones cost one more question to the system. */
const USUAL_BYTES = 256 * 1024;
/** Larger buffers are not kept for another picture. */
const LARGEST_KEPT = 4 * 1024 * 1024;
const MOST_KEPT_BYTES = 32 * 1024 * 1024;

export function createPictureReads(): PictureReads {
  const free = new Map<number, Uint8Array[]>();
  let kept = 0;

  function take(bytes: number): Uint8Array {
    const size = Math.max(USUAL_BYTES, 2 ** Math.ceil(Math.log2(bytes)));
    const found = free.get(size)?.pop();
    if (found === undefined) return new Uint8Array(size > LARGEST_KEPT ? bytes : size);
    kept -= size;
    return found;
  }

  function giveBack(buffer: Uint8Array): void {
    if (buffer.length > LARGEST_KEPT || kept + buffer.length > MOST_KEPT_BYTES) return;
    kept += buffer.length;
    const same = free.get(buffer.length);
    if (same === undefined) free.set(buffer.length, [buffer]);
    else same.push(buffer);
  }

  async function readFrom(handle: FileHandle, most: number): Promise<Borrowed | undefined> {
    let buffer = take(USUAL_BYTES);
    let filled = await fill(handle, buffer, 0);
    if (filled === buffer.length) {
      const { size } = await handle.stat();
      if (size > most) {
        giveBack(buffer);
        return undefined;
      }
      // One byte more than there should be, so that the end is seen.
      const larger = take(size + 1);
      larger.set(buffer.subarray(0, filled));
      giveBack(buffer);
      buffer = larger;
      filled = await fill(handle, buffer, filled);
      if (filled === buffer.length) throw new Error('it grew while it was read');
    }
    return { bytes: buffer.subarray(0, filled), release: () => giveBack(buffer) };
  }

  return {
    async read(file, most = Number.POSITIVE_INFINITY) {
      let handle: FileHandle | undefined;
      try {
        handle = await open(file, 'r');
        return await readFrom(handle, most);
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        throw Object.assign(new AppError('workspaceCorrupt', `A picture cannot be read (${code ?? message}).`, { file }), { cause: error });
      } finally {
        await handle?.close();
      }
    },
  };
}

/** Reads on from `at` until the buffer is full or the file ends; gives how many bytes are in the buffer then. */
async function fill(handle: FileHandle, buffer: Uint8Array, at: number): Promise<number> {
  let filled = at;
  while (filled < buffer.length) {
    const wanted = buffer.length - filled;
    const { bytesRead } = await handle.read(buffer, filled, wanted, filled);
    filled += bytesRead;
    // A file gives less than was asked only at its end.
    if (bytesRead < wanted) break;
  }
  return filled;
}
