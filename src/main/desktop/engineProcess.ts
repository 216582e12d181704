import { spawn } from 'node:child_process';
import type { FromEngine } from './messages.ts';
import type { EngineProcess } from './supervisor.ts';

const LAST_WORDS = 2_000;
/** Of Node: keeps the young generation small, as scripts/bootstrap.mjs does for the other hosts and says why. */
export const ENGINE_FLAGS = ['--max-semi-space-size=8'];

export interface EngineCommand {
  command: string;
  args: string[];
  env: Record<string, string | undefined>;
}

/**
 * Starts an engine process with an IPC pipe. `advanced` keeps binary RPC frames whole, which JSON would not; `spawn` because
 * Electron's `fork` makes the child an Electron. Its log goes to this process's stderr; the end of it is kept for the error shown.
 */
export function spawnEngine({ command, args, env }: EngineCommand): EngineProcess {
  const child = spawn(command, args, { env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'], serialization: 'advanced', windowsHide: true });
  let lastWords = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-LAST_WORDS);
    process.stderr.write(text);
  });
  return {
    send(message) {
      // A message to a process that has just died is dropped; its exit is on the way.
      if (child.connected) child.send(message, () => undefined);
    },
    kill: () => void child.kill('SIGKILL'),
    onMessage: (listener) => void child.on('message', (message) => listener(message as FromEngine)),
    onExit(listener) {
      child.once('error', (error) => listener(null, null, error.message));
      child.once('close', (code, signal) => listener(code, signal, lastWords.trim()));
    },
  };
}
