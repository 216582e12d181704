import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { NewTriplet } from '../../../src/main/engine/ports.ts';
import { type ScoreDeps, scorePairs } from '../../../src/main/engine/transfer/scorePairs.ts';
import { LowLevelGate } from '../../../src/shared/model/recipe.ts';
import type { Signals } from '../../../src/shared/model/signals.ts';
import { inspect, type PictureWorld, pictureWorld } from './world.ts';

let world: PictureWorld;
let triplets: NewTriplet[];
let deps: ScoreDeps;
let moved: Signals;
/** What the alignment of an edit of another size gives. */
let laid: Awaited<ReturnType<ScoreDeps['pixels']['align']>>;
beforeEach(() => {
  world = pictureWorld();
  triplets = [];
  moved = {};
  const bytes = new TextEncoder().encode('the aligned picture');
  laid = { image: { width: 64, height: 48, format: 'png', lossy: false, bytes, changed: true }, signals: {} };
  deps = {
    blobs: {
      async put(bytes) {
        const hash = createHash('sha256').update(bytes).digest('hex');
        writeFileSync(world.file(hash), bytes);
        return hash;
      },
      fileOf: world.file,
      read: async (hash) => readFileSync(world.file(hash)),
    },
    pixels: {
      inspect,
      align: async () => laid,
      resample: async () => laid.image,
      lowLevel: async (source, edited) => {
        const same = readFileSync(source).equals(readFileSync(edited));
        return { width: 64, height: 48, flagged: same ? 0 : 400, largest: same ? 0 : 300, components: same ? 0 : 5 };
      },
      // As if blue had been painted over a picture that moved.
      fullReference: async () => ({ largestPartShare: 0.1, outsideShare: 0.5, ...moved }),
    },
    addImage: async () => undefined,
    addTriplet: async (triplet) => triplets.push(triplet),
    hasOrigin: (origin) => triplets.some((triplet) => triplet.origin === origin),
    gates: { lowLevel: LowLevelGate.parse({}), profile: 'balanced', fullReference: {}, sizeMismatch: 'reject', align: {} },
    concurrency: 3,
  };
});
afterEach(() => world.remove());

const never = new AbortController().signal;
const silent = () => undefined;

async function pairsFile(lines: string[]): Promise<string> {
  const [red, blue, large] = [
    await world.picture('white', 'red'),
    await world.picture('white', 'blue'),
    await world.picture('white', 'blue', 'png', [80, 48]),
  ];
  copyFileSync(world.file(red), join(world.dir, 'red.jpg'));
  copyFileSync(world.file(blue), join(world.dir, 'blue.jpg'));
  copyFileSync(world.file(large), join(world.dir, 'large.png'));
  writeFileSync(join(world.dir, 'text.jpg'), 'no picture');
  const file = join(world.dir, 'pairs.jsonl');
  writeFileSync(file, lines.join('\n'));
  return file;
}
const pair = (id: string, source: string, edited: string, more: object = {}) =>
  JSON.stringify({ id, source, edited, instruction: 'Make it blue', ...more });

