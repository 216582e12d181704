import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openWorkspace } from '../../src/main/engine/store/index.ts';
import type { TripletSort } from '../../src/shared/contract/triplets.ts';
import type { TripletFilter } from '../../src/shared/model/triplet.ts';
import { recipe } from '../store/recipe.ts';
import type { BenchLine } from './bench.ts';
import { dropIndexes } from './manyTriplets.ts';

/** The paper's own size (table 2): attempts, those that passed every gate, winners, and what was grown from them. */
const ATTEMPTS = 3_072_385;
const PASSED = 471_523;
const FORWARD = 325_287;
const INVERSE = 308_617;
const COMPOSED = 194_308;
const DROPPED = 108_124;
/** 12,290 scenes of 10 sources and 5 instructions, 5 tries each: 3,072,500 jobs. */
const SCENES = 12_290;
const RUN = 'full';
const FIRST_SCREEN_LIMIT_MS = 1_000;
const DEPTH_LIMIT = 2;
const CATEGORIES = [
  'Addition',
  'Removal',
  'Object color',
  'Change background',
  'Time of day',
  'Season',
  'Material',
  'Text',
  'Style',
  'Composite',
];

/** Rows by SQL, as a run of that size would leave them; indexes come after, as in any bulk load. Then counters from the rows. */
async function build(dir: string): Promise<void> {
  const workspace = openWorkspace(dir, { create: true, now: Date.now, owner: 'bench' });
  for (const [id, createdAt] of [
    ['small', 1],
    [RUN, 2],
  ] as const) {
    const run = {
      id,
      name: `Run ${id}`,
      recipe,
      recipeYaml: '',
      baseDir: '',
      demo: true,
      state: 'paused' as const,
      phase: 'done' as const,
    };
    await workspace.runs.create({ ...run, end: null, error: null, jobSpace: SCENES * 250, createdAt });
  }
  await workspace.close();
  const db = new Database(join(dir, 'nhr.db'));
  db.pragma('journal_mode = OFF');
  db.pragma('synchronous = OFF');
  db.pragma('cache_size = -400000');
  const makeIndexes = dropIndexes(db);
  const upTo = (count: number) => `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ${count})`;
  const category = (i: string) => `CASE (${i}) % 10 ${CATEGORIES.map((name, at) => `WHEN ${at} THEN '${name}'`).join(' ')} END`;
  const hash = (i: string) => `printf('%064x', ${i})`;
  const score = (i: string, low: number) => `round(${low} + ((${i}) * 2654435761 % 1000) / 1000.0 * ${5 - low}, 1)`;
  db.exec(`${upTo(SCENES * 10)} INSERT INTO image SELECT ${hash('i')}, 1024, 1024, 'jpeg', 1, 187000 FROM n`);
  db.exec(`${upTo(FORWARD)} INSERT INTO image SELECT ${hash('1000000 + i')}, 1024, 1024, 'jpeg', 1, 187000 FROM n`);
  db.exec(
    `${upTo(SCENES)} INSERT INTO scene SELECT i + 1, '${RUN}', i, 'A quiet room with a table, a lamp and scene number ' || i, 'standard', NULL, 'v1' FROM n`,
  );
  db.exec(
    `${upTo(SCENES * 5)} INSERT INTO instruction SELECT i + 1, i / 5 + 1, i % 5, 'Change the lamp on the table to number ' || i || ' in warm light', ${category('i * 7')} FROM n`,
  );
  db.exec(`${upTo(SCENES * 10)} INSERT INTO source SELECT i + 1, '${RUN}', i / 10 + 1, i % 10, i * 17, 'passed', '', ${hash('i')} FROM n`);
  // The i-th attempt drawn is job (i * prime) mod jobs: each once, in no order. Its group is job / 5, its source group / 5.
  const passed = `r < ${PASSED / ATTEMPTS}`;
  db.exec(`${upTo(ATTEMPTS)}, drawn AS (SELECT i, i * 1000003 % ${SCENES * 250} AS job, (i * 2654435761 % 4294967296) / 4294967296.0 AS r FROM n),
    scored AS (SELECT *, CASE WHEN ${passed} THEN 4.7 + i % 4 / 10.0 WHEN r < 0.417 THEN ${score('i', 1)} END AS adherence,
      CASE WHEN ${passed} THEN 4.7 + i % 3 / 10.0 WHEN r < 0.417 THEN ${score('i + 7', 1)} END AS aesthetics FROM drawn)
    INSERT INTO attempt (id, run_id, job_index, source_id, instruction_id, try_index, seed, state, stage, reason, survived, edited_hash,
      adherence, aesthetics, geometric, soft_adherence, soft_aesthetics, ll_width, ll_height, ll_flagged, ll_largest, ll_components, usd, ms, created_at, ended_at)
    SELECT i + 1, '${RUN}', job, job / 25 + 1, (job / 250) * 5 + job / 5 % 5 + 1, job % 5, i * 31,
      CASE WHEN ${passed} THEN 'passed' WHEN r > 0.999 THEN 'failed' ELSE 'rejected' END,
      CASE WHEN ${passed} THEN NULL WHEN r < 0.417 THEN 'validator' WHEN r < 0.43 THEN 'lowLevel' WHEN r > 0.999 THEN 'edit' ELSE 'softJudge' END,
      CASE WHEN ${passed} THEN '' WHEN r < 0.417 THEN 'lowScores' WHEN r < 0.43 THEN 'speckle' WHEN r > 0.999 THEN 'timeout' ELSE 'lowAdherence' END,
      CASE WHEN ${passed} THEN 31 WHEN r < 0.417 THEN 15 WHEN r > 0.999 THEN 0 ELSE 1 END, ${hash('1000000 + i')},
      adherence, aesthetics, sqrt(adherence * aesthetics), ${score('i + 3', 1)}, ${score('i + 5', 1)},
      1024, 1024, 90000, 60000, 31, 0.02, 3000, i, i + 3000 FROM scored`);
  db.exec(`INSERT INTO verdict (attempt_id, stage, passed, reason, adherence, aesthetics, model, prompt_version, raw)
    SELECT id, 'validator', 1, '', adherence, aesthetics, 'validator-1', 'v1', '{"adherence": 4.8, "aesthetics": 4.9}' FROM attempt WHERE state = 'passed'`);
  const columns = `run_id, kind, state, reason, source_hash, edited_hash, width, height, instruction, category, style, attempt_id, source_id, adherence, aesthetics, geometric, created_at`;
  db.exec(
    `CREATE TEMP TABLE winner AS SELECT a.id, a.source_id, a.instruction_id, a.adherence, a.aesthetics, ROW_NUMBER() OVER () - 1 AS nth FROM attempt a WHERE a.state = 'passed' LIMIT ${FORWARD}`,
  );
  db.exec(`INSERT INTO triplet (${columns}) SELECT '${RUN}', 'forward', 'active', '', ${hash('w.source_id - 1')}, ${hash('1000000 + nth')}, 1024, 1024, i.text, i.category, 'standard',
      w.id, w.source_id, w.adherence, w.aesthetics, sqrt(w.adherence * w.aesthetics), w.id FROM winner w JOIN instruction i ON i.id = w.instruction_id`);
  for (const [kind, count] of [
    ['inverse', INVERSE],
    ['composed', COMPOSED],
  ] as const)
    db.exec(`INSERT INTO triplet (${columns}) SELECT run_id, '${kind}', iif(id <= ${DROPPED} AND id % 2, 'dropped', 'active'), '', edited_hash, source_hash, width, height, 'Bring back: ' || instruction,
        category, style, NULL, source_id, adherence, aesthetics, geometric, created_at FROM triplet WHERE kind = 'forward' AND id <= ${count}`);
  db.exec(`INSERT INTO triplet_parent SELECT id, 0, id - ${FORWARD} FROM triplet WHERE kind = 'inverse'`);
  makeIndexes();
  db.close();
  const again = openWorkspace(dir, { create: false, now: Date.now, owner: 'bench' });
  await again.repairCounters();
  await again.close();
}

