/**
 * Tiny models with the inputs and outputs of the real ones, whose answers can be worked out by hand: mean colours instead of
 * features. They prove the way there and back, not what the real models know.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Constant, encodeModel, type GraphNode, type ValueInfo } from '../../../src/main/engine/scorers/onnx.ts';

const floats = (name: string, shape: (number | string)[]): ValueInfo => ({ name, type: 'float32', shape });
const node = (op: string, inputs: string[], outputs: string[], attributes: GraphNode['attributes'] = {}): GraphNode => ({
  op,
  inputs,
  outputs,
  attributes,
});
const matrix = (name: string, rows: number[][]): Constant => ({
  name,
  type: 'float32',
  shape: [rows.length, rows[0]!.length],
  values: rows.flat(),
});
const integers = (name: string, values: number[]): Constant => ({ name, type: 'int64', shape: [values.length], values });

const graph = (inputs: ValueInfo[], outputs: ValueInfo[], nodes: GraphNode[], constants: Constant[] = []) =>
  encodeModel({ name: 'tiny', inputs, outputs, nodes, constants });

/** pixel_values [N,3,224,224] -> last_hidden_state [N,257,3]: a mean token, then the mean colour of each 14 x 14 patch. */
const structure = () =>
  graph(
    [floats('pixel_values', ['N', 3, 224, 224])],
    [floats('last_hidden_state', ['N', 257, 3])],
    [
      node('AveragePool', ['pixel_values'], ['patches'], { kernel_shape: [14, 14], strides: [14, 14] }),
      node('Reshape', ['patches', 'flat'], ['list']),
      node('Transpose', ['list'], ['tokens'], { perm: [0, 2, 1] }),
      node('ReduceMean', ['tokens'], ['all'], { axes: [1], keepdims: 1 }),
      node('Concat', ['all', 'tokens'], ['last_hidden_state'], { axis: 1 }),
    ],
    [integers('flat', [0, 3, 256])],
  );

/** input [N,3,400,400] -> feat_0 .. feat_4: mean colours of squares of five sizes. */
const lpipsFeature = () =>
  graph(
    [floats('input', ['N', 3, 400, 400])],
    [0, 1, 2, 3, 4].map((at) => floats(`feat_${at}`, ['N', 3, 'H', 'W'])),
    [10, 20, 25, 40, 50].map((side, at) =>
      node('AveragePool', ['input'], [`feat_${at}`], { kernel_shape: [side, side], strides: [side, side] }),
    ),
  );

/** feat_x_i, feat_y_i -> output [N,1,1,1]: the sum over layers of the mean absolute difference. */
const lpipsDiff = () =>
  graph(
    ['x', 'y'].flatMap((side) => [0, 1, 2, 3, 4].map((at) => floats(`feat_${side}_${at}`, ['N', 3, `H${at}`, `W${at}`]))),
    [floats('output', ['N', 1, 1, 1])],
    [
      ...[0, 1, 2, 3, 4].flatMap((at) => [
        node('Sub', [`feat_x_${at}`, `feat_y_${at}`], [`apart_${at}`]),
        node('Abs', [`apart_${at}`], [`far_${at}`]),
        node('ReduceMean', [`far_${at}`], [`mean_${at}`], { axes: [1, 2, 3], keepdims: 1 }),
      ]),
      node(
        'Sum',
        [0, 1, 2, 3, 4].map((at) => `mean_${at}`),
        ['output'],
      ),
    ],
  );

/** pixel_values [N,3,S,S] -> the mean colour [N,3] under the given name. */
const vision = (output: string) =>
  graph(
    [floats('pixel_values', ['N', 3, 'H', 'W'])],
    [floats(output, ['N', 3])],
    [node('GlobalAveragePool', ['pixel_values'], ['mean']), node('Flatten', ['mean'], [output], { axis: 1 })],
  );

