/** `npm run screenshots [-- web|desktop] [--docs]`: pictures of every screen in test-results/screenshots; `--docs` renews docs/images. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureModules, fail, findNode, root, say, toolEnv } from './bootstrap.mjs';
import { build } from './build.mjs';
import { findChromium, findElectron, findVirtualDisplay, hasDisplay } from './programs.mjs';

const wanted = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const options = process.argv.slice(2).filter((word) => word.startsWith('-'));
ensureModules();
const node = findNode();
await build();
const script = join(root, 'tests/e2e/screenshots.ts');
let made = 0;
for (const host of wanted.length > 0 ? wanted : ['web', 'desktop']) await (host === 'desktop' ? desktop() : browser());
if (made === 0) fail('No pictures were made.', 'Name a Chromium in CHROMIUM_PATH or an Electron in ELECTRON_EXEC_PATH.');
say('Pictures are in test-results/screenshots.');

async function browser() {
  const chromium = await findChromium();
  if (chromium) run([node, script, 'web', ...options], { CHROMIUM_PATH: chromium });
  else say('No Chromium can be had; set CHROMIUM_PATH to one.');
}

async function desktop() {
  const electron = await findElectron();
  const wrapper = hasDisplay() ? undefined : await findVirtualDisplay();
  if (!electron || !(hasDisplay() || wrapper)) return say('No Electron with a display can be had; set ELECTRON_EXEC_PATH to one.');
  const start = wrapper ? [wrapper, '-a', '-s', '-screen 0 1920x1200x24'] : [];
  // The documentation shows the page of the browser host, which is the same.
  run([...start, node, script, 'desktop'], { ELECTRON_EXEC_PATH: electron });
}

function run([command, ...args], env) {
  const ended = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: toolEnv(node, env), timeout: 900_000 });
  if (ended.status !== 0) fail(`The pictures could not be made (${ended.signal ?? ended.status}).`);
  made += 1;
}
