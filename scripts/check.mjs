/** The gate before a commit, in seconds: types, style, import rules, dead code, fast tests. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureModules, findNode, root, say } from './bootstrap.mjs';
import { build } from './build.mjs';
import { runCheck, staticChecks, summary, vitest } from './checks.mjs';

ensureModules();
const node = findNode();
await build(['sprites', 'engine'], { quiet: true });
rmSync(join(root, 'test-results/fast-tests.json'), { force: true });
mkdirSync(join(root, 'test-results'), { recursive: true });

const run = async (check) => {
  const result = await runCheck(node, check);
  if (result.failed > 0) say(`\n--- ${result.name}\n${result.output.trimEnd()}\n`);
  say(summary(result));
  return result;
};
const runInTurn = async (checks) => {
  const results = [];
  for (const check of checks) results.push(await run(check));
  return results;
};
// The static checks follow each other while the tests go on.
const results = (
  await Promise.all([runInTurn([vitest('fast tests', ['unit', 'page', 'store'], 900_000, '100%')]), runInTurn(staticChecks())])
).flat();
const failed = results.filter((result) => result.failed > 0);
say(failed.length === 0 ? 'All checks passed.' : `Not passed: ${failed.map(({ name }) => name).join(', ')}`);
process.exit(failed.length === 0 ? 0 : 1);
