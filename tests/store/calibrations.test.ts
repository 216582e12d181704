import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Calibration } from '../../src/shared/model/calibration.ts';
import type { Signals } from '../../src/shared/model/signals.ts';
import { fakeCalibration } from '../helpers/renderer/fakeCalibrations.ts';
import { aFolder, anOutcome, aTriplet, hashOf, open, stage } from './world.ts';

function made(name = 'people', createdAt = 1): Omit<Calibration, 'number'> {
  const { number, ...calibration } = fakeCalibration().calibration;
  return { ...calibration, name, createdAt };
}

// Catches: a file written over one that a run was started with, a name that leads to an old fit, a hash that is not the file's.
it('every fit is a file of its own, and a name leads to its newest', () => {
  const dir = aFolder();
  const { calibrations } = open(dir);
  expect(calibrations.list()).toEqual({ found: [], broken: [] });
  expect([calibrations.add(made()), calibrations.add(made('judge', 2)), calibrations.add(made('people', 3))]).toEqual([
    'people-1',
    'judge-1',
    'people-2',
  ]);
  expect(readdirSync(join(dir, 'calibrations')).sort()).toEqual(['judge-1.json', 'people-1.json', 'people-2.json']);
  expect(calibrations.list().found.map(({ id }) => id)).toEqual(['people-2', 'judge-1', 'people-1']);
  expect([calibrations.resolve('people'), calibrations.resolve('people-1')]).toEqual(['people-2', 'people-1']);
  const { calibration, hash } = calibrations.read('people-2');
  expect(calibration).toEqual({ ...made('people', 3), number: 2 });
  expect(hash).toBe(hashOf(readFileSync(join(dir, 'calibrations', 'people-2.json'), 'utf8')));
  expect(() => calibrations.resolve('nobody')).toThrow(/no calibration nobody/);
  expect(() => calibrations.resolve('../nhr')).toThrow(/no calibration/);
});

// Catches: a broken file that hides the good ones or is used, and an import that is stored before it was read.
it('says which files are no calibration and why, and takes over only what is one', () => {
  const dir = aFolder();
  const { calibrations } = open(dir);
  calibrations.add(made());
  writeFileSync(join(dir, 'calibrations', 'cut-1.json'), '{"version": 1');
  writeFileSync(join(dir, 'calibrations', 'old-1.json'), JSON.stringify({ ...made('old'), number: 1, version: 9 }));
  const { found, broken } = calibrations.list();
  expect(found.map(({ id }) => id)).toEqual(['people-1']);
  expect(broken.map(({ problem }) => problem.replace(/^.*calibrations./, '')).sort()).toEqual([
    'cut-1.json is no JSON text.',
    expect.stringMatching(/^old-1\.json is no calibration: version: /),
  ]);
  const bytes = readFileSync(join(dir, 'calibrations', 'people-1.json'));
  expect(calibrations.take(bytes, 'there.json')).toBe('people-2');
  const elsewhere = aFolder();
  expect(open(elsewhere).calibrations.take(bytes, 'there.json')).toBe('people-1');
  expect(readFileSync(join(elsewhere, 'calibrations', 'people-1.json'))).toEqual(bytes);
  expect(() => calibrations.take(bytes.subarray(0, 50), 'there.json')).toThrow('there.json is no JSON text.');
  expect(() => calibrations.take(new TextEncoder().encode('{}'), 'there.json')).toThrow(/there\.json is no calibration: version/);
  expect(readdirSync(join(dir, 'calibrations'))).toHaveLength(4);
});

// Catches: pairs nobody measured that are learned from or not counted, several raters made one, and pairs of one source told apart.
it('gives ratings and decisions of measured triplets, with the picture everything comes from', async () => {
  const workspace = open(aFolder());
  const at = await stage(workspace);
  const add = (signals: Signals | null, change: object = {}) =>
    workspace.triplets.add(aTriplet({ kind: 'imported', runId: null, signals, ...change }));
  const [first, second, unmeasured] = [await add({ shift: 1 }), await add({ shift: 2 }, { sourceId: at.sourceIds[0] }), await add(null)];
  for (const [id, adherence] of [
    [first, 4.5],
    [second, 2],
    [unmeasured, 3],
  ] as const)
    await workspace.screens.rate(id, { adherence, aesthetics: 3.5 });
  await workspace.screens.decideMany([first], { decision: 'accept', tags: [], note: '' });
  await workspace.screens.decideMany([second], { decision: 'reject', tags: [], note: '' });
  const ratings = workspace.calibrations.examples({ from: 'ratings' });
  expect(ratings.unmeasured).toBe(1);
  expect(ratings.pairs.map(({ item, adherence, cluster, signals }) => ({ item, adherence, cluster, signals }))).toEqual([
    { item: second, adherence: 2, cluster: hashOf('source'), signals: { shift: 2 } },
    { item: first, adherence: 4.5, cluster: hashOf('source'), signals: { shift: 1 } },
  ]);
  expect(workspace.calibrations.examples({ from: 'decisions' }).pairs.map(({ adherence }) => adherence)).toEqual([2, 5]);
});

// Catches: a run's verdicts with the numbers of the soft judge, rows without signals, and drift over pairs that only one has scored.
it("gives a run's verdicts, and what a calibration expected beside them", async () => {
  const workspace = open(aFolder());
  const { jobs } = await stage(workspace);
  const finish = async (job: number, signals: Signals | null, scores: { adherence: number; aesthetics: number } | null) => {
    const { category, ...claim } = jobs[job]!;
    const [id] = await workspace.work.claim('r1', {} as never, [claim]);
    const [base] = anOutcome().verdicts;
    const verdicts = signals === null ? [] : [{ ...base!, stage: 'fullReference' as const, scores: null, signals }];
    await workspace.work.finish('r1', id!, category, anOutcome({ verdicts, scores }));
  };
  await finish(0, { shift: 1 }, { adherence: 4, aesthetics: 5 });
  await finish(1, null, { adherence: 3, aesthetics: 3 });
  await finish(2, { shift: 2, localAdherence: 3.5, localAesthetics: 4.5 }, { adherence: 2, aesthetics: 2.5 });
  await finish(3, { shift: 3, localAdherence: 1, localAesthetics: 1 }, null);
  const { pairs, unmeasured } = workspace.calibrations.examples({ from: 'run', runId: 'r1' });
  expect(unmeasured).toBe(1);
  expect(pairs.map(({ adherence, aesthetics, rater }) => [adherence, aesthetics, rater])).toEqual([
    [2, 2.5, 'validator'],
    [4, 5, 'validator'],
  ]);
  expect(workspace.calibrations.judgedTwice('r1', 10)).toEqual([
    { local: { adherence: 3.5, aesthetics: 4.5 }, judged: { adherence: 2, aesthetics: 2.5 } },
  ]);
  expect(workspace.calibrations.judgedTwice('another', 10)).toEqual([]);
});
