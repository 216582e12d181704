import { afterEach, expect, it } from 'vitest';
import type { CallContext } from '../../../src/main/engine/ports.ts';
import { type BatchServer, type BatchState, createBatches, parseBatchRemoteId } from '../../../src/main/engine/providers/batch.ts';
import { ProviderError } from '../../../src/shared/model/errors.ts';
import { NO_USAGE } from '../../../src/shared/model/provider.ts';

const RULE = { maxItems: 3, waitSeconds: 0.02, pollSeconds: 0.01, deadlineHours: 1 };
const clock = { now: Date.now, ticks: () => performance.now(), sleep: (ms: number, signal: AbortSignal) => pause(ms, signal) };
const opened: { close(): void }[] = [];
afterEach(() => {
  for (const batches of opened.splice(0)) batches.close();
});

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}

const reply = (value: string) => ({ value, usage: NO_USAGE, modelAnswered: 'm', remoteId: '' });
const missing = new ProviderError('overloaded', 'expired');

/** A server that answers every item after `polls` polls; parts can be changed. */
function server(change: Partial<BatchServer<string, string>> = {}, polls = 2) {
  const taken = new Map<string, { clientKey: string; items: string[]; polls: number }>();
  const log: string[] = [];
  const plain: BatchServer<string, string> = {
    maxBytes: 100,
    async submit({ clientKey, items }) {
      const id = `remote-${taken.size + 1}`;
      taken.set(id, { clientKey, items: items.map(({ item }) => item), polls: 0 });
      log.push(`submit ${id}`);
      return id;
    },
    find: async (clientKey) => [...taken].find(([, batch]) => batch.clientKey === clientKey)?.[0] ?? null,
    async poll(remoteId): Promise<BatchState<string> | null> {
      const batch = taken.get(remoteId);
      if (!batch) return null;
      batch.polls += 1;
      log.push(`poll ${remoteId}`);
      if (batch.polls < polls) return { state: 'running' };
      return { state: 'ended', replies: new Map(batch.items.map((item, i) => [String(i), reply(`answer to ${item}`)])), missing };
    },
  };
  return { taken, log, server: { ...plain, ...change } };
}

function open(one: BatchServer<string, string>, rule = RULE) {
  const batches = createBatches(one, rule, clock);
  opened.push(batches);
  return batches;
}

function call(ids: string[] = [], signal = new AbortController().signal): CallContext {
  return { signal, model: 'm', params: {}, onRemoteId: async (id) => void ids.push(id) };
}

// Catches: batches that are never full, never sent, mixed between models, larger than the server takes, or polled once a call.
it('gathers by group, size and time, and polls once for all', async () => {
  const fake = server();
  const batches = open(fake.server);
  const asked = ['a', 'b', 'c', 'd'].map((item) => batches.ask('one', item, 10, call()));
  const other = batches.ask('two', 'e', 10, call());
  const large = ['f', 'g'].map((item) => batches.ask('three', item, 60, call()));
  const answers = await Promise.all([...asked, other, ...large]);
  expect(answers.map(({ value, batched }) => [value, batched])).toEqual([...'abcdefg'].map((item) => [`answer to ${item}`, true]));
  expect([...fake.taken.values()].map(({ items }) => items.join('')).sort()).toEqual(['abc', 'd', 'e', 'f', 'g']);
  expect(fake.log.filter((line) => line === 'poll remote-1')).toHaveLength(2);
});

