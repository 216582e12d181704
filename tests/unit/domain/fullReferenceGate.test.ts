import { describe, expect, it } from 'vitest';
import { fullReferenceLimits, judgeSignals } from '../../../src/main/engine/domain/fullReferenceGate.ts';
import type { GateProfile } from '../../../src/shared/model/gates.ts';
import { editClassesOf, OPERATIONS } from '../../../src/shared/model/operations.ts';
import { readSignals, type Signals } from '../../../src/shared/model/signals.ts';

/** A local edit after which everything else is as it was. */
const SOUND: Signals = {
  changedShare: 0.05,
  largestPartShare: 0.04,
  outsideShare: 0.8,
  ssimOutside: 0.98,
  ssimCoarse: 0.99,
  colourDriftMedian: 0.5,
  sharpnessRatio: 1,
  detailRatio: 1,
  edgeRatio: 1,
  noiseAdded: 0,
  blockinessRatio: 1,
  shift: 0.02,
  zoom: 0.01,
  misfit: 0.05,
  rmsDifference: 14,
  kinship: 0.95,
};
const REMOVE = { category: 'Remove object', instruction: 'Remove the cup' };
const judge = (change: Signals, edit = REMOVE, profile: GateProfile = 'balanced') =>
  judgeSignals({ ...SOUND, ...change }, fullReferenceLimits({ profile, fullReference: {} }), edit);

