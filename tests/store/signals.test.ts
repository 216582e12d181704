import { expect, it } from 'vitest';
import type { Verdict } from '../../src/shared/model/attempt.ts';
import type { Signals } from '../../src/shared/model/signals.ts';
import { aFolder, anOutcome, aTriplet, hashOf, open, stage } from './world.ts';

function measured(signals: Signals, change: Partial<Verdict> = {}): Verdict {
  const none = { reason: '', scores: null, lowLevel: null, model: 'fullReference/balanced', promptVersion: '', raw: '' };
  return { ...none, stage: 'fullReference', passed: true, signals, checks: [], ...change };
}

const checks: Verdict['checks'] = [
  { signal: 'ssimOutside', min: 0.9, max: null, outcome: 'passed', why: '' },
  { signal: 'shift', min: null, max: 1, outcome: 'skipped', why: 'geometry' },
];

async function anAttempt(at: Awaited<ReturnType<typeof stage>>, job: number, signals: Signals): Promise<number> {
  const { workspace, jobs } = at;
  const { category, ...claim } = jobs[job]!;
  const [id] = await workspace.work.claim('r1', {} as never, [claim]);
  await workspace.work.finish('r1', id!, category, anOutcome({ verdicts: [measured(signals, { checks })], editedHash: hashOf('edited') }));
  return id!;
}

// Catches: signals or limits lost between verdict and screen, and a winner that keeps the numbers of the candidate it replaced.
it('a mined triplet has the signals and checks of its attempt, and those of a better one when it is replaced', async () => {
  const workspace = open(aFolder());
  const at = await stage(workspace);
  const first = await anAttempt(at, 0, { ssimOutside: 0.987654321, shift: 0.25 });
  const second = await anAttempt(at, 1, { ssimOutside: 0.5 });
  const id = await workspace.triplets.add(aTriplet({ attemptId: first }));
  expect(workspace.screens.detail(id)).toMatchObject({
    signals: { ssimOutside: 0.98765, shift: 0.25 },
    verdicts: [{ signals: { ssimOutside: 0.98765, shift: 0.25 }, checks }],
  });
  await workspace.triplets.replaceWinner(id, { attemptId: second, editedHash: hashOf('edited'), scores: null, lowLevel: null });
  expect(workspace.screens.detail(id).signals).toEqual({ ssimOutside: 0.5 });
});

// Catches: a later check that wipes out what an earlier one or the imported set knew.
it('an imported triplet keeps what its set measured, and later verdicts join it', async () => {
  const workspace = open(aFolder());
  await stage(workspace);
  const id = await workspace.triplets.add(aTriplet({ kind: 'imported', runId: null, signals: { shift: 3, zoom: 1 } }));
  await workspace.triplets.addVerdicts(id, [measured({ shift: 0.1 })], null);
  expect(workspace.screens.detail(id).signals).toEqual({ shift: 0.1, zoom: 1 });
});

// Catches: a range that lets through pairs nobody measured, that forgets one of its ends, or that exports read differently.
it('ranges of signals filter pages, counts and exports alike', async () => {
  const workspace = open(aFolder());
  await stage(workspace);
  const add = (signals: Signals | null) => workspace.triplets.add(aTriplet({ kind: 'imported', runId: null, signals }));
  const [low, middle] = [await add({ shift: 0.1 }), await add({ shift: 0.8, zoom: 0.2 })];
  await add({ shift: 4 });
  await add({ zoom: 0 });
  await add(null);
  const ids = (signals: object) => workspace.screens.page({ filter: { signals }, sort: 'newest', limit: 10 }).items.map((item) => item.id);
  expect(ids({ shift: { max: 1 } })).toEqual([middle, low]);
  expect(ids({ shift: { min: 0.5, max: 1 } })).toEqual([middle]);
  expect(ids({ shift: { max: 1 }, zoom: { min: 0.1 } })).toEqual([middle]);
  expect(workspace.screens.countTriplets({ signals: { shift: { max: 1 } } })).toEqual({ count: 2, exact: true });
  expect([...workspace.exports.rows({ signals: { shift: { min: 0.5, max: 1 } } })].map((row) => row.signals)).toEqual([
    { shift: 0.8, zoom: 0.2 },
  ]);
});
