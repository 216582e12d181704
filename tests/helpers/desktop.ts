import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from '@playwright/test';
import { appFolder, childrenOf, type RunningHost } from './host.ts';

const loader = join(appFolder, 'node_modules/playwright-core/lib/server/electron/loader.js');

/** The desktop app in a real Electron, with the folder of its settings beside its workspace. */
export interface DesktopHost extends RunningHost {
  app: ElectronApplication;
}

/** Starts the built app in the Electron that ELECTRON_EXEC_PATH names. `page` has loaded. */
export async function launchDesktop(workspaceDir: string, userData: string): Promise<DesktopHost> {
  const executablePath = process.env.ELECTRON_EXEC_PATH;
  if (!executablePath) throw new Error('ELECTRON_EXEC_PATH must name an Electron binary; npm test finds one');
  const app = await _electron.launch({
    executablePath,
    // Playwright adds its loader only for an Electron it found itself. Without it the window may be there before Playwright
    // listens, and the launch then hangs now and again. Chromium's sandbox is refused to root, which tests in containers are.
    args: ['-r', loader, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--disable-gpu', appFolder, '--workspace', workspaceDir],
    env: { ...(process.env as Record<string, string>), NHR_USER_DATA: userData, NHR_NODE: process.execPath, NHR_NO_DIALOGS: '1' },
    timeout: 30_000,
  });
  const page = await app.firstWindow();
  await page.waitForLoadState('load');
  return {
    app,
    page,
    enginePid: () => childrenOf(app.process().pid as number, 'out/engine/engine.js'),
    resize: (width, height) =>
      app.evaluate(({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height), {
        width,
        height,
      }),
    close: () => close(app, page),
  };
}

async function close(app: ElectronApplication, page: Page): Promise<void> {
  const child = app.process();
  const late = setTimeout(() => child.kill('SIGKILL'), 15_000);
  if (!page.isClosed()) await app.close();
  clearTimeout(late);
}
