/**
 * Keeps `nhr serve` alive for `npm start`: browserHost.mjs WORKSPACE PORT. A crashed server is started again on the same port
 * with the same token, so that an open page finds it again, and goes on with the runs it lost. Run by Node 24, which reads
 * the rules of the desktop's supervisor straight from their TypeScript.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { IDLE, supervise } from '../src/main/desktop/supervision.ts';
import { PROTOCOL_VERSION } from '../src/shared/contract/system.ts';
import { ENGINE_FLAGS, fail, root, say } from './bootstrap.mjs';

const [workspace, wantedPort] = process.argv.slice(2);
const token = randomBytes(32).toString('base64url');
let port = wantedPort;
let state = IDLE;
let child;
let timer;

function handle(event) {
  const step = supervise(state, event, Date.now(), PROTOCOL_VERSION);
  const before = state.phase.name;
  state = step.next;
  for (const action of step.actions) perform(action);
  if (before === state.phase.name) return;
  if (state.phase.name === 'waiting') say(`${state.error.message} It is started again.`);
  if (state.phase.name === 'broken') fail(state.error.message, state.error.details.hint);
  if (state.phase.name === 'stopped') process.exit(0);
}

function perform(action) {
  if (action.do === 'timer') {
    clearTimeout(timer);
    if (action.ms !== null) timer = setTimeout(() => handle({ type: 'timer' }), action.ms);
  } else if (action.do === 'spawn') serve(action.resume);
  else if (action.do === 'sendStop') child.kill('SIGTERM');
  else {
    child.kill('SIGKILL');
    child = undefined;
  }
}

function serve(resume) {
  const args = ['serve', '--workspace', workspace, '--port', port, ...(resume ? ['--resume-interrupted'] : [])];
  const started = spawn(process.execPath, [...ENGINE_FLAGS, join(root, 'out/engine/cli.js'), ...args], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, NHR_TOKEN: token },
  });
  child = started;
  started.on('message', (message) => {
    if (started !== child || message.type !== 'hello') return;
    if (port === '0') {
      port = new URL(message.url).port;
      say(`NHR Studio is at\n\n  ${message.url}\n\nOpen the whole address in a browser on this machine. Ctrl-C ends it.`);
    }
    handle({ type: 'hello', protocol: message.protocol });
  });
  started.once('close', (code, signal) => {
    if (started !== child) return;
    // It has said on stderr why it cannot start, and would say the same again.
    const hopeless = !resume && state.phase.name === 'starting' && code !== null;
    if (hopeless) handle({ type: 'failed', error: { code: 'engineDown', message: 'The server could not start.', details: {} } });
    else handle({ type: 'exit', code, signal, lastWords: '' });
  });
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => handle({ type: 'stop' }));
handle({ type: 'start' });