describe('the full-reference gate', () => {
  it.each<[Signals, string]>([
    [{ kinship: 0.05 }, 'unrelated'],
    [{ largestPartShare: 0.0001 }, 'tooLittle'],
    [{ zoom: 2 }, 'zoomed'],
    [{ zoom: -2 }, 'zoomed'],
    [{ shift: 2.8 }, 'shifted'],
    [{ misfit: 4 }, 'misaligned'],
    [{ noiseAdded: 6 }, 'noisier'],
    [{ blockinessRatio: 3 }, 'blocky'],
    [{ edgeRatio: 0.4 }, 'softer'],
    [{ detailRatio: 0.3 }, 'softer'],
    [{ colourDriftMedian: 8 }, 'colourDrift'],
    [{ ssimOutside: 0.6 }, 'altered'],
    [{ ssimCoarse: 0.7 }, 'altered'],
    [{ outsideShare: 0 }, 'altered'],
  ])('rejects %o as %s, and paper-exact does not', (change, reason) => {
    expect(judge(change)).toMatchObject({ passed: false, reason });
    expect(judge(change, REMOVE, 'paper-exact')).toMatchObject({ passed: true, reason: '', checks: [] });
  });

  // Catches: a limit that takes less noise (a cleaner picture) for more.
  it('accepts a sound edit, one that lost grain, and says what it looked at', () => {
    for (const signals of [{}, { noiseAdded: -5, sharpnessRatio: 0.2 }]) expect(judge(signals)).toMatchObject({ passed: true, reason: '' });
    expect(judge({}).checks.every(({ outcome }) => outcome === 'passed')).toBe(true);
  });

  // Catches: edits of a whole picture rejected for doing what they were asked.
  it.each([
    ['Change season', { colourDriftMedian: 12, ssimOutside: 0.6, edgeRatio: 0.6, noiseAdded: 5 }],
    ['Change style', { outsideShare: 0, ssimOutside: 0.4 }],
    ['Blur or sharpen', { edgeRatio: 0.2, ssimOutside: 0.7, largestPartShare: 0 }],
    ['Flip or rotate', { shift: 40, zoom: 9, misfit: 30, kinship: 0 }],
    ['Change background', { kinship: 0.1, outsideShare: 0.05 }],
  ])('%s may do to the whole picture what it is about, and each limit left out is said', (category, change) => {
    const { passed, checks } = judge(change, { category, instruction: '' });
    expect(passed).toBe(true);
    expect(checks.some(({ outcome, why }) => outcome === 'skipped' && why !== '')).toBe(true);
  });

  it('holds a shift against an edit of the whole picture all the same', () => {
    expect(judge({ shift: 3, colourDriftMedian: 12 }, { category: 'Change season', instruction: '' }).reason).toBe('shifted');
  });

  // Catches: a movement made up where a change of light left too little to find again (seen: day to dusk, "zoomed" by 1.1 %).
  it('does not hold an uncertain movement against a picture that changed all over', () => {
    const dusk = { category: 'Change time of day', instruction: '' };
    expect(judge({ outsideShare: 0.01, zoom: 1.1, shift: 2.6, shiftPeak: 0.11 }, dusk)).toMatchObject({ passed: true });
    expect(judge({ outsideShare: 0.01, zoom: 1.1, shift: 2.6, shiftPeak: 0.5 }, dusk)).toMatchObject({ reason: 'zoomed' });
    expect(judge({ zoom: 1.1, shift: 2.6, shiftPeak: 0.11 })).toMatchObject({ reason: 'zoomed' });
  });

  // Catches: noise that marks the whole picture as changed and so passes as a global edit.
  it('holds noise against an edit of the background after which nothing lies outside', () => {
    expect(judge({ outsideShare: 0, noiseAdded: 10 }, { category: 'Change background', instruction: '' }).reason).toBe('noisier');
  });

  // Catches: text edits rejected because every letter is a small part of its own; one in which no letter changed let through.
  it('holds all that changed against an edit of letters, and the largest part against any other', () => {
    const letters = { category: 'Change text', instruction: 'Change the text on the sign from "MUSIC" to "SMILE".' };
    const small = { changedShare: 0.0013, largestPartShare: 0.0003 };
    for (const profile of ['balanced', 'strict'] as const) {
      expect(judge(small, letters, profile)).toMatchObject({ passed: true });
      expect(judge({ changedShare: 0.0003, largestPartShare: 0.0003 }, letters, profile).reason).toBe('tooLittle');
    }
    expect(judge(small, letters).checks).toContainEqual({ signal: 'changedShare', min: 0.0005, max: null, outcome: 'passed', why: '' });
    expect(judge(small).reason).toBe('tooLittle');
  });

  // Catches: a no-op that passes as a change of light.
  it('rejects an edit that did nothing, whatever was asked for', () => {
    for (const category of ['Change tone', 'Blur or sharpen', 'Remove object'])
      expect(judge({ largestPartShare: 0, rmsDifference: 0.2 }, { category, instruction: '' }).reason).toBe('tooLittle');
  });

  it('says nothing about what was not measured or lies inside, and needs more outside where it does not know the operation', () => {
    const { shift: _, ...rest } = SOUND;
    const limits = fullReferenceLimits({ profile: 'balanced', fullReference: {} });
    expect(judgeSignals(rest, limits, REMOVE).checks).toContainEqual({
      signal: 'shift',
      min: null,
      max: 1,
      outcome: 'skipped',
      why: 'notMeasured',
    });
    const dusk = { category: 'Other', instruction: 'As if the sun never went down' };
    expect(judge({ outsideShare: 0.2, colourDriftMedian: 9 }, dusk).passed).toBe(true);
    expect(judge({ outsideShare: 0.2, colourDriftMedian: 9 }).reason).toBe('colourDrift');
  });

  it('takes the overrides of a recipe before the profile, null as off', () => {
    const limits = fullReferenceLimits({ profile: 'balanced', fullReference: { maxShift: null, minEdges: 0.99 } });
    expect(judgeSignals({ ...SOUND, shift: 5 }, limits, REMOVE).passed).toBe(true);
    expect(judgeSignals({ ...SOUND, edgeRatio: 0.98 }, limits, REMOVE).reason).toBe('softer');
  });
});

describe('classes of edits', () => {
  it('know every operation that is offered, the names of published sets, and composites', () => {
    for (const { category } of OPERATIONS) expect(editClassesOf(category, '')).not.toContain('unknown');
    expect(editClassesOf('Change human age and Change haircut', '')).toEqual(new Set(['part']));
    expect(editClassesOf('Add object and Change weather', '')).toEqual(new Set(['part', 'look']));
    expect(editClassesOf('', 'Make it rain')).toEqual(new Set(['look']));
    expect(editClassesOf('', 'Remove the cow and change the time of day to dusk')).toEqual(new Set(['part', 'look']));
    expect(editClassesOf('', 'Surprise me')).toEqual(new Set(['unknown']));
  });
});

describe('stored signals', () => {
  // Catches: a newer or broken file that brings names or values into the app that nothing knows.
  it('are read with what is known and finite, and nothing else', () => {
    expect(readSignals('{"shift":1.5,"futureSignal":3,"zoom":"2","kinship":null}')).toEqual({ shift: 1.5 });
    for (const text of [null, '', '[]', '7', '{', '{"futureSignal":1}']) expect(readSignals(text)).toBeNull();
  });
});
