import { randomUUID } from 'node:crypto';
import { ProviderError, type ProviderErrorCode } from '../../../shared/model/errors.ts';
import type { Endpoint } from '../../../shared/model/provider.ts';
import type { CallContext, Clock, Reply } from '../ports.ts';

/** What has become of a batch. */
export type BatchState<Value> =
  | { state: 'running' }
  | {
      state: 'ended';
      /** Replies and refusals by the item's own id, in any order; a batch may hold only some of them. */
      replies: Map<string, Reply<Value> | ProviderError>;
      /** What is true of an item that is not among them: expired, lost with the whole batch, ... */
      missing: ProviderError;
    };

/** What a provider that sells batches has to be able to do. Throws ProviderError only. */
export interface BatchServer<Item, Value> {
  /** Most bytes of requests in one batch. */
  readonly maxBytes: number;
  /** Sends a batch that can be found again by its client key; gives the server's id of it. */
  submit(batch: { clientKey: string; group: string; items: { customId: string; item: Item }[] }, signal: AbortSignal): Promise<string>;
  /** The server's id of the batch with this client key; null when the server has none. */
  find(clientKey: string, signal: AbortSignal): Promise<string | null>;
  /** How it stands; null when the server does not know the batch (any more). */
  poll(remoteId: string, signal: AbortSignal): Promise<BatchState<Value> | null>;
}

export interface Batches<Item, Value> {
  /** Puts one request into the next batch of its group (one model and route) and waits for its answer. `bytes` is its size on the wire. */
  ask(group: string, item: Item, bytes: number, ctx: CallContext): Promise<Reply<Value>>;
  /** Waits for an answer that an earlier process asked for; null when the id is of no batch, or the server has no such batch. */
  collect(remoteId: string, ctx: CallContext): Promise<Reply<Value> | null>;
  /** Stops gathering and polling; what was sent can still be collected by the next process. */
  close(): void;
}

interface Waiting<Item, Value> {
  item: Item;
  ctx: CallContext;
  resolve(reply: Reply<Value>): void;
  reject(error: unknown): void;
}

interface Gathering<Item, Value> {
  group: string;
  waiting: Waiting<Item, Value>[];
  bytes: number;
  /** Ends the wait for more items. */
  full: AbortController;
}

type Ended<Value> = Extract<BatchState<Value>, { state: 'ended' }>;

/** After these the server may have taken the batch although no answer came. */
const MAY_HAVE_ARRIVED = new Set<ProviderErrorCode>(['network', 'timeout', 'serverError', 'overloaded', 'badOutput']);
/** Sending a batch and asking how it stands go on after these. */
const PASSING = new Set<ProviderErrorCode>(['network', 'timeout', 'serverError', 'overloaded', 'rateLimited', 'badOutput']);
/** Times a batch is sent, with `pollSeconds` between: ten minutes of trouble by the usual rule. All its calls wait for this one request. */
const SUBMIT_TRIES = 20;
/** Answers of so many ended batches stay in memory, for callers that come one by one after a restart. */
const ENDED_KEPT = 2;

/**
 * The id kept with every call of a batch, durable before the batch is sent (client key) and again after (with the server's id).
 * The key alone is enough to find the batch when the process dies in between.
 */
function batchRemoteId(clientKey: string, customId: string, remoteId = ''): string {
  return `batch:${clientKey}#${customId}${remoteId && `#${remoteId}`}`;
}

/** The id of a call that waits for its batch to fill: a process that dies now has sent nothing. */
const GATHERING = 'batch:gathering';

