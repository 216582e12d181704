import { afterEach, expect, it } from 'vitest';
import type { Provider, Scorers } from '../../src/main/engine/ports.ts';
import { ProviderError } from '../../src/shared/model/errors.ts';
import type { RecipeInput } from '../../src/shared/model/recipe.ts';
import { smallRecipe } from './recipes.ts';
import { openStudio, remove, reply, type ScriptedStudio, scriptedProvider } from './scripted.ts';

const open: ScriptedStudio[] = [];
afterEach(async () => {
  for (const studio of open.splice(0)) {
    await studio.close().catch(() => undefined);
    remove(studio);
  }
});
async function studioWith(provider: Provider, dir?: string, scorers?: Partial<Scorers>): Promise<ScriptedStudio> {
  const studio = await openStudio(provider, dir, scorers);
  open.push(studio);
  return studio;
}
const recipe = (change: Partial<RecipeInput> = {}, attempts = 60) =>
  smallRecipe({ attempts, change: { stages: ['edit', 'softJudge', 'softChecks', 'validator'], ...change } });
async function mine(studio: ScriptedStudio, yaml: string) {
  const { id } = await studio.runs.start(yaml, undefined);
  await studio.runs.idle();
  return studio.workspace.runs.get(id) as NonNullable<ReturnType<typeof studio.workspace.runs.get>>;
}
const counter = (studio: ScriptedStudio, id: string, name: string) => studio.workspace.runs.counters(id).get(name) ?? 0;

