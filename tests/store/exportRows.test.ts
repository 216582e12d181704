import { expect, it } from 'vitest';
import { aFolder, aTriplet, hashOf, open, stage } from './world.ts';

// Catches: a row lost or twice where one page ends, parents or ratings of another row, parents out of order, facts of another picture.
it('gives every row of a set once, with what is its own, over many pages', async () => {
  const workspace = open(aFolder());
  await stage(workspace);
  const count = 700;
  const names = Array.from({ length: count }, (_, i) => `picture ${i}`);
  await Promise.all(
    names.map((name, i) =>
      workspace.work.addImage(hashOf(name), { width: 8, height: 8, format: i % 2 ? 'png' : 'jpeg', lossy: i % 2 === 0 }, i),
    ),
  );
  const ids = new Map<number, number>();
  // The later parent first: their order is theirs, not that of the ids.
  const parentsOf = (i: number) => (i >= 2 && i % 3 === 0 ? [i - 1, i - 2] : []);
  const add = (which: (i: number) => boolean) =>
    Promise.all(
      names.map(async (name, i) => {
        if (!which(i)) return;
        const parents = parentsOf(i).map((at) => ids.get(at)!);
        ids.set(i, await workspace.triplets.add(aTriplet({ instruction: `Edit ${i}`, sourceHash: hashOf(name), parents }), false));
      }),
    );
  await add((i) => parentsOf(i).length === 0);
  await add((i) => parentsOf(i).length > 0);
  for (const i of [0, 255, 256, 511, 512, count - 1]) await workspace.screens.rate(ids.get(i)!, { adherence: 4, aesthetics: 3 });

  const found = [];
  for (const row of workspace.exports.rows({})) {
    // Asked while the pages are read, as an export does.
    found.push({ ...row, facts: workspace.exports.picture(row.sourceHash) });
  }
  const wanted = names.map((name, i) => ({
    instruction: `Edit ${i}`,
    sourceHash: hashOf(name),
    parents: parentsOf(i).map((at) => ({
      sourceHash: hashOf(names[at]!),
      editedHash: hashOf('edited'),
      instruction: `Edit ${at}`,
    })),
    human: [0, 255, 256, 511, 512, count - 1].includes(i) ? { adherence: 4, aesthetics: 3, raters: 1 } : null,
    facts: { format: i % 2 ? 'png' : 'jpeg', bytes: i, lossy: i % 2 === 0 },
  }));
  const byHash = (a: { sourceHash: string }, b: { sourceHash: string }) => (a.sourceHash < b.sourceHash ? -1 : 1);
  expect(found.map(({ instruction, sourceHash, parents, human, facts }) => ({ instruction, sourceHash, parents, human, facts }))).toEqual(
    wanted.sort(byHash),
  );
  expect(workspace.exports.picture(hashOf('nobody'))).toBeUndefined();
  await workspace.close();
});
