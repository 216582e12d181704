import { parentPort } from 'node:worker_threads';
import { serveTasks } from './pixels/serve.ts';
import { pixelTasks } from './pixels/tasks.ts';

const tasks = { ...pixelTasks() };

/** Everything a worker can be asked, by name. */
export type WorkerTasks = typeof tasks;

if (parentPort) serveTasks(parentPort, tasks);
