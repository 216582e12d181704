/**
 * What every script starts from: the packages, the right Node, and running things. Built-ins only and plain Node 20, because
 * it runs before anything is installed.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const NODE_MAJOR = 24;
const stampFile = join(root, 'node_modules/.nhr-lock-hash');

/** Prints one line for people; stdout stays free for what a command answers. */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** Ends the script with one sentence and what to do. */
export function fail(sentence, hint) {
  say(`nhr: ${sentence}${hint ? `\n     ${hint}` : ''}`);
  process.exit(1);
}

/** Installs the packages when they are missing or belong to another package-lock.json. */
export function ensureModules() {
  const lock = join(root, 'package-lock.json');
  const wanted = createHash('sha256').update(readFileSync(lock)).digest('hex');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wanted) return;
  // Somebody ran npm by hand since the lock file last changed: npm's own record is the newer of the two.
  const record = join(root, 'node_modules/.package-lock.json');
  const fresh = !existsSync(stampFile) && existsSync(record) && statSync(record).mtimeMs >= statSync(lock).mtimeMs;
  if (!fresh) {
    say('Installing packages with npm ci (about a minute the first time) ...');
    const started = Date.now();
    const npm = process.env.npm_execpath;
    const options = { cwd: root, stdio: ['ignore', 2, 2] };
    const ended = npm?.endsWith('.js')
      ? spawnSync(process.execPath, [npm, 'ci', '--no-audit', '--no-fund'], options)
      : spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { ...options, shell: process.platform === 'win32' });
    if (ended.status !== 0) fail('npm ci did not succeed.', 'See what it printed above; the network or a proxy is the usual reason.');
    say(`Packages installed in ${seconds(started)}.`);
  }
  writeFileSync(stampFile, wanted);
}

/** The path of a Node 24 or newer. Ends the script with what to install when there is none. */
export function findNode() {
  if (process.env.NHR_NODE) return process.env.NHR_NODE;
  if (Number.parseInt(process.versions.node, 10) >= NODE_MAJOR) return process.execPath;
  const [platform, program] = process.platform === 'win32' ? ['win', 'node.exe'] : [process.platform, 'node'];
  const installed = join(root, 'node_modules', `node-${platform}-${process.arch}`, 'bin', program);
  if (existsSync(installed)) return installed;
  return fail(
    `Node ${NODE_MAJOR} is needed, this is ${process.versions.node}, and there is no packaged one for ${process.platform} ${process.arch}.`,
    `Install Node ${NODE_MAJOR} from nodejs.org, or set NHR_NODE to the path of its program.`,
  );
}

/** The script behind a package's command, to be run with a Node of our choice. */
export function commandOf(packageName, command = packageName) {
  // Read as a file: not every package lets its package.json be imported.
  const folder = join(root, 'node_modules', packageName);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return join(folder, typeof bin === 'string' ? bin : bin[command]);
}

/** The environment for tools: our Node first on the PATH, so that what they start is run by it too. */
export function toolEnv(node, more = {}) {
  return { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`, ...more };
}

/**
 * Runs a program to its end and keeps what it prints. After `timeoutMs` it is killed with all that it started.
 * Resolves with { code, output, ms }; code 124 means the time was over.
 */
export function capture(command, args, { env = process.env, timeoutMs, onOutput } = { timeoutMs: 600_000 }) {
  const started = Date.now();
  const group = process.platform !== 'win32';
  const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'], detached: group });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
      onOutput?.(text);
    });
  }
  return new Promise((resolve) => {
    let late = false;
    const end = () => {
      try {
        process.kill(group ? -child.pid : child.pid, 'SIGKILL');
      } catch {}
    };
    const timer = setTimeout(() => {
      late = true;
      end();
    }, timeoutMs);
    process.once('exit', end);
    const done = (code) => {
      clearTimeout(timer);
      process.off('exit', end);
      resolve({
        code: late ? 124 : (code ?? 1),
        output: late ? `${output}\nkilled after ${timeoutMs / 1000} s` : output,
        ms: Date.now() - started,
      });
    };
    child.once('error', (error) => {
      output += error.message;
      done(127);
    });
    child.once('close', done);
  });
}

/**
 * For every process an engine runs in (desktop/engineProcess.ts has the same): a young generation that may grow to 64 MB made an export
 * of ten thousand rows with small pictures take 270 MB, one of 8 MB 190 MB, in the same time.
 */
export const ENGINE_FLAGS = ['--max-semi-space-size=8'];

/** Becomes another program: its terminal is ours, signals are passed on, its end is our end. */
export function become(command, args, env = process.env) {
  const child = spawn(command, args, { stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.once('error', (error) => fail(`${command} could not be started: ${error.message}`));
  child.once('exit', (code, signal) => {
    if (signal) {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    } else process.exit(code ?? 1);
  });
}

export function seconds(started) {
  return `${((Date.now() - started) / 1000).toFixed(1)} s`;
}
