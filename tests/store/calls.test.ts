import { expect, it } from 'vitest';
import type { Workspace } from '../../src/main/engine/store/index.ts';
import { NO_USAGE } from '../../src/shared/model/provider.ts';
import { aCall, aFolder, aRun, open } from './world.ts';

const usage = { ...NO_USAGE, inputTokens: 10, outputTokens: 2, gpuSeconds: 0.5 };
const answer = { modelAnswered: 'm', result: 'yes', usage, usd: 0.2, ms: 30, remoteId: '', seedHonoured: 'unknown' as const };

async function aWorkspace(): Promise<Workspace> {
  const workspace = open(aFolder());
  await workspace.runs.create(aRun('r1'));
  return workspace;
}

/** Opens a row and gives its id. */
async function opened(workspace: Workspace, change: Parameters<typeof aCall>[0] = {}): Promise<number> {
  const found = await workspace.calls.open(aCall(change));
  if (!('id' in found)) throw new Error('known already');
  return found.id;
}

const sums = (workspace: Workspace, names: string[]) => names.map((name) => workspace.runs.counters('r1').get(name) ?? 0);

it('answers a settled request from the books, from any run', async () => {
  const workspace = await aWorkspace();
  const id = await opened(workspace);
  await workspace.calls.settle(id, answer);
  expect(await workspace.calls.open(aCall({ runId: 'another' }))).toEqual({
    known: { id, state: 'settled', result: 'yes', modelAnswered: 'm', usd: 0.2, remoteId: '' },
  });
  expect(sums(workspace, ['call.settled', 'call.sent', 'usd.settled', 'usd.reserved', 'gpuSeconds', 'apiMs'])).toEqual([
    1, 0, 0.2, 0, 0.5, 30,
  ]);
});

it('keeps the money of a second answer to one request, marks it as a duplicate, and does not take other writes down', async () => {
  const workspace = await aWorkspace();
  const [first, second] = [await opened(workspace), await opened(workspace)];
  const results = await Promise.allSettled([
    workspace.calls.settle(first, answer),
    workspace.calls.settle(second, { ...answer, usd: 0.3 }),
    workspace.runs.count('r1', 'call.retries', 1),
  ]);
  expect(results.map((result) => result.status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
  expect(sums(workspace, ['call.settled', 'call.failed', 'call.duplicate', 'usd.settled', 'usd.reserved', 'call.retries'])).toEqual([
    1, 1, 1, 0.5, 0, 1,
  ]);
  expect(workspace.faultyCounters()).toEqual([]);
});

it('holds a lost call until the user lets go of it, with its money apart', async () => {
  const workspace = await aWorkspace();
  const id = await opened(workspace);
  await workspace.calls.lose(id, 5);
  expect(sums(workspace, ['call.unknown', 'usd.unknown', 'usd.reserved'])).toEqual([1, 1, 0]);
  expect(workspace.screens.unknownCalls()).toMatchObject([{ id, role: 'validator', usdReserved: 1 }]);
  expect(await workspace.calls.open(aCall())).toMatchObject({ known: { id, state: 'unknown' } });

  expect(await opened(workspace, { onUnknown: 'release' })).not.toBe(id);
  expect(sums(workspace, ['call.unknown', 'usd.unknown', 'call.failed'])).toEqual([0, 0, 1]);
  expect(workspace.screens.totals().unknownCalls).toBe(0);
});

it('keeps where the answer of a lost call can be picked up, and settles it then', async () => {
  const workspace = await aWorkspace();
  const id = await opened(workspace);
  await workspace.calls.setRemoteId(id, 'job-7');
  await workspace.calls.lose(id, 5);
  expect(await workspace.calls.open(aCall())).toMatchObject({ known: { id, state: 'unknown', remoteId: 'job-7' } });
  await expect(workspace.calls.setRemoteId(id, 'job-8')).rejects.toMatchObject({ code: 'conflict' });
  await workspace.calls.settle(id, { ...answer, remoteId: 'job-7' });
  expect(sums(workspace, ['call.unknown', 'usd.unknown', 'call.settled', 'usd.settled'])).toEqual([0, 0, 1, 0.2]);
  expect(workspace.faultyCounters()).toEqual([]);
});

it('asks again beside a lost call, or lets go of it, as it is told', async () => {
  const workspace = await aWorkspace();
  const lost = await opened(workspace);
  await workspace.calls.lose(lost, 5);
  const again = await opened(workspace, { onUnknown: 'askAgain' });
  expect(sums(workspace, ['call.unknown', 'call.sent'])).toEqual([1, 1]);
  await workspace.calls.fail(again, 'timeout', 9);
  await opened(workspace, { onUnknown: 'release' });
  expect(sums(workspace, ['call.unknown', 'call.sent', 'call.failed', 'usd.unknown', 'usd.reserved'])).toEqual([0, 1, 2, 0, 1]);
});

it('never changes a call that has ended: a second end is a conflict of its own', async () => {
  const workspace = await aWorkspace();
  const id = await opened(workspace);
  await workspace.calls.fail(id, 'timeout', 9);
  await expect(workspace.calls.settle(id, answer)).rejects.toMatchObject({ code: 'conflict' });
  await expect(workspace.calls.fail(id, 'timeout', 9)).rejects.toMatchObject({ code: 'conflict' });
  await expect(workspace.calls.fail(999, 'timeout', 9)).rejects.toMatchObject({ code: 'noSuchItem' });
  expect(sums(workspace, ['call.failed', 'usd.settled', 'apiMs'])).toEqual([1, 0, 9]);
});
