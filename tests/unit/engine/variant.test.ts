import { expect, it } from 'vitest';
import type { Candidate, StageContext } from '../../../src/main/engine/pipeline/context.ts';
import { recipeOf } from '../../../src/main/engine/pipeline/edits/actors.ts';
import { makeVariant } from '../../../src/main/engine/pipeline/edits/variant.ts';
import type { EditNodeChange } from '../../../src/main/engine/ports.ts';
import { AppError } from '../../../src/shared/model/errors.ts';

const SOURCE = { hash: 'a'.repeat(64), width: 640, height: 480, format: 'png', lossy: false } as const;

/** One variant by an editor whose picture has `size`, with local checks that measure, and what is stored of it. */
async function aVariant(instruction: string, { size = [640, 480], reader = async () => [{ text: 'OPFN', confidence: 0.9 }] } = {}) {
  const { recipe } = recipeOf([], { profile: 'demo' }, { softJudge: null, validator: null, checks: false });
  const [width, height] = size as [number, number];
  const edited = { ...SOURCE, hash: 'b'.repeat(64), width, height };
  const stage = {
    recipe,
    models: { edit: async () => ({ value: edited, model: 'm', usd: 0 }) },
    blobs: { fileOf: (hash: string) => hash },
    pixels: {
      quality: async () => ({ sharpness: 1, colour: 1 }),
      lowLevel: async () => ({ width, height, flagged: 900, largest: 700, components: 3 }),
      fullReference: async () => ({ shift: 40, ssimOutside: 0.99 }),
      align: async () => ({ image: null, signals: { fitCertainty: 0 } }),
      resample: async () => Promise.reject(new Error('another shape is not resampled')),
    },
    work: { addImage: async () => {} },
    scorers: { readText: reader },
    signal: new AbortController().signal,
  };
  const found: EditNodeChange[] = [];
  const candidate: Candidate = { prompt: '', source: SOURCE, edited: null, instruction, category: 'Other', seed: 1, signals: {} };
  const end = await makeVariant(candidate, {
    recipe,
    stage: stage as unknown as StageContext,
    before: { usd: 0, ms: 0 },
    rootSize: { width: 640, height: 480 },
    step: () => {},
    found: async (change) => found.push(structuredClone(change)),
    now: () => 0,
  });
  const verdicts = found.flatMap((change) => change.verdicts ?? []);
  return { end, stages: new Set(verdicts.map((verdict) => verdict.stage)), verdicts, problems: found.flatMap((c) => c.problems ?? []) };
}

// Catches: a variant without the local checks, a gate that ends it, or numbers held against no limit.
it('measures a variant with the local checks, and goes on after one that says no', async () => {
  const { end, stages, verdicts } = await aVariant('Change the text on the sign to "OPEN"');
  expect(end.state).toBe('done');
  expect([...stages]).toEqual(['edit', 'lowLevel', 'fullReference', 'textCheck']);
  expect(verdicts.findLast(({ stage }) => stage === 'fullReference')).toMatchObject({ passed: false, signals: { shift: 40 } });
  const text = verdicts.findLast(({ stage }) => stage === 'textCheck')!;
  expect(text.signals?.ocrMatch).toBeCloseTo(0.75);
  expect(text.checks.map(({ signal }) => signal)).toEqual(['ocrMatch', 'ocrConfidence']);
});

// Catches: letters read where no text was asked for, at the price of the time it takes.
it('reads text only where the instruction asks for some', async () => {
  const { stages } = await aVariant('Make the photo warmer', { reader: () => Promise.reject(new Error('asked for nothing')) });
  expect([...stages]).toEqual(['edit', 'lowLevel', 'fullReference']);
});

// Catches: pixels compared across two sizes.
it('compares no pixels of two sizes', async () => {
  const { stages } = await aVariant('Make the photo warmer', { size: [640, 320] });
  expect([...stages]).toEqual(['edit']);
});

// Catches: an edit that was paid for lost because the text reader fell over.
it('notes a local model that cannot be run, and keeps the edit', async () => {
  const { end, problems } = await aVariant('Write "OPEN" on the wall', {
    reader: () => Promise.reject(new AppError('scorerFailed', 'A local model failed.')),
  });
  expect(end.state).toBe('done');
  expect(problems).toEqual([{ stage: 'textCheck', code: 'scorerFailed', message: 'A local model failed.' }]);
});
