/** The checks of the project as data: what `npm run check` and `npm test` run. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { capture, commandOf, root, toolEnv } from './bootstrap.mjs';

const resultsDir = join(root, 'test-results');

/** Types, style with import rules, dead code: each counts as one test. */
export function staticChecks() {
  return [
    { name: 'types', args: () => [commandOf('typescript', 'tsc'), '-p', 'tsconfig.json'], limitMs: 120_000 },
    { name: 'types of the page', args: () => [commandOf('typescript', 'tsc'), '-p', 'tsconfig.web.json'], limitMs: 120_000 },
    { name: 'types of e2e', args: () => [commandOf('typescript', 'tsc'), '-p', 'tsconfig.e2e.json'], limitMs: 120_000 },
    { name: 'style and import rules', args: () => [commandOf('@biomejs/biome', 'biome'), 'ci', '--colors=off'], limitMs: 60_000 },
    { name: 'dead code', args: () => [commandOf('knip'), '--no-progress'], limitMs: 120_000 },
  ];
}

/** Vitest's projects of those names as one check, on so many of the cores (all but one, if not said); the report file gives the numbers. */
export function vitest(name, projects, limitMs, workers) {
  const report = join(resultsDir, `${name.replaceAll(' ', '-')}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const own = [...(workers === undefined ? [] : [`--maxWorkers=${workers}`]), ...projects.map((project) => `--project=${project}`)];
  const args = () => [commandOf('vitest'), 'run', '--passWithNoTests', ...reporters, ...own];
  return { name, args, limitMs, count: () => countVitest(report) };
}

/** Playwright's projects of those names as one check, under a virtual display where one is needed. */
export function playwright(name, projects, env, wrapper, limitMs) {
  const report = join(resultsDir, `${name.replaceAll(' ', '-')}.json`);
  const args = () => [
    commandOf('@playwright/test', 'playwright'),
    'test',
    '--reporter=line,json',
    ...projects.map((project) => `--project=${project}`),
  ];
  return { name, args, wrapper, limitMs, env: { ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: report }, count: () => countPlaywright(report) };
}

/**
 * Runs one check with the given Node. Resolves with { name, passed, failed, ms, output }: without a report the check is itself
 * one test; with one, a run that went wrong although no test did counts as one failure more.
 */
export async function runCheck(node, check) {
  const [command, ...before] = [...(check.wrapper ?? []), node];
  const { code, output, ms } = await capture(command, [...before, ...check.args()], {
    env: toolEnv(node, check.env),
    timeoutMs: check.limitMs,
    onOutput: check.onOutput,
  });
  const counted = check.count?.() ?? { passed: code === 0 ? 1 : 0, failed: 0 };
  const failed = counted.failed === 0 && code !== 0 ? 1 : counted.failed;
  return { name: check.name, passed: counted.passed, failed, ms, output };
}

/** One line for people about a finished check. */
export function summary({ name, passed, failed, ms }) {
  const time = `${(ms / 1000).toFixed(1)} s`;
  return `${failed === 0 ? 'ok  ' : 'FAIL'} ${name.padEnd(24)} ${String(passed).padStart(5)} passed ${String(failed).padStart(4)} failed  ${time.padStart(8)}`;
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function countVitest(file) {
  const report = readReport(file);
  if (!report) return { passed: 0, failed: 1 };
  // A file that could not be loaded has no tests to fail.
  const unloadable = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  ).length;
  return { passed: report.numPassedTests, failed: report.numFailedTests + unloadable };
}

function countPlaywright(file) {
  const report = readReport(file);
  if (!report) return { passed: 0, failed: 1 };
  const { expected, unexpected, flaky } = report.stats;
  return { passed: expected + flaky, failed: unexpected + (unexpected === 0 && report.errors.length > 0 ? 1 : 0) };
}