/** input_ids [N,T] -> the sum of the words' colours [N,3] under the given name. `mask`: wants an attention_mask too, and counts only real tokens. */
const textModel = (output: string, mask: boolean) =>
  graph(
    [
      { name: 'input_ids', type: 'int64', shape: ['N', 'T'] },
      ...(mask ? [{ name: 'attention_mask', type: 'int64' as const, shape: ['N', 'T'] }] : []),
    ],
    [floats(output, ['N', 3])],
    mask
      ? [
          node('Gather', ['words', 'input_ids'], ['each'], { axis: 0 }),
          node('Cast', ['attention_mask'], ['real'], { to: 1 }),
          node('Unsqueeze', ['real'], ['weights'], { axes: [2] }),
          node('Mul', ['each', 'weights'], ['counted']),
          node('ReduceSum', ['counted'], [output], { axes: [1], keepdims: 0 }),
        ]
      : [node('Gather', ['words', 'input_ids'], ['each'], { axis: 0 }), node('ReduceSum', ['each'], [output], { axes: [1], keepdims: 0 })],
    [
      matrix(
        'words',
        WORDS.map(([, colour]) => colour),
      ),
    ],
  );

/** embedding [N,3] -> score [N,1]: ten times its red. */
const head = () =>
  graph(
    [floats('embedding', ['N', 3])],
    [floats('score', ['N', 1])],
    [node('MatMul', ['embedding', 'weights'], ['score'])],
    [matrix('weights', [[10], [0], [0]])],
  );

/** pixel_values -> logits [N,2]: minus and plus twice its red. */
const nsfw = () =>
  graph(
    [floats('pixel_values', ['N', 3, 'H', 'W'])],
    [floats('logits', ['N', 2])],
    [
      node('GlobalAveragePool', ['pixel_values'], ['mean']),
      node('Flatten', ['mean'], ['colour'], { axis: 1 }),
      node('MatMul', ['colour', 'weights'], ['logits']),
    ],
    [
      matrix('weights', [
        [-2, 2],
        [0, 0],
        [0, 0],
      ]),
    ],
  );

/** The words the tiny text model knows, and the colour of each; padding has one that must not be counted. */
const WORDS: [word: string, colour: number[]][] = [
  ['[PAD]', [0, 0, 0]],
  ['[UNK]', [0, 0, 0]],
  ['red', [1, -1, -1]],
  ['blue', [-1, -1, 1]],
  ['photo', [0.1, 0.1, 0.1]],
];

const tokenizer = {
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: [],
  normalizer: { type: 'Lowercase' },
  pre_tokenizer: { type: 'Whitespace' },
  post_processor: null,
  decoder: null,
  model: {
    type: 'WordPiece',
    vocab: Object.fromEntries(WORDS.map(([word], at) => [word, at])),
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
  },
};

/** Writes the files of all models into folders named by model id. */
export function writeTinyModels(dir: string): void {
  const put = (id: string, files: Record<string, Uint8Array | object>) => {
    mkdirSync(join(dir, id), { recursive: true });
    for (const [name, content] of Object.entries(files))
      writeFileSync(join(dir, id, name), content instanceof Uint8Array ? content : JSON.stringify(content));
  };
  const words = { 'tokenizer.json': tokenizer, 'tokenizer_config.json': { tokenizer_class: 'PreTrainedTokenizer', pad_token: '[PAD]' } };
  put('dinov2-small', { 'model.onnx': structure() });
  put('lpips-alex', { 'lpips_feature.onnx': lpipsFeature(), 'lpips_diff.onnx': lpipsDiff() });
  put('siglip2-base', { 'vision_model.onnx': vision('pooler_output'), 'text_model.onnx': textModel('pooler_output', false), ...words });
  put('clip-base', { 'vision_model.onnx': vision('image_embeds'), 'text_model.onnx': textModel('text_embeds', true), ...words });
  put('aesthetic-v2', { 'vision_model.onnx': vision('image_embeds'), 'head.onnx': head() });
  put('nsfw-vit', {
    'model.onnx': nsfw(),
    'config.json': { id2label: { 0: 'sfw', 1: 'nsfw' } },
    'preprocessor_config.json': { size: { width: 32, height: 32 }, image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5], resample: 3 },
  });
}