const median = (values: number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!;

function timed(work: () => unknown): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}

/** What a page asks when it starts, in a process of its own. Prints milliseconds since before the store was loaded. */
async function firstScreen(dir: string): Promise<void> {
  const started = performance.now();
  const { openWorkspace: open } = await import('../../src/main/engine/store/index.ts');
  const workspace = open(dir, { create: false, now: Date.now, owner: 'bench' });
  const opened = performance.now();
  const { runs, screens } = workspace;
  const totals = screens.totals();
  const list = runs.list().map((run) => [run.name, runs.counters(run.id)]);
  const page = screens.page({ filter: { states: ['active'] }, sort: 'newest', limit: 100 });
  const categories = screens.categories();
  const done = performance.now();
  if (page.items.length !== 100 || list.length !== 2 || categories.length !== CATEGORIES.length || totals.triplets < 600_000)
    throw new Error('the workspace is not what it should be');
  process.stdout.write(JSON.stringify({ open: opened - started, all: done - started }));
  await workspace.close();
}

function startUp(dir: string): BenchLine[] {
  const results = Array.from({ length: 5 }, () => {
    const child = spawnSync(process.execPath, [import.meta.filename, '--first-screen', dir], { encoding: 'utf8', timeout: 60_000 });
    if (child.status !== 0) throw new Error(child.stderr);
    return JSON.parse(child.stdout) as { open: number; all: number };
  });
  const all = median(results.map((result) => result.all));
  return [
    {
      name: 'open a workspace of 3,072,385 attempts',
      value: median(results.map((result) => result.open)),
      unit: 'ms',
      limit: '',
      ok: true,
    },
    {
      name: 'first screen: open, totals, runs, first page',
      value: all,
      unit: 'ms',
      limit: `< ${FIRST_SCREEN_LIMIT_MS} ms`,
      ok: all < FIRST_SCREEN_LIMIT_MS,
    },
  ];
}

