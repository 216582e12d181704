import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { AttemptOutcome, CallStore, NewTriplet, RunRecord } from '../../src/main/engine/ports.ts';
import { openWorkspace, type Workspace } from '../../src/main/engine/store/index.ts';
import type { ImportDeps } from '../../src/main/engine/transfer/import/runImport.ts';
import { inspect } from '../unit/transfer/world.ts';
import { recipe } from './recipe.ts';

/** A folder of its own, gone after the test. */
export function aFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'nhr-store-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

let time = 1_700_000_000_000;

/** Opens (and makes) a workspace whose clock goes one millisecond a look; closed after the test when the test did not. */
export function open(dir: string, options: { create?: boolean; owner?: string } = {}): Workspace {
  const workspace = openWorkspace(dir, { create: options.create ?? true, now: () => time++, owner: options.owner ?? 'test' });
  onTestFinished(async () => {
    await workspace.close().catch(() => undefined);
  });
  return workspace;
}

export const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

/** A run that can be stored as it is. */
export function aRun(id: string, change: Partial<RunRecord> = {}) {
  const run = {
    id,
    name: id,
    recipe,
    recipeYaml: 'version: 1',
    baseDir: '',
    demo: true,
    state: 'running' as const,
    phase: 'attempts' as const,
  };
  return { ...run, end: null, error: null, jobSpace: null, createdAt: 1, ...change };
}

/** What an attempt that passed everything leaves. */
export function anOutcome(change: Partial<AttemptOutcome> = {}): AttemptOutcome {
  return {
    state: 'passed',
    stage: null,
    reason: '',
    editedHash: hashOf('edited'),
    scores: { adherence: 4.8, aesthetics: 4.9 },
    softScores: { adherence: 4.2, aesthetics: 4.1 },
    lowLevel: { width: 640, height: 480, flagged: 900, largest: 700, components: 3 },
    verdicts: [
      {
        stage: 'validator',
        passed: true,
        reason: '',
        scores: { adherence: 4.8, aesthetics: 4.9 },
        lowLevel: null,
        model: 'm',
        promptVersion: '1',
        raw: '{}',
        signals: null,
        checks: [],
      },
    ],
    survived: ['edit', 'lowLevel', 'softJudge', 'softChecks', 'validator'],
    usd: 0.01,
    ms: 12,
    ...change,
  };
}

/** A request to the validator that nobody made before. */
export function aCall(change: Partial<Parameters<CallStore['open']>[0]> = {}): Parameters<CallStore['open']>[0] {
  return {
    runId: 'r1',
    requestHash: Buffer.alloc(16, 1),
    role: 'validator',
    endpoint: 'e',
    model: 'm',
    usdReserved: 1,
    onUnknown: 'hold',
    ...change,
  };
}

/** A triplet between the two pictures that `stage` adds. */
export function aTriplet(change: Partial<NewTriplet> = {}): NewTriplet {
  return {
    runId: 'r1',
    kind: 'forward',
    state: 'active',
    reason: '',
    sourceHash: hashOf('source'),
    editedHash: hashOf('edited'),
    width: 640,
    height: 480,
    instruction: 'Add a red kite to the sky',
    category: 'Addition',
    style: 'standard',
    attemptId: null,
    sourceId: null,
    origin: '',
    scores: { adherence: 4.8, aesthetics: 4.9 },
    lowLevel: null,
    parents: [],
    verdicts: [],
    ...change,
  };
}

export interface Stage {
  workspace: Workspace;
  sourceIds: number[];
  /** Of every scene, in order. */
  instructions: { id: number; category: string }[][];
  /** The jobs of the space of this stage, M tries of each <source, instruction> side by side. */
  jobs: { jobIndex: number; sourceId: number; instructionId: number; category: string; tryIndex: number; seed: number }[];
}

/** What an import works with here: the workspace's own stores, and pictures of the test's making. */
export function importDeps({ blobs, work, triplets, exports, imports }: Workspace): ImportDeps {
  return {
    blobs,
    pixels: { inspect },
    addImage: (hash, facts, bytes) => work.addImage(hash, facts, bytes, false),
    addTriplet: triplets.add,
    hasOrigin: exports.hasOrigin,
    hasContent: imports.hasContent,
    findItem: imports.itemFinder(),
    addRating: imports.addRating,
    concurrency: 3,
  };
}

/** A run with two pictures, `scenes` scenes of two instructions each, one source a scene, and `tries` tries. */
export async function stage(workspace: Workspace, runId = 'r1', { scenes = 2, tries = 3 } = {}): Promise<Stage> {
  const { runs, work } = workspace;
  const facts = { width: 640, height: 480, format: 'jpeg', lossy: true };
  await Promise.all(['source', 'edited'].map((name) => work.addImage(hashOf(name), facts, 100)));
  await runs.create(aRun(runId));
  const categories = ['Addition', 'Removal'];
  await work.addScenes(
    runId,
    Array.from({ length: scenes }, (_, idx) => ({
      idx,
      prompt: `scene ${idx}`,
      style: 'standard',
      imageHash: null,
      promptVersion: '1',
      instructions: categories.map((category) => ({ text: `${category} in ${idx}`, category })),
    })),
  );
  const stored = work.scenes(runId);
  await Promise.all(
    stored.map((scene) =>
      work.addSource(runId, { sceneId: scene.id, idx: 0, seed: 5, state: 'passed', imageHash: hashOf('source'), reason: '', verdicts: [] }),
    ),
  );
  const sources = work.sources(runId);
  const jobs: Stage['jobs'] = [];
  for (const [i, source] of sources.entries())
    for (const instruction of stored[i]!.instructions)
      for (let tryIndex = 0; tryIndex < tries; tryIndex++)
        jobs.push({
          jobIndex: jobs.length,
          sourceId: source.id,
          instructionId: instruction.id,
          category: instruction.category,
          tryIndex,
          seed: 100 + jobs.length,
        });
  return { workspace, sourceIds: sources.map((source) => source.id), instructions: stored.map((scene) => scene.instructions), jobs };
}
