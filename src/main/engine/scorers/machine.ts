/** What local scorers keep for the machine, outside of any workspace: settings, trials, accepted licences, models. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Folder of this machine's scorer data; NHR_SCORERS names another. */
export function machineFolder(env: NodeJS.ProcessEnv): string {
  if (env.NHR_SCORERS) return env.NHR_SCORERS;
  if (process.platform === 'win32') return join(env.LOCALAPPDATA || join(homedir(), 'AppData', 'Local'), 'nhr-studio', 'scorers');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'nhr-studio', 'scorers');
  return join(env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'nhr-studio', 'scorers');
}

/** A JSON file of the folder; undefined when there is none, or when it is damaged (it is then made anew). */
export async function readMachineFile(dir: string, name: string): Promise<unknown> {
  const text = await readFile(join(dir, name), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export async function writeMachineFile(dir: string, name: string, value: unknown): Promise<void> {
  await mkdir(dir, { recursive: true });
  const partial = join(dir, `${name}.${process.pid}.partial`);
  await writeFile(partial, `${JSON.stringify(value, null, 2)}\n`);
  await rename(partial, join(dir, name));
}