const LISTS: { name: string; filter: TripletFilter; sort: TripletSort; where: string }[] = [
  { name: 'active, newest', filter: { states: ['active'] }, sort: 'newest', where: `state = 'active'` },
  { name: 'active, best', filter: { states: ['active'] }, sort: 'best', where: `state = 'active'` },
  {
    name: 'one run, best',
    filter: { runId: RUN, states: ['active'], kinds: ['forward'] },
    sort: 'best',
    where: `state = 'active' AND kind = 'forward'`,
  },
  {
    name: 'run and category, newest',
    filter: { runId: RUN, states: ['active'], category: 'Season' },
    sort: 'newest',
    where: `state = 'active' AND category = 'Season'`,
  },
];

/** The first page and pages far down, in turn; the slowest depth's median against the first page's. */
function depths(dir: string): BenchLine[] {
  const workspace = openWorkspace(dir, { create: false, now: Date.now, owner: 'bench' });
  const db = new Database(join(dir, 'nhr.db'), { readonly: true });
  const lines: BenchLine[] = [];
  const compare = (name: string, pages: (() => unknown)[]) => {
    const times = pages.map(() => [] as number[]);
    for (let round = 0; round < 41; round++) for (const [i, page] of pages.entries()) times[i]!.push(timed(page));
    const [first = 0, ...deep] = times.map(median);
    const ratio = Math.max(...deep) / first;
    lines.push({
      name: `deepest page against the first (${first.toFixed(2)} ms): ${name}`,
      value: ratio,
      unit: 'x',
      limit: `<= ${DEPTH_LIMIT}`,
      ok: ratio <= DEPTH_LIMIT,
    });
  };
  for (const { name, filter, sort, where } of LISTS) {
    const rows = db.prepare(`SELECT COUNT(*) FROM triplet WHERE ${where}`).pluck().get() as number;
    const order = sort === 'best' ? 'geometric DESC, id DESC' : 'id DESC';
    const at = db.prepare(`SELECT geometric, id FROM triplet WHERE ${where} ORDER BY ${order} LIMIT 1 OFFSET ?`);
    const cursors = [0.1, 0.35, 0.5, 0.8, 0.95].map((share) => {
      const row = at.get(Math.floor(rows * share)) as { geometric: number; id: number };
      return `${row.geometric}:${row.id}`;
    });
    const page = (cursor?: string) => () => {
      const { items } = workspace.screens.page({ filter, sort, limit: 100, ...(cursor ? { cursor } : {}) });
      if (items.length !== 100) throw new Error(`${name}: ${items.length} rows`);
    };
    compare(name, [page(), ...cursors.map(page)]);
  }
  for (const [name, state, stage] of [
    ['attempts', undefined, undefined],
    ['attempts rejected by the low-level check', 'rejected', 'lowLevel'],
  ] as const) {
    const page = (before?: number) => () => {
      const { items } = workspace.screens.attempts({ runId: RUN, state, stage, before, limit: 100 });
      if (items.length !== 100) throw new Error(`${name}: ${items.length} rows`);
    };
    compare(name, [page(), ...[2_500_000, 1_500_000, 600_000, 50_000].map(page)]);
  }
  for (const [name, filter, sort] of [
    ['rejected candidates, newest first', {}, 'newest'],
    ['rejected candidates of the soft judge by score', { stage: 'softJudge' }, 'score'],
  ] as const) {
    const where = 'stage' in filter ? `rejected_at = '${filter.stage}'` : 'rejected_at IS NOT NULL';
    const rows = workspace.rejects.count(filter).count;
    const at = db.prepare(
      `SELECT id, judged_order AS score FROM attempt WHERE ${where} ORDER BY ${sort === 'score' ? '2 DESC, ' : ''}1 DESC LIMIT 1 OFFSET ?`,
    );
    const cursors = [0.1, 0.5, 0.9].map((share) => {
      const row = at.get(Math.floor(rows * share)) as { score: number; id: number };
      return `${row.score}:${row.id}`;
    });
    const page = (cursor?: string) => () => {
      const { items } = workspace.rejects.page({ filter, sort, limit: 100, ...(cursor ? { cursor } : {}) });
      if (items.length !== 100) throw new Error(`${name}: ${items.length} rows`);
    };
    compare(name, [page(), ...cursors.map(page)]);
  }
  const rare = Array.from({ length: 9 }, () =>
    timed(() => workspace.screens.page({ filter: { text: 'no such words' }, sort: 'newest', limit: 100 })),
  );
  lines.push({ name: 'a look for words that are nowhere, up to its bound', value: median(rare), unit: 'ms', limit: '', ok: true });
  db.close();
  void workspace.close();
  return lines;
}

/**
 * A workspace of the paper's size: how soon its first screen stands, and whether depth costs. Made in a temporary folder, or
 * kept in and taken from NHR_BENCH_WORKSPACE. The files are in the page cache.
 */
export async function measureWorkspace(): Promise<BenchLine[]> {
  const kept = process.env.NHR_BENCH_WORKSPACE;
  const dir = kept ?? mkdtempSync(join(tmpdir(), 'nhr-bench-full-'));
  try {
    const started = performance.now();
    const made = !existsSync(join(dir, 'nhr.db'));
    if (made) await build(dir);
    const lines: BenchLine[] = made
      ? [{ name: 'made by SQL, with counters', value: (performance.now() - started) / 1000, unit: 's', limit: '', ok: true }]
      : [];
    return [...lines, ...startUp(dir), ...depths(dir)];
  } finally {
    if (!kept) rmSync(dir, { recursive: true, force: true });
  }
}

if (import.meta.main && process.argv[2] === '--first-screen') await firstScreen(process.argv[3] as string);
