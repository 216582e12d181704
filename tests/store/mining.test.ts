import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { difficultyFromTallies, difficultyRows } from '../../src/main/engine/domain/difficulty.ts';
import type { Workspace } from '../../src/main/engine/store/index.ts';
import { sql as difficultySql } from '../../src/main/engine/store/migrations/0011_difficulty.ts';
import { recipe } from './recipe.ts';
import { aFolder, anOutcome, aRun, aTriplet, hashOf, open, stage } from './world.ts';

describe('runs', () => {
  it('come back as they were given, and their stored JSON is checked when it is read', async () => {
    const workspace = open(aFolder());
    await workspace.runs.create(aRun('r1', { baseDir: '/data', error: { code: 'diskFull', message: 'full', details: {} } }));
    expect(workspace.runs.get('r1')).toMatchObject({ recipe, baseDir: '/data', error: { code: 'diskFull' }, cursor: {}, wallMs: 0 });
    await workspace.runs.setRecipe('r1', { ...recipe, budget: { attempts: 3 } });
    expect(workspace.runs.get('r1')?.recipe.budget).toEqual({ attempts: 3 });
    await workspace.runs.setRecipe('r1', { ...recipe, seed: -1 });
    expect(() => workspace.runs.get('r1')).toThrow(
      expect.objectContaining({ code: 'recipeInvalid', message: expect.stringContaining('r1') }),
    );
    expect(workspace.runs.get('nobody')).toBeUndefined();
  });

  it('change state only from where they may, and say whether they did', async () => {
    const { runs } = open(aFolder());
    await runs.create(aRun('r1'));
    const both = await Promise.all([
      runs.transition('r1', ['running'], 'ended', { end: 'cancelled' }),
      runs.transition('r1', ['running'], 'paused'),
    ]);
    expect(both).toEqual([true, false]);
    expect(runs.get('r1')).toMatchObject({ state: 'ended', end: 'cancelled' });
  });
});

