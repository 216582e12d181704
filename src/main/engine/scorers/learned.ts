import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { AppError } from '../../../shared/model/errors.ts';
import { LEARNED_SIGNALS, type LearnedSignal } from '../../../shared/model/gates.ts';
import type { ModelRole } from '../../../shared/model/scorers.ts';
import type { Signals } from '../../../shared/model/signals.ts';
import { cosine, direction, editTarget, LEAST_OUTSIDE, patchLikeness, sigmoid, softmax, unit } from '../domain/learned.ts';
import type { PixelPool } from '../pixels/pool.ts';
import type { LearnedPair } from '../ports.ts';
import type { ScorerProcess } from './child.ts';
import type { ManifestModel } from './models/manifest.ts';
import type { ModelStore } from './models/store.ts';
import type { ModelInput } from './wire.ts';

/** Which kind of model measures a signal. */
const ROLE_OF: Record<LearnedSignal, ModelRole> = {
  dinoOutside: 'structure',
  lpipsOutside: 'perceptual',
  targetGain: 'imageText',
  editDirection: 'imageText',
  aestheticScore: 'aesthetics',
  nsfwScore: 'nsfw',
};
const GREY = 127;
const LPIPS_LAYERS = 5;
/** The crop around a change is widened by this share on each side: things are recognised by what is around them. */
const CROP_MARGIN = 0.25;
const LEAST_CROP = 64;
const REMEMBERED = 512;

interface Ready {
  model: ManifestModel;
  file(name: string): string;
}
type Crop = { left: number; top: number; width: number; height: number };

/** Measures learned signals of pairs by the models that are on this machine. */
export interface LearnedScorers {
  /** The signals that say something about this pair. Throws AppError recipeInvalid when a model for one is not here, scorerFailed when it cannot be run. */
  measure(pair: LearnedPair, wanted: readonly LearnedSignal[], signal: AbortSignal): Promise<Signals>;
  /** Signals for which no model is here. */
  missing(wanted: readonly LearnedSignal[]): Promise<LearnedSignal[]>;
}

