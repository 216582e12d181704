/** Everything: installs, builds, checks, tests, ends with one line `N passed, N failed`. `npm test -- --no-e2e` leaves windows out. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureModules, findNode, root, say, seconds } from './bootstrap.mjs';
import { build } from './build.mjs';
import { playwright, runCheck, staticChecks, summary, vitest } from './checks.mjs';
import { findChromium, findElectron, findVirtualDisplay, hasDisplay } from './programs.mjs';

const started = Date.now();
const quick = process.argv.includes('--no-e2e');
ensureModules();
const node = findNode();
await build();
const results = join(root, 'test-results');
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

const checks = [
  ...staticChecks(),
  vitest('fast tests', ['unit', 'page', 'store'], 1_200_000, '100%'),
  vitest('engine', ['engine'], 1_200_000),
  vitest('interop', ['interop'], 1_200_000),
];
const total = { passed: 0, failed: 0 };
for (const check of checks) await count(check);
if (!quick) {
  await endToEnd('e2e desktop', 'desktop', await desktopPrograms());
  await endToEnd('e2e browser', 'web', await browserPrograms());
}
say(`in ${seconds(started)}`);
process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
process.exit(total.failed === 0 ? 0 : 1);

async function count(check) {
  const result = await runCheck(node, check);
  if (result.failed > 0) say(`\n--- ${result.name}\n${result.output.trimEnd()}\n`);
  say(summary(result));
  total.passed += result.passed;
  total.failed += result.failed;
}

async function endToEnd(name, project, programs) {
  if (programs.missing) {
    say(`FAIL ${name}: ${programs.missing}`);
    total.failed += 1;
    return;
  }
  await count(playwright(name, [project], programs.env, programs.wrapper, 1_800_000));
}

async function desktopPrograms() {
  const electron = await findElectron();
  if (!electron) return { missing: 'no Electron binary can be had; set ELECTRON_EXEC_PATH to one.' };
  const env = { ELECTRON_EXEC_PATH: electron, NHR_NODE: node };
  if (hasDisplay()) return { env };
  const xvfb = await findVirtualDisplay();
  if (!xvfb) return { missing: 'no display and no xvfb-run; install xvfb.' };
  return { env, wrapper: [xvfb, '-a', '-s', '-screen 0 1920x1200x24'] };
}

async function browserPrograms() {
  const chromium = await findChromium();
  return chromium ? { env: { CHROMIUM_PATH: chromium, NHR_NODE: node } } : { missing: 'no Chromium can be had; set CHROMIUM_PATH to one.' };
}
