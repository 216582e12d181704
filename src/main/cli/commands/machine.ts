import type { DoctorLine } from '../../../shared/contract/system.ts';
import type { EngineClient } from '../../../shared/contract.ts';
import { QuietFailure, toCliError, UsageError } from '../errors.ts';
import { type Session, withEngine, withScratchEngine } from '../session.ts';
import { endpointData, endpointLines, faultsOf, inspectEndpoints, profilesToInspect } from './endpointDoctor.ts';

export interface DoctorCommand {
  /** Look at endpoints too: those of the workspace (true), or of a recipe. */
  endpoints: string | boolean;
  /** Run the self-tests, which cost what such calls cost. */
  yes: boolean;
}

/** `nhr doctor`: looks at everything a run needs. A workspace that is not there yet is no fault. */
export async function runDoctor(session: Session, { endpoints, yes }: DoctorCommand): Promise<void> {
  if (yes && endpoints === false) throw new UsageError('--yes says that self-tests may cost something; it belongs to --endpoints.');
  const recipe = typeof endpoints === 'string' ? endpoints : undefined;
  const inspect = async (client: EngineClient) => ({
    checks: await client.system.doctor(),
    found: endpoints === false ? null : await inspectEndpoints(session, client, await profilesToInspect(session, client, recipe), yes),
  });
  const { checks, found } = await withEngine(session, false, inspect).catch(async (error: unknown) => {
    const wire = toCliError(error);
    // A fault of the recipe is not one of the machine.
    if (!wire.code.startsWith('workspace')) throw error;
    const missing = wire.code === 'workspaceMissing';
    const own: DoctorLine = missing
      ? { check: 'workspace', ok: true, message: `none yet at ${session.workspaceDir}`, hint: 'nhr mine makes it.' }
      : { check: 'workspace', ok: false, message: wire.message, hint: wire.details.hint ?? '' };
    const rest = await withScratchEngine(session, inspect);
    return { ...rest, checks: [own, ...rest.checks.filter((line) => line.check !== 'workspace')] };
  });
  const today = new Date(session.world.now()).toISOString().slice(0, 10);
  const ok = checks.every((line) => line.ok) && (found?.states ?? []).every((state) => faultsOf(state, today).length === 0);
  session.result({ ok, checks, ...(found && endpointData(found, yes, today)) }, () => [
    ...checkLines(session, checks),
    ...(found ? ['', ...endpointLines(session, found, yes, today)] : []),
  ]);
  if (!ok) throw new QuietFailure();
}

function checkLines(session: Session, checks: DoctorLine[]): string[] {
  const mark = (good: boolean) => (session.style.unicode ? (good ? '✓' : '✗') : good ? 'ok ' : 'BAD');
  const width = Math.max(0, ...checks.map((line) => line.check.length));
  return checks.flatMap((line) => [
    `${mark(line.ok)} ${line.check.padEnd(width)}  ${line.message}`,
    ...(line.hint === '' ? [] : [`${' '.repeat(width + 4)}${line.hint}`]),
  ]);
}

export interface ServeCommand {
  host: string;
  port: number;
  publicOrigin: string | undefined;
  resumeInterrupted: boolean;
}

/** `nhr serve`: the app in a browser, until Ctrl-C. */
export async function serve(session: Session, options: ServeCommand): Promise<void> {
  const { world, workspaceDir } = session;
  const stopped = Promise.withResolvers<void>();
  let asked = 0;
  const stopListening = world.onInterrupt(() => {
    asked += 1;
    if (asked > 1) world.exit(130);
    session.say('', 'Stopping. Runs can be resumed.');
    stopped.resolve();
  });
  try {
    const host = await world.serve({ ...options, workspaceDir, create: true, token: world.env.NHR_TOKEN || undefined });
    session.result({ url: host.url, workspace: workspaceDir }, () => [
      `NHR Studio is at ${host.url}`,
      `workspace ${workspaceDir}`,
      'The address holds the key to this workspace: share it only with people you trust. Stop with Ctrl-C.',
    ]);
    await stopped.promise;
    await host.close();
  } finally {
    stopListening();
  }
}
