import { mkdir, open, readdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../../../shared/model/errors.ts';

/** Throws AppError conflict when the target is a file, or a folder that holds anything. */
export async function refuseOccupied(target: string): Promise<void> {
  const facts = await stat(target).catch(() => undefined);
  if (facts === undefined) return;
  if (!facts.isDirectory()) throw occupied(target, 'is a file');
  if ((await readdir(target)).length > 0) throw occupied(target, 'is not empty');
}

function occupied(target: string, what: string): AppError {
  return new AppError('conflict', `${target} ${what}.`, { file: target, hint: 'Choose a new folder; nothing is ever written over.' });
}

/** The folder a target is built in, beside it, so that publishing is one rename. It stays when the process is killed. */
export interface Building {
  /** What becomes the target. */
  set: string;
  /** What only the building needs. */
  work: string;
  /** Gives the finished folder its real name, durably, and clears up. Throws AppError conflict when something came in between. */
  publish(): Promise<void>;
  /** Lets go of the folder without removing it, so that the same export can go on from here. */
  leave(): Promise<void>;
  /** Removes it. */
  remove(): Promise<void>;
}

/** Targets being written by this process. */
const ours = new Set<string>();

/** Takes (or makes) the building folder of a target. Throws AppError conflict when a living process works in it. */
export async function openBuilding(target: string): Promise<Building> {
  const folder = `${target}.partial`;
  const owner = join(folder, 'owner');
  if (ours.has(folder)) throw busy(folder);
  ours.add(folder);
  try {
    const pid = Number(await readFile(owner, 'utf8').catch(() => ''));
    if (pid > 0 && pid !== process.pid && isAlive(pid)) throw busy(folder);
    await mkdir(join(folder, 'set'), { recursive: true });
    await mkdir(join(folder, 'work'), { recursive: true });
    await writeFile(owner, String(process.pid));
  } catch (error) {
    ours.delete(folder);
    throw error;
  }
  return {
    set: join(folder, 'set'),
    work: join(folder, 'work'),
    async publish() {
      await renameDurably(join(folder, 'set'), target);
      await rm(folder, { recursive: true, force: true });
      ours.delete(folder);
    },
    async leave() {
      await rm(owner, { force: true });
      ours.delete(folder);
    },
    async remove() {
      await rm(folder, { recursive: true, force: true });
      ours.delete(folder);
    },
  };
}

function busy(folder: string): AppError {
  return new AppError('conflict', 'Another export to this folder is under way.', {
    file: folder,
    hint: 'Wait for it, or choose another folder.',
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function renameDurably(from: string, target: string): Promise<void> {
  await rmdir(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw occupied(target, 'is not empty');
  });
  await rename(from, target).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOTEMPTY' || error.code === 'EEXIST' ? occupied(target, 'is not empty') : error;
  });
  // Windows cannot open a folder to sync it; there the rename itself is journaled.
  if (process.platform === 'win32') return;
  const parent = await open(dirname(target), 'r');
  try {
    await parent.sync();
  } finally {
    await parent.close();
  }
}
