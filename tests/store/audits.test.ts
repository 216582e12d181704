import { describe, expect, it } from 'vitest';
import { aFolder, aTriplet, open, stage } from './world.ts';

describe('audits', () => {
  // Catches: an answer that a crash loses, an audit that ends before its last item, a sample that follows later changes.
  it('keep each answer, go on where they were after a new start, and end with the last one', async () => {
    const workspace = open(aFolder());
    await stage(workspace);
    const ids = await Promise.all(Array.from({ length: 5 }, (_, i) => workspace.triplets.add(aTriplet({ instruction: `Edit ${i}` }))));
    await workspace.screens.decideMany([ids[0]!], { decision: 'reject', tags: [], note: '' });
    const population = await workspace.audits.population({ states: ['active'], decision: 'none' });
    expect(population).toEqual(ids.slice(1));
    const filter = { states: ['active' as const] };
    const audit = await workspace.audits.add({ name: 'First', seed: 7, filter, population: population.length }, [ids[3]!, ids[1]!]);
    expect(audit).toMatchObject({ name: 'First', seed: 7, filter, population: 4, size: 2, answered: 0, endedAt: null });
    await workspace.audits.answer(audit.id, 1, ['residuals'], 'left edge');
    await workspace.screens.correct(ids[1]!, 'Another wording');
    await workspace.close();
    const again = open(workspace.dir);
    expect(again.audits.items(audit.id)).toMatchObject([
      { index: 0, tripletId: ids[3], instruction: 'Edit 3', tags: null },
      { index: 1, tripletId: ids[1], instruction: 'Edit 1', tags: ['residuals'], note: 'left edge' },
    ]);
    expect(again.audits.view(audit.id)).toMatchObject({ answered: 1, endedAt: null });
    expect(await again.audits.answer(audit.id, 0, [], '')).toMatchObject({ answered: 2, endedAt: expect.any(Number) });
    await expect(again.audits.answer(audit.id, 2, [], '')).rejects.toMatchObject({ code: 'noSuchItem' });
    await expect(again.audits.answer(99, 0, [], '')).rejects.toMatchObject({ code: 'noSuchItem' });
    await again.close();
  });
});
