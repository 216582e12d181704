import { parentPort } from 'node:worker_threads';
import { createCanvas } from './pixels/canvas.ts';
import { serveTasks } from './pixels/serve.ts';
import { pixelTasks } from './pixels/tasks.ts';
import { demoTasks } from './providers/demo/tasks.ts';

const tasks = { ...pixelTasks(), ...demoTasks(createCanvas()) };

/** Everything a worker can be asked, by name. */
export type WorkerTasks = typeof tasks;

if (parentPort) serveTasks(parentPort, tasks);
