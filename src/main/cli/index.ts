/** The command line host: the engine in this very process. Importing this file runs the command. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { appRoot } from '../engine/appRoot.ts';
import type { Log } from '../engine/index.ts';
import { runCli } from './program.ts';
import type { CliWorld, Output } from './world.ts';

/** Time an engine that was closed may still take before the process is ended anyway. */
const LINGER_MS = 3000;

function output(stream: NodeJS.WriteStream): Output {
  const { env } = process;
  const terminal = Boolean(stream.isTTY) && env.TERM !== 'dumb';
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  return {
    write: (text) => void stream.write(text),
    terminal,
    columns: () => stream.columns || 100,
    rows: () => stream.rows || 24,
    colour: terminal && !env.NO_COLOR,
    unicode: process.platform === 'win32' ? Boolean(env.WT_SESSION) : /utf-?8/i.test(locale),
  };
}

/** What the engine says goes to the error stream; its small talk only when asked for. */
function logTo(err: Output): Log {
  const say = (level: string) => (message: string, data?: object) =>
    err.write(`${level}: ${message}${data === undefined ? '' : ` ${JSON.stringify(data)}`}\n`);
  return { info: process.env.NHR_VERBOSE ? say('info') : () => undefined, warn: say('warning'), error: say('error') };
}

/** A line that is not shown while it is typed. Without a terminal, the first line of what is piped in. */
async function readSecret(question: string): Promise<string> {
  const terminal = process.stdin.isTTY === true;
  if (terminal) process.stderr.write(question);
  const lines = createInterface({ input: process.stdin, output: new Writable({ write: (_chunk, _encoding, done) => done() }), terminal });
  try {
    for await (const line of lines) return line;
    return '';
  } finally {
    lines.close();
    if (terminal) process.stderr.write('\n');
  }
}

const root = appRoot();
const err = output(process.stderr);
const world: CliWorld = {
  out: output(process.stdout),
  err,
  env: process.env,
  cwd: process.env.NHR_CWD || process.cwd(),
  version: (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version,
  now: Date.now,
  // Loaded only when a command needs it: help and usage errors answer at once.
  async openEngine(options) {
    const { createEngine } = await import('../engine/index.ts');
    return createEngine({ ...options, log: logTo(err) });
  },
  async serve({ host, port, token, publicOrigin, ...options }) {
    const [{ createEngine }, { startWebHost }] = await Promise.all([import('../engine/index.ts'), import('../web/index.ts')]);
    const engine = await createEngine({ ...options, log: logTo(err) });
    try {
      const web = await startWebHost(engine, { host, port, token, publicOrigin, rendererDir: join(root, 'out', 'renderer') });
      return {
        url: web.url,
        async close() {
          await web.close();
          await engine.close();
        },
      };
    } catch (error) {
      await engine.close();
      throw error;
    }
  },
  onInterrupt(handler) {
    process.on('SIGINT', handler).on('SIGTERM', handler);
    return () => void process.off('SIGINT', handler).off('SIGTERM', handler);
  },
  readInput: readSecret,
  exit: (code) => process.exit(code),
};

// A reader that went away (`nhr runs | head`) is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});
process.exitCode = await runCli(process.argv.slice(2), world);
setTimeout(() => process.exit(), LINGER_MS).unref();