// Catches: a run that stops short of its budget, ends for another reason than it says, or leaves counters that its rows deny.
it('runs from design to growth and ends with its budget', async () => {
  const studio = await studioWith(scriptedProvider());
  const run = await mine(studio, recipe());
  expect(run).toMatchObject({ state: 'ended', end: 'budget', phase: 'done', error: null, jobSpace: 6 * 2 * 4 * 4 });
  const progress = studio.runs.progress(run.id);
  expect(progress).toMatchObject({ attemptsClaimed: 60, attemptsDone: 60, passed: 60, failed: 0 });
  expect(progress.funnel.map((row) => row.key)).toEqual([
    'generated',
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
  expect(studio.workspace.faultyCounters()).toEqual([]);
});

// Catches: a job space that is not drawn to its end, or drawn twice.
it('ends exhausted when every job is done', async () => {
  const studio = await studioWith(scriptedProvider());
  const run = await mine(studio, recipe({ budget: {}, scenes: { from: 'constraints', scenes: 2, editsPerScene: 3, batch: 2 } }));
  expect(run).toMatchObject({ end: 'exhausted', jobSpace: 2 * 2 * 3 * 4 });
  expect(studio.runs.progress(run.id).attemptsDone).toBe(48);
});

// Catches: a money budget that is passed by calls in flight, or a run that hangs instead of ending when nothing fits.
it.each([0.05, 0.4, 2])('never spends more than %d dollars', async (usd) => {
  const studio = await studioWith(scriptedProvider());
  const run = await mine(studio, recipe({ budget: { usd }, concurrency: 16 }));
  const { spend } = studio.runs.progress(run.id);
  expect(spend.usdSettled + spend.usdReserved + spend.usdUnknown).toBeLessThanOrEqual(usd + 1e-9);
  expect(run.end).toBe('budget');
});

// Catches: a run resumed where its weights are gone, that pays for edits nothing can judge, or fails instead of waiting for them.
it('rests with the reason when its models went away, and goes on when they are back', async () => {
  let absent = false;
  let looks = 0;
  const studio = await studioWith(scriptedProvider(), undefined, {
    missing: async (wanted) => {
      looks++;
      return absent ? [...wanted] : [];
    },
    learned: async () => ({ dinoOutside: 0.95 }),
  });
  const run = await mine(studio, recipe({ stages: ['edit', 'learned'], gates: { learned: { dinoOutside: { min: 0.8 } } } }, 20));
  expect(run).toMatchObject({ end: 'budget', error: null });
  // A start looks once: before there is a run.
  expect(looks).toBe(1);
  const { calls } = studio.runs.progress(run.id).spend;
  absent = true;
  await studio.runs.resume(run.id, { budget: { attempts: 30 } });
  await studio.runs.idle();
  expect(studio.workspace.runs.get(run.id)).toMatchObject({
    state: 'paused',
    error: { code: 'recipeInvalid', message: expect.stringContaining('no model for dinoOutside') },
  });
  expect(studio.runs.progress(run.id).spend.calls).toBe(calls);
  absent = false;
  await studio.runs.resume(run.id, {});
  await studio.runs.idle();
  expect(studio.runs.progress(run.id)).toMatchObject({ attemptsDone: 30, passed: 30 });
});

// Catches: a raised budget that starts over, pays again, or forgets to grow the new winners.
it('goes on from where it was when the budget is raised, to the set of a run that had it from the start', async () => {
  const studio = await studioWith(scriptedProvider());
  const run = await mine(studio, recipe({}, 30));
  const callsBefore = studio.runs.progress(run.id).spend.calls;
  await studio.runs.resume(run.id, { budget: { attempts: 70 } });
  await studio.runs.idle();
  expect(studio.runs.progress(run.id)).toMatchObject({ attemptsDone: 70, attemptsClaimed: 70 });
  const other = await studioWith(scriptedProvider());
  const direct = await mine(other, recipe({}, 70));
  expect(await studio.workspace.datasetHash(run.id)).toBe(await other.workspace.datasetHash(direct.id));
  expect(studio.runs.progress(run.id).spend.calls).toBe(other.runs.progress(direct.id).spend.calls);
  expect(callsBefore).toBeLessThan(studio.runs.progress(run.id).spend.calls);
});

// Catches: a second run of one recipe that pays again for what the ledger has.
it('pays nothing for a recipe that was mined before', async () => {
  const studio = await studioWith(scriptedProvider());
  const first = await mine(studio, recipe());
  const second = await mine(studio, recipe());
  // Every picture is the same here, so that even the first run asks some things twice.
  const { calls, reused } = studio.runs.progress(first.id).spend;
  expect(studio.runs.progress(second.id).spend).toMatchObject({ calls: 0, reused: calls + reused, usdSettled: 0 });
  expect(await studio.workspace.datasetHash(second.id)).toBe(await studio.workspace.datasetHash(first.id));
});

// Catches: a pause that loses attempts in flight or leaves rows running; a resume that repeats them.
it('pauses, resumes and comes to the same set as without', async () => {
  let edits = 0;
  let onTenth = () => {};
  const tenth = new Promise<void>((resolve) => {
    onTenth = resolve;
  });
  const studio = await studioWith(
    scriptedProvider({
      async edit() {
        edits += 1;
        if (edits === 10) onTenth();
        return reply(new Uint8Array(1), 2);
      },
    }),
  );
  const { id } = await studio.runs.start(recipe(), undefined);
  await tenth;
  expect((await studio.runs.pause(id)).state).toBe('paused');
  expect(counter(studio, id, 'attempt.running')).toBe(0);
  await studio.runs.resume(id, {});
  await studio.runs.idle();
  const other = await studioWith(scriptedProvider());
  const calm = await mine(other, recipe());
  expect(await studio.workspace.datasetHash(id)).toBe(await other.workspace.datasetHash(calm.id));
  expect(edits).toBe(60);
});

// Catches: a cancel that does not end the run, or marks what was in flight as done.
it('cancels: what is done stays, what was in flight is cancelled', async () => {
  let begun = () => {};
  const first = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const studio = await studioWith(
    scriptedProvider({
      edit: (_, { signal }) => {
        begun();
        return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      },
    }),
  );
  const { id } = await studio.runs.start(recipe(), undefined);
  await first;
  expect(await studio.runs.cancel(id)).toMatchObject({ state: 'ended', end: 'cancelled' });
  expect(counter(studio, id, 'attempt.cancelled')).toBeGreaterThan(0);
  expect(counter(studio, id, 'attempt.running') + counter(studio, id, 'attempt.queued')).toBe(0);
});

// Catches: a wrong key that burns the whole job space instead of pausing with the reason.
it('pauses with the reason when an endpoint is of no use, and goes on when it is', async () => {
  let locked = true;
  const good = scriptedProvider();
  const studio = await studioWith({
    ...good,
    edit: (...call) => (locked ? Promise.reject(new ProviderError('auth', 'The key is not valid.')) : good.edit(...call)),
  });
  const run = await mine(studio, recipe());
  expect(run).toMatchObject({ state: 'paused', error: { message: expect.stringContaining('The key is not valid') } });
  locked = false;
  await studio.runs.resume(run.id, {});
  await studio.runs.idle();
  expect(studio.runs.progress(run.id)).toMatchObject({ attemptsDone: 60, failed: 0 });
});

// Catches: a refusal counted as an error, or one bad reply that fails an attempt which a second question would have saved.
it('counts refusals as rejections, and asks once more for a reply it cannot read', async () => {
  const good = scriptedProvider();
  const seen = new Set<string>();
  const studio = await studioWith({
    ...good,
    edit: (call, ctx) => (call.seed % 3 === 0 ? Promise.reject(new ProviderError('refused', 'no')) : good.edit(call, ctx)),
    chat(call, ctx) {
      const key = JSON.stringify([call.role, call.task]);
      if (call.role !== 'validator' || seen.has(key)) return good.chat(call, ctx);
      seen.add(key);
      return Promise.resolve(reply('I would rather not say.'));
    },
  });
  const run = await mine(studio, recipe({ growth: [] }));
  const { rejected, passed, failed } = studio.runs.progress(run.id);
  expect(failed).toBe(0);
  expect(rejected).toBe(counter(studio, run.id, 'reject.edit.refused'));
  expect(rejected).toBeGreaterThan(0);
  expect(passed + rejected).toBe(60);
});

// Catches: a call that may have been charged and is sent again unasked.
it('holds a call of a paid endpoint that was lost in a stop, until the user says to ask again', async () => {
  const charged: string[] = [];
  const paid = (hangs: boolean): Provider => {
    const good = scriptedProvider();
    return {
      ...good,
      idempotent: false,
      edit(call, ctx) {
        charged.push(`${call.instruction}/${call.seed}`);
        if (!hangs) return good.edit(call, ctx);
        return new Promise((_, reject) => ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason)));
      },
    };
  };
  const studio = await studioWith(paid(true));
  const { id } = await studio.runs.start(recipe({ concurrency: 3 }, 12), undefined);
  while (charged.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
  await studio.runs.shutdown();
  await studio.close();
  const lost = [...charged];

  const next = await studioWith(paid(false), studio.dir);
  expect(next.workspace.screens.unknownCalls()).toHaveLength(3);
  await next.runs.resume(id, {});
  await next.runs.idle();
  expect(next.runs.progress(id)).toMatchObject({ unknown: 3, attemptsDone: 12 });
  expect(charged.filter((name) => lost.includes(name))).toHaveLength(3);
  await next.runs.resume(id, { askAgain: true });
  await next.runs.idle();
  expect(next.runs.progress(id)).toMatchObject({ unknown: 0, attemptsDone: 12 });
  expect(charged.filter((name) => lost.includes(name))).toHaveLength(6);
});

// Catches: schedules that only differ in name.
it('spends attempts where they help: until success, and on the weakest category', async () => {
  const good = scriptedProvider();
  const uniform = await studioWith(good);
  const all = await mine(uniform, recipe({ budget: {}, growth: [] }));
  const eager = await studioWith(good);
  const once = await mine(eager, recipe({ budget: {}, growth: [], schedule: 'untilSuccess', concurrency: 1 }));
  expect(eager.runs.progress(once.id).passed).toBe(48);
  expect(uniform.runs.progress(all.id).passed).toBe(192);

  // Composites fail three times out of four: the weakest-first schedule must give them most attempts.
  const picky = {
    ...good,
    edit: (...call: Parameters<Provider['edit']>) =>
      call[0].instruction.startsWith('Edit 3') && call[0].seed % 4
        ? Promise.reject(new ProviderError('refused', 'hard'))
        : good.edit(...call),
  };
  const share = async (schedule: 'uniform' | 'weakestCategoryFirst') => {
    const studio = await studioWith(picky);
    const run = await mine(studio, recipe({ growth: [], schedule, concurrency: 1 }, 60));
    return counter(studio, run.id, 'category.Add object and Remove object.done') / 60;
  };
  expect(await share('weakestCategoryFirst')).toBeGreaterThan(1.5 * (await share('uniform')));
});

// Catches: more than ten progress events a second, and a last state that never reaches the page.
it('sends few events, and the last one says how it ended', async () => {
  const studio = await studioWith(scriptedProvider());
  const started = Date.now();
  await mine(studio, recipe({}, 190));
  const progress = studio.events.filter((event) => event.type === 'progress');
  expect(progress.length).toBeLessThanOrEqual(Math.ceil((Date.now() - started) / 100) + 2);
  expect(progress.at(-1)).toMatchObject({ progress: { attemptsDone: 190 } });
  expect(studio.events.filter((event) => event.type === 'run').at(-1)).toMatchObject({ run: { state: 'ended' } });
});
