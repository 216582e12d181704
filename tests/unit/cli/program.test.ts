import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { overrideRecipe } from '../../../src/main/cli/recipeFile.ts';
import { ExportOptions } from '../../../src/shared/model/export.ts';
import { aJob, aRun, someProgress, stage } from './stage.ts';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'nhr-cli-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

// Catches: a wrong command line that starts work, or ends with a code scripts take for a failed run.
test.each([
  [['mines']],
  [['stats']],
  [['mine', '--budget-attempts', '0']],
  [['mine', '--budget-attempts', '2.5']],
  [['mine', '--budget-usd', 'ten']],
  [['mine', '--seed', '']],
  [['mine', '--nope']],
  [['mine', 'a.yaml', 'b.yaml']],
  [['export']],
  [['export', '--out', 'x', '--format', 'parquet']],
  [['export', '--out', 'x', '--kind', 'sideways']],
  [['export', '--out', 'x', '--min-score', '6']],
  [['export', '--out', 'x', '--split', '90/20']],
  [['import', 'hf', 'x', '--map', 'sauce=before']],
  [['import', 'hf']],
  [['score']],
  [['score', 'a.jsonl', '--imported']],
  [['score', 'a.jsonl', '--validator', 'qwen']],
  [['score', '--imported', '--validator', 'qwen', '--budget-usd', '0']],
  [['upload', 'x']],
  [['edit', 'cat.png']],
  [['edit', 'cat.png', 'Flip it', '--variants', '17']],
  [['edit', 'cat.png', 'Flip it', '--seed', '0']],
  [['serve', '--port', '70000']],
])('%j is a usage error: exit code 2, and nothing was opened', async (argv) => {
  const { run, opened, printed } = stage({ cwd });
  expect(await run(...argv)).toBe(2);
  expect(opened).toEqual([]);
  expect(printed.err).toMatch(/^Error: /);
  expect(printed.out).toBe('');
  const again = stage({ cwd });
  expect(await again.run(...argv, '--json')).toBe(2);
  expect(again.json().error.code).toBe('usage');
});

test('help and version are no errors', async () => {
  for (const flag of ['--help', '--version']) {
    const { run, printed } = stage({ cwd });
    expect(await run(flag)).toBe(0);
    expect(printed.out).not.toBe('');
  }
});

// Catches: JSON mixed with sentences, or an error that is not JSON.
test('--json prints exactly one document, for results and for errors', async () => {
  const good = stage({ cwd, runs: [aRun()] });
  expect(await good.run('runs', '--json')).toBe(0);
  expect(good.json().runs[0].id).toBe('run-a1');
  const bad = stage({ cwd });
  expect(await bad.run('runs', '--json', '--workspace', 'missing')).toBe(1);
  expect(bad.json().error).toMatchObject({ code: 'workspaceMissing', details: { hint: 'nhr mine makes one.' } });
  expect(bad.printed.err).toBe('');
});

// Catches: an error without the place and the way out.
test('an error for a person is one block', async () => {
  const { run, printed } = stage({ cwd });
  expect(await run('runs', '--workspace', 'missing')).toBe(1);
  expect(printed.err).toBe(`Error: There is no workspace here.\n  at    ${join(cwd, 'missing')}\n  hint  nhr mine makes one.\n`);
});

// Catches: the contract's typed error printed as an internal one.
test('an error of the engine keeps its code and details over the wire', async () => {
  const error = Object.assign(new Error('The workspace is newer.'), {
    code: 'APP',
    data: { code: 'workspaceNewer', hint: 'Update the app.' },
  });
  const { run, json } = stage({ cwd, calls: { 'runs.list': () => Promise.reject(error) } });
  expect(await run('runs', '--json')).toBe(1);
  expect(json().error).toEqual({ code: 'workspaceNewer', message: 'The workspace is newer.', details: { hint: 'Update the app.' } });
});

