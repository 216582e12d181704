import { expect, it } from 'vitest';
import { chainTo, decayOf, newestBatch, treeLines, typicalMs } from '../../../src/renderer/features/edit/tree.ts';
import { aNode } from '../../helpers/renderer/fakeEdits.ts';

const quality = (sharpness: number, colour: number) => ({ sharpness, colour });
/** 1 - 2 - 5, 1 - 3, and 4, which failed; 6 was made later from 1. */
const NODES = [
  aNode({ id: 1, quality: quality(10, 40) }),
  aNode({ id: 2, parentId: 1, batchId: 1, depth: 1, quality: quality(8, 44), ms: 300 }),
  aNode({ id: 3, parentId: 1, batchId: 1, depth: 1, ms: 500 }),
  aNode({ id: 4, parentId: 1, batchId: 1, depth: 1, state: 'failed', pictureHash: null, ms: 9000 }),
  aNode({ id: 5, parentId: 2, batchId: 2, depth: 2, quality: quality(5, 20), ms: 100 }),
  aNode({ id: 6, parentId: 1, batchId: 3, depth: 1 }),
];
const batch = (id: number, profile: string) => ({
  id,
  parentId: 1,
  instruction: 'x',
  category: 'Other',
  editor: { profile },
  judges: { softJudge: null, validator: null, checks: false },
  demo: false,
  createdAt: 1,
});

// Catches: a tree that hangs a picture under another one than it was made from, or hides one; a chain that leaves the branch.
it('lists every picture under the one it was made from, and walks back to the root', () => {
  expect(treeLines(NODES).map(({ id }) => id)).toEqual([1, 2, 5, 3, 6]);
  expect(chainTo(NODES, 5).map(({ id }) => id)).toEqual([1, 2, 5]);
  expect(chainTo(NODES, 99)).toEqual([]);
  expect(newestBatch(NODES, 1).map(({ id }) => id)).toEqual([6]);
  expect(newestBatch(NODES, 5)).toEqual([]);
});

// Catches: decay against the picture before instead of the original; division by a root without edges or colour.
it('measures decay against the original', () => {
  expect(decayOf(chainTo(NODES, 5))).toEqual([
    { depth: 0, sharpness: 1, colour: 1 },
    { depth: 1, sharpness: 0.8, colour: 1.1 },
    { depth: 2, sharpness: 0.5, colour: 0.5 },
  ]);
  expect(decayOf([aNode({ quality: quality(0, 0) }), aNode({ id: 2, depth: 1, quality: quality(3, 3) })])[1]).toEqual({
    depth: 1,
    sharpness: 1,
    colour: 1,
  });
});

// Catches: an estimate that takes failures, other editors or nothing at all for the time an edit takes.
it('estimates from the edits of the same editor that gave a picture', () => {
  const batches = [batch(1, 'slow'), batch(2, 'quick'), batch(3, 'slow')];
  expect(typicalMs(NODES, batches, 'slow')).toBe(400);
  expect(typicalMs(NODES, batches, 'quick')).toBe(100);
  expect(typicalMs(NODES, batches, 'other')).toBeNull();
});