export function createLearnedScorers(pool: Pick<PixelPool, 'run'>, scorer: Pick<ScorerProcess, 'run'>, models: ModelStore): LearnedScorers {
  /** Vectors by model, picture and crop, or text, oldest first: sources and captions come again and again. */
  const vectors = new Map<string, Float32Array>();

  async function remembered(key: string, make: () => Promise<Float32Array>): Promise<Float32Array> {
    const known = vectors.get(key);
    if (known) return known;
    const made = await make();
    vectors.set(key, made);
    for (const oldest of vectors.keys()) {
      if (vectors.size <= REMEMBERED) break;
      vectors.delete(oldest);
    }
    return made;
  }

  /** The first model of a role, in the manifest's order, that is here. */
  async function modelFor(role: ModelRole): Promise<Ready> {
    const cards = (await models.list()).filter((card) => card.role === role);
    return models.filesOf((cards.find((card) => card.state === 'ready') ?? cards[0])?.id ?? role);
  }

  async function pictureOf({ model, file }: Ready, picture: string, crop?: Crop): Promise<Extract<ModelInput, { kind: 'picture' }>> {
    const own = model.files.some(({ name }) => name === PREPROCESSOR) ? await readPreprocessor(file(PREPROCESSOR)) : {};
    const { width, height, fit, kernel, mean, std } = { ...model.picture, ...own };
    const { data } = await pool.run('modelPicture', { file: picture, width, height, fit, kernel, ...(crop ? { crop } : {}) });
    return { kind: 'picture', data, width, height, mean, std, order: 'rgb' };
  }

  async function run(
    ready: Ready,
    name: string,
    inputs: Record<string, ModelInput>,
    output: string,
    signal: AbortSignal,
  ): Promise<Float32Array> {
    const model = { name: ready.model.title, file: ready.file(name) };
    const { outputs } = await scorer.run({ model, inputs, outputs: { [output]: 'all' } }, signal);
    return outputs[output]!.data as Float32Array;
  }

  const embedPicture = (ready: Ready, picture: string, signal: AbortSignal, crop?: Crop) =>
    remembered(JSON.stringify([ready.model.id, picture, crop]), async () => {
      const inputs = { pixel_values: await pictureOf(ready, picture, crop) };
      return run(ready, 'vision_model.onnx', inputs, ready.model.settings.imageOutput ?? '*', signal);
    });

  const embedText = (ready: Ready, text: string, signal: AbortSignal) =>
    remembered(JSON.stringify([ready.model.id, 'text', text]), async () => {
      const { textLength = 77, lowerCase = false, textOutput = '*' } = ready.model.settings;
      const tokenizer = { tokenizer: ready.file('tokenizer.json'), config: ready.file('tokenizer_config.json') };
      const input: ModelInput = { kind: 'text', text: lowerCase ? text.toLowerCase() : text, length: textLength, ...tokenizer };
      return run(ready, 'text_model.onnx', { input_ids: input }, textOutput, signal);
    });

  const gridOf = (pair: LearnedPair, columns: number, rows: number) =>
    pool.run(
      'changedGrid',
      { sourceFile: pair.sourceFile, editedFile: pair.editedFile, ...pair.mask, columns, rows },
      { key: pair.sourceFile },
    );

  async function dinoOutside(pair: LearnedPair, signal: AbortSignal): Promise<number | null> {
    const ready = await modelFor('structure');
    const { picture, settings } = ready.model;
    const [columns, rows] = [picture.width / (settings.patch ?? 14), picture.height / (settings.patch ?? 14)];
    const tokens = (file: string) =>
      remembered(JSON.stringify([ready.model.id, 'tokens', file]), async () =>
        run(ready, 'model.onnx', { pixel_values: await pictureOf(ready, file) }, settings.imageOutput ?? '*', signal),
      );
    const [{ grid }, a, b] = await Promise.all([gridOf(pair, columns, rows), tokens(pair.sourceFile), tokens(pair.editedFile)]);
    const width = settings.tokenWidth ?? a.length / (columns * rows + 1);
    return patchLikeness(a, b, width, grid);
  }

  async function lpipsOutside(pair: LearnedPair, signal: AbortSignal): Promise<number | null> {
    const ready = await modelFor('perceptual');
    const { width, height } = ready.model.picture;
    const [{ grid }, a, b] = await Promise.all([
      gridOf(pair, width, height),
      pictureOf(ready, pair.sourceFile),
      pictureOf(ready, pair.editedFile),
    ]);
    const outside = grid.reduce((sum, inside) => sum + 1 - inside, 0) / grid.length;
    if (outside < LEAST_OUTSIDE) return null;
    for (let p = 0; p < grid.length; p++) if (grid[p] === 1) for (const data of [a.data, b.data]) data.fill(GREY, p * 3, p * 3 + 3);
    const layers = Object.fromEntries(Array.from({ length: LPIPS_LAYERS }, (_, at) => [`feat_${at}`, 'all' as const]));
    const features = async (input: ModelInput) => {
      const model = { name: ready.model.title, file: ready.file('lpips_feature.onnx') };
      return (await scorer.run({ model, inputs: { input }, outputs: layers }, signal)).outputs;
    };
    const [x, y] = await Promise.all([features(a), features(b)]);
    const inputs: Record<string, ModelInput> = {};
    for (const [side, outputs] of [
      ['x', x],
      ['y', y],
    ] as const)
      for (const [name, { data, shape }] of Object.entries(outputs))
        inputs[name.replace('feat_', `feat_${side}_`)] = { kind: 'floats', data: data as Float32Array, shape };
    const [distance] = await run(ready, 'lpips_diff.onnx', inputs, '*', signal);
    // The part that was blanked is equal in both and thins the mean out.
    return distance! / outside;
  }

  /** How much more the thing is there after the edit than before (taken out: less), in a crop around the change. Needs a SigLIP model. */
  async function targetGain(pair: LearnedPair, signal: AbortSignal): Promise<number | null> {
    const ready = await modelFor('imageText');
    const { scale, bias } = ready.model.settings;
    const { added, removed } = editTarget(pair.instruction);
    const thing = added ?? removed;
    if (thing === null || scale === undefined || bias === undefined) return null;
    const { box } = await gridOf(pair, 1, 1);
    const crop = box === null ? undefined : widened(box, pair.width, pair.height);
    const probability = async (file: string, what: string) => {
      const [picture, text] = await Promise.all([
        embedPicture(ready, file, signal, crop),
        embedText(ready, `This is a photo of ${what}.`, signal),
      ]);
      return sigmoid(Math.exp(scale) * cosine(picture, text) + bias);
    };
    const gain = async (what: string) => (await probability(pair.editedFile, what)) - (await probability(pair.sourceFile, what));
    return added !== null ? gain(added) : -(await gain(removed!));
  }

  async function editDirection(pair: LearnedPair, signal: AbortSignal): Promise<number> {
    const ready = await modelFor('imageText');
    const { added, removed } = editTarget(pair.instruction);
    const named = added !== null || removed !== null;
    const caption = (what: string | null) => (what === null ? 'a photo' : `a photo of ${what}`);
    // An operation on the whole picture has no thing to name: its own words stand for what it leads to.
    const [before, after] = named ? [caption(removed), caption(added)] : ['a photo', pair.instruction];
    const [i0, ie, t0, t1] = await Promise.all([
      embedPicture(ready, pair.sourceFile, signal),
      embedPicture(ready, pair.editedFile, signal),
      embedText(ready, before, signal),
      embedText(ready, after, signal),
    ]);
    return direction(i0, ie, t0, t1);
  }

  async function aestheticScore(pair: LearnedPair, signal: AbortSignal): Promise<number> {
    const ready = await modelFor('aesthetics');
    const vector = unit(await embedPicture(ready, pair.editedFile, signal));
    const [score] = await run(ready, 'head.onnx', { '*': { kind: 'floats', data: vector, shape: [vector.length] } }, '*', signal);
    return score!;
  }

  async function nsfwScore(pair: LearnedPair, signal: AbortSignal): Promise<number> {
    const ready = await modelFor('nsfw');
    const { id2label } = await readJson(ready.file('config.json'), Labels);
    const bad = Number(Object.entries(id2label).find(([, label]) => /nsfw|porn|unsafe/i.test(label))?.[0] ?? 1);
    const logits = await run(ready, 'model.onnx', { '*': await pictureOf(ready, pair.editedFile) }, '*', signal);
    return softmax([...logits])[bad] ?? 0;
  }

  const measures: Record<LearnedSignal, (pair: LearnedPair, signal: AbortSignal) => Promise<number | null>> = {
    dinoOutside,
    lpipsOutside,
    targetGain,
    editDirection,
    aestheticScore,
    nsfwScore,
  };

  return {
    async measure(pair, wanted, signal) {
      const found = await Promise.all(wanted.map(async (name) => [name, await measures[name](pair, signal)] as const));
      for (const [name, value] of found)
        if (value !== null && !Number.isFinite(value)) throw new AppError('scorerFailed', `The model behind ${name} gave ${value}.`);
      return Object.fromEntries(found.filter(([, value]) => value !== null));
    },
    async missing(wanted) {
      const ready = new Set((await models.list()).filter((card) => card.state === 'ready').map((card) => card.role));
      return LEARNED_SIGNALS.filter((name) => wanted.includes(name) && !ready.has(ROLE_OF[name]));
    },
  };
}

