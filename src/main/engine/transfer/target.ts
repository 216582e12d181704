import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
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

/** Makes the folder a target is built in: beside it, so that publishing is one rename. The name tells whose it is. */
export async function openPartial(target: string): Promise<string> {
  const partial = `${target}.partial-${process.pid}-${randomBytes(3).toString('hex')}`;
  await mkdir(dirname(target), { recursive: true });
  await mkdir(partial);
  return partial;
}

/** Removes what killed processes left beside a target; gives how many folders went. One that a living process owns stays. */
export async function removeStalePartials(target: string): Promise<number> {
  const prefix = `${basename(target)}.partial-`;
  const names = await readdir(dirname(target)).catch(() => []);
  let removed = 0;
  for (const name of names) {
    const owner = /^(\d+)-[0-9a-f]{6}$/.exec(name.slice(prefix.length))?.[1];
    if (!name.startsWith(prefix) || owner === undefined || isAlive(Number(owner))) continue;
    await rm(join(dirname(target), name), { recursive: true, force: true });
    removed += 1;
  }
  return removed;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Gives the finished folder its real name, durably. Throws AppError conflict when something came in between. */
export async function publish(partial: string, target: string): Promise<void> {
  await rmdir(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw occupied(target, 'is not empty');
  });
  await rename(partial, target).catch((error: NodeJS.ErrnoException) => {
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
