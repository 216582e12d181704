/** A process that mines until it is killed: goes on with what an earlier victim left, else starts a run; with `once` there is never a second run. */
import { createEngine } from '../../../src/main/engine/index.ts';
import type { Told } from './killing.ts';

const [workspaceDir, yaml, once] = process.argv.slice(2) as [string, string, string | undefined];
const quiet = {
  info: () => undefined,
  warn: () => undefined,
  error: (message: string, data?: object) => process.stderr.write(`${message} ${JSON.stringify(data)}\n`),
};
const tell = (told: Told) => process.send?.(told);

const engine = await createEngine({ workspaceDir, create: true, resumeInterrupted: true, log: quiet });
const events = await engine.client.system.events({});
const runs = await engine.client.runs.list();
const idle = runs.every((run) => run.state !== 'running');
if (runs.length === 0 || (once === undefined && runs.every((run) => run.state === 'ended'))) await engine.client.runs.start({ yaml });
tell({ ready: true });
// It came to rest before anybody could listen.
const [over] = once !== undefined && idle ? runs : [];
if (over) tell({ ended: over.id, state: over.state, error: over.error?.message ?? null });
else
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
