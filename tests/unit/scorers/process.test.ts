import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { gather, part, signature } from '../../../src/main/engine/scorers/batches.ts';
import { createScorerProcess } from '../../../src/main/engine/scorers/child.ts';
import { installCuda } from '../../../src/main/engine/scorers/cudaInstall.ts';
import { encodeModel } from '../../../src/main/engine/scorers/onnx.ts';
import type { ModelRequest, OutputPart } from '../../../src/main/engine/scorers/wire.ts';

const dir = mkdtempSync(join(tmpdir(), 'nhr-process-'));
const scorer = createScorerProcess({
  setup: async () => ({ providers: ['cpu'], batch: { cpu: 2 }, idleMs: 60_000, threads: 1 }),
  maxBytes: 4e9,
  idleMs: 60_000,
  onBadProvider: () => undefined,
});
const SWIFTSHADER = '/usr/lib/chromium/vk_swiftshader_icd.json';
const never = new AbortController().signal;
afterAll(async () => {
  await scorer.close();
  rmSync(dir, { recursive: true });
});

/** y = x + x, in the given precision. */
function twice(type: 'float16' | 'float32'): string {
  const file = join(dir, `${type}.onnx`);
  const value = (name: string) => ({ name, type, shape: ['N', 3] });
  const nodes = [{ op: 'Add', inputs: ['x', 'x'], outputs: ['y'] }];
  writeFileSync(file, encodeModel({ name: 'twice', inputs: [value('x')], outputs: [value('y')], constants: [], nodes }));
  return file;
}

const request = (file: string, values: number[], how: OutputPart = 'all'): ModelRequest => ({
  model: { name: 'Twice', file },
  inputs: { x: { kind: 'floats', data: Float32Array.from(values), shape: [3] } },
  outputs: { y: how },
});

// Catches: models of half precision, which the hub offers most, fed with full precision or read as whole numbers.
test.each(['float32', 'float16'] as const)('the real process runs a model of %s inputs and outputs, in a padded batch', async (type) => {
  const file = twice(type);
  const all = await Promise.all([1, 2, 3].map((value) => scorer.run(request(file, [value, value / 2, -value]), never)));
  expect(all.map(({ outputs }) => [...outputs.y!.data])).toEqual([1, 2, 3].map((value) => [2 * value, value, -2 * value]));
  expect(all[0]!.provider).toBe('cpu');
});

// Catches: a real session on a GPU provider that is set up otherwise than its trial: wrong names, two runs at once, shapes that differ.
test.runIf(existsSync(SWIFTSHADER))(
  'on WebGPU by a software Vulkan the same process gives the same answers, batch after batch',
  async () => {
    const before = { ...process.env };
    // The loader and the driver inside Debian's chromium package.
    Object.assign(process.env, { LD_LIBRARY_PATH: '/usr/lib/chromium', VK_ICD_FILENAMES: SWIFTSHADER, XDG_RUNTIME_DIR: dir });
    const gpu = createScorerProcess({
      setup: async () => ({ providers: ['webgpu', 'cpu'], batch: { webgpu: 4, cpu: 1 }, idleMs: 60_000, threads: 1 }),
      maxBytes: 4e9,
      idleMs: 60_000,
      onBadProvider: () => undefined,
    });
    try {
      const file = twice('float32');
      const values = [1, 2, 3, 4, 5, 6];
      const all = await Promise.all(values.map((value) => gpu.run(request(file, [value, 0, -value]), never)));
      expect(all.map(({ outputs, provider }) => [provider, ...outputs.y!.data])).toEqual(
        values.map((value) => ['webgpu', 2 * value, 0, -2 * value]),
      );
      expect(gpu.state()).toMatchObject({ crashes: 0, notes: [] });
    } finally {
      process.env = before;
      await gpu.close();
    }
  },
  60_000,
);

