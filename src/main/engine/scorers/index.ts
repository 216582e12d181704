import { availableParallelism } from 'node:os';
import type { ExecutionProvider, ProviderChoice, ScorerProcessState, ScorerSettings } from '../../../shared/model/scorers.ts';
import type { PixelPool } from '../pixels/pool.ts';
import type { Scorers } from '../ports.ts';
import { createScorerProcess } from './child.ts';
import { createLearnedScorers } from './learned.ts';
import { readManifest } from './models/manifest.ts';
import { createModelStore, type ModelStore } from './models/store.ts';
import { createTextReader } from './ocr.ts';
import { readSettings, writeSettings } from './settings.ts';
import { createProviderTrials } from './trials.ts';

/** Everything local models need of the engine, and what screens may ask of them. */
export interface LocalScorers extends Scorers {
  models: ModelStore;
  /** Where models run here and why; tried once, then remembered. */
  choice(): Promise<ProviderChoice>;
  /** Tries all providers again. */
  tryAgain(): Promise<ProviderChoice>;
  process(): ScorerProcessState;
  /** Gives the memory of the scorer process back, a GPU's too. */
  freeMemory(): Promise<void>;
  settings(): Promise<ScorerSettings>;
  /** Stores settings; a new order of providers is tried at once. */
  setSettings(settings: ScorerSettings): Promise<void>;
  close(): Promise<void>;
}

export interface LocalScorersOptions {
  pool: Pick<PixelPool, 'run'>;
  /** Folder of this machine's scorer data. */
  dir: string;
  now(): number;
  fetch: typeof globalThis.fetch;
  /** The secret a reference stands for. */
  key(ref: string): Promise<string>;
}

/** Batches help GPUs; on the processor they give nothing (measured) and cost memory. */
const BATCH: Partial<Record<ExecutionProvider, number>> = { cuda: 8, dml: 8, coreml: 4, webgpu: 4, cpu: 1 };
const SESSION_IDLE_MS = 60_000;
const PROCESS_IDLE_MS = 300_000;
/** A scorer process that has grown to this is started afresh between requests. */
const MAX_BYTES = 6 * 1024 ** 3;

/** The local scorers. Nothing is started or loaded before it is asked for. */
export function createLocalScorers({ pool, dir, now, fetch, key }: LocalScorersOptions): LocalScorers {
  let manifest: ReturnType<typeof readManifest> | undefined;
  const models = createModelStore({
    dir,
    manifest: () => (manifest ??= readManifest()),
    settings: () => readSettings(dir),
    key,
    fetch,
    now,
  });
  const trials = createProviderTrials({ dir, now, order: async () => (await readSettings(dir)).providerOrder });
  const scorer = createScorerProcess({
    async setup() {
      const { trials: tried } = await trials.choice();
      const fit = tried.filter((trial) => trial.ok && !trial.software && trial.provider !== 'cpu').map((trial) => trial.provider);
      // One processor is left to the engine, whose pixel workers have the others most of the time.
      return { providers: [...fit, 'cpu'], batch: BATCH, idleMs: SESSION_IDLE_MS, threads: Math.max(1, availableParallelism() - 1) };
    },
    maxBytes: MAX_BYTES,
    idleMs: PROCESS_IDLE_MS,
    onBadProvider: trials.ban,
  });

  const learned = createLearnedScorers(pool, scorer, models);

  return {
    models,
    learned: learned.measure,
    missing: learned.missing,
    readText: createTextReader(pool, scorer),
    choice: trials.choice,
    async tryAgain() {
      const choice = await trials.again();
      await scorer.freeMemory();
      return choice;
    },
    process: scorer.state,
    freeMemory: scorer.freeMemory,
    settings: () => readSettings(dir),
    async setSettings(settings) {
      const before = await readSettings(dir);
      await writeSettings(dir, settings);
      if (JSON.stringify(before.providerOrder) === JSON.stringify(settings.providerOrder)) return;
      await trials.again();
      await scorer.freeMemory();
    },
    close: scorer.close,
  };
}
