import { expect, test } from 'vitest';
import type { TensorData } from '../../../src/main/engine/scorers/batches.ts';
import type { FromScorer, ModelRequest, ScorerSetup } from '../../../src/main/engine/scorers/wire.ts';
import { createWork } from '../../../src/main/engine/scorers/work.ts';

const SETUP: ScorerSetup = { providers: ['cuda', 'webgpu', 'cpu'], batch: { cuda: 8, cpu: 1 }, idleMs: 60_000, threads: 1 };

/** A request whose answer is its number. */
const request = (value: number, file = '/m.onnx', width = 1): ModelRequest => ({
  model: { name: 'Model', file },
  inputs: { x: { kind: 'floats', data: new Float32Array(width).fill(value), shape: [width] } },
  outputs: { '*': 'all' },
});

/** Work on a pretend runtime that gives its input back; `fault` may throw before a run or a load. */
function world(fault: { run?(shape: number[], provider: string, runs: number): void; load?(provider: string): void } = {}, setup = SETUP) {
  const told: FromScorer[] = [];
  const runs: { provider: string; shape: number[] }[] = [];
  const released: string[] = [];
  let atOnce = 0;
  const work = createWork({
    setup,
    async load(_model, provider) {
      fault.load?.(provider);
      return {
        inputNames: ['x'],
        outputNames: ['y'],
        async run(feeds: Record<string, TensorData>) {
          const x = feeds.x!;
          expect(++atOnce).toBe(1);
          try {
            await new Promise((resolve) => setImmediate(resolve));
            fault.run?.(x.shape, provider, runs.length);
            runs.push({ provider, shape: x.shape });
            return { y: { ...x, data: x.data.slice() } as TensorData };
          } finally {
            atOnce--;
          }
        },
        release: async () => void released.push(provider),
      };
    },
    tell: (message) => told.push(message),
    memory: () => 1000,
  });
  const answers = () =>
    told.flatMap((message) => (message.type === 'done' ? [[message.id, message.outputs['*']!.data[0], message.provider]] : []));
  return { work, told, runs, released, answers };
}

// Catches: a last batch of another shape (new kernels each time), answers that go to the wrong request, two runs at once.
test('requests of one shape run in batches of one fixed size, the last one padded; others wait their turn', async () => {
  const { work, runs, answers } = world();
  for (let id = 1; id <= 11; id++) work.add(id, request(id * 10));
  work.add(12, request(120, '/m.onnx', 3));
  work.add(13, request(130, '/other.onnx'));
  await work.settled();
  expect(runs.map((run) => run.shape)).toEqual([
    [8, 1],
    [8, 1],
    [8, 3],
    [8, 1],
  ]);
  expect(answers()).toEqual(Array.from({ length: 13 }, (_, at) => [at + 1, (at + 1) * 10, 'cuda']));
});

// Catches: a run that stops for want of memory, one that tries for ever, and a batch that is lost half way down.
test('out of memory halves the batch, then moves the model to cpu; every request is answered once', async () => {
  const { work, runs, released, told, answers } = world({
    run(shape, provider) {
      if (provider === 'cuda') throw new Error(`CUDA failure 2: out of memory (${shape[0]})`);
    },
  });
  for (let id = 1; id <= 5; id++) work.add(id, request(id));
  await work.settled();
  expect(answers()).toEqual([1, 2, 3, 4, 5].map((id) => [id, id, 'cpu']));
  expect(runs.every((run) => run.provider === 'cpu' && run.shape[0] === 1)).toBe(true);
  expect(released).toEqual(['cuda']);
  const notes = told.flatMap((message) => (message.type === 'note' ? [message.text] : []));
  expect(notes).toHaveLength(4);
  expect(notes[0]).toMatch(/batches of 4/);
  expect(notes[3]).toMatch(/runs on cpu/);
});

test('memory that suffices for half a batch is used; cpu out of memory is an error that names the model', async () => {
  const some = world({
    run(shape, provider) {
      if (provider === 'cuda' && shape[0]! > 4) throw new Error('failed to allocate 1 GB');
    },
  });
  for (let id = 1; id <= 9; id++) some.work.add(id, request(id));
  await some.work.settled();
  expect(some.runs.map((run) => run.shape[0])).toEqual([4, 4, 4]);
  expect(some.answers()).toHaveLength(9);

  const none = world({
    run() {
      throw new Error('std::bad_alloc');
    },
  });
  none.work.add(1, request(1));
  none.work.add(2, request(2));
  await none.work.settled();
  expect(none.told.filter((message) => message.type === 'failed')).toEqual([
    { type: 'failed', id: 1, message: 'Model: std::bad_alloc', bytes: 1000 },
    { type: 'failed', id: 2, message: 'Model: std::bad_alloc', bytes: 1000 },
  ]);
});

test('a model that does not load on a provider goes to the next, and says so; one that loads nowhere fails', async () => {
  const next = world({
    load(provider) {
      if (provider !== 'cpu') throw new Error(`${provider} cannot\nmore words`);
    },
  });
  next.work.add(1, request(7));
  await next.work.settled();
  expect(next.answers()).toEqual([[1, 7, 'cpu']]);
  expect(next.told.filter((message) => message.type === 'note').map((message) => message.text)).toEqual([
    'Model does not load on cuda (cuda cannot); it runs on webgpu.',
    'Model does not load on webgpu (webgpu cannot); it runs on cpu.',
  ]);

  const nowhere = world({
    load() {
      throw new Error('no such file');
    },
  });
  nowhere.work.add(1, request(7));
  await nowhere.work.settled();
  expect(nowhere.told.at(-1)).toMatchObject({ type: 'failed', message: 'Model: no such file' });
});

// Catches: a second batch that is failed with the first one, and work for requests nobody waits for.
test('another error fails its own batch alone; a cancelled request is not run', async () => {
  const { work, told, answers } = world(
    {
      run(_shape, _provider, runs) {
        if (runs === 0 && told.length === 0) throw new Error('wrong input');
      },
    },
    { ...SETUP, batch: { cuda: 2 } },
  );
  for (let id = 1; id <= 4; id++) work.add(id, request(id));
  work.cancel(4);
  await work.settled();
  expect(told.filter((message) => message.type === 'failed').map((message) => message.id)).toEqual([1, 2]);
  expect(answers()).toEqual([[3, 3, 'cuda']]);
});

test('a session that nobody uses is let go, and loaded again when it is wanted', async () => {
  const { work, released, answers } = world({}, { ...SETUP, idleMs: 5 });
  work.add(1, request(1));
  await work.settled();
  while (released.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  work.add(2, request(2));
  await work.settled();
  expect(answers()).toHaveLength(2);
});
