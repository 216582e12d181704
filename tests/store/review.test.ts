import { describe, expect, it } from 'vitest';
import type { Workspace } from '../../src/main/engine/store/index.ts';
import { aFolder, aTriplet, open, stage } from './world.ts';

async function aSet(count: number): Promise<{ workspace: Workspace; ids: number[] }> {
  const workspace = open(aFolder());
  await stage(workspace);
  const ids = await Promise.all(
    Array.from({ length: count }, (_, i) =>
      workspace.triplets.add(aTriplet({ instruction: `Edit ${i}`, scores: { adherence: 4.5 + (i % 5) / 10, aesthetics: 4.8 } })),
    ),
  );
  return { workspace, ids };
}

const REJECT = { decision: 'reject', tags: ['residuals', 'odd hand'], note: 'left edge' } as const;
const PLAIN = { tags: [], note: '' };

describe('what a reviewer says', () => {
  // Catches: tags that stay after their decision was taken back, or that come back without it.
  it('stands and falls with its decision, also after the workspace was opened again', async () => {
    const { workspace, ids } = await aSet(1);
    const id = ids[0]!;
    await workspace.screens.decideMany([id], { decision: 'accept', ...PLAIN });
    await workspace.screens.decideMany([id], REJECT);
    expect(workspace.screens.view(id)).toMatchObject({ decision: 'reject', tags: ['residuals', 'odd hand'], note: 'left edge' });
    await workspace.screens.decideMany([id], { decision: 'clear', ...PLAIN });
    expect(workspace.screens.view(id)).toMatchObject({ decision: 'accept', tags: [], note: '' });
    await workspace.close();
    const again = open(workspace.dir);
    expect(again.screens.view(id)).toMatchObject({ decision: 'accept', tags: [], note: '' });
    await again.close();
  });

  // Catches: half of a bulk action on disk when one of its triplets is not there.
  it('is for all of a bulk action or for none', async () => {
    const { workspace, ids } = await aSet(5);
    await expect(workspace.screens.decideMany([...ids, 999], REJECT)).rejects.toMatchObject({ code: 'noSuchItem' });
    expect(workspace.screens.countTriplets({ decision: 'reject' })).toEqual({ count: 0, exact: true });
    await workspace.screens.decideMany(ids, REJECT);
    expect(workspace.screens.countTriplets({ decision: 'reject' })).toEqual({ count: 5, exact: true });
    expect(workspace.faultyCounters()).toEqual([]);
    await workspace.close();
  });

  // Catches: an export that still carries the wording a reviewer corrected, or a lost original.
  it('puts a corrected instruction beside the original, and exports use it', async () => {
    const { workspace, ids } = await aSet(2);
    const [id] = ids as [number];
    expect(await workspace.screens.correct(id, 'Take the cup away')).toMatchObject({
      instruction: 'Edit 0',
      corrected: 'Take the cup away',
    });
    expect([...workspace.exports.rows({})].map((row) => row.instruction).sort()).toEqual(['Edit 1', 'Take the cup away']);
    expect(workspace.screens.page({ filter: { text: 'cup' }, sort: 'newest', limit: 9 }).items.map((t) => t.id)).toEqual([id]);
    expect(await workspace.screens.correct(id, 'Edit 0')).toMatchObject({ corrected: null });
    await workspace.close();
  });

  // Catches: a rating that adds a second row for the same person, or cannot be taken back.
  it('rates with one voice beside imported ratings', async () => {
    const { workspace, ids } = await aSet(1);
    const id = ids[0]!;
    await workspace.screens.rate(id, { adherence: 4.5, aesthetics: 3 });
    await workspace.screens.rate(id, { adherence: 4, aesthetics: 3.5 });
    expect(workspace.screens.detail(id).rating).toEqual({ adherence: 4, aesthetics: 3.5 });
    expect([...workspace.exports.rows({})][0]?.human).toEqual({ adherence: 4, aesthetics: 3.5, raters: 1 });
    await workspace.screens.rate(id, null);
    expect(workspace.screens.detail(id).rating).toBeNull();
    await workspace.close();
  });

  // Catches: a filter that is passed over by pages, counts or exports.
  it('is found by filters, in pages, counts and exports alike', async () => {
    const { workspace, ids } = await aSet(10);
    await workspace.screens.decideMany(ids.slice(0, 3), REJECT);
    await workspace.screens.correct(ids[5]!, 'Better');
    for (const [filter, count] of [
      [{ tag: 'residuals' }, 3],
      [{ tag: 'residual' }, 0],
      [{ remarked: true }, 4],
      [{ remarked: false }, 6],
      [{ minAdherence: 4.65, maxAdherence: 4.85 }, 4],
      [{ maxAesthetics: 4 }, 0],
      [{ aspect: 'square' }, aTriplet().width === aTriplet().height ? 10 : 0],
      [{ style: 'no such style' }, 0],
    ] as const) {
      const asked = JSON.stringify(filter);
      expect(workspace.screens.page({ filter, sort: 'newest', limit: 50 }).items, asked).toHaveLength(count);
      expect(workspace.screens.countTriplets(filter), asked).toEqual({ count, exact: true });
      expect([...workspace.exports.rows(filter)], asked).toHaveLength(count);
    }
    const bins = workspace.screens.histogram({ minAdherence: 4.65, maxAdherence: 4.85 });
    expect(bins).toMatchObject({ looked: 4, exact: true });
    expect(bins.adherence.flatMap((n, i) => (n > 0 ? [[(i + 10) / 10, n]] : []))).toEqual([
      [4.7, 2],
      [4.8, 2],
    ]);
    await workspace.close();
  });
});
