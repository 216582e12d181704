import { afterEach, expect, it } from 'vitest';
import { smallRecipe } from './recipes.ts';
import { openStudio, reply, type ScriptedStudio, scriptedProvider } from './scripted.ts';

let studio: ScriptedStudio | undefined;
afterEach(() => studio?.close());

// Catches: a vendor that reroutes a retired model to another one, at another price, and nobody notices.
it('counts and names the models that answered for others; a dated snapshot is the model itself', async () => {
  const provider = scriptedProvider();
  const { chat } = provider;
  studio = await openStudio({
    ...provider,
    async chat(request, ctx) {
      const answer = { ...(await chat(request, ctx)), modelAnswered: ctx.model };
      if (request.role === 'validator') return { ...answer, modelAnswered: `${ctx.model}-2026-11-01` };
      return request.role === 'softJudge' ? { ...answer, modelAnswered: 'newer-1' } : answer;
    },
    edit: async (_request, ctx) => ({ ...reply(new Uint8Array(1), 2), modelAnswered: ctx.model }),
    generate: async (_request, ctx) => ({ ...reply(new Uint8Array(1), 1), modelAnswered: ctx.model }),
  });
  const run = await studio.runs.start(
    smallRecipe({ attempts: 5, change: { stages: ['edit', 'softJudge', 'softChecks', 'validator'], growth: [] } }),
    undefined,
  );
  await studio.runs.idle();
  const { otherModels, attemptsDone, lossyEdits } = studio.runs.progress(run.id);
  expect(attemptsDone).toBe(5);
  // Every scripted picture is a JPEG.
  expect(lossyEdits).toBe(5);
  expect(otherModels).toEqual([{ asked: 'demo-softJudge', answered: 'newer-1', calls: 3 * attemptsDone }]);
});
