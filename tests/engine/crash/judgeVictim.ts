/** A process that has imported triplets judged until it is done or killed: judgeVictim.ts WORKSPACE ASKAGAIN. */
import { createEngine } from '../../../src/main/engine/index.ts';

const [workspaceDir, askAgain] = process.argv.slice(2) as [string, string];
const quiet = { info: () => undefined, warn: () => undefined, error: (message: string) => process.stderr.write(`${message}\n`) };

const engine = await createEngine({ workspaceDir, create: false, resumeInterrupted: false, log: quiet });
const events = await engine.client.system.events({});
const judges = { softJudge: 'paid', validator: 'paid', checks: false };
const { id } = await engine.client.transfer.startScoreImported({ judges, askAgain: askAgain === 'true' });
for await (const { event } of events) {
  if (event.type !== 'job' || event.job.id !== id || event.job.state === 'running') continue;
  process.send?.(event.job);
  break;
}
await engine.close();
process.disconnect?.();
