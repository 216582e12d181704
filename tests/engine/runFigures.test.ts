import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { compareRuns } from '../../src/main/engine/pipeline/compare.ts';
import { earlierRuns } from '../../src/main/engine/pipeline/earlierRuns.ts';
import { gateData } from '../../src/main/engine/pipeline/gateData.ts';
import { planRecipe } from '../../src/main/engine/pipeline/planRecipe.ts';
import { listTemplates, removeTemplate, saveTemplate } from '../../src/main/engine/pipeline/templates.ts';
import type { Provider } from '../../src/main/engine/ports.ts';
import { ProviderError } from '../../src/shared/model/errors.ts';
import { smallRecipe } from './recipes.ts';
import { openStudio, remove, reply, type ScriptedStudio, scriptedProvider } from './scripted.ts';

const open: ScriptedStudio[] = [];
afterEach(async () => {
  for (const studio of open.splice(0)) {
    await studio.close().catch(() => undefined);
    remove(studio);
  }
});

const STAGES = ['edit', 'softJudge', 'softChecks', 'validator'] as const;
const recipe = (change: Parameters<typeof smallRecipe>[0] = {}) =>
  smallRecipe({ attempts: 60, ...change, change: { stages: [...STAGES], ...change.change } });

/** Scores that depend on the seed, so that gates let some through. */
function choosy(): Provider {
  const base = scriptedProvider();
  return scriptedProvider({
    chat: async (request, ctx) => {
      const { task, seed } = request;
      if (task.kind !== 'scores') return base.chat(request, ctx);
      return reply(JSON.stringify({ adherence: 3.5 + (seed % 16) / 10, aesthetics: 3.9 + (seed % 11) / 10 }));
    },
    edit: async (request) => {
      // So long that its milliseconds are not rounded to nothing on a fast machine: an estimate of time is taken from them.
      await delay(2);
      if (request.seed % 17 === 0) throw new ProviderError('refused', 'no');
      return reply(new Uint8Array(1), 2);
    },
  });
}

async function mined(yamls: string[]) {
  const studio = await openStudio(choosy());
  open.push(studio);
  const ids: string[] = [];
  for (const yaml of yamls) {
    ids.push((await studio.runs.start(yaml, undefined)).id);
    await studio.runs.idle();
  }
  return { studio, ids, screens: studio.workspace.screens, runs: studio.workspace.runs };
}

// Catches: buckets that lose calls or attempts, and cells that do not add up to what the gates saw.
it('series and gate cells count what the counters count', async () => {
  const { ids, screens, runs } = await mined([recipe()]);
  const id = ids[0]!;
  const counters = runs.counters(id);
  const series = screens.series(id);
  const calls = series.endpoints.reduce((sum, endpoint) => sum + endpoint.calls, 0);
  expect(calls).toBe((counters.get('call.settled') ?? 0) + (counters.get('call.failed') ?? 0) + (counters.get('call.unknown') ?? 0));
  expect(series.endpoints.reduce((sum, { usd }) => sum + usd, 0)).toBeCloseTo(counters.get('usd.settled') ?? 0);
  expect(series.attempts.reduce((sum, point) => sum + point.passed + point.rejected + point.failed, 0)).toBe(60);
  expect(series.attempts.reduce((sum, point) => sum + point.passed, 0)).toBe(counters.get('attempt.passed'));

  const gates = await gateData(id, runs, screens);
  const judged = gates.softJudge.reduce((sum, cell) => sum + cell.count, 0);
  expect(judged).toBe(counters.get('survived.edit'));
  const { adherence, aesthetics } = gates.gates.validator;
  const kept = gates.validator.filter((cell) => cell.adherence >= adherence * 10 && cell.aesthetics >= aesthetics * 10);
  expect(kept.reduce((sum, cell) => sum + cell.count, 0)).toBe(counters.get('survived.validator'));
  expect(gates.on).toEqual({ validator: true, softJudge: true, lowLevel: false });
});

// Catches: decisions that are not counted where the gates are moved, or counted twice.
it('what people decided stands in the cells of the candidates', async () => {
  const { studio, ids, screens, runs } = await mined([recipe({ change: { gates: { validator: { adherence: 4, aesthetics: 4 } } } })]);
  const forward = studio.workspace.triplets.ofRun(ids[0]!, ['forward'], ['active']);
  await screens.decideMany([forward[0]!.id], { decision: 'accept', tags: [], note: '' });
  await screens.decideMany([forward[1]!.id], { decision: 'reject', tags: [], note: '' });
  await screens.rate(forward[2]!.id, { adherence: 4.5, aesthetics: 4 });
  const { validator, softJudge } = await gateData(ids[0]!, runs, screens);
  for (const cells of [validator, softJudge]) {
    expect(cells.reduce((sum, cell) => sum + cell.accepted, 0)).toBe(2);
    expect(cells.reduce((sum, cell) => sum + cell.rejected, 0)).toBe(1);
  }
});

