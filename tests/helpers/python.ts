import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const VENV_TIMEOUT_MS = 120_000;
const INSTALL_TIMEOUT_MS = 480_000;

/**
 * A Python with exactly these packages (pin them: `numpy==2.2.6`), made once and kept in the user's cache folder, outside
 * the repository. Gives the path of its interpreter; null, with one printed line, when there is no Python or the packages
 * cannot be had. Where CI is set that is an error instead, so that these tests cannot go missing there unseen.
 */
export async function pythonVenv(requirements: string[]): Promise<string | null> {
  const hash = createHash('sha256')
    .update([...requirements].sort().join('\n'))
    .digest('hex')
    .slice(0, 16);
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'nhr-studio-tests');
  const dir = join(cache, `venv-${hash}`);
  if (existsSync(interpreterOf(dir))) return interpreterOf(dir);

  // Built beside and renamed when complete, so that neither a stopped nor a second test run leaves or sees half of one.
  const building = join(cache, `building-${hash}-${process.pid}`);
  try {
    mkdirSync(cache, { recursive: true });
    await run(process.platform === 'win32' ? 'python' : 'python3', ['-m', 'venv', building], { timeout: VENV_TIMEOUT_MS });
    await run(interpreterOf(building), ['-m', 'pip', 'install', '--quiet', '--only-binary=:all:', ...requirements], {
      timeout: INSTALL_TIMEOUT_MS,
    });
    if (!existsSync(dir)) renameSync(building, dir);
    return interpreterOf(dir);
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    const reason = `No Python with ${requirements.join(', ')}: ${(stderr || message).trim().split('\n').at(-1)}`;
    if (process.env.CI) throw new Error(reason);
    console.warn(`skipped: ${reason}`);
    return null;
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
}

function interpreterOf(venv: string): string {
  return process.platform === 'win32' ? join(venv, 'Scripts', 'python.exe') : join(venv, 'bin', 'python');
}
