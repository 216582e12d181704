/**
 * What a local validator saves: the demo studio is mined without one (A), a calibration is learned from that run's verdicts, and
 * another seed is mined without (B) and with it (C). Judges' calls, and precision and recall against the demo's truth.
 *   node tests/bench/saving.ts [--attempts 500]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Database from 'better-sqlite3';
import { createEngine, type Engine } from '../../src/main/engine/index.ts';
import type { Truth } from '../../src/main/engine/providers/demo/memory.ts';
import type { CalibrationView } from '../../src/shared/model/calibration.ts';
import type { AttemptStage, RecipeInput } from '../../src/shared/model/recipe.ts';
import { smallRecipe } from '../engine/recipes.ts';
import type { BenchLine } from './bench.ts';

/** Every gate but the local validator; `paper-exact` measures and rejects nothing more. */
const PLAIN: AttemptStage[] = ['edit', 'lowLevel', 'fullReference', 'softJudge', 'softChecks', 'validator'];
/** The validator sees whatever passes the low-level check, bad ones too: what a calibration wants to learn from. */
const TO_LEARN: AttemptStage[] = ['edit', 'lowLevel', 'fullReference', 'validator'];
const WITH_LOCAL: AttemptStage[] = ['edit', 'lowLevel', 'fullReference', 'localValidator', 'softJudge', 'softChecks', 'validator'];
const LIMIT_MS = 240_000;

interface Outcome {
  attempts: number;
  kept: number;
  /** Attempts that are what was asked for, on a source that is what was asked for; and those of them that were kept. */
  good: number;
  goodKept: number;
  /** Stopped by the local validator; and the good ones among them. */
  stopped: number;
  goodStopped: number;
  softCalls: number;
  validatorCalls: number;
  judgeUsd: number;
}

export interface Saving {
  calibration: CalibrationView;
  learning: Outcome;
  without: Outcome;
  withLocal: Outcome;
}

