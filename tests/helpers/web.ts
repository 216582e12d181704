import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { appFolder, childrenOf, type RunningHost } from './host.ts';

/** The browser host as `npm start` runs it, with a page of a real Chromium on it. */
export interface WebHostUnderTest extends RunningHost {
  /** The printed address, with its token. */
  url: string;
}

/** Starts the launcher of the browser host and opens its address in the Chromium that CHROMIUM_PATH names. */
export async function launchWeb(workspaceDir: string): Promise<WebHostUnderTest> {
  const executablePath = process.env.CHROMIUM_PATH;
  if (!executablePath) throw new Error('CHROMIUM_PATH must name a Chromium; npm test finds one');
  const launcher = spawn(process.execPath, [join(appFolder, 'scripts/browserHost.mjs'), workspaceDir, '0'], {
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  const url = await printedAddress(launcher);
  const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [], timeout: 30_000 });
  const page = await browser.newPage();
  await page.goto(url);
  return {
    url,
    page,
    enginePid: () => childrenOf(launcher.pid as number, 'out/engine/cli.js'),
    resize: (width, height) => page.setViewportSize({ width, height }),
    async close() {
      await browser.close();
      await ended(launcher);
    },
  };
}

function printedAddress(launcher: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const late = setTimeout(() => {
      launcher.kill('SIGKILL');
      reject(new Error(`no address after 30 s; it said: ${said}`));
    }, 30_000);
    launcher.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const address = /http:\/\/\S+\/\?token=\S+/.exec(said);
      if (!address) return;
      clearTimeout(late);
      resolve(address[0]);
    });
    launcher.once('exit', (code) => {
      clearTimeout(late);
      reject(new Error(`the launcher ended with ${code}; it said: ${said}`));
    });
  });
}

function ended(launcher: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (launcher.exitCode !== null || launcher.signalCode !== null) return resolve();
    const late = setTimeout(() => launcher.kill('SIGKILL'), 10_000);
    launcher.once('exit', () => {
      clearTimeout(late);
      resolve();
    });
    launcher.kill('SIGTERM');
  });
}