test('what cannot be run is an error with the name of the model, and the process lives on', async () => {
  const good = twice('float32');
  const broken = join(dir, 'broken.onnx');
  writeFileSync(broken, 'no model');
  await expect(scorer.run(request(broken, [1, 2, 3]), never)).rejects.toMatchObject({
    code: 'scorerFailed',
    message: expect.stringContaining('Twice'),
  });
  const other: ModelRequest = { ...request(good, [1, 2, 3]), outputs: { z: 'all' } };
  await expect(scorer.run(other, never)).rejects.toThrow(/has no output z; its outputs are y/);
  expect([...(await scorer.run(request(good, [0.25, 2, -1], 'bytes'), never)).outputs.y!.data]).toEqual([128, 255, 0]);
  expect(scorer.state()).toMatchObject({ state: 'running', crashes: 0 });
});

// Catches: items that change places or values on their way into a batch and out again.
test('any items come out of a batch as they went in, whatever the padding', () => {
  const items = fc.array(fc.array(fc.float({ noNaN: true }), { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(items, fc.integer({ min: 0, max: 4 }), (lists, padding) => {
      const requests = lists.map((values) => request('/m', values));
      expect(new Set(requests.map(signature)).size).toBe(1);
      const size = lists.length + padding;
      const { x } = gather(requests, size);
      expect(x!.shape).toEqual([size, 3]);
      lists.forEach((values, at) => {
        expect(part(x!, at, size, 'all')).toEqual({ shape: [3], data: Float32Array.from(values) });
      });
    }),
  );
});

test('a picture becomes planes by (value / 255 - mean) / std, in the order asked for; another size is another signature', () => {
  const picture = (order: 'rgb' | 'bgr', width = 1): ModelRequest => ({
    model: { name: 'M', file: '/m' },
    inputs: {
      x: {
        kind: 'picture',
        data: new Uint8Array(width * 3).map((_, at) => [255, 51, 0][at % 3]!),
        width,
        height: 1,
        mean: [0.5, 0, 0.25],
        std: [0.5, 1, 0.5],
        order,
      },
    },
    outputs: { '*': 'all' },
  });
  const near = (values: number[]) => values.map((value) => expect.closeTo(value, 5));
  expect([...gather([picture('rgb')], 1).x!.data]).toEqual(near([1, 0.2, -0.5]));
  expect([...gather([picture('bgr')], 1).x!.data]).toEqual(near([-1, 0.2, 1.5]));
  expect(signature(picture('rgb'))).not.toBe(signature(picture('rgb', 2)));
});

test('CTC: the best class of each step with its probability', () => {
  const output = { type: 'float32' as const, data: Float32Array.of(0.1, 0.7, 0.2, 0.6, 0.3, 0.1), shape: [1, 2, 3] };
  expect(part(output, 0, 1, 'ctc')).toEqual({ shape: [2, 2], data: Float32Array.of(1, 0.7, 0, 0.6) });
  expect(() => part({ ...output, shape: [2, 3] }, 0, 1, 'all')).toThrow(/does not hold 1 items/);
});

// Catches: an installer that fails in silence, one that is run where it cannot work, and a success that left nothing behind.
test("the CUDA provider is installed by the runtime's own script; it counts only when its library is there", async () => {
  const script = join(dir, 'install.cjs');
  const library = join(dir, 'provider.so');
  const said: string[] = [];
  const install = (os = 'linux') =>
    installCuda({ signal: never, onLine: (line) => said.push(line), script, library, platform: { os, arch: 'x64' } });
  writeFileSync(script, "console.log('wanted', process.env.ONNXRUNTIME_NODE_INSTALL);");
  await expect(install()).rejects.toThrow(/was not installed/);
  expect(said).toEqual(['wanted cuda12']);
  writeFileSync(
    script,
    `require('fs').writeFileSync(${JSON.stringify(library)}, ''); console.error('no way to the feed'); process.exit(3)`,
  );
  await expect(install()).rejects.toThrow(/ended with 3/);
  expect(said.at(-1)).toBe('no way to the feed');
  writeFileSync(script, `require('fs').writeFileSync(${JSON.stringify(library)}, '');`);
  await install();
  await expect(install('win32')).rejects.toMatchObject({ code: 'inputInvalid', details: { hint: expect.stringContaining('DirectML') } });
});