// Catches: one bad row that stops the file, a drop without a reason, numbers that are not stored.
test('good pairs come in, poor ones are dropped with a reason, bad rows are named by line', async () => {
  const file = await pairsFile([
    `\ufeff${pair('good', 'red.jpg', 'blue.jpg', { category: 'Change color', extra: 1 })}\r`,
    pair('still', 'red.jpg', './red.jpg'),
    '',
    pair('sizes', 'red.jpg', 'large.png'),
    '{"id":"cut',
    pair('gone', 'red.jpg', 'none.jpg'),
    pair('text', 'red.jpg', 'text.jpg'),
    pair('good', 'blue.jpg', 'red.jpg'),
    JSON.stringify({ id: 'mute', source: 'red.jpg', edited: 'blue.jpg', instruction: ' ' }),
    pair('last', join(world.dir, 'blue.jpg'), 'red.jpg'),
  ]);
  const progress: [number, number][] = [];
  const report = await scorePairs(deps, file, { resultsFile: join(world.dir, 'results.jsonl') }, (...at) => progress.push(at), never);
  expect(report).toMatchObject({ rows: 9, passed: 2, dropped: 2, alreadyThere: 0, bad: 5 });
  expect(report.results.map((row) => [row.line, row.id, row.verdict, row.reason.split(' ').slice(0, 3).join(' ')])).toEqual([
    [1, 'good', 'passed', ''],
    [2, 'still', 'dropped', 'noChange'],
    [4, 'sizes', 'dropped', 'sizeDiffers'],
    [5, '', 'bad', 'The line is'],
    [6, 'gone', 'bad', 'The edited picture'],
    [7, 'text', 'bad', 'The edited picture'],
    [8, 'good', 'bad', 'The id was'],
    [9, 'mute', 'bad', 'instruction: must not'],
    [10, 'last', 'passed', ''],
  ]);
  expect(triplets.map((triplet) => triplet.state).sort()).toEqual(['active', 'active', 'dropped', 'dropped']);
  const good = triplets.find((triplet) => triplet.origin.endsWith('#good'));
  expect(good).toMatchObject({
    kind: 'imported',
    runId: null,
    category: 'Change color',
    lowLevel: { flagged: 400 },
    origin: `${file}#good`,
  });
  expect(good?.verdicts).toMatchObject([
    { stage: 'lowLevel', passed: true },
    { stage: 'fullReference', passed: true },
  ]);
  expect(readFileSync(world.file(good!.sourceHash))).toEqual(readFileSync(join(world.dir, 'red.jpg')));
  expect(progress.at(-1)).toEqual([9, 9]);
  expect(
    readFileSync(join(world.dir, 'results.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual(report.results);
});

// Catches: an edit of another size that is aligned without a word, or whose place in the set is taken by the picture that came; one
// that fits nowhere and is aligned all the same.
test('an edit of another size is laid on its source when asked, with its own verdict, or dropped with the reason', async () => {
  deps.gates.sizeMismatch = 'align';
  laid.signals = { fitCertainty: 0.6, fitResidual: 0.1, fitStretch: 0.2, fitLost: 0.01 };
  const file = await pairsFile([pair('fits', 'red.jpg', 'large.png')]);
  await scorePairs(deps, file, {}, silent, never);
  expect(triplets[0]).toMatchObject({ state: 'active', editedHash: createHash('sha256').update(laid.image.bytes).digest('hex') });
  expect(triplets[0]!.verdicts).toMatchObject([
    { stage: 'edit', passed: true, reason: 'aligned', raw: 'edit 80x48, source 64x48', signals: laid.signals },
    { stage: 'lowLevel', passed: true },
    { stage: 'fullReference', passed: true },
  ]);
  laid.signals = { fitCertainty: 0, fitLost: 0 };
  const other = await pairsFile([pair('strange', 'blue.jpg', 'large.png')]);
  await scorePairs(deps, other, {}, silent, never);
  expect(triplets[1]).toMatchObject({ state: 'dropped', reason: 'fitUnknown', verdicts: [{ stage: 'edit', passed: false }] });
});

// Catches: the same file scored twice that doubles the set.
test('scoring again adds nothing', async () => {
  const file = await pairsFile([pair('a', 'red.jpg', 'blue.jpg'), pair('b', 'red.jpg', 'large.png')]);
  await scorePairs(deps, file, {}, silent, never);
  const again = await scorePairs(deps, file, {}, silent, never);
  expect(again).toMatchObject({ passed: 0, dropped: 0, alreadyThere: 2, bad: 0 });
  expect(triplets).toHaveLength(2);
});

// Catches: a full disk reported as many bad rows.
test('a failure that is not the row’s own ends the job', async () => {
  const file = await pairsFile([pair('a', 'red.jpg', 'blue.jpg')]);
  deps.addTriplet = async () => {
    throw new Error('disk is gone');
  };
  await expect(scorePairs(deps, file, {}, silent, never)).rejects.toThrow('disk is gone');
  await expect(scorePairs(deps, join(world.dir, 'none.jsonl'), {}, silent, never)).rejects.toMatchObject({ code: 'inputInvalid' });
});

// Catches: a cancel that goes on to the end of the file.
test('a cancel stops between rows', async () => {
  const file = await pairsFile(Array.from({ length: 20 }, (_, i) => pair(`p${i}`, 'red.jpg', 'blue.jpg')));
  const abort = new AbortController();
  const work = scorePairs(deps, file, {}, (done) => done === 2 && abort.abort(new Error('enough')), abort.signal);
  await expect(work).rejects.toThrow('enough');
  expect(triplets.length).toBeLessThan(10);
});

// Catches: a profile that is not asked, numbers that are not kept, and a drop that does not say which limit it was.
test('the profile says what is dropped; what was measured is kept either way, and the fault is said in words', async () => {
  moved = { shift: 2.83, zoom: 0.01 };
  const file = await pairsFile([pair('moved', 'red.jpg', 'blue.jpg')]);
  const report = await scorePairs(deps, file, {}, silent, never);
  expect(report.results[0]).toMatchObject({
    verdict: 'dropped',
    reason: 'shifted',
    faults: ['shift 2.83 px (at most 1)'],
    signals: { shift: 2.83 },
  });
  expect(report.lines.at(-1)).toMatchObject({
    label: 'moved',
    value: expect.stringContaining('dropped (shifted), shift 2.83 px (at most 1)'),
    ok: false,
  });
  expect(triplets[0]).toMatchObject({
    state: 'dropped',
    reason: 'shifted',
    verdicts: [{ stage: 'lowLevel' }, { stage: 'fullReference', passed: false }],
  });

  triplets = [];
  const lenient = { ...deps, gates: { ...deps.gates, profile: 'paper-exact' as const } };
  const again = await scorePairs(lenient, file, {}, silent, never);
  expect(again.results[0]).toMatchObject({ verdict: 'passed', reason: '', faults: [], signals: { shift: 2.83 } });
});
