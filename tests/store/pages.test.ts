import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Workspace } from '../../src/main/engine/store/index.ts';
import { SCAN_BOUND } from '../../src/main/engine/store/keyset.ts';
import { tripletKeys } from '../../src/main/engine/store/tripletKeys.ts';
import { geometricScore } from '../../src/shared/model/attempt.ts';
import type { DecisionKind, TripletFilter, TripletView } from '../../src/shared/model/triplet.ts';
import { aFolder, anOutcome, aRun, aTriplet, open, stage } from './world.ts';

const KINDS = ['forward', 'inverse', 'composed', 'interactive', 'imported'] as const;
const STATES = ['active', 'dropped', 'superseded'] as const;
const CATEGORIES = ['Addition', 'Removal', 'Object.color'];
type Sort = 'newest' | 'best';

/** A mixed set; every seventh is not scored, and many share a score, as they do when judges give tenths. */
async function fill(workspace: Workspace, count: number): Promise<void> {
  const added = Array.from({ length: count }, (_, i) => {
    const kind = KINDS[(i * 7) % 5]!;
    const scores = i % 7 === 0 ? null : { adherence: 4.7 + (i % 4) / 10, aesthetics: 4.8 };
    return workspace.triplets.add(
      aTriplet({
        kind,
        state: STATES[i % 11 === 0 ? 1 : i % 13 === 0 ? 2 : 0],
        runId: kind === 'imported' ? null : i % 3 ? 'r1' : 'r2',
        category: CATEGORIES[i % 3]!,
        instruction: `Edit ${i} with 100% _care_`,
        scores,
      }),
    );
  });
  const ids = await Promise.all(added);
  await Promise.all(ids.filter((_, i) => i % 5 === 0).map((id, i) => decide(workspace, id, i % 2 ? 'accept' : 'reject')));
}

async function decide(workspace: Workspace, id: number, decision: DecisionKind): Promise<TripletView> {
  const [triplet] = await workspace.screens.decideMany([id], { decision, tags: [], note: '' });
  return triplet!;
}

async function aFullWorkspace(count = 400): Promise<Workspace> {
  const workspace = open(aFolder());
  await stage(workspace);
  await workspace.runs.create(aRun('r2'));
  await fill(workspace, count);
  return workspace;
}

/** All pages to the end. `between` happens after each of them. */
async function all(
  workspace: Workspace,
  filter: TripletFilter,
  sort: Sort,
  limit: number,
  between?: () => Promise<unknown>,
): Promise<TripletView[]> {
  const found: TripletView[] = [];
  let cursor: string | undefined;
  do {
    const { items, next } = workspace.screens.page({ filter, sort, cursor, limit });
    expect(items.length).toBeLessThanOrEqual(limit);
    found.push(...items);
    cursor = next ?? undefined;
    await between?.();
  } while (cursor !== undefined);
  return found;
}

/** What a filter means, said once more without SQL. */
function matches(filter: TripletFilter, t: TripletView): boolean {
  return (
    (filter.runId === undefined || t.runId === filter.runId) &&
    (!filter.kinds || filter.kinds.includes(t.kind)) &&
    (!filter.states || filter.states.includes(t.state)) &&
    (filter.category === undefined || t.category === filter.category) &&
    (filter.minGeometric === undefined || (t.geometric ?? 0) >= filter.minGeometric) &&
    (filter.decision === undefined || (filter.decision === 'none' ? t.decision === null : t.decision === filter.decision)) &&
    (!filter.text || t.instruction.toLowerCase().includes(filter.text.toLowerCase()))
  );
}

const inOrder = (sort: Sort) => (a: TripletView, b: TripletView) =>
  sort === 'newest' ? b.id - a.id : (b.geometric ?? 0) - (a.geometric ?? 0) || b.id - a.id;

const filters: fc.Arbitrary<TripletFilter> = fc.record(
  {
    runId: fc.constantFrom('r1', 'r2', 'nobody'),
    kinds: fc.uniqueArray(fc.constantFrom(...KINDS)),
    states: fc.uniqueArray(fc.constantFrom(...STATES)),
    category: fc.constantFrom(...CATEGORIES, 'none such'),
    minGeometric: fc.constantFrom(0, 4.7, geometricScore({ adherence: 4.8, aesthetics: 4.8 }), 5),
    decision: fc.constantFrom('accept' as const, 'reject' as const, 'none' as const),
    text: fc.constantFrom('', 'edit 1', '100%', '_care', 'absent'),
  },
  { requiredKeys: [] },
);