// Catches: a batch that leaves before it could be found again after a crash.
it('notes that it waits, the client key before it sends, and the id of the server after', async () => {
  const notes: string[] = [];
  const fake = server();
  const submit = fake.server.submit;
  const batches = open({
    ...fake.server,
    submit(...batch) {
      notes.push('sent');
      return submit(...batch);
    },
  });
  await batches.ask('one', 'a', 10, call(notes));
  const [waits, before, sent, after] = notes;
  expect([before, sent, after]).toEqual([
    expect.stringMatching(/^batch:[^#]+#0$/),
    'sent',
    expect.stringMatching(/^batch:[^#]+#0#remote-1$/),
  ]);
  expect(parseBatchRemoteId(before!)!.clientKey).toBe(parseBatchRemoteId(after!)!.clientKey);
  // A process that died while the batch was being filled has sent nothing, and the next one knows.
  await expect(batches.collect(waits!, call())).rejects.toMatchObject({ unsent: true, final: true });
});

// Catches: paid work that is asked for again after a crash, at whichever moment it came.
it('collects after a restart by the id, or by the client key alone', async () => {
  const fake = server();
  const notes: string[] = [];
  await open(fake.server).ask('one', 'a', 10, call(notes));
  const next = open(fake.server);
  for (const id of notes.slice(1)) expect(await next.collect(id, call())).toMatchObject({ value: 'answer to a', batched: true });
  expect(fake.taken.size).toBe(1);
  expect(await next.collect('batch:nobody#0', call())).toBeNull();
  expect(await next.collect('batch:nobody#0#remote-9', call())).toBeNull();
  expect(await next.collect('req_123', call())).toBeNull();
});

// Catches: a batch sent twice because the answer to the first one was lost on the way.
it('looks for a batch whose submission got no answer', async () => {
  const fake = server();
  const submit = fake.server.submit;
  const lost = open({
    ...fake.server,
    async submit(...batch) {
      await submit(...batch);
      throw new ProviderError('network', 'reset');
    },
  });
  expect((await lost.ask('one', 'a', 10, call())).value).toBe('answer to a');
  const never = open({ ...fake.server, submit: () => Promise.reject(new ProviderError('serverError', 'no')) });
  await expect(never.ask('one', 'b', 10, call())).rejects.toMatchObject({ code: 'serverError' });
  // Through passing trouble, and with one batch for all who wait.
  let times = 0;
  const shaky = open({
    ...fake.server,
    async submit(...batch) {
      times += 1;
      if (times < 4) throw new ProviderError(times % 2 ? 'network' : 'rateLimited', 'later');
      return await submit(...batch);
    },
  });
  const sent = fake.taken.size;
  expect(await Promise.all(['d', 'e'].map((item) => shaky.ask('one', item, 10, call())))).toHaveLength(2);
  expect(fake.taken.size).toBe(sent + 1);
  const unknown = open({
    ...fake.server,
    submit: () => Promise.reject(new ProviderError('serverError', 'no')),
    find: () => Promise.reject(new ProviderError('serverError', 'nor that')),
  });
  await expect(unknown.ask('one', 'c', 10, call())).rejects.toMatchObject({ code: 'network' });
});

// Catches: one bad item that spoils a batch, and an item without an answer that waits for ever.
it('hands out partial batches item by item', async () => {
  const refused = new ProviderError('refused', 'no');
  const replies = new Map<string, ReturnType<typeof reply> | ProviderError>([
    ['0', reply('fine')],
    ['1', refused],
  ]);
  const batches = open({ ...server().server, poll: async () => ({ state: 'ended', replies, missing }) });
  const results = await Promise.allSettled(['a', 'b', 'c'].map((item) => batches.ask('one', item, 10, call())));
  expect(results).toMatchObject([{ value: { value: 'fine' } }, { reason: { code: 'refused' } }, { reason: { code: 'overloaded' } }]);
});

// Catches: paid work given up for a moment's trouble; a wrong key that makes the ledger ask again for what is paid.
it('goes on polling through trouble, and never says that paid work failed', async () => {
  let polls = 0;
  const fake = server();
  const poll = fake.server.poll;
  const shaky = open({
    ...fake.server,
    async poll(...asked) {
      polls += 1;
      if (polls < 4) throw new ProviderError(polls % 2 ? 'network' : 'rateLimited', 'later');
      return await poll(...asked);
    },
  });
  expect((await shaky.ask('one', 'a', 10, call())).value).toBe('answer to a');
  const locked = open({ ...fake.server, poll: () => Promise.reject(new ProviderError('auth', 'key')) });
  await expect(locked.ask('one', 'a', 10, call())).rejects.toMatchObject({ code: 'network', unsent: false });
  const endless = open({ ...fake.server, poll: async () => ({ state: 'running' }) }, { ...RULE, deadlineHours: 0.05 / 3600 });
  await expect(endless.ask('one', 'a', 10, call())).rejects.toMatchObject({ code: 'timeout' });
});

// Catches: a call stopped before its batch left that counts as charged or is sent all the same; a poll that outlives those who wait.
it('lets go of calls that are stopped', async () => {
  const fake = server({}, 1e9);
  const batches = open(fake.server, { ...RULE, waitSeconds: 0.05 });
  const early = new AbortController();
  const [gone, stays] = [batches.ask('one', 'a', 10, call([], early.signal)), new AbortController()];
  const sent = batches.ask('one', 'b', 10, call([], stays.signal));
  early.abort(new ProviderError('aborted', 'stop'));
  await expect(gone).rejects.toMatchObject({ code: 'aborted', unsent: true });
  await expect.poll(() => fake.log.length).toBeGreaterThan(2);
  expect([...fake.taken.values()].map(({ items }) => items)).toEqual([['b']]);
  stays.abort(new ProviderError('timeout', 'late'));
  await expect(sent).rejects.toMatchObject({ code: 'timeout', unsent: false });
  const polls = fake.log.length;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(fake.log.length).toBeLessThanOrEqual(polls + 1);
});
