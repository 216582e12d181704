import { expect, it } from 'vitest';
import { parse } from 'yaml';
import type { EditBatchRecord, EditRecipe } from '../../src/main/engine/ports.ts';
import type { Workspace } from '../../src/main/engine/store/index.ts';
import { Recipe } from '../../src/shared/model/recipe.ts';
import { smallRecipe } from '../engine/recipes.ts';
import { aFolder, open } from './world.ts';

const ROOT = 'a'.repeat(64);
const EDITED = 'b'.repeat(64);
const facts = { width: 64, height: 48, format: 'png', lossy: false };
const { endpoints, roles, stages, gates, sourceSize, unknownCalls } = Recipe.parse(parse(smallRecipe()));
const recipe: EditRecipe = { endpoints, roles, stages, gates, sourceSize, unknownCalls };
const aBatch = (sessionId: string, parentId: number): Omit<EditBatchRecord, 'id' | 'createdAt'> => ({
  sessionId,
  parentId,
  instruction: 'Make the photo warmer',
  category: 'Change tone',
  editor: { profile: 'demo' },
  judges: { softJudge: null, validator: 'demo', checks: false },
  recipe,
  demo: true,
});

async function aSession(workspace: Workspace, id = 's1') {
  await workspace.work.addImage(ROOT, facts, 10);
  await workspace.work.addImage(EDITED, facts, 11);
  const origin = { kind: 'file' as const, name: 'cat.jpg', hash: ROOT };
  const about = {
    title: 'cat',
    origin,
    notes: ['made smaller'],
    rootHash: ROOT,
    sourceId: null,
    style: 'standard',
    demo: false,
    budgetUsd: null,
  };
  return workspace.edits.create({ id, ...about, quality: { sharpness: 8, colour: 30 } });
}

// Catches: anything of a session that is stored and read back as something else, or is not on disk when a write resolves.
it('keeps sessions, batches and nodes as they are, across a stop; what was open is interrupted', async () => {
  const dir = aFolder();
  const first = open(dir);
  const session = await aSession(first);
  const { batch, nodes } = await first.edits.addBatch(aBatch('s1', session.currentId), [5, 6, 7], 1);
  const verdict = {
    stage: 'validator' as const,
    passed: true,
    reason: '',
    scores: { adherence: 4.5, aesthetics: 4 },
    lowLevel: null,
    model: 'judge',
    promptVersion: 'scores-1',
    raw: '{}',
    signals: null,
    checks: [],
  };
  const done = await first.edits.setNode(nodes[0]!.id, {
    state: 'done',
    pictureHash: EDITED,
    scores: { adherence: 4.5, aesthetics: 4 },
    quality: { sharpness: 7, colour: 29 },
    verdicts: [verdict],
    problems: [{ stage: 'softJudge', code: 'timeout', message: 'No answer within 120 s.' }],
    usd: 0.01,
    ms: 1234.5,
    endpoint: 'demo',
    endedAt: 9,
  });
  await first.edits.setNode(nodes[1]!.id, { state: 'running', startedAt: 3 });
  await first.edits.change('s1', { currentId: nodes[0]!.id, title: 'a cat', budgetUsd: 2 });
  expect(done).toMatchObject({
    rev: 1,
    width: 64,
    height: 48,
    instruction: 'Make the photo warmer',
    verdicts: [verdict],
    ms: 1235,
    keptId: null,
  });
  await first.close();

  const second = open(dir);
  expect(second.recovered.edits).toBe(2);
  expect(second.edits.session('s1')).toMatchObject({ title: 'a cat', budgetUsd: 2, currentId: nodes[0]!.id, notes: ['made smaller'] });
  expect(second.edits.nodes('s1').map((node) => node.state)).toEqual(['done', 'done', 'interrupted', 'interrupted']);
  expect(second.edits.node(nodes[0]!.id)).toEqual(done);
  expect(second.edits.batch(batch.id)).toEqual(batch);
  expect(second.edits.tally('s1')).toEqual({ pictures: 2, kept: 0, open: 0, interrupted: 2 });
  expect(second.edits.interruptedSessions()).toEqual(['s1']);
  expect(second.edits.typicalMs('demo', 'demo-imageEditor')).toBe(1235);
  expect(second.edits.recentInstructions(5)).toEqual(['Make the photo warmer']);
  await second.close();
});

// Catches: a session that is removed although a triplet of the set has its history in it, or one that leaves rows behind.
it('removes a session with its nodes, unless one of them was kept', async () => {
  const workspace = open(aFolder());
  const session = await aSession(workspace);
  const { nodes } = await workspace.edits.addBatch(aBatch('s1', session.currentId), [5], 1);
  await workspace.edits.setNode(nodes[0]!.id, { state: 'done', pictureHash: EDITED });
  const id = await workspace.triplets.add({
    runId: null,
    kind: 'interactive',
    state: 'active',
    reason: '',
    sourceHash: ROOT,
    editedHash: EDITED,
    width: 64,
    height: 48,
    instruction: 'Make the photo warmer',
    category: 'Change tone',
    style: 'standard',
    attemptId: null,
    sourceId: null,
    origin: `edit:${nodes[0]!.id}`,
    scores: null,
    lowLevel: null,
    parents: [],
    verdicts: [],
    interactive: { nodeId: nodes[0]!.id, seed: 5, rootHash: ROOT, children: [] },
  });
  expect(workspace.edits.tripletOf(nodes[0]!.id)).toBe(id);
  expect(workspace.edits.node(nodes[0]!.id)).toMatchObject({ keptId: id });
  expect(await workspace.edits.remove('s1')).toBe(false);
  await workspace.triplets.setState([id], 'dropped', 'taken back');
  expect(workspace.edits.node(nodes[0]!.id)).toMatchObject({ keptId: null });
  await aSession(workspace, 's2');
  expect(await workspace.edits.remove('s2')).toBe(true);
  expect(workspace.edits.nodes('s2')).toEqual([]);
  expect(workspace.faultyCounters()).toEqual([]);
  await workspace.close();
});
