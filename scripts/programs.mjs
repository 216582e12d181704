/** Finds the programs that npm does not bring: Electron's binary, a Chromium, a virtual display. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { capture, commandOf, findNode, root, say, toolEnv } from './bootstrap.mjs';

const electronDir = join(root, 'node_modules/electron');
const failureNote = join(root, 'node_modules/.nhr-electron-failed');
const DOWNLOAD_LIMIT_MS = 60_000;

/** The program of that name on the PATH, or undefined. */
export function onPath(name) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((dir) => join(dir, name))
    .find((file) => existsSync(file));
}

/** True when a window can be shown. */
export function hasDisplay(env = process.env, platform = process.platform) {
  return platform === 'darwin' || platform === 'win32' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

/**
 * Electron's binary: ELECTRON_EXEC_PATH, the one that npm's package downloaded, else one try to download it. A failed try is
 * remembered until the version changes; `insist` tries all the same. Resolves with the path, or undefined.
 */
export async function findElectron({ insist = false } = {}) {
  const given = process.env.ELECTRON_EXEC_PATH;
  if (given) {
    if (existsSync(given)) return given;
    say(`ELECTRON_EXEC_PATH names ${given}, which does not exist.`);
  }
  const { version } = JSON.parse(readFileSync(join(electronDir, 'package.json'), 'utf8'));
  const before = downloaded();
  if (before) return before;
  if (!insist && existsSync(failureNote) && readFileSync(failureNote, 'utf8') === version) return undefined;
  say(`Downloading Electron ${version} (once, ${DOWNLOAD_LIMIT_MS / 1000} s at most) ...`);
  const { code } = await capture(process.execPath, [join(electronDir, 'install.js')], { env: process.env, timeoutMs: DOWNLOAD_LIMIT_MS });
  const after = code === 0 ? downloaded() : undefined;
  if (!after) {
    writeFileSync(failureNote, version);
    say('Electron could not be downloaded here; this is remembered. Try again with: npm start -- --desktop');
  }
  return after;
}

function downloaded() {
  const note = join(electronDir, 'path.txt');
  if (!existsSync(note)) return undefined;
  const program = join(electronDir, 'dist', readFileSync(note, 'utf8').trim());
  return existsSync(program) ? program : undefined;
}

/** A Chromium for tests: CHROMIUM_PATH, the system's, Playwright's own (downloaded if need be), Debian's package as root. */
export async function findChromium() {
  const given = process.env.CHROMIUM_PATH;
  if (given) return existsSync(given) ? given : undefined;
  const system = () => ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].map(onPath).find(Boolean);
  if (system()) return system();
  const node = findNode();
  const ask = "import('@playwright/test').then((p) => console.log(p.chromium.executablePath()))";
  const own = spawnSync(node, ['-e', ask], { cwd: root, encoding: 'utf8', timeout: 20_000 }).stdout?.trim();
  if (own && existsSync(own)) return own;
  say('Downloading a Chromium for the tests ...');
  await capture(node, [commandOf('@playwright/test', 'playwright'), 'install', 'chromium'], { env: toolEnv(node), timeoutMs: 180_000 });
  if (own && existsSync(own)) return own;
  await aptInstall(['chromium']);
  return system();
}

/** `xvfb-run` for tests with windows on Linux without a display; installed as root on Debian when missing. */
export async function findVirtualDisplay() {
  if (!onPath('xvfb-run')) await aptInstall(['xvfb', 'xauth']);
  return onPath('xvfb-run');
}

async function aptInstall(packages) {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !onPath('apt-get')) return;
  say(`Installing ${packages.join(', ')} with apt-get ...`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await capture('apt-get', ['update'], { env, timeoutMs: 120_000 });
  await capture('apt-get', ['install', '-y', '--no-install-recommends', ...packages], { env, timeoutMs: 300_000 });
}
