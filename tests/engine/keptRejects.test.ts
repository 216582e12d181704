import { expect, it } from 'vitest';
import { smallRecipe } from './recipes.ts';
import { openStudio, remove, reply, scriptedProvider } from './scripted.ts';

// Catches: a candidate that a person kept although a gate rejected it, superseded when its run goes on and its group gets a winner.
it('a run that goes on leaves alone what a person kept of its rejects', async () => {
  let asked = 0;
  const plain = scriptedProvider();
  const provider = scriptedProvider({
    chat: async (...call) => {
      if (call[0].task.kind !== 'scores') return plain.chat(...call);
      asked += 1;
      return reply(asked % 3 === 0 ? '{"adherence": 4.9, "aesthetics": 4.8}' : '{"adherence": 2.0, "aesthetics": 2.5}');
    },
  });
  const studio = await openStudio(provider);
  try {
    const yaml = smallRecipe({ attempts: 60, change: { stages: ['edit', 'validator'], growth: [] } });
    const { id } = await studio.runs.start(yaml, undefined);
    await studio.runs.idle();
    const { rejects, screens } = studio.workspace;
    const { items } = rejects.page({ filter: { runId: id, stage: 'validator' }, sort: 'newest', limit: 500 });
    expect(items.length).toBeGreaterThan(20);
    const said = await rejects.decide(
      items.map((item) => item.id),
      { decision: 'keep', tags: [], note: '' },
    );
    await studio.runs.resume(id, { budget: { attempts: 180 } });
    await studio.runs.idle();
    for (const triplet of said.triplets) expect(screens.view(triplet.id)).toMatchObject({ state: 'active', decision: 'accept' });
    expect(studio.workspace.faultyCounters()).toEqual([]);
  } finally {
    await studio.close();
    remove(studio);
  }
});
