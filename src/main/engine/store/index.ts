import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { AppError } from '../../../shared/model/errors.ts';
import type { Blobs, CallStore, RunStore, TripletStore, WorkStore } from '../ports.ts';
import { createBlobs, sweepTemporaryBlobs } from './blobs.ts';
import { createCallStore } from './calls.ts';
import type { StoreContext } from './context.ts';
import { createCounters, recount } from './counters.ts';
import { datasetHash } from './datasetHash.ts';
import { createDemoMemory, createDemoTruth } from './demoMemory.ts';
import { guarded } from './errors.ts';
import { createExportQueries } from './exports.ts';
import { lockWorkspace } from './lock.ts';
import { migrate } from './migrate.ts';
import { type Recovered, recover } from './recover.ts';
import { createRunStore } from './runs.ts';
import { createScreens, type ScreenQueries } from './screens.ts';
import { openThumbs, type Thumbs } from './thumbs.ts';
import { createTripletStore } from './triplets.ts';
import { createWorkStore } from './work.ts';
import { createWriter } from './writer.ts';

export interface WorkspaceOptions {
  /** Make the folder and the database when there are none. */
  create: boolean;
  now(): number;
  /** Shown to a second engine that finds the workspace taken. */
  owner: string;
}

/** One open workspace: a folder with nhr.db, blobs/ and exports/ (DESIGN section 5). */
export interface Workspace {
  readonly dir: string;
  readonly recovered: Recovered & { temporaryBlobs: number };
  blobs: Blobs;
  runs: RunStore;
  work: WorkStore;
  triplets: TripletStore;
  calls: CallStore;
  screens: ScreenQueries;
  exports: ReturnType<typeof createExportQueries>;
  thumbs: Thumbs;
  demoMemory: ReturnType<typeof createDemoMemory>;
  demoTruth: ReturnType<typeof createDemoTruth>;
  /** One hash over everything a run found; ids and times left out. */
  datasetHash(runId: string): string;
  /** Counters that differ from their rows: name, kept, counted. Slow on large workspaces. */
  faultyCounters(): { scope: string; name: string; kept: number; counted: number }[];
  /** Commits what is queued. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Commits of 16,000 pages (64 MB) keep recovery under a few milliseconds. */
const CHECKPOINT_PAGES = 16_000;

/**
 * Opens a workspace, brings it to the present version and puts in order what a crash left. Throws AppError workspaceMissing,
 * workspaceNewer, workspaceReadOnly, workspaceLocked, workspaceCorrupt or diskFull.
 */
export function openWorkspace(path: string, options: WorkspaceOptions): Workspace {
  const dir = resolve(path);
  const file = join(dir, 'nhr.db');
  if (!options.create && !existsSync(file))
    throw new AppError('workspaceMissing', `There is no workspace in ${dir}.`, {
      file: dir,
      hint: 'Name a folder that holds nhr.db, or mine into a new one.',
    });
  return guarded(dir, () => {
    mkdirSync(join(dir, 'exports'), { recursive: true });
    const unlock = lockWorkspace(dir, options.owner);
    try {
      return openLocked(dir, file, options, unlock);
    } catch (error) {
      unlock();
      throw error;
    }
  });
}

function openLocked(dir: string, file: string, options: WorkspaceOptions, unlock: () => void): Workspace {
  const db = new Database(file);
  try {
    db.pragma('journal_mode = WAL');
    // better-sqlite3 is compiled to NORMAL under WAL: a power cut could take committed rows (performance notes, section 6).
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    const version = migrate(db, file, (from) => `${file}.bak-v${from}`);
    const counters = createCounters(db);
    const store: StoreContext = { db, counters, now: options.now, writer: createWriter(db, counters, dir) };
    const recovered = { ...recover(store), temporaryBlobs: sweepTemporaryBlobs(dir) };
    return assemble(dir, store, version, recovered, unlock);
  } catch (error) {
    db.close();
    throw error;
  }
}

function assemble(dir: string, store: StoreContext, version: number, recovered: Workspace['recovered'], unlock: () => void): Workspace {
  const { db, writer } = store;
  const work = createWorkStore(store);
  const thumbs = openThumbs(dir);
  return {
    dir,
    recovered,
    blobs: createBlobs(dir, (hash) => work.image(hash)?.format),
    runs: createRunStore(store),
    work,
    triplets: createTripletStore(store),
    calls: createCallStore(store),
    screens: createScreens(store, version),
    exports: createExportQueries(store),
    thumbs,
    demoMemory: createDemoMemory(store),
    demoTruth: createDemoTruth(store),
    datasetHash: (runId) => datasetHash(store, runId),
    faultyCounters() {
      const counted = recount(db);
      const kept = new Map(
        (db.prepare('SELECT scope, name, value FROM counter').raw().all() as [string, string, number][]).map(([s, n, v]) => [
          `${s}\0${n}`,
          v,
        ]),
      );
      const areas = new Set([...counted.keys()].map((key) => key.split('\0')[1]?.split('.')[0]));
      const names = new Set([...counted.keys(), ...[...kept.keys()].filter((key) => areas.has(key.split('\0')[1]?.split('.')[0]))]);
      return [...names].flatMap((key) => {
        const [scope = '', name = ''] = key.split('\0');
        const is = kept.get(key) ?? 0;
        const should = counted.get(key) ?? 0;
        const uncounted =
          ['call.retries', 'source.generated'].includes(name) ||
          /^(reject|error)\.(scenes|sources|inversion|composition|backwardConsistency)\./.test(name);
        return uncounted || Math.abs(is - should) < 1e-6 ? [] : [{ scope, name, kept: is, counted: should }];
      });
    },
    flush: writer.flush,
    async close() {
      await writer.flush();
      thumbs.close();
      db.pragma('wal_checkpoint(TRUNCATE)');
      db.close();
      unlock();
    },
  };
}

/** The truth of the demo studio, for the truth table alone: never hand this to a provider. */
export function openTruth(dir: string): { truthOf(imageHash: string): string | undefined; close(): void } {
  const db = new Database(join(dir, 'nhr.db'), { readonly: true });
  const get = db.prepare('SELECT truth FROM demo_truth WHERE image_hash = ?').pluck();
  return { truthOf: (imageHash) => get.get(imageHash) as string | undefined, close: () => db.close() };
}
