import type { DoctorLine } from '../../../shared/contract/system.ts';
import { QuietFailure, toCliError } from '../errors.ts';
import { type Session, withEngine, withScratchEngine } from '../session.ts';

/** `nhr doctor`: looks at everything a run needs. A workspace that is not there yet is no fault. */
export async function runDoctor(session: Session): Promise<void> {
  const checks = await withEngine(session, false, (client) => client.system.doctor()).catch(async (error: unknown) => {
    const wire = toCliError(error);
    const missing = wire.code === 'workspaceMissing';
    const own: DoctorLine = missing
      ? { check: 'workspace', ok: true, message: `none yet at ${session.workspaceDir}`, hint: 'nhr mine makes it.' }
      : { check: 'workspace', ok: false, message: wire.message, hint: wire.details.hint ?? '' };
    const rest = await withScratchEngine(session, (client) => client.system.doctor());
    return [own, ...rest.filter((line) => line.check !== 'workspace')];
  });
  const ok = checks.every((line) => line.ok);
  const mark = (good: boolean) => (session.style.unicode ? (good ? '✓' : '✗') : good ? 'ok ' : 'BAD');
  const width = Math.max(0, ...checks.map((line) => line.check.length));
  session.result({ ok, checks }, () =>
    checks.flatMap((line) => [
      `${mark(line.ok)} ${line.check.padEnd(width)}  ${line.message}`,
      ...(line.hint === '' ? [] : [`${' '.repeat(width + 4)}${line.hint}`]),
    ]),
  );
  if (!ok) throw new QuietFailure();
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
