import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { AttemptOutcome } from '../../src/main/engine/ports.ts';
import { NO_USAGE } from '../../src/shared/model/provider.ts';
import { AttemptStage } from '../../src/shared/model/recipe.ts';
import { aCall, aFolder, anOutcome, aRun, aTriplet, hashOf, open, type Stage, stage } from './world.ts';

/** One step of made-up work; numbers pick among what there is. */
type Step = { op: string; a: number; b: number };

const OPS = [
  'claim',
  'finish',
  'requeue',
  'takeOpen',
  'reopen',
  'cancelOpen',
  'triplet',
  'state',
  'replace',
  'decide',
  'open',
  'end',
  'source',
  'reopenSources',
  'fault',
];
const steps = fc.array(fc.record({ op: fc.constantFrom(...OPS), a: fc.nat(1000), b: fc.nat(1000) }), { minLength: 5, maxLength: 60 });

/** An outcome of any kind, with the scores and stages that go with it. */
function outcomeOf(a: number, b: number): AttemptOutcome {
  const state = (['passed', 'rejected', 'failed', 'cancelled', 'unknown'] as const)[a % 5]!;
  if (state === 'passed') return anOutcome({ scores: { adherence: 4 + (b % 11) / 10, aesthetics: 4.7 } });
  const at = b % AttemptStage.options.length;
  const ended = state === 'cancelled' ? null : AttemptStage.options[at]!;
  const scores = at === 4 ? { adherence: 1 + (b % 41) / 10, aesthetics: 2.3 } : null;
  return anOutcome({ state, stage: ended, reason: `why${b % 3}`, scores, survived: AttemptStage.options.slice(0, at), verdicts: [] });
}

/** Does the steps without waiting for each other, as a run does, and gives how many were refused. */
async function work(s: Stage, list: Step[]): Promise<number> {
  const { work, triplets, screens, calls, runs } = s.workspace;
  const usage = { ...NO_USAGE, inputTokens: 1, outputTokens: 1, gpuSeconds: 0.25 };
  const waiting: Promise<unknown>[] = [];
  /** A refusal is looked at when all is done; until then it must not count as one that nobody minds. */
  const wait = (promise: Promise<unknown>) => {
    promise.catch(() => undefined);
    waiting.push(promise);
    return promise.catch(() => undefined);
  };
  let claimed = 0;
  const attemptIds: number[] = [];
  const tripletIds: number[] = [];
  const opened: number[] = [];
  const note = (promise: Promise<unknown>, into?: number[]) =>
    wait(promise.then((value) => void (typeof value === 'number' && into?.push(value))));
  for (const { op, a, b } of list) {
    if (op === 'claim') {
      const jobs = s.jobs.slice(claimed, claimed + 1 + (a % 4));
      claimed += jobs.length;
      // Its ids are needed by later steps; everything else is left to come in groups.
      await wait(work.claim('r1', { all: claimed }, jobs).then((ids) => void attemptIds.push(...ids)));
    } else if (op === 'finish' && attemptIds.length > 0) {
      const id = attemptIds[a % attemptIds.length]!;
      note(work.finish('r1', id, s.jobs[attemptIds.indexOf(id)]!.category, outcomeOf(a, b)));
    } else if (op === 'requeue') note(work.requeue('r1'));
    else if (op === 'takeOpen') note(work.takeOpen('r1'));
    else if (op === 'reopen') note(work.reopen('r1', [(['failed', 'unknown', 'cancelled'] as const)[a % 3]!]));
    else if (op === 'cancelOpen' && a % 4 === 0) note(work.cancelOpen('r1'));
    else if (op === 'triplet') {
      const kind = (['forward', 'inverse', 'composed', 'interactive'] as const)[a % 4]!;
      await note(
        triplets.add(
          aTriplet({
            kind,
            category: `c${b % 3}`,
            runId: kind === 'interactive' ? null : 'r1',
            parents: b % 2 ? tripletIds.slice(0, 1) : [],
          }),
        ),
        tripletIds,
      );
    } else if (op === 'state')
      note(triplets.setState(tripletIds.slice(0, a % 5), (['active', 'dropped', 'superseded'] as const)[b % 3]!, 'why'));
    else if (op === 'replace' && tripletIds.length > 0)
      note(
        triplets.replaceWinner(tripletIds[a % tripletIds.length]!, {
          attemptId: null,
          editedHash: hashOf('source'),
          scores: null,
          lowLevel: null,
        }),
      );
    else if (op === 'decide' && tripletIds.length > 0)
      note(
        screens.decideMany([tripletIds[a % tripletIds.length]!], {
          decision: (['accept', 'reject', 'clear'] as const)[b % 3]!,
          tags: [],
          note: '',
        }),
      );
    else if (op === 'open') {
      const usdReserved = 0.1 + b / 7;
      const onUnknown = (['hold', 'askAgain', 'release'] as const)[b % 3]!;
      await wait(
        calls.open(aCall({ requestHash: Buffer.alloc(16, a % 6), usdReserved, onUnknown })).then((found) => {
          if ('id' in found) opened.push(found.id);
        }),
      );
    } else if (op === 'end' && opened.length > 0) {
      const id = opened[a % opened.length]!;
      const ends = [
        () => calls.settle(id, { modelAnswered: 'm', result: 'x', usage, usd: b / 11, ms: b, remoteId: '', seedHonoured: 'yes' }),
        () => calls.fail(id, 'timeout', 3),
        () => calls.lose(id, 4),
        () => calls.setRemoteId(id, 'job'),
      ];
      note(ends[b % 4]!());
    } else if (op === 'source') {
      const state = (['passed', 'rejected', 'failed', 'unknown'] as const)[a % 4]!;
      const scene = work.scenes('r1')[0]!;
      note(
        work.addSource('r1', {
          sceneId: scene.id,
          idx: 1 + (b % 9),
          seed: a,
          state,
          reason: `why${b % 2}`,
          imageHash: a % 3 ? hashOf('source') : null,
          verdicts: anOutcome().verdicts,
        }),
      );
    } else if (op === 'reopenSources') note(work.reopenSources('r1', [(['failed', 'unknown'] as const)[a % 2]!]));
    else if (op === 'fault') note(runs.create(aRun('r1')));
  }
  return (await Promise.allSettled(waiting)).filter((result) => result.status === 'rejected').length;
}

