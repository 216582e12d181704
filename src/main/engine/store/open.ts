import { closeSync, existsSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { AppError } from '../../../shared/model/errors.ts';
import { sweepTemporaryBlobs } from './blobs.ts';
import type { StoreContext } from './context.ts';
import { createCounters } from './counters.ts';
import { createThresholdCube } from './cube.ts';
import { guarded } from './errors.ts';
import { lockWorkspace } from './lock.ts';
import { MIGRATIONS, type Migration, migrate } from './migrate.ts';
import { type Recovered, recover } from './recover.ts';
import { createSeries } from './series.ts';
import { createWriter } from './writer.ts';

export interface WorkspaceOptions {
  /** Make the folder and the database when there are none. */
  create: boolean;
  now(): number;
  /** Shown to a second engine that finds the workspace taken. */
  owner: string;
}

/** A locked, migrated and recovered workspace, before its repositories. */
export interface OpenedStore {
  dir: string;
  version: number;
  recovered: Recovered & { temporaryBlobs: number };
  store: StoreContext;
  /** Writes what is queued, brings the log into the database and gives the workspace free. */
  close(): Promise<void>;
}

/** A log of 16,000 pages (64 MB) keeps recovery at a few milliseconds. */
const CHECKPOINT_PAGES = 16_000;

/**
 * Opens a workspace folder, brings it to the present version and puts in order what a crash left. No page is checked at start:
 * that takes minutes on a large workspace, and damage is named when it is met. Throws AppError workspaceMissing,
 * workspaceNewer, workspaceReadOnly, workspaceLocked, workspaceCorrupt or diskFull.
 */
export function openStore(path: string, options: WorkspaceOptions, migrations: readonly Migration[] = MIGRATIONS): OpenedStore {
  const dir = resolve(path);
  const file = join(dir, 'nhr.db');
  if (!options.create && !existsSync(file))
    throw new AppError('workspaceMissing', `There is no workspace in ${dir}.`, {
      file: dir,
      hint: 'Name a folder that holds nhr.db, or mine into a new one.',
    });
  return guarded(dir, () => {
    if (!existsSync(dir)) mkdirSync(dir, { recursive: true });
    tryToWrite(dir);
    // Not recursive: Node goes round for ever where making a folder fails with ENOENT, as in /proc.
    if (!existsSync(join(dir, 'exports'))) mkdirSync(join(dir, 'exports'));
    const unlock = lockWorkspace(dir, options.owner);
    try {
      return openLocked(dir, file, options, migrations, unlock);
    } catch (error) {
      unlock();
      throw error;
    }
  });
}

/** Asks the disk and not the permission bits, which do not bind everybody. SQLite would open a read-only file without a word. */
function tryToWrite(dir: string): void {
  const probe = join(dir, `.probe-${process.pid}`);
  try {
    closeSync(openSync(probe, 'w'));
  } catch (error) {
    // The folder is there, yet no file can be made in it.
    if ((error as { code?: string }).code === 'ENOENT') throw Object.assign(error as Error, { code: 'EROFS' });
    throw error;
  }
  rmSync(probe, { force: true });
}

function openLocked(
  dir: string,
  file: string,
  options: WorkspaceOptions,
  migrations: readonly Migration[],
  unlock: () => void,
): OpenedStore {
  const db = new Database(file);
  try {
    db.pragma('journal_mode = WAL');
    // better-sqlite3 is compiled to NORMAL under WAL: a power cut could take committed rows (performance notes, section 6).
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    db.pragma('journal_size_limit = 67108864');
    db.pragma('cache_size = -65536');
    db.pragma('temp_store = MEMORY');
    const version = migrate(db, file, migrations);
    const counters = createCounters(db);
    const cube = createThresholdCube(db);
    const series = createSeries(db, options.now);
    const writer = createWriter(db, dir);
    writer.join(counters);
    writer.join(cube);
    writer.join(series);
    const store: StoreContext = { db, counters, cube, series, writer, now: options.now };
    const recovered = { ...recover(store), temporaryBlobs: sweepTemporaryBlobs(dir) };
    async function close() {
      await writer.close();
      try {
        db.pragma('wal_checkpoint(TRUNCATE)');
      } finally {
        db.close();
        unlock();
      }
    }
    return { dir, version, recovered, store, close: () => close() };
  } catch (error) {
    db.close();
    throw error;
  }
}
