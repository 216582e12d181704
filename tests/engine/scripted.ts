import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLanes } from '../../src/main/engine/pipeline/lanes.ts';
import type { Desk } from '../../src/main/engine/pipeline/models.ts';
import type { RunnerDeps } from '../../src/main/engine/pipeline/runner.ts';
import { createRuns, type Runs } from '../../src/main/engine/pipeline/runs.ts';
import type { ImageAnswer, Pixels, Provider, Reply, Scorers } from '../../src/main/engine/ports.ts';
import { createLedger, textCodec } from '../../src/main/engine/providers/ledger.ts';
import { openWorkspace, type Workspace } from '../../src/main/engine/store/index.ts';
import type { EngineEvent } from '../../src/shared/model/events.ts';
import { NO_USAGE } from '../../src/shared/model/provider.ts';

/** Every picture of a scripted run: nothing looks at pixels. */
const PICTURE: ImageAnswer = { hash: 'a'.repeat(64), width: 1024, height: 1024, format: 'jpeg', lossy: true };

export function reply<T>(value: T, gpuSeconds = 0): Reply<T> {
  return {
    value,
    usage: { ...NO_USAGE, inputTokens: 900, outputTokens: 20, images: 1, gpuSeconds },
    modelAnswered: 'scripted',
    remoteId: '',
  };
}

/** A model that answers at once and likes everything; parts can be changed. */
export function scriptedProvider(change: Partial<Provider> = {}): Provider {
  return {
    idempotent: true,
    async chat({ task, seed }) {
      if (task.kind === 'scores') return reply('{"adherence": 4.9, "aesthetics": 4.8}');
      if (task.kind === 'invert') return reply(`Put it as it was before number ${seed}`);
      if (task.kind === 'design') {
        const edits = Array.from({ length: task.edits }, (_, i) => ({
          instruction: `Edit ${i} of batch ${seed}`,
          category: i === task.edits - 1 && task.composite ? 'Add object and Remove object' : 'Add object',
        }));
        return reply(
          JSON.stringify({
            scenes: Array.from({ length: task.count }, (_, i) => ({ prompt: `Scene ${i} of ${seed}`, style: 'standard', edits })),
          }),
        );
      }
      return reply('yes');
    },
    generate: async () => reply(new Uint8Array(1), 0.5),
    edit: async () => reply(new Uint8Array(1), 2),
    probe: async () => ({ models: null, notes: [] }),
    ...change,
  };
}

export interface ScriptedStudio {
  dir: string;
  workspace: Workspace;
  runs: Runs;
  deps: RunnerDeps;
  events: EngineEvent[];
  close(): Promise<void>;
}

/** Pipeline, ledger and store as they are, with scripted models and no pixels. `dir` opens an earlier workspace again. */
export async function openStudio(
  provider: Provider,
  dir = mkdtempSync(join(tmpdir(), 'nhr-scripted-')),
  scorers: Partial<Scorers> = {},
): Promise<ScriptedStudio> {
  const workspace = openWorkspace(dir, { create: true, now: Date.now, owner: 'test' });
  const { runs: store, work, triplets, blobs, calls } = workspace;
  const clock = { now: Date.now, ticks: () => performance.now(), sleep: async () => undefined };
  await work.addImage(PICTURE.hash, PICTURE, 1);
  const folder = join(dir, 'blobs', PICTURE.hash.slice(0, 2));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${PICTURE.hash}.jpg`), '');
  const ledger = createLedger({ calls, clock });
  const samePicture = { store: async () => ({ result: PICTURE.hash, value: PICTURE }), load: async () => PICTURE };
  const desk: Desk = {
    text: (request, ways, signal) => ledger.ask(request, ways, textCodec, signal),
    image: (request, _rule, ways, signal) => ledger.ask(request, ways, samePicture, signal),
  };
  const events: EngineEvent[] = [];
  const deps: RunnerDeps = {
    runs: store,
    work,
    triplets,
    blobs,
    pixels: {} as Pixels,
    scorers: scorers as Scorers,
    calibrations: workspace.calibrations,
    clock,
    desk,
    provider: () => provider,
    lanes: createLanes(),
    unknownByRole: calls.unknownByRole,
    baseDir: dir,
    emit: (event) => void events.push(event),
  };
  const runs = createRuns({ ...deps, profiles: workspace.profiles });
  return { dir, workspace, runs, deps, events, close: () => workspace.close() };
}

/** Removes the folder of a studio that is closed. */
export function remove({ dir }: ScriptedStudio): void {
  rmSync(dir, { recursive: true, force: true });
}
