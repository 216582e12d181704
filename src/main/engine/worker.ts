import { parentPort } from 'node:worker_threads';
import type { Example } from './domain/calibration/fit.ts';
import { fitCalibration } from './domain/calibration/fit.ts';
import { randomFrom } from './domain/random.ts';
import { createCanvas } from './pixels/canvas.ts';
import { serveTasks } from './pixels/serve.ts';
import { pixelTasks } from './pixels/tasks.ts';
import { demoTasks } from './providers/demo/tasks.ts';

/** Seconds of arithmetic that would hold up the engine's own loop. */
const calibrationTasks = {
  fitCalibration: async ({ examples, seed }: { examples: Example[]; seed: number }) => fitCalibration(examples, randomFrom(seed)),
};

const tasks = { ...pixelTasks(), ...demoTasks(createCanvas()), ...calibrationTasks };

/** Everything a worker can be asked, by name. */
export type WorkerTasks = typeof tasks;

if (parentPort) serveTasks(parentPort, tasks);
