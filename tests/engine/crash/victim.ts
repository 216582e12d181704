/** A process that mines until it is killed: told to go on with whatever an earlier victim left, else to start `seed`. */
import { createEngine } from '../../../src/main/engine/index.ts';
import type { Told } from './killing.ts';

const [workspaceDir, yaml] = process.argv.slice(2) as [string, string];
const quiet = {
  info: () => undefined,
  warn: () => undefined,
  error: (message: string, data?: object) => process.stderr.write(`${message} ${JSON.stringify(data)}\n`),
};
const tell = (told: Told) => process.send?.(told);

const engine = await createEngine({ workspaceDir, create: true, resumeInterrupted: true, log: quiet });
const events = await engine.client.system.events({});
const runs = await engine.client.runs.list();
if (runs.length === 0 || runs.every((run) => run.state === 'ended')) await engine.client.runs.start({ yaml });
tell({ ready: true });
for await (const { event } of events) {
  if (event.type === 'progress') {
    const { runId, attemptsDone, spend, phase, triplets } = event.progress;
    tell({ runId, attemptsDone, calls: spend.calls, usd: spend.usdSettled, phase, triplets });
  }
  if (event.type === 'run' && event.run.state !== 'running') {
    tell({ ended: event.run.id, state: event.run.state, error: event.run.error?.message ?? null });
    break;
  }
}
await engine.close();
process.disconnect?.();
