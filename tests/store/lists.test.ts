import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Workspace } from '../../src/main/engine/store/index.ts';
import type { TripletSort } from '../../src/shared/contract/triplets.ts';
import type { TripletFilter } from '../../src/shared/model/triplet.ts';
import { openTemporary, removeTemporary } from './lists.ts';

describe('lists of triplets by place', () => {
  let workspace: Workspace;
  beforeAll(async () => {
    workspace = await openTemporary(400);
  });
  afterAll(() => removeTemporary(workspace));

  const FILTERS: TripletFilter[] = [
    {},
    { states: ['active'] },
    { states: ['active'], kinds: ['inverse'] },
    { category: 'Season', minAdherence: 4 },
    { text: 'lamp' },
    { text: 'number 77' },
    { text: 'no such words' },
    { states: ['active'], minGeometric: 4.2, maxAesthetics: 4.9 },
    { minDifficulty: 2 },
    { states: ['active'], maxDifficulty: 3, minGeometric: 4 },
    { category: 'Season', minDifficulty: 2, maxDifficulty: 2 },
    { minDifficulty: 900, maxDifficulty: 1000 },
    { minDifficulty: 1, maxDifficulty: 1000 },
  ];
  const SORTS: TripletSort[] = ['newest', 'best', 'adherence', 'aesthetics', 'difficulty'];

  // Catches: a list in another order than the pages, rows left out or twice, a filter that one of the two reads differently.
  it.each(FILTERS)('%j: the list and the pages give the same rows in the same order', async (filter) => {
    for (const sort of SORTS) {
      const paged: number[] = [];
      let cursor: string | undefined;
      do {
        const page = workspace.screens.page({ filter, sort, cursor, limit: 37 });
        paged.push(...page.items.map(({ id }) => id));
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
      const { list, count } = await workspace.screens.list({ filter, sort });
      const listed: number[] = [];
      for (let from = 0; from < count; from += 50)
        listed.push(...workspace.screens.listRows({ list, from, limit: 50 }).map(({ id }) => id));
      expect(listed).toEqual(paged);
      expect(new Set(listed).size).toBe(count);
    }
  });

  // Catches: a sort by one score that hides rows nobody scored, or does not sort.
  it('orders by one score, unscored last', async () => {
    const { list, count } = await workspace.screens.list({ filter: {}, sort: 'aesthetics' });
    const scores = workspace.screens.listRows({ list, from: 0, limit: count }).map(({ scores }) => scores?.aesthetics ?? 0);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(scores.at(-1)).toBe(0);
    expect(count).toBe(400);
  });

  // Catches: rows that move under the hands of somebody who reviews.
  it('stays as it is while decisions are made', async () => {
    const filter: TripletFilter = { decision: 'none' };
    const { list } = await workspace.screens.list({ filter, sort: 'newest' });
    const [first] = workspace.screens.listRows({ list, from: 0, limit: 1 });
    await workspace.screens.decideMany([first!.id], { decision: 'accept', tags: [], note: '' });
    const [again] = workspace.screens.listRows({ list, from: 0, limit: 1 });
    expect(again).toMatchObject({ id: first!.id, decision: 'accept' });
    const anew = await workspace.screens.list({ filter, sort: 'newest' });
    expect(workspace.screens.placeIn({ list: anew.list, id: first!.id })).toBeNull();
    expect(workspace.screens.placeIn({ list, id: first!.id })).toBe(0);
  });

  // Catches: a text index that does not follow corrections.
  it('finds the words of a correction, and no longer those of one taken back', async () => {
    const find = async () => (await workspace.screens.list({ filter: { text: 'Timbuktu' }, sort: 'newest' })).count;
    expect(await find()).toBe(0);
    await workspace.screens.correct(5, 'Go to Timbuktu');
    expect(await find()).toBe(1);
    await workspace.screens.correct(5, '');
    expect(await find()).toBe(0);
  });

  it('a list that is not kept any more is told', async () => {
    const { list } = await workspace.screens.list({ filter: {}, sort: 'newest' });
    for (let i = 0; i < 9; i++) await workspace.screens.list({ filter: { minGeometric: 1 + i / 10 }, sort: 'newest' });
    expect(() => workspace.screens.listRows({ list, from: 0, limit: 1 })).toThrow(/not kept/);
  });
});
