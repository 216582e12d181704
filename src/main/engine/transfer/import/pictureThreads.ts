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

/** `dir` is the workspace's folder. */
export function createPictureThreads(dir: string): PictureThreads {
  const module = ownProgram(import.meta.url, './pictureThread.ts', 'pictures.js');
  const workers = Math.min(MOST_THREADS, Math.max(LEAST_THREADS, availableParallelism()));
  const pool = createPool<PictureTasks>({ workers, inFlightPerWorker: 2, module });
  return {
    take: (files) => pool.run('takeFiles', { dir, files }),
    close: () => pool.close(),
  };
}
