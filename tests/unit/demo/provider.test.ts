import sharp from 'sharp';
import { beforeAll, describe, expect, expectTypeOf, test } from 'vitest';
import { parseScores, parseSentence, parseYesNo } from '../../../src/main/engine/domain/replies.ts';
import { createCanvas } from '../../../src/main/engine/pixels/canvas.ts';
import type { DemoDeps } from '../../../src/main/engine/providers/demo/index.ts';
import type { Evidence } from '../../../src/main/engine/providers/demo/judge.ts';
import type { JudgeDeps } from '../../../src/main/engine/providers/demo/judges.ts';
import { ProviderError } from '../../../src/shared/model/errors.ts';
import { buildSprites, cases, context, studio } from './studio.ts';

beforeAll(buildSprites);

const first = cases(3, undefined, { count: 1, operations: ['Remove object', 'Change color', 'Add object'], composite: false })[0]!;

/** A colourful test photo that is no scene of the demo. */
async function photo(): Promise<Uint8Array> {
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"><defs><linearGradient id="g"><stop stop-color="#246"/><stop offset="1" stop-color="#fc8"/></linearGradient></defs><path fill="url(#g)" d="M0 0h4v3H0z"/><circle cx="1" cy="1.4" r=".6" fill="#c33"/><path d="M2 3l1-2 1 2z" fill="#385"/></svg>';
  const canvas = createCanvas();
  const drawn = await canvas.renderSvg(svg, 512, 384);
  return canvas.encode(drawn, { format: 'jpeg', quality: 95 });
}

