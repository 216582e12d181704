import { ExecutionProvider, type ProviderChoice } from '../../../shared/model/scorers.ts';
import { QuietFailure, UsageError } from '../errors.ts';
import { formatDuration, formatPercent, formatTable } from '../format.ts';
import { reportText, type Session, watchJob, withScratchEngine } from '../session.ts';

/** `nhr gpu` shows where local models run on this machine; `again` tries every provider anew. */
export function showGpu(session: Session, again: boolean): Promise<void> {
  return withScratchEngine(session, async (client) => {
    if (again) session.say('Trying every provider in a process of its own ...');
    const choice = again ? await client.scorers.tryProviders() : await client.scorers.providers();
    session.result(choice, () => gpuLines(session, choice));
  });
}

function gpuLines(session: Session, choice: ProviderChoice): string[] {
  const rows = choice.trials.map((trial) => [
    trial.provider,
    trial.provider === choice.chosen ? 'used' : trial.ok ? (trial.software ? 'software' : 'works') : 'no',
    trial.ms === null ? '' : `${trial.ms.toFixed(1)} ms`,
    trial.share === null ? '' : formatPercent(trial.share, 0),
  ]);
  const reasons = choice.trials.filter((trial) => trial.reason !== '').map((trial) => trial.reason);
  const age = formatDuration(Math.max(0, session.world.now() - choice.triedAt) / 1000);
  return [
    `Local models run on ${choice.chosen}.`,
    '',
    ...formatTable([['provider', 'state', '256 x 256 pair', 'own steps'], ...rows], [2, 3], session.style),
    ...(reasons.length > 0 ? ['', ...reasons] : []),
    '',
    `ONNX Runtime ${choice.runtime}, drivers ${choice.driver}, tried ${age} ago with a known-answer graph. Try again: nhr gpu test`,
  ];
}

/** `nhr gpu install`: fetches the CUDA provider, after saying what that is. */
export function installGpu(session: Session, yes: boolean): Promise<void> {
  return withScratchEngine(session, async (client) => {
    const words = await client.scorers.cudaWords();
    session.say(...words);
    if (!yes) {
      if (session.mode !== 'text') throw new UsageError('Add --yes to install the CUDA provider.');
      const answer = await session.world.readInput('Type yes to go on: ');
      if (answer.trim().toLowerCase() !== 'yes') throw new UsageError('Nothing was installed. Type yes, or add --yes.');
    }
    const job = await watchJob(session, client, await client.scorers.installCuda());
    session.result({ state: job.state, message: job.message }, () => reportText(job, session.style));
    if (job.state !== 'done') throw new QuietFailure();
  });
}

/** `nhr gpu order [LIST]`: shows or sets the order in which providers are tried. */
export function orderProviders(session: Session, list: string | undefined): Promise<void> {
  return withScratchEngine(session, async (client) => {
    const before = await client.scorers.settings();
    const providerOrder = list === undefined ? before.providerOrder : list === 'default' ? [] : list.split(',').map(providerOf);
    const after = list === undefined ? before : await client.scorers.setSettings({ ...before, providerOrder });
    session.result({ providerOrder: after.providerOrder }, () => [
      `Tried in this order: ${after.providerOrder.length === 0 ? "the platform's own" : after.providerOrder.join(', ')}.`,
    ]);
  });
}

function providerOf(name: string): ExecutionProvider {
  const provider = ExecutionProvider.safeParse(name.trim());
  if (provider.success) return provider.data;
  throw new UsageError(`${name.trim()} is no provider. There are ${ExecutionProvider.options.join(', ')}.`);
}
