import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { EndpointProfile, Role } from '../../shared/model/provider.ts';
import type { SelfTestReport } from '../../shared/model/selfTest.ts';
import { appRoot } from './appRoot.ts';
import { funnelRows } from './domain/funnel.ts';
import { PROMPTS } from './domain/prompts.ts';
import { createEventHub, type EventHub } from './events.ts';
import { createFileKeyStore, createKeys, type KeyStore, type Keys } from './keys.ts';
import type { CalibrateDeps } from './pipeline/calibrate.ts';
import { createEdits, type Edits } from './pipeline/edits/index.ts';
import { createLanes, type Lanes } from './pipeline/lanes.ts';
import type { Desk } from './pipeline/models.ts';
import { createPairJudges, type PairJudges, type PairJudging } from './pipeline/pairJudges.ts';
import { createRuns, type Runs } from './pipeline/runs.ts';
import { createPixels } from './pixels/index.ts';
import { createPixelPool } from './pixels/pool.ts';
import type { Clock, Pixels } from './ports.ts';
import { createDemoProvider } from './providers/demo/index.ts';
import { createGeminiProvider } from './providers/gemini/index.ts';
import { createGradioProvider } from './providers/gradio/index.ts';
import { createHttp, type Http } from './providers/http.ts';
import { createProviders, type Providers } from './providers/index.ts';
import { createLedger, imageCodec, textCodec } from './providers/ledger.ts';
import { createOpenAiProvider } from './providers/openai/index.ts';
import { createPictures } from './providers/pictures.ts';
import { selfTest } from './providers/selfTest.ts';
import { createLocalScorers, type LocalScorers } from './scorers/index.ts';
import { machineFolder } from './scorers/machine.ts';
import { openWorkspace, type Workspace } from './store/index.ts';
import type { ExportDeps } from './transfer/export/deps.ts';
import type { CheckDeps } from './transfer/faults.ts';
import { createPictureThreads } from './transfer/import/pictureThreads.ts';
import type { PreviewDeps } from './transfer/import/preview.ts';
import type { ImportDeps } from './transfer/import/runImport.ts';
import { createJobs, type Jobs } from './transfer/jobs.ts';
import type { ScoreImportedDeps } from './transfer/scoreImported.ts';
import type { ScoreDeps } from './transfer/scorePairs.ts';

/** Where an engine says what it does; hosts decide where it goes. */
export interface Log {
  info(message: string, data?: object): void;
  warn(message: string, data?: object): void;
  error(message: string, data?: object): void;
}

export interface EngineOptions {
  workspaceDir: string;
  /** Make the workspace when there is none. */
  create: boolean;
  /** Go on at once with runs that a crash interrupted (after a restart by the supervisor). */
  resumeInterrupted: boolean;
  log: Log;
  /** The host's own key store; a file of mode 0600 when left out. */
  keyStore?: KeyStore;
}

/** All concrete parts of one engine. */
export interface EngineParts {
  version: string;
  now(): number;
  log: Log;
  events: EventHub;
  workspace: Workspace;
  pixels: Pixels;
  scorers: LocalScorers;
  runs: Runs;
  edits: Edits;
  /** The queues in front of the endpoints, for screens that show how they stand. */
  lanes: Lanes;
  jobs: Jobs;
  keys: Keys;
  http: Http;
  providers: Providers;
  /** The arithmetic of a calibration, in a worker. */
  fit: CalibrateDeps['fit'];
  selfTest(profile: EndpointProfile, role: Role, signal: AbortSignal): Promise<SelfTestReport>;
  transferDeps: {
    export: ExportDeps;
    check: CheckDeps;
    score: Omit<ScoreDeps, 'gates'>;
    scoreImported: Omit<ScoreImportedDeps, 'gates' | 'judges'>;
    pairJudges(judging: PairJudging): PairJudges;
    import: () => ImportDeps;
    preview: PreviewDeps;
  };
  close(): Promise<void>;
}

/** Two tasks in flight a worker: one computes while libvips decodes for the other. */
const TASKS_PER_WORKER = 2;
/** Rows of an import whose pictures are read and written at once: the disk likes company, memory holds two pictures each. */
const IMPORTED_AT_ONCE = 8;