/** The parts of batchRemoteId; undefined for an id of something else. */
export function parseBatchRemoteId(id: string): { clientKey: string; customId: string; remoteId: string } | undefined {
  const [, clientKey, customId, remoteId = ''] = /^batch:([^#]+)#([^#]+)(?:#(.+))?$/.exec(id) ?? [];
  return clientKey && customId ? { clientKey, customId, remoteId } : undefined;
}

/** Gathers requests into batches, follows each batch with one poll for all who wait, and hands out the answers one by one. */
export function createBatches<Item, Value>(
  server: BatchServer<Item, Value>,
  rule: NonNullable<Endpoint['batch']>,
  clock: Clock,
): Batches<Item, Value> {
  const gathering = new Map<string, Gathering<Item, Value>>();
  const following = new Map<string, { done: Promise<Ended<Value> | null>; stop: AbortController; users: number }>();
  const ended = new Map<string, Ended<Value>>();
  const closing = new AbortController();

  function gather(group: string, bytes: number): Gathering<Item, Value> {
    const open = gathering.get(group);
    if (open && open.bytes + bytes <= server.maxBytes) return open;
    if (open) void send(open);
    const fresh: Gathering<Item, Value> = { group, waiting: [], bytes: 0, full: new AbortController() };
    gathering.set(group, fresh);
    clock.sleep(rule.waitSeconds * 1000, fresh.full.signal).then(
      () => send(fresh),
      () => undefined,
    );
    return fresh;
  }

  async function send(batch: Gathering<Item, Value>): Promise<void> {
    if (gathering.get(batch.group) === batch) gathering.delete(batch.group);
    batch.full.abort();
    const clientKey = randomUUID();
    const named = batch.waiting.splice(0).map((waiting, i) => ({ ...waiting, customId: String(i) }));
    const items = await stillWanted(named, (one) => one.ctx.onRemoteId(batchRemoteId(clientKey, one.customId)));
    if (items.length === 0) return;
    try {
      const remoteId = await submit({ clientKey, group: batch.group, items }, items);
      // From here the batch can be found by its client key as well, so a call whose id could not be written is not lost.
      await Promise.allSettled(items.map((one) => one.ctx.onRemoteId(batchRemoteId(clientKey, one.customId, remoteId))));
      for (const one of items)
        follow(remoteId, one.ctx.signal)
          .then((end) => one.resolve(answer(end, one.customId)), one.reject)
          .catch(one.reject);
    } catch (error) {
      for (const one of items) one.reject(error);
    }
  }

  /** Sends a batch, through passing trouble, but never a second time while the first may have arrived. */
  async function submit(batch: Parameters<typeof server.submit>[0], waiting: Waiting<Item, Value>[]): Promise<string> {
    for (let tried = 1; ; tried++) {
      try {
        return await server.submit(batch, closing.signal);
      } catch (error) {
        if (!isPassing(error)) throw error;
        const found = MAY_HAVE_ARRIVED.has(error.code) ? await findIt(batch.clientKey) : null;
        if (found !== null) return found;
        // Whoever was stopped meanwhile has been told; a batch for nobody is not sent.
        if (tried >= SUBMIT_TRIES || waiting.every(({ ctx }) => ctx.signal.aborted)) throw error;
        await clock.sleep(Math.max(rule.pollSeconds * 1000, error.retryAfterMs ?? 0), closing.signal);
      }
    }
  }

  async function findIt(clientKey: string): Promise<string | null> {
    for (let tried = 1; ; tried++) {
      try {
        return await server.find(clientKey, closing.signal);
      } catch (error) {
        if (tried >= SUBMIT_TRIES || !isPassing(error))
          throw new ProviderError('network', `It is not known whether the batch was taken: ${(error as Error).message}`);
        await clock.sleep(rule.pollSeconds * 1000, closing.signal);
      }
    }
  }

  /** The end of a batch, by one poll for everybody; rejects with the signal's reason. */
  async function follow(remoteId: string, signal: AbortSignal): Promise<Ended<Value> | null> {
    const known = ended.get(remoteId);
    if (known) return known;
    let one = following.get(remoteId);
    if (!one) {
      const stop = new AbortController();
      const done = pollToEnd(remoteId, AbortSignal.any([stop.signal, closing.signal])).finally(() => following.delete(remoteId));
      done.catch(() => undefined);
      one = { done, stop, users: 0 };
      following.set(remoteId, one);
    }
    one.users += 1;
    try {
      return await orAborted(one.done, signal);
    } finally {
      one.users -= 1;
      if (one.users === 0) {
        following.delete(remoteId);
        one.stop.abort(new ProviderError('aborted', 'Nobody waits for the batch any more.'));
      }
    }
  }

  async function pollToEnd(remoteId: string, signal: AbortSignal): Promise<Ended<Value> | null> {
    // Counted in polls, not by the clock: a clock that jumps must not end the wait.
    const polls = Math.ceil((rule.deadlineHours * 3600) / rule.pollSeconds);
    let trouble = '';
    for (let poll = 0; poll <= polls; poll++) {
      try {
        const state = await server.poll(remoteId, signal);
        if (state?.state !== 'running') return state && keep(remoteId, state);
        trouble = '';
      } catch (error) {
        signal.throwIfAborted();
        trouble = error instanceof Error ? error.message : String(error);
        // The work is paid for and can still be collected: never an error that would have it asked for again.
        if (!isPassing(error)) throw new ProviderError('network', `Batch ${remoteId} cannot be followed: ${trouble}`);
      }
      await clock.sleep(rule.pollSeconds * 1000, signal);
    }
    throw new ProviderError(
      'timeout',
      `Batch ${remoteId} did not end within ${rule.deadlineHours} hours.${trouble && ` Last: ${trouble}`}`,
    );
  }

  function keep(remoteId: string, state: Ended<Value>): Ended<Value> {
    ended.set(remoteId, state);
    for (const old of ended.keys()) {
      if (ended.size <= ENDED_KEPT) break;
      ended.delete(old);
    }
    return state;
  }

  return {
    async ask(group, item, bytes, ctx) {
      await ctx.onRemoteId(GATHERING);
      return await new Promise((resolve, reject) => {
        if (ctx.signal.aborted || closing.signal.aborted) return reject(unsent('The call was stopped.'));
        const batch = gather(group, bytes);
        const leave = () => {
          const place = batch.waiting.indexOf(waiting);
          if (place < 0) return reject(ctx.signal.reason);
          batch.waiting.splice(place, 1);
          reject(unsent('The call was stopped.'));
        };
        const told =
          <T>(tell: (value: T) => void) =>
          (value: T) => {
            ctx.signal.removeEventListener('abort', leave);
            tell(value);
          };
        const waiting: Waiting<Item, Value> = { item, ctx, resolve: told(resolve), reject: told(reject) };
        ctx.signal.addEventListener('abort', leave, { once: true });
        batch.waiting.push(waiting);
        batch.bytes += bytes;
        if (batch.waiting.length >= rule.maxItems || batch.bytes >= server.maxBytes) void send(batch);
      });
    },
    async collect(id, ctx) {
      if (id === GATHERING)
        throw new ProviderError('aborted', 'The engine stopped before the batch was sent.', { unsent: true, final: true });
      const parts = parseBatchRemoteId(id);
      if (!parts) return null;
      const remoteId = parts.remoteId || (await server.find(parts.clientKey, ctx.signal));
      if (remoteId === null) return null;
      if (parts.remoteId === '') await ctx.onRemoteId(batchRemoteId(parts.clientKey, parts.customId, remoteId));
      const end = await follow(remoteId, ctx.signal);
      return end && answer(end, parts.customId);
    },
    close() {
      closing.abort(new ProviderError('aborted', 'The engine is stopping.'));
      for (const batch of gathering.values()) {
        batch.full.abort();
        for (const one of batch.waiting.splice(0)) one.reject(unsent('The engine is stopping.'));
      }
      gathering.clear();
    },
  };
}

function isPassing(error: unknown): error is ProviderError {
  return error instanceof ProviderError && PASSING.has(error.code);
}

/** Stopped before its batch left: nothing was asked for. */
function unsent(why: string): ProviderError {
  return new ProviderError('aborted', why, { unsent: true });
}

/** One item's part of an ended batch. Throws its ProviderError: final, unless the batch is gone and with it all that is known. */
function answer<Value>(end: Ended<Value> | null, customId: string): Reply<Value> {
  if (end === null) throw new ProviderError('serverError', 'The server has lost the batch.');
  const found = end.replies.get(customId) ?? end.missing;
  if (!(found instanceof ProviderError)) return { ...found, batched: true };
  throw found.with({ batched: true, final: true });
}

/** Those whose `note` is written and who have not left meanwhile; the others are told. */
async function stillWanted<Item, Value, W extends Waiting<Item, Value>>(all: W[], note: (one: W) => Promise<void>): Promise<W[]> {
  const noted = await Promise.allSettled(all.map(note));
  return all.filter((one, i) => {
    const result = noted[i]!;
    if (result.status === 'rejected') one.reject(result.reason);
    return result.status === 'fulfilled' && !one.ctx.signal.aborted;
  });
}

function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
