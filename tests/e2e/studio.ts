import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base } from '@playwright/test';
import { launchDesktop } from '../helpers/desktop.ts';
import { appFolder, type RunningHost } from '../helpers/host.ts';
import { launchWeb } from '../helpers/web.ts';

/** A test's own folder, gone when it ends, with a studio running in it: desktop or browser, by the name of the project. */
export const test = base.extend<{ folder: string; workspaceDir: string; studio: RunningHost }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'nhr-e2e-'));
    await use(folder);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  },
  workspaceDir: async ({ folder }, use) => use(join(folder, 'workspace')),
  studio: async ({ folder, workspaceDir }, use, { project }) => {
    const studio =
      project.name === 'desktop' ? await launchDesktop(workspaceDir, join(folder, 'user data')) : await launchWeb(workspaceDir);
    await use(studio);
    await studio.close();
  },
});
export { expect } from '@playwright/test';

/** The quick demo recipe as it ships. */
export function quickRecipe(): string {
  return readFileSync(join(appFolder, 'resources/recipes/demo-quick.yaml'), 'utf8');
}

/** Kills the engine as a crash would, without a word to it. */
export function killEngine(studio: RunningHost): void {
  const pid = studio.enginePid();
  if (pid === undefined) throw new Error('no engine process is running');
  process.kill(pid, 'SIGKILL');
}