describe('attempts', () => {
  it('are put back as they were claimed: verdicts, scores and sums go', async () => {
    const workspace = open(aFolder());
    const s = await stage(workspace);
    const ids = await workspace.work.claim('r1', { all: 3 }, s.jobs.slice(0, 3));
    await Promise.all(
      ids.map((id, i) =>
        workspace.work.finish(
          'r1',
          id,
          'Addition',
          anOutcome({ state: i === 0 ? 'failed' : 'rejected', stage: 'validator', reason: 'timeout' }),
        ),
      ),
    );
    expect(await workspace.work.reopen('r1', ['failed'])).toBe(1);
    expect(await workspace.work.takeOpen('r1')).toEqual([{ id: ids[0], ...dropCategory(s.jobs[0]!) }]);
    expect(workspace.screens.thresholdCube('r1')).toEqual([{ adherenceBin: 48, aestheticsBin: 49, count: 2 }]);
    expect(workspace.runs.counters('r1').get('survived.edit')).toBe(2);
    expect(workspace.faultyCounters()).toEqual([]);
    expect(await workspace.work.finish('r1', ids[0]!, 'Addition', anOutcome())).toBe(true);
    expect(workspace.work.candidates('r1', s.jobs[0]!.sourceId, s.jobs[0]!.instructionId)).toMatchObject([
      { attemptId: ids[0], tryIndex: 0, scores: { adherence: 4.8 } },
    ]);
    expect(workspace.work.passedGroups('r1')).toEqual([
      { sourceId: s.jobs[0]!.sourceId, instructionId: s.jobs[0]!.instructionId, category: 'Addition' },
    ]);
    expect(workspace.work.categoryTally('r1')).toEqual([{ category: 'Addition', done: 3, passed: 1 }]);
  });

  it('take a result that comes after a pause has put them back', async () => {
    const workspace = open(aFolder());
    const s = await stage(workspace);
    const [id] = await workspace.work.claim('r1', { all: 1 }, [s.jobs[0]!]);
    await workspace.work.requeue('r1');
    expect(await workspace.work.finish('r1', id!, 'Addition', anOutcome())).toBe(true);
    expect(await workspace.work.takeOpen('r1')).toEqual([]);
    expect(workspace.faultyCounters()).toEqual([]);
  });

  it('say how hard each category was, as the rules say it from single attempts', async () => {
    const workspace = open(aFolder());
    const s = await stage(workspace, 'r1', { scenes: 6, tries: 4 });
    const inputs = [];
    const drawn = s.jobs.filter((_, i) => (i * 7) % 5 !== 0).reverse();
    for (const job of drawn) {
      const [id] = await workspace.work.claim('r1', { all: 1 }, [job]);
      const passed = job.jobIndex % 3 === 1;
      const open = job.jobIndex % 11 === 0;
      if (open) continue;
      await workspace.work.finish(
        'r1',
        id!,
        job.category,
        anOutcome(passed ? {} : { state: 'rejected', stage: 'edit', reason: 'noChange', survived: [] }),
      );
      inputs.push({ category: job.category, group: `${job.sourceId}/${job.instructionId}`, tryOrder: job.tryIndex, passed });
      if (!passed) continue;
      await workspace.triplets.add(aTriplet({ attemptId: id!, sourceId: job.sourceId }));
    }
    expect(difficultyFromTallies(await workspace.screens.difficultyTallies('r1'))).toEqual(difficultyRows(inputs));

    const found: number[] = [];
    for (const { id } of workspace.screens.page({ filter: {}, sort: 'newest', limit: 100 }).items) {
      const detail = workspace.screens.detail(id);
      const job = s.jobs.find((candidate) => candidate.seed === detail.seed)!;
      const tries = inputs
        .filter((input) => input.group === `${job.sourceId}/${job.instructionId}`)
        .sort((a, b) => a.tryOrder - b.tryOrder);
      expect(detail.difficulty).toBe(tries.findIndex((input) => input.passed) + 1);
      found.push(detail.difficulty!);
      expect(detail.prompt).toMatch(/^scene \d$/);
      expect(detail.verdicts).toHaveLength(1);
    }
    // The filter, its histogram and an export go by the same number.
    expect(Math.max(...found)).toBeGreaterThan(1);
    for (const difficulty of [1, 2, 3]) {
      const filter = { minDifficulty: difficulty, maxDifficulty: difficulty };
      const count = found.filter((one) => one === difficulty).length;
      expect(workspace.screens.page({ filter, sort: 'newest', limit: 100 }).items).toHaveLength(count);
      expect(workspace.screens.histogram({}).difficulty[difficulty - 1]).toBe(count);
      expect([...workspace.exports.rows(filter)].map((row) => row.difficulty)).toEqual(Array(count).fill(difficulty));
    }
    // A workspace of before this was stored gets the same numbers.
    await workspace.flush();
    const db = new Database(join(workspace.dir, 'nhr.db'));
    const stored = () => db.prepare('SELECT id, difficulty FROM triplet ORDER BY id').raw().all();
    const before = stored();
    db.exec('UPDATE triplet SET difficulty = 99');
    db.exec(/^UPDATE triplet SET difficulty[^;]*;/m.exec(difficultySql)![0]);
    expect(stored()).toEqual(before);
    db.close();
  });
});

describe('sources', () => {
  it('that failed are taken out with their verdicts and can be made again', async () => {
    const { work, runs, faultyCounters } = await staged();
    const scene = work.scenes('r1')[1]!;
    const made = { sceneId: scene.id, idx: 1, seed: 9, reason: 'timeout', imageHash: null, verdicts: anOutcome().verdicts };
    await work.addSource('r1', { ...made, state: 'failed' });
    expect(runs.counters('r1').get('error.sources.timeout')).toBe(1);
    expect(await work.reopenSources('r1', ['failed', 'unknown'])).toBe(1);
    await work.addSource('r1', { ...made, state: 'passed', imageHash: hashOf('source') });
    expect(work.sources('r1').map((source) => source.idx)).toEqual([0, 0, 1]);
    expect(faultyCounters()).toEqual([]);
  });
});

