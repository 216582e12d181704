import type { ModelInput, ModelOutput, ModelRequest, OutputPart } from './wire.ts';

/** A tensor as plain data, with the batch dimension first. */
export interface TensorData {
  type: 'float32' | 'int64' | 'uint8';
  data: Float32Array | BigInt64Array | Uint8Array;
  shape: number[];
}

/** Requests with the same signature can be run in one batch: same model, same inputs, same shapes, same outputs. */
export function signature({ model, inputs, outputs }: ModelRequest): string {
  const shapes = Object.entries(inputs).map(([name, input]) => [name, input.kind, ...shapeOf(input)]);
  return JSON.stringify([model.file, shapes, outputs]);
}

/** Without the batch dimension. */
function shapeOf(input: ModelInput): number[] {
  if (input.kind === 'text') throw new RangeError('a text has no shape before it is made into tokens');
  return input.kind === 'picture' ? [3, input.height, input.width] : input.shape;
}

/**
 * The feeds of one run: `requests` share a signature; the batch is padded to `size` items by repeating the last one, so that
 * the model sees one shape only (another shape means new kernels on a GPU).
 */
export function gather(requests: readonly ModelRequest[], size: number): Record<string, TensorData> {
  const first = requests[0]!;
  const feeds: Record<string, TensorData> = {};
  for (const [name, input] of Object.entries(first.inputs)) {
    const shape = shapeOf(input);
    const each = shape.reduce((product, side) => product * side, 1);
    const items = Array.from({ length: size }, (_, at) => requests[Math.min(at, requests.length - 1)]!.inputs[name]!);
    if (input.kind === 'integers') {
      const data = new BigInt64Array(each * size);
      for (const [at, item] of items.entries()) if (item.kind === 'integers') data.set(item.data.map(BigInt), at * each);
      feeds[name] = { type: 'int64', data, shape: [size, ...shape] };
    } else {
      const data = new Float32Array(each * size);
      for (const [at, item] of items.entries()) fill(item, data.subarray(at * each, (at + 1) * each));
      feeds[name] = { type: 'float32', data, shape: [size, ...shape] };
    }
  }
  return feeds;
}

function fill(input: ModelInput, out: Float32Array): void {
  if (input.kind === 'floats') out.set(input.data);
  if (input.kind !== 'picture') return;
  const { data, mean, std, order } = input;
  const pixels = input.width * input.height;
  if (data.length !== pixels * 3) throw new RangeError(`a picture of ${input.width} x ${input.height} has ${data.length} bytes`);
  for (let plane = 0; plane < 3; plane++) {
    const channel = order === 'bgr' ? 2 - plane : plane;
    const scale = 1 / (255 * std[plane]!);
    const shift = mean[plane]! / std[plane]!;
    for (let p = 0, i = channel, o = plane * pixels; p < pixels; p++, i += 3, o++) out[o] = data[i]! * scale - shift;
  }
}

/** The part of item `at` in an output of a batch. Throws RangeError when the first dimension is not the batch. */
export function part(output: TensorData, at: number, size: number, how: OutputPart): ModelOutput {
  const [batch, ...shape] = output.shape;
  if (batch !== size) throw new RangeError(`an output of shape [${output.shape.join(', ')}] does not hold ${size} items`);
  const each = output.data.length / size;
  const all = Float32Array.from(output.data.subarray(at * each, (at + 1) * each) as Float32Array, Number);
  if (how === 'ctc') return bestClasses(all, shape);
  if (how === 'bytes') return { shape, data: Uint8Array.from(all, (value) => Math.round(Math.min(1, Math.max(0, value)) * 255)) };
  return { shape, data: all };
}

function bestClasses(values: Float32Array, shape: number[]): ModelOutput {
  const [steps, classes] = shape;
  if (shape.length !== 2 || steps === undefined || classes === undefined) throw new RangeError(`[${shape.join(', ')}] is not [T, classes]`);
  const best = new Float32Array(steps * 2);
  for (let t = 0; t < steps; t++) {
    let top = 0;
    for (let c = 1; c < classes; c++) if (values[t * classes + c]! > values[t * classes + top]!) top = c;
    best[t * 2] = top;
    best[t * 2 + 1] = values[t * classes + top]!;
  }
  return { shape: [steps, 2], data: best };
}