/** Runs all three. Every run has a workspace of its own: in one, the ledger would answer the third run's calls from the second's. */
export async function measureSaving(attempts: number, say: (line: string) => void = () => undefined): Promise<Saving> {
  const dir = mkdtempSync(join(tmpdir(), 'nhr-saving-'));
  const inWorkspace = async <T>(name: string, work: (engine: Engine) => Promise<T>): Promise<T> => {
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const engine = await createEngine({ workspaceDir: join(dir, name), create: true, resumeInterrupted: false, log });
    try {
      return await work(engine);
    } finally {
      await engine.close();
    }
  };
  try {
    let runId = '';
    const calibration = await inWorkspace('a', async (engine) => {
      runId = await mine(engine, attempts, 1, TO_LEARN);
      const job = await engine.client.calibrations.fit({ name: 'demo', source: { from: 'run', runId } });
      const made = await finished(engine, job.id);
      const { calibrations } = await engine.client.calibrations.list();
      return calibrations.find(({ id }) => id === made) as CalibrationView;
    });
    const learning = outcome(join(dir, 'a'), runId);
    say(`A mined and learned from: ${learning.attempts} attempts`);
    runId = await inWorkspace('b', (engine) => mine(engine, attempts, 2, PLAIN));
    const without = outcome(join(dir, 'b'), runId);
    say(`B mined without a local validator: ${without.attempts} attempts`);
    runId = await inWorkspace('c', async (engine) => {
      const { id } = await engine.client.calibrations.take({ path: join(dir, 'a', 'calibrations', `${calibration.id}.json`) });
      return mine(engine, attempts, 2, WITH_LOCAL, { localValidator: { calibration: id } });
    });
    const withLocal = outcome(join(dir, 'c'), runId);
    return { calibration, learning, without, withLocal };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function mine(engine: Engine, attempts: number, seed: number, stages: AttemptStage[], gates: RecipeInput['gates'] = {}) {
  const yaml = smallRecipe({
    seed,
    attempts,
    change: { scenes: { from: 'constraints', scenes: 24, editsPerScene: 6, batch: 12 }, growth: [], stages, gates },
  });
  const { id } = await engine.client.runs.start({ yaml });
  await until(async () => (await engine.client.runs.list()).find((run) => run.id === id)?.state === 'ended');
  return id;
}

async function finished(engine: Engine, jobId: string): Promise<string> {
  let target = '';
  await until(async () => {
    const job = (await engine.client.system.snapshot()).jobs.find(({ id }) => id === jobId);
    if (job?.state === 'failed') throw new Error(job.message);
    target = job?.target ?? '';
    return job?.state === 'done';
  });
  return target;
}

async function until(done: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + LIMIT_MS;
  while (!(await done())) {
    if (performance.now() > end) throw new Error(`not done within ${LIMIT_MS / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function outcome(workspaceDir: string, runId: string): Outcome {
  const db = new Database(join(workspaceDir, 'nhr.db'), { readonly: true });
  try {
    const rows = db
      .prepare(
        `SELECT a.state, a.stage, e.truth AS edit, s.truth AS source FROM attempt a JOIN source o ON o.id = a.source_id
         JOIN demo_truth e ON e.image_hash = a.edited_hash JOIN demo_truth s ON s.image_hash = o.image_hash WHERE a.run_id = ?`,
      )
      .all(runId) as { state: string; stage: string | null; edit: string; source: string }[];
    const isGood = ({ edit, source }: { edit: string; source: string }) =>
      (JSON.parse(edit) as Truth).good && (JSON.parse(source) as Truth).good;
    const kept = rows.filter(({ state }) => state === 'passed');
    const stopped = rows.filter(({ stage }) => stage === 'localValidator');
    const calls = (role: string) =>
      db
        .prepare("SELECT COUNT(*) AS count, TOTAL(usd) AS usd FROM call WHERE run_id = ? AND role = ? AND state = 'settled'")
        .get(runId, role) as {
        count: number;
        usd: number;
      };
    const soft = calls('softJudge');
    const hard = calls('validator');
    return {
      attempts: rows.length,
      kept: kept.length,
      good: rows.filter(isGood).length,
      goodKept: kept.filter(isGood).length,
      stopped: stopped.length,
      goodStopped: stopped.filter(isGood).length,
      softCalls: soft.count,
      validatorCalls: hard.count,
      judgeUsd: soft.usd + hard.usd,
    };
  } finally {
    db.close();
  }
}

const precision = ({ kept, goodKept }: Outcome) => goodKept / Math.max(1, kept);
const recall = ({ good, goodKept }: Outcome) => goodKept / Math.max(1, good);
const judgeCalls = ({ softCalls, validatorCalls }: Outcome) => softCalls + validatorCalls;

/** The three runs as lines of text. */
export function printed({ calibration, learning, without, withLocal }: Saving): string[] {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const row = (name: string, o: Outcome) =>
    [
      name.padEnd(34),
      o.attempts,
      o.good,
      o.stopped,
      o.goodStopped,
      o.softCalls,
      o.validatorCalls,
      o.judgeUsd.toFixed(2),
      o.kept,
      percent(precision(o)),
      percent(recall(o)),
    ]
      .map((cell, i) => (i === 0 ? cell : String(cell).padStart(11)))
      .join('');
  const error = (score: 'adherence' | 'aesthetics') => {
    const { mae, maeInterval, maeOfMean, spearman } = calibration.calibration[score].holdOut;
    return `${score} ${mae.toFixed(2)} (${maeInterval.map((x) => x.toFixed(2)).join(' to ')}; the mean ${maeOfMean.toFixed(2)}), Spearman ${spearman.toFixed(2)}`;
  };
  const saved = judgeCalls(without) - judgeCalls(withLocal);
  return [
    `${calibration.id}: ${calibration.calibration.count} verdicts of ${calibration.calibration.sources} sources; error on held-out sources: ${error('adherence')}; ${error('aesthetics')}`,
    `${'run'.padEnd(34)}${['attempts', 'good', 'stopped', 'good among', 'soft calls', 'validator', 'judges USD', 'kept', 'precision', 'recall'].map((name) => name.padStart(11)).join('')}`,
    row('A, seed 1, to learn from', learning),
    row('B, seed 2, without', without),
    row('C, seed 2, with local validator', withLocal),
    `saved: ${saved} of ${judgeCalls(without)} judge calls (${percent(saved / judgeCalls(without))}), of the validator alone ${without.validatorCalls - withLocal.validatorCalls} of ${without.validatorCalls}`,
  ];
}

/** The bench: calls saved, at no less precision and next to no less recall. */
export async function run(): Promise<BenchLine[]> {
  const found = await measureSaving(500);
  for (const line of printed(found)) process.stdout.write(`${line}\n`);
  const { without, withLocal } = found;
  const saved = 1 - judgeCalls(withLocal) / judgeCalls(without);
  const lost = recall(without) - recall(withLocal);
  const worse = precision(without) - precision(withLocal);
  const line = (name: string, value: number, ok: boolean, limit: string): BenchLine => ({ name, value: 100 * value, unit: '%', ok, limit });
  return [
    line('judge calls saved by a local validator', saved, saved >= 0.05, 'at least 5 %'),
    line('precision lost', worse, worse <= 0.005, 'at most 0.5 %'),
    line('recall lost', lost, lost <= 0.03, 'at most 3 %'),
  ];
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { attempts: { type: 'string', default: '500' } } });
  const say = (text: string) => process.stdout.write(`${text}\n`);
  for (const text of printed(await measureSaving(Number(values.attempts), say))) say(text);
}