it('keeps every counter and the threshold cube equal to what the rows say, whatever is done in whatever groups', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (list) => {
      const workspace = open(aFolder());
      const s = await stage(workspace, 'r1', { scenes: 3, tries: 5 });
      await work(s, list);
      expect(workspace.faultyCounters()).toEqual([]);
      await workspace.close();
    }),
    { numRuns: 40 },
  );
}, 120_000);

it('finds counters that are wrong, sets them right, and leaves those that have no rows', async () => {
  const workspace = open(aFolder());
  const s = await stage(workspace);
  const [id] = await workspace.work.claim('r1', { all: 1 }, [s.jobs[0]!]);
  await workspace.work.finish('r1', id!, 'Addition', anOutcome());
  await workspace.triplets.add(aTriplet());
  await workspace.runs.count('r1', 'call.retries', 3);
  await workspace.runs.count('r1', 'attempt.passed', 5);
  await workspace.runs.setCount('r1', 'survived.edit', 0);
  await workspace.runs.setCount('', 'triplet.forward.active', 9);
  const faults = await workspace.repairCounters('r1');
  expect(faults.map(({ scope, name, kept, counted }) => [scope, name, kept, counted]).sort()).toEqual([
    ['', 'triplet.forward.active', 9, 1],
    ['r1', 'attempt.passed', 6, 1],
    ['r1', 'survived.edit', 0, 1],
  ]);
  expect(workspace.faultyCounters()).toEqual([]);
  expect(workspace.runs.counters('r1').get('call.retries')).toBe(3);
  expect(workspace.screens.thresholdCube('r1')).toEqual([{ adherenceBin: 48, aestheticsBin: 49, count: 1 }]);
});

it('counts a final row once, however often it is finished', async () => {
  const workspace = open(aFolder());
  const s = await stage(workspace);
  const [id] = await workspace.work.claim('r1', { all: 1 }, [s.jobs[0]!]);
  const results = await Promise.all([1, 2, 3].map(() => workspace.work.finish('r1', id!, 'Addition', anOutcome())));
  expect(results.filter(Boolean)).toHaveLength(1);
  expect(workspace.runs.counters('r1').get('attempt.passed')).toBe(1);
  expect(workspace.screens.attempts({ runId: 'r1', limit: 10 }).items).toHaveLength(1);
});
