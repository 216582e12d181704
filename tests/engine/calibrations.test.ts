import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runCli } from '../../src/main/cli/program.ts';
import type { CliWorld, Output } from '../../src/main/cli/world.ts';
import { createEngine } from '../../src/main/engine/index.ts';
import { localValidator } from '../../src/main/engine/pipeline/stages/localValidator.ts';
import type { CalibrationView } from '../../src/shared/model/calibration.ts';
import { smallRecipe } from './recipes.ts';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** A terminal that is no terminal, with real engines behind it. */
function aTerminal() {
  const cwd = mkdtempSync(join(tmpdir(), 'nhr-calibrate-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  let printed = '';
  const output: Output = {
    write: (text) => (printed += text),
    terminal: false,
    columns: () => 120,
    rows: () => 24,
    colour: false,
    unicode: false,
  };
  const world: CliWorld = {
    out: output,
    err: output,
    env: {},
    cwd,
    version: '0',
    now: Date.now,
    openEngine: (options) => createEngine({ ...options, log: quiet }),
    serve: () => Promise.reject(new Error('not here')),
    onInterrupt: () => () => undefined,
    readInput: async () => '',
    exit: () => undefined,
  };
  /** Runs a command; gives what it printed. */
  const run = async (expected: number, ...argv: string[]) => {
    printed = '';
    expect([await runCli(argv, world), printed]).toEqual([expected, printed]);
    return printed;
  };
  return { cwd, run };
}

// Catches: a file that another workspace cannot use, a name that is not pinned, a gate whose verdicts do not say what gave them, judges that
// are asked about what was stopped, and a report that is silent about the calibration.
it('a calibration is learned from a run, moves to another workspace, and stands before the judges there', async () => {
  const { cwd, run } = aTerminal();
  const recipe = (name: string, seed: number, change: Parameters<typeof smallRecipe>[0] & object) => {
    writeFileSync(join(cwd, name), smallRecipe({ ...change, seed, attempts: 90 }));
  };
  recipe('learn.yaml', 1, { change: { growth: [], stages: ['edit', 'lowLevel', 'fullReference', 'validator'] } });
  await run(0, 'mine', 'learn.yaml', '--workspace', 'a');
  expect(await run(0, 'calibrations', '--workspace', 'a')).toContain('nhr calibrate makes one');
  const text = await run(0, 'calibrate', '--from', 'last', '--name', 'demo', '--plot', 'plot.svg', '--workspace', 'a');
  expect(text).toMatch(/demo-1: learned from \d+ pairs of \d+ sources/);
  expect(text).toMatch(/Measured on \d+ pairs of \d+ sources that the fit had never seen/);
  const svg = readFileSync(join(cwd, 'plot.svg'), 'utf8');
  expect(svg).toMatch(/^<svg [\s\S]*Calibration demo-1[\s\S]*<circle [\s\S]*<\/svg>\n$/);
  const shown = JSON.parse(await run(0, 'calibrations', 'show', 'demo', '--json', '--workspace', 'a')) as { calibration: CalibrationView };

  const change = {
    growth: [],
    stages: ['edit', 'lowLevel', 'fullReference', 'localValidator', 'softJudge', 'validator'],
    gates: { localValidator: { calibration: 'demo', minChance: 0.2 } },
  } as const;
  recipe('use.yaml', 2, { change: { ...change, growth: [], stages: [...change.stages] } });
  expect(await run(1, 'mine', 'use.yaml', '--workspace', 'b')).toMatch(/There is no calibration demo in this workspace/);
  expect(await run(0, 'calibrations', 'import', 'a/calibrations/demo-1.json', '--workspace', 'b')).toContain('Taken over as demo-1');
  await run(0, 'mine', 'use.yaml', '--workspace', 'b');
  expect(await run(0, 'stats', 'last', '--workspace', 'b')).toMatch(/Calibration +demo-1: (too early|holds|NO LONGER)/);

  const engine = await createEngine({ workspaceDir: join(cwd, 'b'), create: false, resumeInterrupted: false, log: quiet });
  onTestFinished(() => engine.close());
  const [last] = await engine.client.runs.list();
  const stopped = await engine.client.runs.attempts({ runId: last!.id, state: 'rejected', stage: 'localValidator', limit: 100 });
  expect(stopped.items.length).toBeGreaterThan(3);
  for (const attempt of stopped.items) expect(attempt).toMatchObject({ reason: 'littleChance', softScores: null, scores: null });
  const [kept] = (await engine.client.triplets.page({ filter: { states: ['active'] }, sort: 'newest', limit: 1 })).items;
  const detail = await engine.client.triplets.get({ id: kept!.id });
  const verdict = detail.verdicts.find(({ stage }) => stage === 'localValidator');
  expect(verdict?.model).toBe(`demo-1@${shown.calibration.hash.slice(0, 12)}`);
  expect(verdict?.signals?.localChance).toBeGreaterThanOrEqual(0.2);
  const drift = await engine.client.calibrations.drift({ runId: last!.id });
  expect(drift?.calibration).toBe('demo-1');
  expect(drift?.count).toBeGreaterThan(10);
});

// Catches: thresholds of another gate, a border that falls on the wrong side, and a verdict that accepts by itself.
it('the stage rejects below its least chance, by the thresholds of the validator unless it has its own', async () => {
  const model = { method: 'ridge' as const, intercept: 3, weights: [-1, 0], sigma: 0.5, lambda: 1, holdOut: {} as never };
  const plan = { signals: [{ name: 'shift' as const, median: 0, scale: 1, missing: false }], classes: [] };
  const calibration = { plan, adherence: model, aesthetics: model } as never;
  const judge = (shift: number, gate: object) =>
    localValidator(
      { category: 'Add object', instruction: 'Add a kite', signals: { shift } } as never,
      {
        recipe: { gates: { localValidator: { calibration: 'x-1', minChance: 0.5, ...gate }, validator: { adherence: 4, aesthetics: 4 } } },
        calibrations: { read: () => ({ calibration, hash: 'ab'.repeat(32) }) },
      } as never,
    );
  // 3 - shift is expected: 4 is reached by half of those with shift -1.
  expect((await judge(-1.01, {})).verdict).toMatchObject({ passed: true, reason: '', model: 'x-1@abababababab', scores: null });
  expect((await judge(-0.99, {})).verdict).toMatchObject({ passed: false, reason: 'littleChance' });
  expect((await judge(-0.99, { least: { adherence: 3, aesthetics: 3 } })).verdict.passed).toBe(true);
  const { signals, checks } = (await judge(0, {})).verdict;
  expect(signals).toMatchObject({ localAdherence: 3, localAesthetics: 3 });
  expect(checks).toEqual([{ signal: 'localChance', min: 0.5, max: null, outcome: 'failed', why: 'littleChance' }]);
});