/** A box with some of its surroundings, at least 64 pixels a side, inside the picture. */
function widened(box: Crop, width: number, height: number): Crop {
  const side = (from: number, size: number, most: number): [number, number] => {
    const wanted = Math.min(most, Math.max(LEAST_CROP, Math.round(size * (1 + 2 * CROP_MARGIN))));
    return [Math.max(0, Math.min(most - wanted, Math.round(from + size / 2 - wanted / 2))), wanted];
  };
  const [left, w] = side(box.left, box.width, width);
  const [top, h] = side(box.top, box.height, height);
  return { left, top, width: w, height: h };
}

const PREPROCESSOR = 'preprocessor_config.json';
const Three = z.tuple([z.number(), z.number(), z.number()]);
/** The parts of a preprocessor_config.json that matter here. `resample` is PIL's number: 3 is bicubic. */
const Preprocessor = z.object({
  size: z.union([z.number(), z.object({ width: z.number(), height: z.number() }), z.object({ shortest_edge: z.number() })]).optional(),
  image_mean: Three.optional(),
  image_std: Three.optional(),
  resample: z.number().optional(),
});
const Labels = z.object({ id2label: z.record(z.string(), z.string()) });

async function readPreprocessor(file: string): Promise<Partial<ManifestModel['picture']>> {
  const { size, image_mean: mean, image_std: std, resample } = await readJson(file, Preprocessor);
  const side = typeof size === 'number' ? size : size !== undefined && 'shortest_edge' in size ? size.shortest_edge : undefined;
  const sides = side !== undefined ? { width: side, height: side } : typeof size === 'object' && 'width' in size ? size : {};
  return {
    ...sides,
    ...(mean === undefined ? {} : { mean }),
    ...(std === undefined ? {} : { std }),
    ...(resample === undefined ? {} : { kernel: resample === 3 ? ('cubic' as const) : ('linear' as const) }),
  };
}

/** A JSON file among a model's files. Throws AppError scorerFailed that names it when it is damaged. */
async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<T> {
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    throw new AppError('scorerFailed', `${file} cannot be read: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`, {
      file,
    });
  }
}
