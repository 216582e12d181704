import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { Workspace } from '../../src/main/engine/store/index.ts';
import { rejectKeys } from '../../src/main/engine/store/rejectPages.ts';
import type { RejectDecision, RejectFilter } from '../../src/shared/model/rejects.ts';
import { aFolder, anOutcome, hashOf, open, stage } from './world.ts';

/** Twelve attempts: one passed, the others rejected by turns at three gates. */
async function aRunWithRejects(): Promise<{ workspace: Workspace; ids: number[] }> {
  const workspace = open(aFolder());
  const { jobs } = await stage(workspace);
  const ids = await workspace.work.claim('r1', { all: jobs.length }, jobs);
  const gates = [
    { stage: 'lowLevel', reason: 'noChange' },
    { stage: 'softJudge', reason: 'lowAdherence' },
    { stage: 'validator', reason: 'lowBoth' },
  ] as const;
  await Promise.all(
    ids.map((id, i) =>
      workspace.work.finish(
        'r1',
        id,
        jobs[i]!.category,
        i === 0
          ? anOutcome({ survived: [] })
          : anOutcome({ state: 'rejected', ...gates[i % 3]!, scores: null, softScores: scoresOf(i), survived: [] }),
      ),
    ),
  );
  return { workspace, ids };
}

/** What the soft judge gave the i-th attempt, equal for some; nothing before that gate. */
function softOf(i: number): number | null {
  return i % 3 === 0 ? null : 2 + (i % 2);
}
const scoresOf = (i: number) => {
  const both = softOf(i);
  return both === null ? null : { adherence: both, aesthetics: both };
};

const say = (decision: RejectDecision, note = '', tags: string[] = []) => ({ decision, note, tags });

/** Every attempt's id and category, read past the store. */
async function categoriesOf(workspace: Workspace): Promise<[id: number, category: string][]> {
  await workspace.flush();
  const db = new Database(join(workspace.dir, 'nhr.db'), { readonly: true });
  const rows = db.prepare('SELECT a.id, i.category FROM attempt a JOIN instruction i ON i.id = a.instruction_id').raw().all();
  db.close();
  return rows as [number, string][];
}

