import { availableParallelism } from 'node:os';
import { ownProgram } from '../../appRoot.ts';
import { createPool } from '../../pixels/pool.ts';
import type { PictureTasks, Taken } from './pictureThread.ts';

/** Threads that bring picture files into a workspace; they live as long as an import. */
export interface PictureThreads {
  /** In the order of the files. Rejects with AppError diskFull when the disk takes no more. */
  take(files: readonly { name: string; file: string }[]): Promise<Taken[]>;
  close(): Promise<void>;
}

/** One thread alone waits for every sync of the disk; more than four do not make a disk faster. */
const LEAST_THREADS = 2;
const MOST_THREADS = 4;

/** Files of so many rows go to a thread in one message: a message costs the engine's own thread more than a row does. */
export const ROWS_A_MESSAGE = 8;

interface Row {
  files: readonly { name: string; file: string }[];
  resolve(taken: Taken[]): void;
  reject(error: unknown): void;
}

/** `dir` is the workspace's folder. */
export function createPictureThreads(dir: string): PictureThreads {
  const module = ownProgram(import.meta.url, './pictureThread.ts', 'pictures.js');
  const workers = Math.min(MOST_THREADS, Math.max(LEAST_THREADS, availableParallelism()));
  const pool = createPool<PictureTasks>({ workers, inFlightPerWorker: 2, module });
  let waiting: Row[] = [];
  let soon: NodeJS.Immediate | undefined;

  function send(): void {
    clearImmediate(soon);
    soon = undefined;
    const rows = waiting;
    waiting = [];
    pool.run('takeFiles', { dir, files: rows.flatMap(({ files }) => files) }).then(
      (taken) => {
        for (const { files, resolve } of rows) resolve(taken.splice(0, files.length));
      },
      (error) => {
        for (const { reject } of rows) reject(error);
      },
    );
  }

  return {
    take: (files) =>
      new Promise((resolve, reject) => {
        waiting.push({ files, resolve, reject });
        if (waiting.length >= ROWS_A_MESSAGE) send();
        else soon ??= setImmediate(send);
      }),
    close: () => pool.close(),
  };
}
