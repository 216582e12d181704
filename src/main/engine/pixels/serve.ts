import type { MessagePort } from 'node:worker_threads';
import { AppError } from '../../../shared/model/errors.ts';
import { movable, packError, type TaskReply, type TaskRequest, type WorkerMessage } from './wire.ts';

/** Answers the requests of a pool from a table of tasks. A task that throws is answered with its error. */
export function serveTasks(port: MessagePort, tasks: object): void {
  const table = new Map(Object.entries(tasks) as [string, (input: unknown) => Promise<unknown>][]);
  port.on('message', async ({ id, name, input }: TaskRequest) => {
    try {
      const task = table.get(name);
      if (!task) throw new AppError('internal', `The pixel worker knows no task called ${name}.`);
      const { value, transfer } = movable(await task(input), false);
      port.postMessage({ id, output: value } satisfies TaskReply, transfer);
    } catch (error) {
      port.postMessage({ id, error: packError(error) } satisfies TaskReply);
    }
  });
  port.postMessage('ready' satisfies WorkerMessage);
}