describe('rejected candidates', () => {
  // Catches: a page or list that leaves one out or shows it twice, another order in the list than in the pages, a filter that one of
  // the two reads differently, a filter that stops at the first short page, or a count that is not of what is shown.
  it.each(['newest', 'score'] as const)('are paged and listed by %s under every filter, each once', async (sort) => {
    const { workspace, ids } = await aRunWithRejects();
    await workspace.rejects.decide([ids[4]!], say('right'));
    await workspace.rejects.decide([ids[5]!, ids[6]!, ids[8]!], say('right', '', ['residuals', 'too "dark"']));
    await workspace.rejects.decide([ids[7]!], say('keep', '', ['too "dark"']));
    await workspace.rejects.decide([ids[8]!], say('right', '', ['inpainting']));
    await workspace.rejects.decide([ids[9]!], say('right', '', ['residuals']));
    await workspace.rejects.decide([ids[9]!], say('clear'));
    const rejected = ids.slice(1).reverse();
    const at = (id: number) => ids.indexOf(id);
    const scored = [...rejected].sort((a, b) => (softOf(at(b)) ?? 0) - (softOf(at(a)) ?? 0) || b - a);
    const order = sort === 'newest' ? rejected : scored;
    const kites = (await categoriesOf(workspace)).filter(([, category]) => category === 'Addition').map(([id]) => id);
    const FILTERS: [filter: RejectFilter, wanted: (id: number) => boolean][] = [
      [{}, () => true],
      [{ runId: 'r1' }, () => true],
      [{ runId: 'nobody' }, () => false],
      [{ stage: 'lowLevel' }, (id) => at(id) % 3 === 0],
      [{ reason: 'lowBoth' }, (id) => at(id) % 3 === 2],
      [{ runId: 'r1', stage: 'softJudge', reason: 'lowAdherence' }, (id) => at(id) % 3 === 1],
      [{ stage: 'validator', reason: 'lowAdherence' }, () => false],
      [{ category: 'Addition' }, (id) => kites.includes(id)],
      [{ text: 'no such words' }, () => false],
      [{ category: 'Addition', text: 'no such words' }, () => false],
      [{ runId: 'r1', category: 'Addition', stage: 'lowLevel' }, (id) => kites.includes(id) && at(id) % 3 === 0],
      [{ runId: 'nobody', category: 'Addition' }, () => false],
      [
        { category: 'Addition', reason: 'lowBoth', decision: 'none' },
        (id) => kites.includes(id) && at(id) % 3 === 2 && ![5, 8].includes(at(id)),
      ],
      [{ category: 'Addition', decision: 'right' }, (id) => [4, 5, 6, 8].includes(at(id)) && kites.includes(id)],
      [{ decision: 'right' }, (id) => [4, 5, 6, 8].includes(at(id))],
      [{ decision: 'right', stage: 'lowLevel' }, (id) => at(id) === 6],
      [{ decision: 'none' }, (id) => ![4, 5, 6, 7, 8].includes(at(id))],
      [{ tag: 'residuals' }, (id) => [5, 6].includes(at(id))],
      [{ tag: 'inpainting' }, (id) => at(id) === 8],
      [{ tag: 'too "dark"' }, (id) => [5, 6, 7].includes(at(id))],
      [{ tag: 'too' }, () => false],
      [{ tag: 'too "dark"', decision: 'keep' }, (id) => at(id) === 7],
      [{ tag: 'residuals', decision: 'none' }, () => false],
      [{ tag: 'residuals', stage: 'lowLevel', runId: 'r1' }, (id) => at(id) === 6],
      [{ tag: 'too "dark"', category: 'Addition' }, (id) => [5, 6, 7].includes(at(id)) && kites.includes(id)],
    ];
    for (const [filter, wanted] of FILTERS) {
      const expected = order.filter(wanted);
      for (const limit of [1, 4, 50]) {
        const paged: number[] = [];
        let cursor: string | undefined;
        do {
          const { items, next } = workspace.rejects.page({ filter, sort, cursor, limit });
          paged.push(...items.map(({ id }) => id));
          cursor = next ?? undefined;
        } while (cursor !== undefined);
        expect(paged).toEqual(expected);
      }
      const { list, count } = await workspace.rejects.list({ filter, sort });
      expect(workspace.rejects.listRows({ list, from: 0, limit: 50 }).map(({ id }) => id)).toEqual(expected);
      expect(count).toBe(expected.length);
      if (expected[1] !== undefined) expect(workspace.rejects.placeIn({ list, id: expected[1] })).toBe(1);
      expect(workspace.rejects.count(filter)).toEqual({ count: expected.length, exact: true });
    }
    await workspace.close();
  });

  // Catches: an order that is sorted, or a filter that reads rows: with a million candidates each is a stall.
  it('are read out of covering indexes in their order', async () => {
    const { workspace } = await aRunWithRejects();
    const db = new Database(join(workspace.dir, 'nhr.db'), { readonly: true });
    const table = db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'attempt'").pluck().get();
    type Step = { opcode: string; p1: number; p2: number };
    for (const sort of ['newest', 'score'] as const)
      for (const stage of [undefined, 'validator'] as const) {
        const { sql, values } = rejectKeys(stage ? { stage } : {}, sort, { score: 9, id: 1000 }, false);
        const plan = (db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as { detail: string }[])
          .map(({ detail }) => detail)
          .join('\n');
        expect(plan).toContain(`INDEX attempt_rejected_${sort === 'newest' ? 'new' : 'score'}`);
        expect(plan).not.toContain('TEMP B-TREE');
        // The plan calls an index over a generated column not covering; what tells is that no column is read from the table.
        const steps = db.prepare(`EXPLAIN ${sql}`).all(...values) as Step[];
        const ofTable = new Set(steps.filter(({ opcode, p2 }) => opcode === 'OpenRead' && p2 === table).map(({ p1 }) => p1));
        expect(steps.filter(({ opcode, p1 }) => (opcode === 'Column' || opcode === 'FinishSeek') && ofTable.has(p1))).toEqual([]);
      }
    db.close();
    await workspace.close();
  });

  // Catches: a million candidates, or all that people ever decided on, walked through for those with a tag.
  it.each(['newest', 'score'] as const)('with a tag are read from the index of tags, by %s', async (sort) => {
    const { workspace } = await aRunWithRejects();
    const db = new Database(join(workspace.dir, 'nhr.db'), { readonly: true });
    for (const filter of [{ tag: 'residuals' }, { tag: 'residuals', decision: 'right', stage: 'validator', category: 'Addition' }] as const)
      for (const byInstruction of [false, true]) {
        const { sql, values } = rejectKeys(filter, sort, { score: 9, id: 1000 }, byInstruction);
        const plan = (db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as { detail: string }[])
          .map(({ detail }) => detail)
          .join('\n');
        expect(plan).toContain('SEARCH attempt_tag USING PRIMARY KEY (tag=?)');
        expect(plan).toContain('SEARCH attempt USING INTEGER PRIMARY KEY (rowid=?)');
        expect(plan).not.toMatch(/SCAN (attempt|d)\b/);
      }
    db.close();
    await workspace.close();
  });

  // Catches: a million candidates walked through for an operation or words that few of them or none have.
  it.each(['newest', 'score'] as const)('of few instructions are read by instruction, by %s, without a row of the others', async (sort) => {
    const { workspace } = await aRunWithRejects();
    const db = new Database(join(workspace.dir, 'nhr.db'), { readonly: true });
    const filter = { runId: 'r1', stage: 'validator', category: 'Addition', text: 'no such words' } as const;
    for (const after of [undefined, { score: 9, id: 1000 }]) {
      const { sql, values, rest } = rejectKeys(filter, sort, after, true);
      const plan = (db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as { detail: string }[]).map(({ detail }) => detail).join('\n');
      expect(plan).toContain('attempt_rejected_instruction (instruction_id=? AND rejected_at=?');
      expect(plan).not.toMatch(/SCAN attempt|attempt_rejected_new|attempt_rejected_score/);
      expect(rest.sql).toEqual([]);
    }
    db.close();
    await workspace.close();
  });

  // Catches: a first page that stays empty because what it is about lies behind more candidates than a page looks at.
  it.each(['newest', 'score'] as const)(
    'of an operation or some words are on the first page however many others stand before them (%s)',
    async (sort) => {
      const { workspace, ids } = await aRunWithRejects();
      await workspace.close();
      const db = new Database(join(workspace.dir, 'nhr.db'));
      db.exec(
        `UPDATE instruction SET category = 'Needlework', text = 'Sew a needle in' WHERE id = (SELECT instruction_id FROM attempt WHERE id = ${ids[4]})`,
      );
      db.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000)
      INSERT INTO attempt (run_id, job_index, source_id, instruction_id, try_index, seed, state, stage, reason, edited_hash, adherence, aesthetics, created_at)
      SELECT run_id, 1000 + i, source_id, (SELECT MIN(id) FROM instruction WHERE category <> 'Needlework'), 0, 0, 'rejected', 'validator', 'lowBoth', edited_hash, 4.9, 4.9, 0
      FROM n JOIN attempt a ON a.id = ${ids[2]}`);
      const needles = db
        .prepare(
          `SELECT a.id FROM attempt a JOIN instruction i ON i.id = a.instruction_id WHERE i.category = 'Needlework' AND a.state = 'rejected'`,
        )
        .pluck()
        .all() as number[];
      db.close();
      const again = open(workspace.dir);
      expect(needles.length).toBeGreaterThan(0);
      for (const filter of [{ category: 'Needlework' }, { text: 'needle' }, { runId: 'r1', text: 'SEW', decision: 'none' as const }]) {
        const { items, next } = again.rejects.page({ filter, sort, limit: 50 });
        expect(items.map(({ id }) => id).sort((a, b) => a - b)).toEqual(needles);
        expect(next).toBeNull();
      }
      await again.close();
    },
  );

  // Catches: reasons that are lost with the page, stay when the decision is taken back, or end up on the triplet that a `keep` makes.
  it('carry the reasons of the decision in force', async () => {
    const { workspace, ids } = await aRunWithRejects();
    const [a, b] = [ids[1]!, ids[2]!];
    const said = await workspace.rejects.decide([a, b], say('right', '', ['residuals', 'too dark']));
    expect(said.rejects.map(({ tags }) => tags)).toEqual(Array(2).fill(['residuals', 'too dark']));
    await workspace.rejects.decide([a], say('right', '', ['inpainting']));
    expect(workspace.rejects.detail(a).tags).toEqual(['inpainting']);
    await workspace.rejects.decide([a], say('clear'));
    expect(workspace.rejects.detail(a).tags).toEqual(['residuals', 'too dark']);
    const [triplet] = (await workspace.rejects.decide([b], say('keep'))).triplets;
    expect([workspace.rejects.detail(b).tags, triplet!.tags]).toEqual([[], []]);
    await workspace.close();
    const again = open(workspace.dir);
    expect(again.rejects.page({ filter: { decision: 'right' }, sort: 'newest', limit: 5 }).items).toMatchObject([
      { id: a, tags: ['residuals', 'too dark'] },
    ]);
    await again.close();
  });

  // Catches: operations that were tried missing from the choice, or counted with those that passed.
  it('are counted by operation', async () => {
    const { workspace } = await aRunWithRejects();
    const counted = workspace.rejects.categories(undefined);
    expect(counted).toEqual(workspace.rejects.categories('r1'));
    expect(counted.reduce((sum, { count }) => sum + count, 0)).toBe(11);
    expect(workspace.rejects.categories('nobody')).toEqual([]);
    await workspace.close();
  });

  // Catches: candidates of the same <source, instruction> that the comparison cannot reach.
  it('name the other tries at the same <source, instruction>', async () => {
    const { workspace, ids } = await aRunWithRejects();
    const { siblings } = workspace.rejects.detail(ids[1]!);
    expect(siblings.length).toBeGreaterThan(0);
    expect(siblings.map(({ attemptId }) => attemptId)).not.toContain(ids[1]);
    await workspace.close();
  });

  // Catches: a kept candidate without provenance, one kept twice, counters that drift, or one that cannot be taken back.
  it('are kept as one triplet each with their attempt behind them, and taken back', async () => {
    const { workspace, ids } = await aRunWithRejects();
    const [a, b] = [ids[2]!, ids[3]!];
    const said = await workspace.rejects.decide([a, b], say('keep', 'looks right'));
    expect(said.rejects.map(({ decision, note }) => [decision, note])).toEqual(Array(2).fill(['keep', 'looks right']));
    const [triplet] = said.triplets;
    expect(workspace.screens.detail(triplet!.id)).toMatchObject({
      kind: 'forward',
      state: 'active',
      decision: 'accept',
      note: expect.stringContaining('validator (lowBoth)'),
      verdicts: [{ stage: 'validator' }],
    });
    await workspace.rejects.decide([a], say('keep', 'again'));
    expect(workspace.screens.countTriplets({ states: ['active'] }).count).toBe(2);
    await workspace.rejects.decide([a], say('clear'));
    expect(workspace.rejects.detail(a)).toMatchObject({ decision: 'keep', note: 'looks right' });
    await workspace.rejects.decide([a], say('right'));
    expect(workspace.screens.view(triplet!.id)).toMatchObject({ state: 'dropped', reason: 'takenBack', decision: null });
    await workspace.rejects.decide([a], say('clear'));
    expect(workspace.screens.view(triplet!.id)).toMatchObject({ state: 'active', reason: '', decision: 'accept' });
    expect(workspace.faultyCounters()).toEqual([]);
    await workspace.close();
    const again = open(workspace.dir);
    expect(again.rejects.detail(b)).toMatchObject({ decision: 'keep', tripletId: said.triplets[1]!.id });
    await again.close();
  });

  // Catches: half a bulk action when one of its candidates is none, or a passed attempt decided on as a reject.
  it('are decided on all together or not at all', async () => {
    const { workspace, ids } = await aRunWithRejects();
    await expect(workspace.rejects.decide([ids[1]!, ids[0]!], say('keep'))).rejects.toMatchObject({ code: 'noSuchItem' });
    expect(workspace.rejects.detail(ids[1]!).decision).toBeNull();
    expect(workspace.screens.countTriplets({ states: ['active'] }).count).toBe(0);
    await workspace.close();
  });

  // Catches: a triplet of two sizes, which no trainer and no overlay can use.
  it('are not kept when the edit has another size than its source', async () => {
    const workspace = open(aFolder());
    const { jobs } = await stage(workspace);
    await workspace.work.addImage(hashOf('small'), { width: 320, height: 240, format: 'png', lossy: false }, 9);
    const [id] = (await workspace.work.claim('r1', { all: 1 }, jobs.slice(0, 1))) as [number];
    await workspace.work.finish(
      'r1',
      id,
      'Addition',
      anOutcome({ state: 'rejected', stage: 'lowLevel', reason: 'wrongSize', editedHash: hashOf('small') }),
    );
    await expect(workspace.rejects.decide([id], say('keep'))).rejects.toThrow(/320 x 240 pixels and its source 640 x 480/);
    await workspace.close();
  });

  // Catches: gate statistics that forget a reason nobody looked at, or count what was taken back.
  it('say by stage and reason how many a person would have kept', async () => {
    const { workspace, ids } = await aRunWithRejects();
    await workspace.rejects.decide([ids[3]!, ids[6]!], say('right'));
    await workspace.rejects.decide([ids[9]!], say('keep'));
    await workspace.rejects.decide([ids[1]!], say('keep'));
    await workspace.rejects.decide([ids[1]!], say('clear'));
    expect(workspace.rejects.gates('r1')).toEqual(
      expect.arrayContaining([
        { stage: 'lowLevel', reason: 'noChange', rejected: 3, keep: 1, right: 2 },
        { stage: 'softJudge', reason: 'lowAdherence', rejected: 4, keep: 0, right: 0 },
        { stage: 'validator', reason: 'lowBoth', rejected: 4, keep: 0, right: 0 },
      ]),
    );
    await workspace.close();
  });
});