// Catches: work on the wrong run because two ids start alike.
test('a run is named by id, by a unique start of it, or last', async () => {
  const runs = [aRun({ id: 'day-a', createdAt: 1 }), aRun({ id: 'day-b', createdAt: 3 }), aRun({ id: 'night', createdAt: 2 })];
  const hashOf = async (name: string) => {
    const scene = stage({ cwd, runs });
    const code = await scene.run('hash', name, '--json');
    return code === 0 ? scene.json().run : scene.json().error.code;
  };
  expect(await Promise.all(['day-a', 'ni', 'last', 'day', 'x'].map(hashOf))).toEqual(['day-a', 'night', 'day-b', 'conflict', 'noSuchItem']);
});

const ended = aRun();
/** Answers of an engine whose run ends as soon as it is watched. */
const minesAndExports = {
  'runs.start': () => aRun({ state: 'running', end: null }),
  'transfer.startExport': () => aJob({ state: 'running' }),
};

// Catches: options that do not reach the recipe, an export that misses the run, and a dataset written over another.
test('mine runs the recipe with its overrides, exports to a free folder and reports', async () => {
  mkdirSync(join(cwd, 'dataset'));
  writeFileSync(join(cwd, 'dataset', 'old'), '');
  const { run, asked, json, opened, closed } = stage({ cwd, runs: [ended], jobs: [aJob()], calls: minesAndExports });
  expect(await run('mine', '--budget-attempts', '300', '--seed', '9', '--concurrency', '2', '--json')).toBe(0);
  const started = asked.find(([name]) => name === 'runs.start')?.[1] as { yaml: string };
  expect(parse(started.yaml)).toEqual({ name: 'Demo', budget: { attempts: 300 }, seed: 9, concurrency: 2 });
  expect(asked.find(([name]) => name === 'transfer.startExport')?.[1]).toMatchObject({
    format: 'nhr',
    dir: join(cwd, 'dataset-2'),
    filter: { runId: 'run-a1' },
  });
  expect(json()).toMatchObject({ run: { id: 'run-a1' }, datasetHash: 'c0ffee', tripletsByKind: { forward: 12 }, export: { dir: '/set' } });
  expect(opened).toEqual([{ workspaceDir: join(cwd, 'workspace'), create: true, resumeInterrupted: false }]);
  expect(closed()).toBe(1);
});

test('mine for a person ends with the funnel, the money, the hash and what to do next', async () => {
  const { run, printed } = stage({ cwd, runs: [ended], jobs: [aJob()], calls: minesAndExports });
  expect(await run('mine')).toBe(0);
  for (const text of [
    'Demo (demo studio',
    'Images generated',
    '-56.00 %',
    '$1.50',
    '12 forward',
    'c0ffee',
    'nhr check-export /set',
    'npm start',
    'pretend',
  ])
    expect(printed.out).toContain(text);
});

// Catches: hours of mining that end at an occupied folder.
test('an occupied dataset folder is refused before anything starts', async () => {
  writeFileSync(join(cwd, 'taken'), '');
  const { run, opened } = stage({ cwd });
  expect(await run('mine', '--export', 'taken')).toBe(1);
  expect(opened).toEqual([]);
});

// Catches: a second run started where the user meant to go on.
test('mine points to a run of the same recipe that waits, unless told otherwise', async () => {
  const waiting = aRun({ state: 'interrupted', end: null, attemptsDone: 800 });
  const calls = { ...minesAndExports, 'runs.recipe': () => ({ yaml: 'name: Demo\n', budget: {} }) };
  const first = stage({ cwd, runs: [waiting], calls });
  expect(await first.run('mine')).toBe(1);
  expect(first.printed.err).toMatch(/interrupted after 800 attempts[\s\S]*nhr resume run-a1[\s\S]*--fresh/);
  const fresh = stage({ cwd, runs: [waiting], calls });
  await fresh.run('mine', '--fresh');
  expect(fresh.asked.map(([name]) => name)).toContain('runs.start');
});

