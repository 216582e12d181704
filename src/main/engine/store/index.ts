import { join } from 'node:path';
import type { Blobs, CallStore, EditStore, ProfileStore, RunStore, TripletStore, WorkStore } from '../ports.ts';
import type { DemoMemory, DemoTruthWriter } from '../providers/demo/memory.ts';
import { type AuditStore, createAuditStore } from './audits.ts';
import { createBlobs } from './blobs.ts';
import { type CalibrationStore, createCalibrationStore } from './calibrations.ts';
import { createCallStore } from './calls.ts';
import { datasetHash } from './datasetHash.ts';
import { createDemoMemory, createDemoTruth } from './demoMemory.ts';
import { createEditStore } from './edits.ts';
import { guarded, guardedAll } from './errors.ts';
import { createExportQueries } from './exports.ts';
import { createIdLists } from './idLists.ts';
import { createImportStore } from './imports.ts';
import { type OpenedStore, openStore, type WorkspaceOptions } from './open.ts';
import { createProfileStore } from './profiles.ts';
import { createRejectStore, type RejectStore } from './rejects.ts';
import { type CounterFault, createRepair } from './repair.ts';
import { createRunStore } from './runs.ts';
import { createScreens, type ScreenQueries } from './screens.ts';
import { openThumbs, type Thumbs } from './thumbs.ts';
import { createTripletStore } from './triplets.ts';
import { createWorkStore } from './work.ts';

/** One open workspace: a folder with nhr.db, blobs/ and exports/ (DESIGN section 5). */
export interface Workspace {
  readonly dir: string;
  /** What the last stop left and this opening put in order. */
  readonly recovered: OpenedStore['recovered'];
  blobs: Blobs;
  runs: RunStore;
  work: WorkStore;
  triplets: TripletStore;
  calls: CallStore;
  profiles: ProfileStore;
  calibrations: CalibrationStore;
  screens: ScreenQueries;
  rejects: RejectStore;
  audits: AuditStore;
  exports: ReturnType<typeof createExportQueries>;
  imports: ReturnType<typeof createImportStore>;
  edits: EditStore;
  thumbs: Thumbs;
  demoMemory: DemoMemory;
  demoTruth: DemoTruthWriter;
  /** One hash over everything a run found; ids and times left out. */
  datasetHash(runId: string): Promise<string>;
  /** Counters that differ from their rows, of one run (and the workspace's own) or of all. Reads whole tables. */
  faultyCounters(runId?: string): CounterFault[];
  /** Sets them right; gives what was wrong. */
  repairCounters(runId?: string): Promise<CounterFault[]>;
  /** Commits what is queued. */
  flush(): Promise<void>;
  /** Commits what is queued and gives the workspace free. */
  close(): Promise<void>;
}

/** Opens a workspace with everything in it. Throws what `openStore` throws. */
export function openWorkspace(path: string, options: WorkspaceOptions): Workspace {
  const opened = openStore(path, options);
  try {
    return assemble(opened);
  } catch (error) {
    void opened.close();
    throw error;
  }
}

function assemble(opened: OpenedStore): Workspace {
  const { dir, store, version, recovered } = opened;
  const work = createWorkStore(store);
  const thumbs = guarded(dir, () => openThumbs(dir));
  const repair = createRepair(store);
  const lists = createIdLists(join(dir, 'nhr.db'));
  const screens = guardedAll(dir, createScreens(store, version, lists));
  return {
    dir,
    recovered,
    blobs: createBlobs(dir, (hash) => work.image(hash)?.format),
    runs: guardedAll(dir, createRunStore(store)),
    work: guardedAll(dir, work),
    triplets: guardedAll(dir, createTripletStore(store)),
    calls: guardedAll(dir, createCallStore(store)),
    profiles: guardedAll(dir, createProfileStore(store)),
    calibrations: guardedAll(dir, createCalibrationStore(store, dir)),
    screens,
    rejects: guardedAll(dir, createRejectStore(store, lists)),
    audits: guardedAll(dir, createAuditStore(store, screens.allIds)),
    exports: createExportQueries(store),
    imports: guardedAll(dir, createImportStore(store)),
    edits: guardedAll(dir, createEditStore(store)),
    thumbs,
    demoMemory: createDemoMemory(store),
    demoTruth: createDemoTruth(store),
    datasetHash: (runId) => datasetHash(store, runId),
    faultyCounters: (runId) => repair.faultyCounters(runId),
    repairCounters: (runId) => repair.repairCounters(runId),
    flush: store.writer.flush,
    async close() {
      await lists.close();
      thumbs.close();
      await opened.close();
    },
  };
}