describe('triplets', () => {
  it('know their family, and a replaced winner keeps its place only while nobody depends on it', async () => {
    const { triplets, screens } = await staged();
    const winner = { attemptId: null, editedHash: hashOf('source'), scores: { adherence: 5, aesthetics: 5 }, lowLevel: null };
    const forward = await triplets.add(aTriplet());
    expect(await triplets.replaceWinner(forward, winner)).toBe(true);
    const inverse = await triplets.add(aTriplet({ kind: 'inverse', parents: [forward], verdicts: anOutcome().verdicts }));
    const composed = await triplets.add(aTriplet({ kind: 'composed', parents: [inverse, forward] }));
    expect(await triplets.replaceWinner(forward, winner)).toBe(false);
    expect(triplets.descendants([forward])).toEqual([inverse, composed]);
    expect(triplets.ofRun('r1', ['composed'], ['active'])).toMatchObject([{ id: composed, parents: [inverse, forward] }]);
    const detail = screens.detail(inverse);
    expect([detail.parents.map((t) => t.id), detail.children.map((t) => t.id), detail.verdicts.length]).toEqual([[forward], [composed], 1]);
    await triplets.setState([forward, inverse, composed], 'dropped', 'backward');
    expect(screens.latest('r1', 5, ['forward', 'inverse', 'composed'])).toEqual([]);
    expect(() => screens.detail(99)).toThrow(expect.objectContaining({ code: 'noSuchItem' }));
  });

  it('of an import are refused when their line is there already', async () => {
    const { triplets } = await staged();
    await triplets.add(aTriplet({ kind: 'imported', origin: 'pairs.jsonl:1' }));
    await expect(triplets.add(aTriplet({ kind: 'imported', origin: 'pairs.jsonl:1' }))).rejects.toMatchObject({ code: 'conflict' });
  });
});

describe('dataset hash', () => {
  /** The same finds, stored in another order, at another time, with other ids. */
  async function found(order: 'there' | 'back', change: { score?: number; superseded?: boolean } = {}): Promise<string> {
    const workspace = await staged();
    if (order === 'back') await workspace.runs.create(aRun('another'));
    const first = await workspace.triplets.add(aTriplet({ instruction: 'a' }));
    const tell = (i: number) =>
      workspace.triplets.add(aTriplet({ instruction: `b${i}`, scores: { adherence: 4.8, aesthetics: change.score ?? 4.9 } }));
    for (const i of order === 'there' ? [0, 1, 2] : [2, 1, 0]) await tell(i);
    await workspace.triplets.add(aTriplet({ kind: 'inverse', instruction: 'c', parents: [first] }));
    if (change.superseded) await workspace.triplets.add(aTriplet({ state: 'superseded', instruction: 'old' }));
    const jobs = workspace.jobs.slice(0, 4);
    for (const job of order === 'there' ? jobs : jobs.reverse()) {
      const [id] = await workspace.work.claim('r1', { all: 1 }, [job]);
      await workspace.work.finish('r1', id!, job.category, anOutcome());
    }
    return workspace.datasetHash('r1');
  }

  it('is the same for the same finds in any order, and another for any other find', async () => {
    const one = await found('there');
    expect(one).toMatch(/^[0-9a-f]{64}$/);
    expect(await found('back')).toBe(one);
    expect(await found('there', { superseded: true })).toBe(one);
    expect(await found('there', { score: 4.85 })).not.toBe(one);
  });
});

function dropCategory<T extends { category: string }>({ category: _, ...rest }: T): Omit<T, 'category'> {
  return rest;
}

async function staged(): Promise<Workspace & { jobs: Awaited<ReturnType<typeof stage>>['jobs'] }> {
  const workspace = open(aFolder());
  const { jobs } = await stage(workspace);
  return { ...workspace, jobs };
}