describe('pages of triplets', () => {
  it('hold exactly what the filter says, in order, each row once, under every filter and page size', async () => {
    const workspace = await aFullWorkspace();
    const everything = await all(workspace, {}, 'newest', 500);
    expect(everything).toHaveLength(400);
    await fc.assert(
      fc.asyncProperty(filters, fc.constantFrom<Sort>('newest', 'best'), fc.integer({ min: 1, max: 150 }), async (filter, sort, limit) => {
        const expected = everything.filter((t) => matches(filter, t)).sort(inOrder(sort));
        const found = await all(workspace, filter, sort, limit);
        expect(found.map((t) => t.id)).toEqual(expected.map((t) => t.id));
        expect(workspace.screens.countTriplets(filter)).toEqual({ count: expected.length, exact: true });
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  it.each<Sort>(['newest', 'best'])('show no row twice and lose none of the old ones while new ones come (%s)', async (sort) => {
    const workspace = await aFullWorkspace(120);
    const before = (await all(workspace, {}, sort, 500)).map((t) => t.id);
    const found = (await all(workspace, {}, sort, 10, () => fill(workspace, 7))).map((t) => t.id);
    expect(new Set(found).size).toBe(found.length);
    expect(before.filter((id) => !found.includes(id))).toEqual([]);
  });

  it('look no further than a bound for what no index finds, say so, and go on from there', async () => {
    const workspace = open(aFolder());
    await stage(workspace);
    const needle = await workspace.triplets.add(aTriplet({ instruction: 'the needle', style: 'needlework' }));
    await workspace.close();
    // Straight into the file: so many through the front door would take a minute.
    const db = new Database(join(workspace.dir, 'nhr.db'));
    db.prepare(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
       INSERT INTO triplet (kind, state, source_hash, edited_hash, width, height, instruction, category, style, created_at)
       SELECT 'imported', 'active', t.source_hash, t.edited_hash, 1, 1, 'hay', 'Addition', '', 0 FROM n JOIN triplet t ON t.id = 1`,
    ).run(SCAN_BOUND + 1000);
    db.close();
    const again = open(workspace.dir);
    // Words are found by their index, at once.
    const words = again.screens.page({ filter: { text: 'needle' }, sort: 'newest', limit: 10 });
    expect(words).toMatchObject({ items: [{ id: needle }], next: null });
    const filter: TripletFilter = { style: 'needlework' };
    const first = again.screens.page({ filter, sort: 'newest', limit: 10 });
    expect(first.items).toEqual([]);
    expect(first.next).not.toBeNull();
    expect(again.screens.countTriplets(filter)).toEqual({ count: 0, exact: false });
    expect((await all(again, filter, 'newest', 10)).map((t) => t.id)).toEqual([needle]);
  });

  it('refuse a cursor that is not one', async () => {
    const workspace = open(aFolder());
    for (const cursor of ['', '12', 'x:1', '1;DROP TABLE triplet:3'])
      expect(() => workspace.screens.page({ filter: {}, sort: 'best', cursor, limit: 5 })).toThrow(
        expect.objectContaining({ code: 'inputInvalid' }),
      );
  });

  it('are read from indexes alone, without sorting, whatever is asked for', async () => {
    const workspace = await aFullWorkspace(30);
    await workspace.close();
    // Statistics older than an index make the planner take it for one that finds ten rows.
    const stats = new Database(join(workspace.dir, 'nhr.db'));
    stats.exec("ANALYZE; DELETE FROM sqlite_stat1 WHERE tbl = 'triplet'");
    const add = stats.prepare(`INSERT INTO sqlite_stat1 VALUES ('triplet', ?, ?)`);
    for (const name of ['aesthetics', 'adherence', 'best', 'newest', 'run_best', 'run_newest', 'category_best', 'category_newest'])
      add.run(`triplet_${name}`, '1000000 500000 200000 100000 100000');
    stats.close();
    const db = new Database(join(workspace.dir, 'nhr.db'), { readonly: true });
    const shapes: TripletFilter[] = [
      {},
      { states: ['active'] },
      { kinds: ['forward', 'inverse'], states: ['active', 'dropped'] },
      { runId: 'r1' },
      { runId: 'r1', states: ['active'], kinds: ['composed'] },
      { category: 'Addition', states: ['active'] },
      { category: 'Addition' },
      { decision: 'accept' },
      { decision: 'reject', runId: 'r1', states: ['active'] },
      { minGeometric: 4.5, states: ['active'] },
      { minDifficulty: 2, states: ['active'] },
      { minDifficulty: 2, maxDifficulty: 3 },
    ];
    for (const filter of shapes)
      for (const sort of ['newest', 'best', 'adherence', 'aesthetics', 'difficulty'] as const)
        for (const after of [undefined, { score: 4.8, id: 20 }]) {
          const keys = tripletKeys(filter, sort, after, { runFirst: true, rareText: false, hardest: 5 });
          const plan = db
            .prepare(`EXPLAIN QUERY PLAN SELECT t.* FROM (${keys.sql} LIMIT 10) k CROSS JOIN triplet t ON t.id = k.id`)
            .all(...keys.values);
          const steps = (plan as { detail: string }[]).map((row) => row.detail);
          const asked = JSON.stringify({ filter, sort, after, steps });
          expect(
            steps.filter((step) => step.includes('TEMP B-TREE')),
            asked,
          ).toEqual([]);
          // The table itself may be walked only for everything, newest first.
          const walks = steps.filter((step) => step.startsWith('SCAN triplet'));
          expect(walks.length, asked).toBe(sort === 'newest' && !after && Object.keys(filter).length === 0 ? 1 : 0);
        }
    db.close();
  });
});

describe('counts', () => {
  it('come from counters where they can: right without a row being there', async () => {
    const workspace = open(aFolder());
    await workspace.runs.create(aRun('r1'));
    await workspace.runs.setCount('r1', 'triplet.forward.active', 700_000);
    await workspace.runs.setCount('', 'triplet.category.Addition', 300_000);
    await workspace.runs.setCount('r1', 'inSet.Addition', 200_000);
    await workspace.runs.setCount('', 'decision.accept', 5_000);
    const count = workspace.screens.countTriplets;
    expect(count({ runId: 'r1', states: ['active'] })).toEqual({ count: 700_000, exact: true });
    expect(count({ runId: 'r1', kinds: ['inverse'] })).toEqual({ count: 0, exact: true });
    expect(count({ category: 'Addition', states: ['active'] })).toEqual({ count: 300_000, exact: true });
    expect(count({ runId: 'r1', category: 'Addition', states: ['active'] })).toEqual({ count: 200_000, exact: true });
    expect(count({ decision: 'accept' })).toEqual({ count: 5_000, exact: true });
    expect(workspace.screens.categories()).toEqual([{ category: 'Addition', count: 300_000 }]);
  });
});

describe('decisions', () => {
  it('are appended, and clear takes back the last one that still stands', async () => {
    const workspace = await aFullWorkspace(1);
    const [{ id } = { id: 0 }] = workspace.screens.page({ filter: {}, sort: 'newest', limit: 1 }).items;
    const steps = ['clear', 'clear', 'accept', 'reject', 'clear', 'clear', 'clear', 'reject'] as const;
    const seen: (string | null)[] = [];
    for (const step of steps) seen.push((await decide(workspace, id, step)).decision);
    expect(seen).toEqual([null, null, 'accept', 'reject', 'accept', null, null, 'reject']);
    expect(workspace.faultyCounters()).toEqual([]);
    await expect(decide(workspace, 999, 'accept')).rejects.toMatchObject({ code: 'noSuchItem' });
  });
});

describe('attempts', () => {
  it('page newest first by state and stage, from the index alone', async () => {
    const workspace = open(aFolder());
    const s = await stage(workspace, 'r1', { scenes: 5, tries: 6 });
    const ids = await workspace.work.claim('r1', { all: s.jobs.length }, s.jobs);
    const stages = ['edit', 'lowLevel', 'validator'] as const;
    const outcomes = ids.slice(0, 50).map((id, i) => {
      if (i % 4 === 0) return { id, state: 'passed' as const, stage: null };
      return { id, state: (['rejected', 'failed', 'unknown'] as const)[i % 3]!, stage: stages[i % 3]! };
    });
    await Promise.all(
      outcomes.map(({ id, state, stage: at }) =>
        workspace.work.finish('r1', id, 'Addition', anOutcome({ state, stage: at, survived: [], verdicts: [] })),
      ),
    );
    for (const state of [undefined, 'passed', 'rejected', 'failed', 'unknown', 'running', 'nonsense'])
      for (const at of [undefined, ...stages, "x' OR 1"]) {
        const found: number[] = [];
        let before: number | undefined;
        do {
          const { items, next } = workspace.screens.attempts({ runId: 'r1', state, stage: at, before, limit: 7 });
          found.push(...items.map((item) => item.id));
          before = next ?? undefined;
        } while (before !== undefined);
        const known = [...outcomes, ...ids.slice(50).map((id) => ({ id, state: 'running', stage: null }))];
        const expected = known
          .filter((o) => (state === undefined || o.state === state) && (at === undefined || o.stage === at))
          .map((o) => o.id);
        expect(found).toEqual(expected.sort((a, b) => b - a));
      }
    const [newest] = workspace.screens.attempts({ runId: 'r1', limit: 1 }).items;
    expect(newest).toMatchObject({ state: 'running', instruction: expect.stringContaining('in 4'), jobIndex: 59 });
  });
});
