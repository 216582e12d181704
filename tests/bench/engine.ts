import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLanes } from '../../src/main/engine/pipeline/lanes.ts';
import type { Desk } from '../../src/main/engine/pipeline/models.ts';
import { requireRecipe } from '../../src/main/engine/pipeline/recipeText.ts';
import { driveRun, type RunnerDeps } from '../../src/main/engine/pipeline/runner.ts';
import type { ImageAnswer, Pixels, Provider, Reply, Scorers } from '../../src/main/engine/ports.ts';
import { createLedger, textCodec } from '../../src/main/engine/providers/ledger.ts';
import { openWorkspace } from '../../src/main/engine/store/index.ts';
import { NO_USAGE } from '../../src/shared/model/provider.ts';
import { smallRecipe } from '../engine/recipes.ts';
import type { BenchLine } from './bench.ts';
import { laneCost } from './lane.ts';

const CANDIDATES = Number(process.env.NHR_BENCH_CANDIDATES ?? 20_000);
const LIMIT_US = 100;

/** Models that answer at once, with the survival rates of the paper's table 2: 43 % past the soft judge, 37 % of those past the validator. */
function instantProvider(): Provider {
  let asked = 0;
  const usage = { ...NO_USAGE, inputTokens: 900, outputTokens: 20 };
  const reply = <T>(value: T): Reply<T> => ({ value, usage, modelAnswered: 'instant', remoteId: '' });
  const score = (high: boolean) => reply(`{"adherence": ${high ? 4.8 : 2.1}, "aesthetics": ${high ? 4.9 : 3}}`);
  return {
    idempotent: true,
    async chat({ task, role }) {
      asked += 1;
      if (task.kind === 'scores') return score((asked * 7919) % 100 < (role === 'softJudge' ? 43 : 37));
      return reply('yes');
    },
    generate: async () => reply(new Uint8Array(1)),
    edit: async () => reply(new Uint8Array(1)),
    probe: async () => ({ models: null, notes: [] }),
  };
}

/** CPU time of the engine for one candidate: draw, claim, ledger, verdicts, counters, selection; real database, no pixels, no blobs. */
export async function run(): Promise<BenchLine[]> {
  const dir = mkdtempSync(join(tmpdir(), 'nhr-bench-engine-'));
  const workspace = openWorkspace(dir, { create: true, now: Date.now, owner: 'bench' });
  try {
    const { runs, work, triplets, blobs, calls } = workspace;
    const yaml = smallRecipe({
      attempts: CANDIDATES,
      concurrency: 256,
      change: { stages: ['edit', 'softJudge', 'softChecks', 'validator'], growth: [] },
    });
    const recipe = requireRecipe(
      yaml.replace('concurrency: 16', 'concurrency: 1024').replace('attemptsPerInstruction: 4', 'attemptsPerInstruction: 5'),
    );
    const image: ImageAnswer = { hash: 'a'.repeat(64), width: 1024, height: 1024, format: 'jpeg', lossy: true };
    await work.addImage(image.hash, image, 1);
    const clock = { now: Date.now, ticks: () => performance.now(), sleep: async () => undefined };
    const id = 'bench';
    const now = Date.now();
    await runs.create({
      id,
      name: id,
      recipe,
      recipeYaml: yaml,
      baseDir: '',
      demo: true,
      state: 'running',
      phase: 'scenes',
      end: null,
      error: null,
      jobSpace: null,
      createdAt: now,
    });
    const scenes = Array.from({ length: 400 }, (_, idx) => ({
      idx,
      prompt: `scene ${idx}`,
      style: 'standard',
      imageHash: null,
      promptVersion: '1',
      instructions: Array.from({ length: 5 }, (_, i) => ({ text: `edit ${i} of ${idx}`, category: 'Add object' })),
    }));
    await work.addScenes(id, scenes);
    for (const scene of work.scenes(id)) {
      for (let idx = 0; idx < 10; idx++)
        void work.addSource(id, {
          sceneId: scene.id,
          idx,
          seed: idx + 1,
          state: 'passed',
          imageHash: image.hash,
          reason: '',
          verdicts: [],
        });
    }
    await workspace.flush();
    await runs.setPhase(id, 'attempts');

    const ledger = createLedger({ calls, clock });
    const sameImage = { store: async () => ({ result: image.hash, value: image }), load: async () => image };
    const desk: Desk = {
      text: (request, ways, signal) => ledger.ask(request, ways, textCodec, signal),
      image: (request, _rule, ways, signal) => ledger.ask(request, ways, sameImage, signal),
    };
    const provider = instantProvider();
    const deps: RunnerDeps = {
      runs,
      work,
      triplets,
      blobs,
      pixels: {} as Pixels,
      scorers: {} as Scorers,
      calibrations: workspace.calibrations,
      clock,
      desk,
      provider: () => provider,
      lanes: createLanes(),
      unknownByRole: calls.unknownByRole,
      baseDir: dir,
      emit: () => undefined,
    };
    const record = runs.get(id);
    if (!record) throw new Error('the run is gone');
    const before = process.cpuUsage();
    const started = performance.now();
    await driveRun(deps, record, { askAgain: false, partsFound: false }).rested;
    await workspace.flush();
    const wall = performance.now() - started;
    const { user, system } = process.cpuUsage(before);
    const counters = runs.counters(id);
    const done = (counters.get('attempt.passed') ?? 0) + (counters.get('attempt.rejected') ?? 0);
    if (done !== CANDIDATES)
      throw new Error(
        `${done} of ${CANDIDATES} candidates were done: ${JSON.stringify(runs.get(id)?.error)} ${JSON.stringify([...counters])}`,
      );
    const us = (user + system) / done;
    return [
      {
        name: `CPU of the engine a candidate (${((counters.get('call.settled') ?? 0) / done).toFixed(1)} ledger calls each)`,
        value: us,
        unit: 'us',
        limit: `<= ${LIMIT_US} us`,
        ok: us <= LIMIT_US,
      },
      { name: 'candidates a second, wall', value: (done * 1000) / wall, unit: '/s', limit: '', ok: true },
      await laneCost(),
    ];
  } finally {
    await workspace.close();
    rmSync(dir, { recursive: true, force: true });
  }
}
