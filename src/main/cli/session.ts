import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { EngineClient } from '../../shared/contract.ts';
import { AppError } from '../../shared/model/errors.ts';
import type { JobView } from '../../shared/model/events.ts';
import { EXIT, errorBlock, QuietFailure, toCliError, UsageError } from './errors.ts';
import { followJob } from './follow.ts';
import type { Style } from './format.ts';
import { createLiveView, jobLine, type LiveView } from './live.ts';
import type { CliEngine, CliWorld, PrintMode } from './world.ts';

/** Options every command has. */
export interface CommonOptions {
  json?: boolean;
  jsonProgress?: boolean;
  workspace?: string;
}

/** One command at work: where it prints, and how. */
export interface Session {
  world: CliWorld;
  mode: PrintMode;
  workspaceDir: string;
  style: Style;
  width: number;
  live: LiveView;
  /** Lines for a person; nothing in the JSON modes. */
  say(...lines: string[]): void;
  /** The result: one JSON document, or the lines. */
  result(data: object, lines: () => string[]): void;
  /** Progress in the JSON lines mode; nothing otherwise. */
  progress(data: object): void;
}

/** Prepares a command's printing. */
function openSession(world: CliWorld, options: CommonOptions): Session {
  const mode: PrintMode = options.jsonProgress ? 'jsonLines' : options.json ? 'json' : 'text';
  const { out } = world;
  const json = (data: object) => out.write(`${JSON.stringify(data)}\n`);
  return {
    world,
    mode,
    workspaceDir: resolve(world.cwd, options.workspace ?? (world.env.NHR_WORKSPACE || 'workspace')),
    style: out,
    width: out.terminal ? Math.max(40, out.columns()) : 200,
    // In the JSON modes the block may still be watched on the other stream.
    live: createLiveView(
      mode === 'text' ? out : { ...world.err, write: world.err.terminal ? world.err.write : () => undefined },
      world.now,
    ),
    say: (...lines) => {
      if (mode === 'text') out.write(lines.map((line) => `${line}\n`).join(''));
    },
    result: (data, lines) => {
      if (mode === 'text')
        out.write(
          lines()
            .map((line) => `${line}\n`)
            .join(''),
        );
      else if (mode === 'json') out.write(`${JSON.stringify(data, null, 2)}\n`);
      else json({ type: 'result', ...data });
    },
    progress: (data) => {
      if (mode === 'jsonLines') json({ type: 'progress', ...data });
    },
  };
}

/** Opens the workspace for the time of `work`, and closes it whatever happens. */
export async function withEngine<T>(
  session: Session,
  create: boolean,
  work: (client: EngineClient, engine: CliEngine) => Promise<T>,
): Promise<T> {
  const engine = await session.world.openEngine({ workspaceDir: session.workspaceDir, create, resumeInterrupted: false });
  try {
    return await work(engine.client, engine);
  } finally {
    await engine.close();
  }
}

/** An engine on a workspace that is thrown away: for work that needs none of its own. */
export async function withScratchEngine<T>(session: Session, work: (client: EngineClient) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'nhr-scratch-'));
  try {
    return await withEngine({ ...session, workspaceDir: join(dir, 'workspace') }, true, work);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Watches a job to its end. Ctrl-C once cancels it, twice ends the process. */
export async function watchJob(session: Session, client: EngineClient, started: JobView): Promise<JobView> {
  const stopListening = onInterrupts(session, 'Cancelling. Press Ctrl-C again to stop at once.', async () => {
    await client.transfer.cancel({ jobId: started.id });
  });
  try {
    const job = await followJob(client, started.id, (view) => {
      session.progress({ job: view });
      if (view.total === 0) return;
      const line = (style: Style, width: number) => jobLine(view, width, style);
      session.live.show({
        key: view.title,
        block: (width) => [line(session.style, width)],
        line: () => line({ colour: false, unicode: false }, 0),
      });
    });
    session.live.end();
    if (job.state === 'cancelled') throw new AppError('conflict', `${job.title}: cancelled, nothing was left half done.`);
    return job;
  } finally {
    stopListening();
  }
}

/** First Ctrl-C: say so and stop gently. Second: end the process; everything stored is safe by design. */
export function onInterrupts(session: Session, sentence: string, gently: () => Promise<void>): () => void {
  let times = 0;
  return session.world.onInterrupt(() => {
    times += 1;
    if (times > 1) return session.world.exit(EXIT.stopped);
    session.live.note(sentence);
    // Whatever is wrong with stopping shows in what is being followed.
    gently().catch(() => undefined);
  });
}

/** Report lines of a job for a person. */
export function reportText(job: JobView, style: Style): string[] {
  const width = Math.max(0, ...job.report.map((line) => line.label.length));
  const mark = (ok: boolean) => (ok ? (style.unicode ? '✓' : 'ok ') : style.unicode ? '✗' : 'BAD');
  return [...job.report.map((line) => `${mark(line.ok)} ${line.label.padEnd(width)}  ${line.value}`), job.message];
}

/** Runs a command and turns whatever it throws into an exit code and one clear block (or one JSON document). */
export async function runCommand(world: CliWorld, options: CommonOptions, work: (session: Session) => Promise<void>): Promise<number> {
  const session = openSession(world, options);
  try {
    await work(session);
    return EXIT.ok;
  } catch (error) {
    session.live.end();
    if (error instanceof QuietFailure) return EXIT.failed;
    const wire = toCliError(error);
    if (session.mode === 'text')
      world.err.write(
        errorBlock(wire, world.err)
          .map((line) => `${line}\n`)
          .join(''),
      );
    else if (session.mode === 'json') world.out.write(`${JSON.stringify({ error: wire }, null, 2)}\n`);
    else world.out.write(`${JSON.stringify({ type: 'error', error: wire })}\n`);
    return error instanceof UsageError ? EXIT.usage : EXIT.failed;
  }
}
