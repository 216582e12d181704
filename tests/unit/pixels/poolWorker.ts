import { parentPort, threadId } from 'node:worker_threads';
import { serveTasks } from '../../../src/main/engine/pixels/serve.ts';
import { AppError, ProviderError } from '../../../src/shared/model/errors.ts';

/** Cells of the shared memory a test and its worker talk through. */
export const STARTED = 0;
export const GO = 1;

serveTasks(parentPort!, {
  where: async () => threadId,
  echo: async (input: unknown) => input,
  size: async ({ bytes }: { bytes: Uint8Array }) => [bytes.byteLength, bytes.buffer.byteLength],
  /** Says that it has started and waits until it is let go. */
  async gate({ cells }: { cells: Int32Array<SharedArrayBuffer> }) {
    Atomics.add(cells, STARTED, 1);
    Atomics.notify(cells, STARTED);
    await Atomics.waitAsync(cells, GO, 0).value;
    return threadId;
  },
  async note({ order, mark }: { order: Int32Array<SharedArrayBuffer>; mark: number }) {
    order[1 + Atomics.add(order, 0, 1)] = mark;
  },
  appError: () => Promise.reject(new AppError('inputInvalid', 'wrong picture', { file: 'a.png', hint: 'another' })),
  providerError: () => Promise.reject(new ProviderError('refused', 'not on photos')),
  plainError: () => Promise.reject(new TypeError('a bug')),
  unsendable: async () => () => undefined,
  exit: async () => process.exit(3),
  throwLater: () =>
    new Promise(() => {
      setImmediate(() => {
        throw new Error('uncaught');
      });
    }),
  spin: async () => {
    for (;;);
  },
});
