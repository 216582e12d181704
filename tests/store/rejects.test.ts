import { describe, expect, it } from 'vitest';
import type { Workspace } from '../../src/main/engine/store/index.ts';
import { aFolder, anOutcome, hashOf, open, stage } from './world.ts';

/** Twelve attempts: one passed, the others rejected by turns at three gates. */
async function aRunWithRejects(): Promise<{ workspace: Workspace; ids: number[] }> {
  const workspace = open(aFolder());
  const { jobs } = await stage(workspace);
  const ids = await workspace.work.claim('r1', { all: jobs.length }, jobs);
  const gates = [
    { stage: 'lowLevel', reason: 'noChange' },
    { stage: 'softJudge', reason: 'lowAdherence' },
    { stage: 'validator', reason: 'lowScores' },
  ] as const;
  await Promise.all(
    ids.map((id, i) =>
      workspace.work.finish(
        'r1',
        id,
        jobs[i]!.category,
        i === 0 ? anOutcome({ survived: [] }) : anOutcome({ state: 'rejected', ...gates[i % 3]!, survived: [] }),
      ),
    ),
  );
  return { workspace, ids };
}

describe('rejected candidates', () => {
  // Catches: a page that leaves one out or shows it twice, or a filter by reason that stops at the first short page.
  it('page newest first by stage, reason and decision, each once', async () => {
    const { workspace, ids } = await aRunWithRejects();
    const all = (filter: object, limit: number) => {
      const found: number[] = [];
      let before: number | undefined;
      do {
        const { items, next } = workspace.rejects.page({ runId: 'r1', ...filter }, before, limit);
        found.push(...items.map(({ id }) => id));
        before = next ?? undefined;
      } while (before !== undefined);
      return found;
    };
    const rejected = ids.slice(1).reverse();
    for (const limit of [1, 4, 50]) {
      expect(all({}, limit)).toEqual(rejected);
      expect(all({ stage: 'lowLevel' }, limit)).toEqual(rejected.filter((id) => ids.indexOf(id) % 3 === 0));
      expect(all({ reason: 'lowScores' }, limit)).toEqual(rejected.filter((id) => ids.indexOf(id) % 3 === 2));
      expect(all({ runId: 'nobody' }, limit)).toEqual([]);
    }
    await workspace.rejects.decide([ids[4]!], 'right', '');
    expect(all({ decision: 'right' }, 3)).toEqual([ids[4]]);
    expect(all({ decision: 'none' }, 3)).toEqual(rejected.filter((id) => id !== ids[4]));
    await workspace.close();
  });

  // Catches: a kept candidate without provenance, one kept twice, counters that drift, or one that cannot be taken back.
  it('are kept as one triplet each with their attempt behind them, and taken back', async () => {
    const { workspace, ids } = await aRunWithRejects();
    const [a, b] = [ids[2]!, ids[3]!];
    const said = await workspace.rejects.decide([a, b], 'keep', 'looks right');
    expect(said.rejects.map(({ decision, note }) => [decision, note])).toEqual(Array(2).fill(['keep', 'looks right']));
    const [triplet] = said.triplets;
    expect(workspace.screens.detail(triplet!.id)).toMatchObject({
      kind: 'forward',
      state: 'active',
      decision: 'accept',
      note: expect.stringContaining('validator (lowScores)'),
      verdicts: [{ stage: 'validator' }],
    });
    await workspace.rejects.decide([a], 'keep', 'again');
    expect(workspace.screens.countTriplets({ states: ['active'] }).count).toBe(2);
    await workspace.rejects.decide([a], 'clear', '');
    expect(workspace.rejects.detail(a)).toMatchObject({ decision: 'keep', note: 'looks right' });
    await workspace.rejects.decide([a], 'right', '');
    expect(workspace.screens.view(triplet!.id)).toMatchObject({ state: 'dropped', reason: 'takenBack', decision: null });
    await workspace.rejects.decide([a], 'clear', '');
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
    await expect(workspace.rejects.decide([ids[1]!, ids[0]!], 'keep', '')).rejects.toMatchObject({ code: 'noSuchItem' });
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
    await expect(workspace.rejects.decide([id], 'keep', '')).rejects.toThrow(/320 x 240 pixels and its source 640 x 480/);
    await workspace.close();
  });

  // Catches: gate statistics that forget a reason nobody looked at, or count what was taken back.
  it('say by stage and reason how many a person would have kept', async () => {
    const { workspace, ids } = await aRunWithRejects();
    await workspace.rejects.decide([ids[3]!, ids[6]!], 'right', '');
    await workspace.rejects.decide([ids[9]!], 'keep', '');
    await workspace.rejects.decide([ids[1]!], 'keep', '');
    await workspace.rejects.decide([ids[1]!], 'clear', '');
    expect(workspace.rejects.gates('r1')).toEqual(
      expect.arrayContaining([
        { stage: 'lowLevel', reason: 'noChange', rejected: 3, keep: 1, right: 2 },
        { stage: 'softJudge', reason: 'lowAdherence', rejected: 4, keep: 0, right: 0 },
        { stage: 'validator', reason: 'lowScores', rejected: 4, keep: 0, right: 0 },
      ]),
    );
    await workspace.close();
  });
});