// Catches: an estimate that is not what the run it is taken from did.
it('the estimate of a recipe that ran is what it gave and cost', async () => {
  const { ids, studio, screens, runs } = await mined([recipe()]);
  const { plan } = await planRecipe(recipe(), studio.dir, [], studio.deps, (wanted) => earlierRuns(wanted, runs, screens));
  const progress = studio.runs.progress(ids[0]!);
  expect(plan?.estimate.attempts).toBeCloseTo(60);
  expect(plan?.estimate.passed).toBeCloseTo(progress.passed);
  expect(plan?.estimate.triplets.value).toBeCloseTo(progress.funnel.at(-1)!.count);
  expect(plan?.estimate.usd).toBeCloseTo(progress.spend.usdSettled);
  expect(plan?.estimate.calls.reduce((sum, { calls }) => sum + calls, 0)).toBeCloseTo(progress.spend.calls);
  expect(plan?.estimate.wallSeconds).toBeCloseTo(progress.spend.wallSeconds, 3);
  expect(plan?.estimate.runs.map(({ id }) => id)).toEqual(ids);
  expect(plan!.usdBound).toBeGreaterThanOrEqual(plan!.estimate.usd);
});

// Catches: a comparison that finds differences between a run and itself, or misses a moved gate.
it('two runs side by side', async () => {
  const strict = recipe({ change: { gates: { softJudge: { adherence: 4.6, aesthetics: 4.6 } } } });
  const { ids, screens, runs } = await mined([recipe(), strict]);
  const [a, b] = [ids[0]!, ids[1]!];
  const same = await compareRuns({ a, b: a }, runs, screens);
  expect(same.recipe).toEqual([]);
  expect(same.steps.map(({ difference }) => difference?.difference ?? 0)).toEqual(same.steps.map(() => 0));
  const found = await compareRuns({ a, b }, runs, screens);
  expect(found.recipe).toEqual([
    { path: 'gates.softJudge.adherence', a: '4', b: '4.6' },
    { path: 'gates.softJudge.aesthetics', a: '4', b: '4.6' },
  ]);
  const soft = found.steps.find(({ key }) => key === 'softJudge');
  expect(soft?.difference?.high).toBeLessThan(0);
  expect(found.steps.map(({ key }) => key)).toEqual([
    'plausible',
    'edits',
    'softJudge',
    'softChecks',
    'validator',
    'selection',
    'inversion',
    'composition',
    'backwardConsistency',
  ]);
  await expect(compareRuns({ a, b: 'no' }, runs, screens)).rejects.toMatchObject({ code: 'noSuchItem' });
});

describe('templates of one own', () => {
  // Catches: a head that grows with every save, a template that leaves its folder, or one that cannot be taken away.
  it('are kept in the workspace, replaced by title and removed', async () => {
    const { studio } = await mined([]);
    const first = await saveTemplate(studio.dir, {
      title: 'My  stack',
      about: 'two\nlines',
      yaml: '# Old title\n# Old about\n# kept\nversion: 1\n',
    });
    expect(first).toEqual({
      id: 'own-my-stack',
      title: 'My stack',
      about: 'two lines',
      own: true,
      yaml: '# My stack\n# two lines\n# kept\nversion: 1\n',
    });
    await saveTemplate(studio.dir, { title: 'My stack', about: 'again', yaml: first.yaml });
    const own = (await listTemplates(studio.dir)).filter((template) => template.own);
    expect(own).toMatchObject([{ about: 'again', yaml: '# My stack\n# again\n# kept\nversion: 1\n' }]);
    await expect(saveTemplate(studio.dir, { title: '../..', about: '', yaml: '' })).rejects.toMatchObject({ code: 'inputInvalid' });
    await expect(removeTemplate(studio.dir, 'own-../nhr')).rejects.toMatchObject({ code: 'noSuchItem' });
    await expect(removeTemplate(studio.dir, 'demo')).rejects.toMatchObject({ code: 'noSuchItem' });
    await removeTemplate(studio.dir, 'own-my-stack');
    expect((await listTemplates(studio.dir)).some((template) => template.own)).toBe(false);
  });
});
