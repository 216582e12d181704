/** A process that imports a set until it is done or killed. */
import { createEngine } from '../../../src/main/engine/index.ts';

const [workspaceDir, format, path] = process.argv.slice(2) as [string, string, string];
const quiet = { info: () => undefined, warn: () => undefined, error: (message: string) => process.stderr.write(`${message}\n`) };

const engine = await createEngine({ workspaceDir, create: true, resumeInterrupted: false, log: quiet });
const events = await engine.client.system.events({});
const { id } = await engine.client.transfer.startImport({ format, path });
process.send?.({ ready: true });
for await (const { event } of events) {
  if (event.type !== 'job' || event.job.id !== id) continue;
  if (event.job.state === 'running') {
    process.send?.({ done: event.job.done, total: event.job.total });
    continue;
  }
  process.send?.({ state: event.job.state, message: event.job.message, reportFile: event.job.target });
  break;
}
await engine.close();
process.disconnect?.();