describe('demo provider', () => {
  // Catches: a run that cannot be repeated: any use of time, order or shared state in what is painted or said.
  test('the same request gives the same bytes, in a fresh studio too', async () => {
    const [a, b] = [studio(), studio()];
    const source = await a.generate(first.prompt, 5);
    expect(await a.generate(first.prompt, 5)).toBe(source);
    expect(await b.generate(first.prompt, 5)).toBe(source);
    for (const seed of [1, 2, 3])
      expect(await a.edit(source, first.instruction, seed, 0.5)).toBe(await b.edit(source, first.instruction, seed, 0.5));
    const task = { kind: 'scores' as const, instruction: first.instruction, source, edited: await a.edit(source, first.instruction, 1, 0) };
    expect(await a.ask('softJudge', task, 8)).toBe(await b.ask('softJudge', task, 8));
    expect(await a.ask('validator', task, 8)).toBe(await b.ask('validator', task, 8));
  });

  // Catches: an edit that did nothing, whose hash is its source's, overwriting what the studio remembers of the source.
  test('no two requests give the same hash, even for the same pixels', async () => {
    const s = studio();
    const source = await s.generate(first.prompt, 5);
    const remembered = s.scenes.get(source);
    const edited = new Set<string>();
    for (let seed = 0; seed < 40; seed++) edited.add(await s.edit(source, first.instruction, seed, 1));
    expect([...edited].some((hash) => s.truths.get(hash)?.mistake === 'noOp')).toBe(true);
    expect(edited.size).toBe(40);
    expect(edited.has(source)).toBe(false);
    expect(s.scenes.get(source)).toBe(remembered);
    // The memory of an edit is what was asked, whatever went wrong.
    expect(new Set([...edited].map((hash) => s.scenes.get(hash))).size).toBe(1);
  });

  // Catches: judges that could be handed the truth: what they are built from has no way to it.
  test('judges cannot see the truth', () => {
    expectTypeOf<JudgeDeps>().toEqualTypeOf<Omit<DemoDeps, 'truth'>>();
    expectTypeOf<keyof JudgeDeps>().toEqualTypeOf<'run' | 'readBlob' | 'memory'>();
    expectTypeOf<Evidence['kind']>().toEqualTypeOf<'measured' | 'unknown' | 'impossible'>();
  });

  test('a good edit scores high, a flawed one low, and a pair is measured once', async () => {
    const s = studio();
    const source = await s.generate(first.prompt, 5);
    const good = await s.edit(source, first.instruction, 1, 0);
    const bad = await s.edit(source, first.instruction, 1, 1);
    expect(s.truths.get(bad)?.good).toBe(false);
    const pair = (edited: string) => ({ instruction: first.instruction, source, edited });
    const clean = parseScores(await s.ask('validator', { kind: 'scores', ...pair(good) }));
    const flawed = parseScores(await s.ask('validator', { kind: 'scores', ...pair(bad) }));
    expect(Math.min(clean!.adherence, clean!.aesthetics)).toBeGreaterThanOrEqual(4.6);
    expect(Math.min(flawed!.adherence, flawed!.aesthetics)).toBeLessThan(4.7);
    const measured = s.ran.filter((name) => name === 'demoMeasure').length;
    expect(parseYesNo(await s.ask('softJudge', { kind: 'unwantedChange', ...pair(good) }))).toBe(true);
    expect(parseYesNo(await s.ask('softJudge', { kind: 'pleasing', ...pair(good) }))).toBe(true);
    expect(s.ran.filter((name) => name === 'demoMeasure')).toHaveLength(measured);
  });

  // Catches: a flawed forward edit whose inverse looks perfect, because only the memory of it was compared.
  test('the inverse of a good edit scores high, the inverse of a flawed one low', async () => {
    const s = studio();
    const source = await s.generate(first.prompt, 5);
    const inverse = await s.ask('inverter', { kind: 'invert', instruction: first.instruction, prompt: first.prompt });
    expect(parseSentence(inverse)).toBe(inverse);
    const low = async (edited: string) => {
      const scores = parseScores(await s.ask('validator', { kind: 'scores', instruction: inverse, source: edited, edited: source }))!;
      return Math.min(scores.adherence, scores.aesthetics);
    };
    expect(await low(await s.edit(source, first.instruction, 1, 0))).toBeGreaterThanOrEqual(4.6);
    for (const seed of [1, 2, 3, 4, 5]) expect(await low(await s.edit(source, first.instruction, seed, 1))).toBeLessThan(4.7);
  });

  test('the plausibility judge lets good sources through and stops flawed ones', async () => {
    const s = studio();
    const ask = async (flaws: number, seed: number) =>
      parseYesNo(
        await s.ask('plausibilityJudge', {
          kind: 'plausible',
          prompt: first.prompt,
          image: await s.generate(first.prompt, seed, { flaws }),
        }),
      );
    for (const seed of [1, 2, 3]) expect(await ask(0, seed)).toBe(true);
    for (const seed of [4, 5, 6]) expect(await ask(1, seed)).toBe(false);
  });

  test('real photos: global instructions are done and judged, anything else is refused by name', async () => {
    const s = studio();
    const source = s.store(await photo());
    for (const instruction of [
      'Make the photo black and white.',
      'Make it warmer and flip the photo horizontally.',
      'Blur the background.',
      'Make it look like dusk.',
    ]) {
      const edited = await s.edit(source, instruction, 1, 0);
      const scores = parseScores(await s.ask('validator', { kind: 'scores', instruction, source, edited }))!;
      expect(Math.min(scores.adherence, scores.aesthetics), instruction).toBeGreaterThanOrEqual(4.6);
      const flawed = await s.edit(source, instruction, 2, 1);
      const low = parseScores(await s.ask('validator', { kind: 'scores', instruction, source, edited: flawed }))!;
      expect(Math.min(low.adherence, low.aesthetics), `${instruction} ${s.truths.get(flawed)?.mistake}`).toBeLessThan(4.7);
      const inverse = await s.ask('inverter', { kind: 'invert', instruction, prompt: '' });
      expect(parseSentence(inverse)).toBe(inverse);
      const turned = parseScores(await s.ask('validator', { kind: 'scores', instruction: inverse, source: edited, edited: source }))!;
      expect(Math.min(turned.adherence, turned.aesthetics), inverse).toBeGreaterThanOrEqual(4.6);
    }
    const refused = s.edit(source, 'Put a hat on the man.', 1, 0);
    await expect(refused).rejects.toMatchObject({ code: 'refused', message: expect.stringContaining('"Put a hat on the man."') });
  });

  // Catches: a built-in studio that fails the self-test by which real editors are judged.
  test('passes the self-test of an editor: nothing is changed when nothing is asked, everything when all is', async () => {
    const s = studio();
    const source = s.store(await photo());
    const same = await s.edit(source, 'Do not change anything. Give back exactly the same picture.', 1, 0);
    const all = await s.edit(source, 'Make the whole picture black and white.', 1, 0);
    const pixels = async (hash: string) => sharp(s.blobs.get(hash)).removeAlpha().raw().toBuffer();
    const [before, after] = [await pixels(source), await pixels(same)];
    // A mark in a few pixels tells edits apart.
    expect(after.filter((value, i) => Math.abs(value - before[i]!) > 2).length / before.length).toBeLessThan(0.001);
    const grey = await pixels(all);
    expect(grey.filter((value, i) => Math.abs(value - grey[i - (i % 3)]!) > 2).length / grey.length).toBeLessThan(0.001);
  });

  test('errors are ProviderError, and an abort keeps its reason', async () => {
    const s = studio();
    const source = await s.generate(first.prompt, 5);
    await expect(s.edit(source, 'Remove the purple unicorn.', 1, 0)).rejects.toBeInstanceOf(ProviderError);
    await expect(s.edit(source, first.instruction, 1, 7)).rejects.toMatchObject({ code: 'badRequest' });
    const gone = new Error('the user stopped it');
    const controller = new AbortController();
    const slow = s.provider.edit(
      { image: source, instruction: first.instruction, seed: 1 },
      context({ latencyMs: 60_000 }, controller.signal),
    );
    controller.abort(gone);
    await expect(slow).rejects.toBe(gone);
  });

  test('usage is counted and the model asked answers', async () => {
    const s = studio();
    const made = await s.provider.generate({ prompt: first.prompt, width: 640, height: 512, seed: 1 }, context({}));
    expect(made.usage).toMatchObject({ images: 1, gpuSeconds: expect.closeTo(0.8, 0) });
    expect(made.modelAnswered).toBe('demo-1');
    const said = await s.provider.chat(
      {
        role: 'inverter',
        task: { kind: 'compose', instructions: ['Do this.', 'Do that.'] },
        prompt: { text: 'abcdefgh', version: '1', schema: null },
        images: [],
        temperature: 0,
        seed: 1,
      },
      context({}),
    );
    expect(said.value).toBe('Do this and do that.');
    expect(said.usage.inputTokens).toBe(2);
  });
});
