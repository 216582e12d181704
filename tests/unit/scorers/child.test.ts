import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { createScorerProcess, type ScorerProcess, type ScorerProcessOptions } from '../../../src/main/engine/scorers/child.ts';
import type { ModelRequest } from '../../../src/main/engine/scorers/wire.ts';
import type { ExecutionProvider } from '../../../src/shared/model/scorers.ts';

const dir = mkdtempSync(join(tmpdir(), 'nhr-scorer-'));
const open: ScorerProcess[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((scorer) => scorer.close()));
});
afterAll(() => rmSync(dir, { recursive: true }));

function start(change: Partial<ScorerProcessOptions> = {}, provider: ExecutionProvider = 'cpu'): ScorerProcess {
  const scorer = createScorerProcess({
    setup: async () => ({ providers: [provider, 'cpu'], batch: {}, idleMs: 1000, threads: 1 }),
    maxBytes: 1e9,
    idleMs: 60_000,
    onBadProvider: () => undefined,
    module: join(import.meta.dirname, 'pretendScorer.ts'),
    ...change,
  });
  open.push(scorer);
  return scorer;
}

const request = (name: string, file = ''): ModelRequest => ({ model: { name, file }, inputs: {}, outputs: { '*': 'all' } });
const never = new AbortController().signal;
const pidOf = async (scorer: ScorerProcess, name = 'answers') => (await scorer.run(request(name), never)).outputs['*']!.data[0]!;

// Catches: work that is lost with the process, a crash nobody counts.
test('what was under way when the process was lost is asked once more, by a new process', async () => {
  const scorer = start();
  const pid = await pidOf(scorer);
  const [again, beside] = await Promise.all([
    scorer.run(request('dies once', join(dir, 'once')), never),
    scorer.run(request('hangs twin'), never),
  ]);
  expect(again.outputs['*']!.data[0]).not.toBe(pid);
  expect(beside.provider).toBe('cpu');
  expect(scorer.state()).toMatchObject({ state: 'running', crashes: 1, waiting: 0 });
  expect(scorer.state().retried).toBeGreaterThanOrEqual(1);
});

// Catches: a model that kills its process again and again, for ever; and innocent requests that go down with it for good.
test('a request under which the process is lost twice is given up by name; the next one works', async () => {
  const scorer = start();
  await expect(scorer.run(request('dies'), never)).rejects.toThrow(/lost twice while it ran dies \(signal SIGKILL\)/);
  expect(await pidOf(scorer)).toBeGreaterThan(0);
  expect(scorer.state()).toMatchObject({ crashes: 2, failed: 1 });
});

test('a provider under which the process is lost twice in a row is named as bad', async () => {
  const bad: string[] = [];
  const scorer = start({ onBadProvider: (provider, reason) => bad.push(`${provider}: ${reason}`) }, 'webgpu');
  await expect(scorer.run(request('dies'), never)).rejects.toThrow(/lost twice/);
  expect(bad).toEqual([expect.stringMatching(/^webgpu: .*lost on it twice/)]);
});

test('a process that has grown too large is started afresh between requests, and memory is given back on request', async () => {
  const scorer = start();
  const first = await pidOf(scorer, 'large');
  const second = await pidOf(scorer);
  expect(second).not.toBe(first);
  await scorer.freeMemory();
  expect(scorer.state()).toMatchObject({ state: 'idle', bytes: 0, crashes: 0 });
  expect(await pidOf(scorer)).not.toBe(second);
});

test('an aborted request rejects with the reason and leaves the others alone', async () => {
  const scorer = start();
  const stop = new AbortController();
  const hanging = scorer.run(request('hangs'), stop.signal);
  await pidOf(scorer);
  stop.abort(new Error('the run was cancelled'));
  await expect(hanging).rejects.toThrow('the run was cancelled');
  expect(scorer.state().waiting).toBe(0);
});

// Catches: requests that wait for ever for a program that cannot start.
test('a process that does not start fails what waits, and says so; closing refuses the rest', async () => {
  const scorer = start({ module: join(dir, 'nothing.js') });
  await expect(scorer.run(request('answers'), never)).rejects.toThrow(/does not start \(exit code 1\)/);
  expect(scorer.state()).toMatchObject({ state: 'broken', waiting: 0 });
  await scorer.close();
  await expect(scorer.run(request('answers'), never)).rejects.toThrow(/stopped/);
});
