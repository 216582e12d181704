import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { serveTasks } from '../../pixels/serve.ts';
import { createBlobKeeper } from '../../store/blobs.ts';
import { lookAt, missingFile, type StoredPicture, tooLarge } from './takePicture.ts';
import { RowProblem } from './types.ts';

/** What became of one file: in the workspace, for the decoder to look at, or what is wrong with it. */
export type Taken = { picture: StoredPicture } | { needsDecoder: true } | { problem: Pick<RowProblem, 'fault' | 'message'> };

/** Room for a usual picture; it grows with the largest one. */
let buffer = Buffer.allocUnsafeSlow(512 * 1024);
const keepers = new Map<string, ReturnType<typeof createBlobKeeper>>();

const tasks = {
  /**
   * Reads, examines and keeps picture files in the workspace at `dir`, one after the other. Here nothing waits for an event loop: every
   * call to the system is made at once, which is what makes a copy of small files fast.
   */
  takeFiles: async ({ dir, files }: { dir: string; files: readonly { name: string; file: string }[] }): Promise<Taken[]> => {
    const keep = keepers.get(dir) ?? createBlobKeeper(dir);
    keepers.set(dir, keep);
    return files.map(({ name, file }) => take(keep, name, file));
  },
};

export type PictureTasks = typeof tasks;

function take(keep: ReturnType<typeof createBlobKeeper>, name: string, file: string): Taken {
  try {
    const bytes = read(name, file);
    const facts = lookAt(bytes, name);
    if (facts === undefined) return { needsDecoder: true };
    return { picture: { ...facts, bytes: bytes.length, hash: keep(bytes, facts.format) } };
  } catch (error) {
    if (!(error instanceof RowProblem)) throw error;
    return { problem: { fault: error.fault, message: error.message } };
  }
}

/** All bytes of a file, in a buffer that the next file uses again. Throws RowProblem. */
function read(name: string, file: string): Uint8Array {
  let opened: number;
  try {
    opened = openSync(file, 'r');
  } catch (error) {
    throw missingFile(name, error);
  }
  try {
    let filled = readSync(opened, buffer, 0, buffer.length, 0);
    if (filled === buffer.length) {
      const { size } = fstatSync(opened);
      if (tooLarge(size)) throw new RowProblem('notAPicture', `${name} is larger than 256 MB.`);
      const larger = Buffer.allocUnsafeSlow(size + 1);
      buffer.copy(larger, 0, 0, filled);
      buffer = larger;
      for (let got = 1; got > 0; filled += got) got = readSync(opened, buffer, filled, buffer.length - filled, filled);
    }
    return buffer.subarray(0, filled);
  } catch (error) {
    throw error instanceof RowProblem ? error : missingFile(name, error);
  } finally {
    closeSync(opened);
  }
}

if (parentPort) serveTasks(parentPort, tasks);
