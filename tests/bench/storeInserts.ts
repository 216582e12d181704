import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { AttemptOutcome } from '../../src/main/engine/ports.ts';
import { openWorkspace, type Workspace } from '../../src/main/engine/store/index.ts';
import { recipe } from '../store/recipe.ts';
import type { BenchLine } from './bench.ts';

const ROWS = 110_000;
const BATCH = 1_000;
/** Rows before anything counts: compilers and caches settle. */
const WARM_UP = 10_000;
const LIMIT = 0.85;
const RUN = 'r1';

interface Job {
  jobIndex: number;
  sourceId: number;
  instructionId: number;
  tryIndex: number;
  seed: number;
}

const verdict = {
  passed: false,
  reason: 'lowAdherence',
  lowLevel: null,
  model: 'validator-1',
  promptVersion: 'v1',
  raw: '{"adherence": 3.1, "aesthetics": 4.2}',
  signals: null,
  checks: [],
};

/** The i-th outcome: scores spread over the bins, one in seven passed. */
function outcomeOf(i: number): AttemptOutcome {
  const scores = { adherence: 1 + (i % 41) / 10, aesthetics: 1 + ((i * 7) % 41) / 10 };
  const passed = i % 7 === 0;
  return {
    state: passed ? 'passed' : 'rejected',
    stage: passed ? null : 'validator',
    reason: passed ? '' : 'lowAdherence',
    editedHash: i.toString(16).padStart(64, '0'),
    scores,
    softScores: scores,
    lowLevel: { width: 1024, height: 1024, flagged: 90_000, largest: 60_000, components: 31 },
    verdicts: [{ ...verdict, stage: 'validator', scores }],
    survived: ['edit', 'lowLevel', 'softJudge', 'softChecks'],
    usd: 0.02,
    ms: 3000,
  };
}

/** Jobs in the random order in which they are drawn. */
function jobsOf(sourceId: number, instructionId: number): Job[] {
  return Array.from({ length: ROWS }, (_, i) => {
    const jobIndex = (i * 7_919) % ROWS;
    return { jobIndex, sourceId, instructionId, tryIndex: jobIndex % 5, seed: jobIndex * 31 };
  });
}

async function prepare(dir: string): Promise<{ workspace: Workspace; sourceId: number; instructionId: number }> {
  const workspace = openWorkspace(dir, { create: true, now: Date.now, owner: 'bench' });
  const { runs, work } = workspace;
  const run = {
    id: RUN,
    name: RUN,
    recipe,
    recipeYaml: '',
    baseDir: '',
    demo: true,
    state: 'running' as const,
    phase: 'attempts' as const,
  };
  await runs.create({ ...run, end: null, error: null, jobSpace: null, createdAt: 1 });
  const hash = 'a'.repeat(64);
  await work.addImage(hash, { width: 1024, height: 1024, format: 'jpeg', lossy: true }, 1);
  await work.addScenes(RUN, [
    { idx: 0, prompt: '', style: '', imageHash: null, promptVersion: '', instructions: [{ text: 'Add a kite', category: 'Addition' }] },
  ]);
  const scene = work.scenes(RUN)[0]!;
  await work.addSource(RUN, { sceneId: scene.id, idx: 0, seed: 1, state: 'passed', imageHash: hash, reason: '', verdicts: [] });
  return { workspace, sourceId: work.sources(RUN)[0]!.id, instructionId: scene.instructions[0]!.id };
}