// Catches: faults of a recipe without file, line and field.
test('a bad recipe is explained and not started', async () => {
  writeFileSync(join(cwd, 'my.yaml'), 'name: 3\n');
  const issues = [
    { path: 'name', message: 'expected text', line: 1 },
    { path: 'endpoints', message: 'none', line: null },
  ];
  const { run, printed, asked } = stage({ cwd, calls: { 'runs.check': () => ({ issues, plan: null }) } });
  expect(await run('mine', 'my.yaml')).toBe(1);
  expect(printed.err).toContain(`${join(cwd, 'my.yaml')}:1  name`);
  expect(printed.err).toContain('endpoints: none');
  expect(asked.find(([name]) => name === 'runs.check')?.[1]).toEqual({ yaml: 'name: 3\n', baseDir: cwd });
  const unknown = stage({ cwd });
  expect(await unknown.run('mine', 'nothing.yaml')).toBe(1);
  expect(unknown.printed.err).toContain('Templates: demo');
});

// Catches: Ctrl-C that kills work in flight, or cannot be pressed twice.
test('Ctrl-C pauses, says how to go on, and a second one ends the process', async () => {
  const runs = [aRun({ state: 'running', end: null })];
  const calls = {
    ...minesAndExports,
    'runs.pause': () => {
      runs[0] = aRun({ state: 'paused', end: null });
      return runs[0];
    },
  };
  const scene = stage({ cwd, runs, calls });
  const work = scene.run('mine', '--fresh');
  while (scene.listening() === 0) await new Promise(setImmediate);
  scene.emit({ type: 'progress', progress: someProgress() });
  scene.interrupt();
  expect(scene.exits()).toEqual([]);
  scene.interrupt();
  expect(scene.exits()).toEqual([130]);
  scene.emit({ type: 'run', run: aRun({ state: 'paused', end: null }) });
  expect(await work).toBe(1);
  expect(scene.asked.filter(([name]) => name === 'runs.pause')).toHaveLength(1);
  expect(scene.asked.map(([name]) => name)).not.toContain('transfer.startExport');
  expect(scene.printed.out).toContain('Pausing');
  expect(scene.printed.out).toContain('nhr resume run-a1');
  expect(scene.listening()).toBe(0);
});

// Catches: a raised budget that silently drops the other limits.
test('resume raises one limit and keeps the others', async () => {
  const { run, asked } = stage({ cwd, runs: [ended], calls: { 'runs.resume': () => aRun({ state: 'running' }) } });
  expect(await run('resume', 'last', '--budget-attempts', '5000', '--ask-again')).toBe(0);
  expect(asked.find(([name]) => name === 'runs.resume')?.[1]).toEqual({
    runId: 'run-a1',
    budget: { usd: 5, attempts: 5000 },
    askAgain: true,
  });
});

