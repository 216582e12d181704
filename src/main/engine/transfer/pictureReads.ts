import { close, fstat, open, read } from 'node:fs';
import { promisify } from 'node:util';
import { AppError } from '../../../shared/model/errors.ts';

/** Bytes of a file in a borrowed buffer: they may be used until `release`. */
export interface Borrowed {
  bytes: Uint8Array;
  release(): void;
}

/**
 * Reads whole files into buffers that are used again: writing gigabytes of pictures makes no garbage. They are shared memory, so that
 * a thread can hash them where they are.
 */
export interface PictureReads {
  /** Throws AppError workspaceCorrupt, naming the file and with the system's error as its cause, when it cannot be read. Undefined when it is larger than `most` bytes. */
  read(file: string, most?: number): Promise<Borrowed | undefined>;
}

/** Room for a usual picture; larger ones cost one more question to the system. */
const USUAL_BYTES = 256 * 1024;
/** Larger buffers are not kept for another picture. */
const LARGEST_KEPT = 4 * 1024 * 1024;
const MOST_KEPT_BYTES = 32 * 1024 * 1024;
/** Idle for so long, nothing is kept. */
const FORGET_MS = 5_000;

// Plain numbers of files: a FileHandle costs the event loop three times as much, twenty thousand times over.
const files = { open: promisify(open), close: promisify(close), stat: promisify(fstat) };

/**
 * Buffers that nobody has borrowed, of the whole process: the garbage collector does not see how large shared memory is, so those of one
 * shard after the other would pile up.
 */
const free = new Map<number, Uint8Array[]>();
let kept = 0;
let forgetting: NodeJS.Timeout | undefined;

function take(bytes: number): Uint8Array {
  const size = Math.max(USUAL_BYTES, 2 ** Math.ceil(Math.log2(bytes)));
  const found = free.get(size)?.pop();
  if (found === undefined) return new Uint8Array(new SharedArrayBuffer(size > LARGEST_KEPT ? bytes : size));
  kept -= size;
  return found;
}

function giveBack(buffer: Uint8Array): void {
  if (buffer.length > LARGEST_KEPT || kept + buffer.length > MOST_KEPT_BYTES) return;
  kept += buffer.length;
  const same = free.get(buffer.length);
  if (same === undefined) free.set(buffer.length, [buffer]);
  else same.push(buffer);
  forgetting ??= setTimeout(forget, FORGET_MS).unref();
  forgetting.refresh();
}

function forget(): void {
  free.clear();
  kept = 0;
  forgetting = undefined;
}

export function createPictureReads(): PictureReads {
  async function readFrom(file: number, most: number): Promise<Borrowed | undefined> {
    let buffer = take(USUAL_BYTES);
    let filled = await fill(file, buffer, 0);
    if (filled === buffer.length) {
      const { size } = await files.stat(file);
      if (size > most) {
        giveBack(buffer);
        return undefined;
      }
      // One byte more than there should be, so that the end is seen.
      const larger = take(size + 1);
      larger.set(buffer.subarray(0, filled));
      giveBack(buffer);
      buffer = larger;
      filled = await fill(file, buffer, filled);
      if (filled === buffer.length) throw new Error('it grew while it was read');
    }
    return { bytes: buffer.subarray(0, filled), release: () => giveBack(buffer) };
  }

  return {
    async read(file, most = Number.POSITIVE_INFINITY) {
      let opened: number | undefined;
      try {
        opened = await files.open(file, 'r');
        return await readFrom(opened, most);
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        throw Object.assign(new AppError('workspaceCorrupt', `A picture cannot be read (${code ?? message}).`, { file }), { cause: error });
      } finally {
        if (opened !== undefined) await files.close(opened);
      }
    },
  };
}

/** Reads on from `at` until the buffer is full or the file ends; gives how many bytes are in the buffer then. */
async function fill(file: number, buffer: Uint8Array, at: number): Promise<number> {
  let filled = at;
  while (filled < buffer.length) {
    const wanted = buffer.length - filled;
    const got = await readSome(file, buffer, filled, wanted);
    filled += got;
    // A file gives less than was asked only at its end.
    if (got < wanted) break;
  }
  return filled;
}

function readSome(file: number, buffer: Uint8Array, at: number, bytes: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(file, buffer, at, bytes, at, (error, got) => (error ? reject(error) : resolve(got)));
  });
}