/** Bare statements on a database of the same schema and settings: rows in batches of 1,000 and nothing else. */
function bare(dir: string) {
  const db = new Database(join(dir, 'nhr.db'));
  db.pragma('synchronous = FULL');
  db.pragma('foreign_keys = ON');
  db.pragma('wal_autocheckpoint = 16000');
  db.pragma('cache_size = -65536');
  const insert = db.prepare(
    `INSERT INTO attempt (run_id, job_index, source_id, instruction_id, try_index, seed, state, created_at) VALUES (?, ?, ?, ?, ?, ?, 'running', ?)`,
  );
  const finish = db.prepare(
    `UPDATE attempt SET state = ?, stage = ?, reason = ?, survived = ?, edited_hash = ?, adherence = ?, aesthetics = ?, geometric = ?, soft_adherence = ?, soft_aesthetics = ?,
       ll_width = ?, ll_height = ?, ll_flagged = ?, ll_largest = ?, ll_components = ?, usd = ?, ms = ?, ended_at = ? WHERE id = ?`,
  );
  const addVerdict = db.prepare(
    'INSERT INTO verdict (attempt_id, stage, passed, reason, adherence, aesthetics, model, prompt_version, raw) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const inOneTransaction = <T>(rows: readonly T[], write: (row: T) => void) => {
    db.exec('BEGIN IMMEDIATE');
    for (const row of rows) write(row);
    db.exec('COMMIT');
  };
  return {
    claim(jobs: Job[]): number[] {
      const ids: number[] = [];
      inOneTransaction(jobs, (job) =>
        ids.push(
          Number(insert.run(RUN, job.jobIndex, job.sourceId, job.instructionId, job.tryIndex, job.seed, Date.now()).lastInsertRowid),
        ),
      );
      return ids;
    },
    finish(ids: number[]): void {
      inOneTransaction(ids, (id) => {
        const o = outcomeOf(id);
        const { adherence, aesthetics } = o.scores!;
        const l = o.lowLevel!;
        const scores = [adherence, aesthetics, Math.sqrt(adherence * aesthetics), adherence, aesthetics];
        finish.run(
          o.state,
          o.stage,
          o.reason,
          15,
          o.editedHash,
          ...scores,
          l.width,
          l.height,
          l.flagged,
          l.largest,
          l.components,
          o.usd,
          o.ms,
          Date.now(),
          id,
        );
        addVerdict.run(id, 'validator', 0, verdict.reason, adherence, aesthetics, verdict.model, verdict.promptVersion, verdict.raw);
      });
    },
    close: () => db.close(),
  };
}

const median = (values: number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!;

async function timed<T>(work: () => T | Promise<T>): Promise<[ms: number, result: T]> {
  const started = performance.now();
  const result = await work();
  return [performance.now() - started, result];
}

/**
 * Candidates through the front door (a write and a promise each, counters, cursor, threshold cube) against bare statements in
 * one transaction of 1,000, on the same tables and indexes, both at synchronous=FULL. A thousand of the one, a thousand of the
 * other, in turn: median of the ratios of neighbours, so that a busy machine hits both.
 */
export async function measureInserts(): Promise<BenchLine[]> {
  const dirs = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'nhr-bench-store-')));
  try {
    const { workspace, sourceId, instructionId } = await prepare(dirs[0]!);
    await (await prepare(dirs[1]!)).workspace.close();
    const plain = bare(dirs[1]!);
    const { work } = workspace;
    const jobs = jobsOf(sourceId, instructionId);
    const inserts: number[] = [];
    const wholes: number[] = [];
    let total = 0;
    for (let from = 0; from < ROWS; from += BATCH) {
      const wave = jobs.slice(from, from + BATCH);
      const ours = async () => {
        const [claimMs, claimed] = await timed(() => Promise.all(wave.map((job, i) => work.claim(RUN, { all: from + i }, [job]))));
        const ids = claimed.map(([id]) => id!);
        const [finishMs] = await timed(() => Promise.all(ids.map((id) => work.finish(RUN, id, 'Addition', outcomeOf(id)))));
        return [claimMs, claimMs + finishMs] as const;
      };
      const theirs = async () => {
        const [claimMs, ids] = await timed(() => plain.claim(wave));
        const [finishMs] = await timed(() => plain.finish(ids));
        return [claimMs, claimMs + finishMs] as const;
      };
      const weFirst = (from / BATCH) % 2 === 0;
      const first = weFirst ? await ours() : await theirs();
      const second = weFirst ? await theirs() : await ours();
      const [us, them] = weFirst ? [first, second] : [second, first];
      if (from < WARM_UP) continue;
      inserts.push(them[0] / us[0]);
      wholes.push(them[1] / us[1]);
      total += us[1];
    }
    const faults = workspace.faultyCounters();
    if (faults.length > 0) throw new Error(`counters are wrong: ${JSON.stringify(faults)}`);
    plain.close();
    await workspace.close();
    const ratio = median(inserts);
    return [
      {
        name: 'candidates inserted with counters, against bare batches',
        value: ratio,
        unit: 'x',
        limit: `>= ${LIMIT}`,
        ok: ratio >= LIMIT,
      },
      { name: 'the same, inserted and finished with verdict and cube', value: median(wholes), unit: 'x', limit: '', ok: true },
      { name: 'candidates inserted and finished', value: ((ROWS - WARM_UP) * 1000) / total, unit: '/s', limit: '', ok: true },
    ];
  } finally {
    for (const dir of dirs) rmSync(dir, { recursive: true, force: true });
  }
}