/** The one place that names every concrete part and puts them together. */
export function compose(options: EngineOptions): EngineParts {
  const clock: Clock = { now: () => Date.now(), ticks: () => performance.now(), sleep };
  const version = (JSON.parse(readFileSync(join(appRoot(), 'package.json'), 'utf8')) as { version: string }).version;
  const workspace = openWorkspace(options.workspaceDir, {
    create: options.create,
    now: clock.now,
    owner: `nhr ${version}, process ${process.pid}`,
  });
  const events = createEventHub();
  const workers = Math.max(1, availableParallelism() - 1);
  const pool = createPixelPool({ workers, inFlightPerWorker: TASKS_PER_WORKER });
  const pixels = createPixels(pool);
  const { blobs, work, calls, runs: runStore, triplets, demoMemory, demoTruth } = workspace;

  const demo = createDemoProvider({ run: pool.run, readBlob: blobs.read, memory: demoMemory, truth: demoTruth });
  const http = createHttp();
  const keys = createKeys(options.keyStore ?? createFileKeyStore(), process.env);
  const scorers = createLocalScorers({ pool, dir: machineFolder(process.env), now: clock.now, fetch: http.fetch, key: keys.get });
  const providers = createProviders(
    { demo: () => demo, openai: createOpenAiProvider, gemini: createGeminiProvider, gradio: createGradioProvider },
    { http, pictures: createPictures(blobs.read), clock, key: keys.get },
  );
  const lanes = createLanes();
  const ledger = createLedger({ calls, clock });
  const shared = {
    profiles: workspace.profiles,
    runs: runStore,
    work,
    triplets,
    blobs,
    pixels,
    scorers,
    calibrations: workspace.calibrations,
    clock,
    desk: createDesk(),
    provider: providers.of,
    lanes,
    emit: events.emit,
  };
  const runs = createRuns({ ...shared, unknownByRole: calls.unknownByRole, baseDir: workspace.dir });
  const edits = createEdits({ ...shared, edits: workspace.edits, tripletView: workspace.screens.view });
  const jobs = createJobs({ emit: (job) => events.emit({ type: 'job', job }), now: clock.now });

  /** The ledger with its two ways to keep a reply: generated sources are made canonical, edits are kept as they came. */
  function createDesk(): Desk {
    const asItCame = imageCodec({ blobs, work, pixels }, async (bytes) => ({ bytes, ...(await pixels.inspect(bytes)) }));
    return {
      text: (request, ways, signal) => ledger.ask(request, ways, textCodec, signal),
      image(request, rule, ways, signal) {
        const codec = rule === null ? asItCame : imageCodec({ blobs, work, pixels }, (bytes) => pixels.canonicalise(bytes, rule));
        return ledger.ask(request, ways, codec, signal);
      },
    };
  }

  const transferDeps: EngineParts['transferDeps'] = {
    export: {
      rows: (filter) => workspace.exports.rows(filter),
      contest: (row) => workspace.exports.contest(row),
      picture: (hash) => workspace.exports.picture(hash),
      encode: (file, format, quality) => pixels.encode(file, format, quality),
      countRows: (filter) => workspace.screens.countTriplets(filter).count,
      runs: (filter) =>
        runStore
          .list()
          .filter((run) => filter.runId === undefined || run.id === filter.runId)
          .map((run) => ({
            id: run.id,
            name: run.name,
            demo: run.demo,
            recipe: run.recipe,
            funnel: funnelRows(runStore.counters(run.id), run.recipe),
            promptVersions: Object.values(PROMPTS).map((prompt) => prompt.version),
          })),
      blobFile: blobs.fileOf,
      pictureFile: blobs.placeOf,
      now: clock.now,
    },
    preview: { pixels },
    check: { decode: pixels.decode, decodeBytes: pixels.inspect, concurrency: workers * TASKS_PER_WORKER },
    score: {
      blobs,
      pixels,
      addImage: work.addImage,
      addTriplet: (triplet) => triplets.add(triplet, false),
      hasOrigin: workspace.exports.hasOrigin,
      concurrency: workers * TASKS_PER_WORKER,
    },
    scoreImported: {
      blobs,
      pixels,
      unchecked: workspace.imports.unchecked,
      countUnchecked: workspace.imports.countUnchecked,
      // Queued in one turn, so they are one commit.
      settle: async (id, { reason, lowLevel, scores, verdicts }) => {
        await Promise.all([
          ...(reason === '' ? [] : [triplets.setState([id], 'dropped', reason)]),
          triplets.addVerdicts(id, verdicts, scores),
          ...(lowLevel === null ? [] : [workspace.imports.setLowLevel(id, lowLevel)]),
        ]);
      },
      concurrency: workers * TASKS_PER_WORKER,
    },
    pairJudges: (judging) => createPairJudges(shared, judging),
    import: () => ({
      blobs,
      pixels,
      // Nobody waits for one row: a few commits for thousands of them.
      addImage: (hash, facts, bytes) => work.addImage(hash, facts, bytes, false),
      addTriplet: (triplet) => triplets.add(triplet, false),
      hasOrigin: workspace.exports.hasOrigin,
      hasContent: workspace.imports.hasContent,
      findItem: workspace.imports.itemFinder(),
      addRating: workspace.imports.addRating,
      concurrency: IMPORTED_AT_ONCE,
      openThreads: () => createPictureThreads(workspace.dir),
    }),
  };

  return {
    version,
    now: clock.now,
    log: options.log,
    events,
    workspace,
    pixels,
    scorers,
    runs,
    edits,
    lanes,
    jobs,
    keys,
    http,
    providers,
    fit: (input, signal) => pool.run('fitCalibration', input, { signal, priority: 'low' }),
    selfTest: (profile, role, signal) => {
      const deps = { provider: providers.of, ledger, blobs, work, pixels, counters: runStore.counters };
      return selfTest(profile, role, deps, signal);
    },
    transferDeps,
    async close() {
      await Promise.all([runs.shutdown(), edits.shutdown()]);
      await jobs.close();
      events.close();
      await providers.close();
      await scorers.close();
      await pool.close();
      await workspace.close();
    },
  };
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}