// Catches: progress lines that flood a log file, or a block drawn into one.
test('progress: drawn over in a terminal, now and then a line elsewhere, JSON lines on request', async () => {
  const watch = async (terminal: boolean, ...flags: string[]) => {
    const runs = [aRun({ state: 'running', end: null })];
    const scene = stage({
      cwd,
      runs,
      terminal,
      calls: { ...minesAndExports, 'transfer.startExport': () => aJob({ state: 'running' }) },
      jobs: [aJob()],
    });
    const work = scene.run('mine', '--fresh', '--no-export', ...flags);
    while (scene.listening() === 0) await new Promise(setImmediate);
    for (let done = 0; done < 50; done++) scene.emit({ type: 'progress', progress: someProgress({ done }) });
    runs[0] = ended;
    scene.emit({ type: 'run', run: ended });
    expect(await work).toBe(0);
    return scene.printed.out;
  };
  const esc = String.fromCharCode(27);
  const drawn = await watch(true);
  expect(drawn).toContain(`${esc}[5A${esc}[J`);
  expect(drawn).toContain('49/2,000');
  const lines = await watch(false);
  expect(lines).not.toContain(esc);
  expect(lines.match(/^attempts /gm)?.length).toBeLessThanOrEqual(4);
  const json = (await watch(false, '--json-progress'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(json.map((line) => line.type)).toEqual([...Array.from({ length: 50 }, () => 'progress'), 'result']);
});

// Catches: a faulty dataset that ends with exit code 0, or a check that needs a workspace.
test('check-export fails with its faults, and leaves no workspace behind', async () => {
  const faulty = aJob({
    kind: 'check',
    state: 'failed',
    report: [{ label: 'a.jpg', value: 'broken', ok: false }],
    message: '1 fault found.',
  });
  const { run, json, opened } = stage({ cwd, jobs: [faulty], calls: { 'transfer.startCheck': () => aJob({ state: 'running' }) } });
  expect(await run('check-export', 'set', '--json')).toBe(1);
  expect(json()).toMatchObject({ ok: false, dir: join(cwd, 'set'), report: [{ value: 'broken' }] });
  expect(opened[0]?.workspaceDir.startsWith(tmpdir())).toBe(true);
});

// Catches: a judge or a budget that is named and not passed on, a stop at the budget that ends with exit code 0 or without its numbers.
test('score --imported passes judges and budget on, and tells how far it came when the budget ends it', async () => {
  const report = [{ label: 'Still waiting', value: '7', ok: false }];
  const stopped = aJob({
    kind: 'score',
    state: 'failed',
    report,
    message: '3 of 3 imported triplets passed, 0 dropped. Stopped: no room.',
  });
  const { run, json, asked } = stage({ cwd, jobs: [stopped], calls: { 'transfer.startScoreImported': () => aJob({ state: 'running' }) } });
  const judges = ['--soft-judge', 'qwen', '--validator', 'gemini', '--budget-usd', '2.5', '--ask-again'];
  expect(await run('score', '--imported', ...judges, '--json')).toBe(1);
  expect(asked.find(([name]) => name === 'transfer.startScoreImported')?.[1]).toEqual({
    profile: 'balanced',
    judges: { softJudge: 'qwen', validator: 'gemini', checks: false },
    budgetUsd: 2.5,
    askAgain: true,
  });
  expect(json()).toMatchObject({ message: stopped.message, report });
});

/** An engine that exports and reads back. */
const exportsAndChecks = {
  'transfer.startExport': () => aJob({ state: 'running' }),
  'transfer.startCheck': () => aJob({ state: 'running', kind: 'check' }),
};

test('export passes its filter and licence on, and reads back what was written', async () => {
  const { run, asked } = stage({ cwd, runs: [ended], jobs: [aJob()], calls: exportsAndChecks });
  expect(
    await run(
      'export',
      '--out',
      'set',
      '--run',
      'last',
      '--kind',
      'forward',
      'inverse',
      '--min-score',
      '4.8',
      '--accepted',
      '--license',
      'cc0-1.0',
    ),
  ).toBe(0);
  expect(asked.find(([name]) => name === 'transfer.startExport')?.[1]).toMatchObject({
    format: 'nhr',
    dir: join(cwd, 'set'),
    filter: { runId: 'run-a1', kinds: ['forward', 'inverse'], minGeometric: 4.8, decision: 'accept' },
    license: 'cc0-1.0',
  });
  expect(asked.find(([name]) => name === 'transfer.startCheck')?.[1]).toEqual({ dir: '/set' });
});

// Catches: a broken export that ends with success.
test('an export that does not read back fails', async () => {
  const jobs = [
    aJob(),
    aJob({ id: 'job-2', kind: 'check', state: 'failed', report: [{ label: 'Checksums', value: '1 fault', ok: false }] }),
  ];
  const calls = { ...exportsAndChecks, 'transfer.startCheck': () => aJob({ id: 'job-2', kind: 'check', state: 'running' }) };
  const { run, json } = stage({ cwd, runs: [ended], jobs, calls });
  expect(await run('export', '--out', 'set', '--json')).toBe(1);
  expect(json().check).toMatchObject({ ok: false });
});

// Catches: a flag that is taken and does nothing, and a default of the command line that differs from the app's.
test('export takes every option to the engine; what is not given keeps its default there', async () => {
  const exported = async (...flags: string[]) => {
    const { run, asked } = stage({ cwd, runs: [ended], jobs: [aJob()], calls: exportsAndChecks });
    expect(await run('export', '--out', 'set', ...flags)).toBe(0);
    return ExportOptions.parse(asked.find(([name]) => name === 'transfer.startExport')?.[1]);
  };
  expect(await exported()).toEqual(ExportOptions.parse({}));
  const flags = '--format hf-parquet --seed 5 --no-shuffle --split 90/6/4 --cap 100 --dedupe pictures --pictures webp --quality 80';
  const more = '--no-paraphrases --no-scores --no-provenance --columns ip2p --fields x2edit --shard-mb 200 --data-root /data --margin 1';
  const rest = ['--per-group', '5', '--ties', '--no-check', '--cap-category', 'Add object=7', '--cap-category', 'a=b=0'];
  expect(await exported(...`${flags} ${more}`.split(' '), ...rest)).toMatchObject({
    seed: 5,
    shuffle: false,
    splits: { train: 0.9, validation: 0.06, test: 0.04 },
    caps: { every: 100, categories: { 'Add object': 7, 'a=b': 0 } },
    dedupe: 'pictures',
    pictures: { format: 'webp', quality: 80 },
    paraphrases: false,
    scores: false,
    provenance: false,
    columns: 'ip2p',
    fields: 'x2edit',
    shardBytes: 200_000_000,
    dataRoot: '/data',
    preference: { margin: 1, perGroup: 5, ties: true },
  });
});

test('import hands format, path and columns on, and names what was bad', async () => {
  const done = aJob({
    kind: 'import',
    target: '',
    message: '2 pairs of 3 rows imported.',
    report: [{ label: 'a.jsonl:3', value: 'truncated', ok: false }],
  });
  const { run, asked, printed } = stage({ cwd, jobs: [done], calls: { 'transfer.startImport': () => ({ ...done, state: 'running' }) } });
  expect(await run('import', 'hf', 'data', '--map', 'source=before, edited=after')).toBe(0);
  expect(asked.find(([name]) => name === 'transfer.startImport')?.[1]).toEqual({
    format: 'hf',
    path: join(cwd, 'data'),
    columns: { source: 'before', edited: 'after' },
  });
  expect(printed.out).toMatch(/BAD a.jsonl:3 {2}truncated[\s\S]*2 pairs of 3 rows/);
});

// Catches: a first look at the machine that calls a missing workspace a fault, or makes one.
test('doctor without a workspace is fine and makes none', async () => {
  const checks = [
    { check: 'workspace', ok: true, message: 'scratch', hint: '' },
    { check: 'disk', ok: true, message: '9 GiB free', hint: '' },
  ];
  const { run, json, opened } = stage({ cwd, calls: { 'system.doctor': () => checks } });
  expect(await run('doctor', '--workspace', 'missing', '--json')).toBe(0);
  expect(json().checks.map((line: { message: string }) => line.message)).toEqual([`none yet at ${join(cwd, 'missing')}`, '9 GiB free']);
  expect(opened[0]).toMatchObject({ create: false });
});

// Catches: comments lost from a recipe, or an override put beside the field instead of into it.
test('overrides keep the rest of the text', () => {
  const yaml = '# mine\nname: A # yes\nbudget:\n  usd: 5\nseed: 1\n';
  expect(overrideRecipe(yaml, { budget: {} })).toBe(yaml);
  const changed = overrideRecipe(yaml, { budget: { attempts: 7 }, seed: 2 });
  expect(changed).toContain('# mine\nname: A # yes');
  expect(parse(changed)).toEqual({ name: 'A', budget: { usd: 5, attempts: 7 }, seed: 2 });
  expect(parse(overrideRecipe('name: A\nbudget:\n', { budget: { usd: 1 } }))).toEqual({ name: 'A', budget: { usd: 1 } });
  for (const broken of ['a: [', 'just words', 'budget: 5']) expect(overrideRecipe(broken, { budget: { usd: 1 } })).toBe(broken);
});
