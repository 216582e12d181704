import { hash as digest } from 'node:crypto';
import { AppError, ProviderError } from '../../../shared/model/errors.ts';
import { type Endpoint, NO_USAGE, type Role, type RoleBinding } from '../../../shared/model/provider.ts';
import { deadlineOf, failureCost, pricesOf, settledCost, worstCost } from '../domain/budget.ts';
import type { Blobs, Bought, CallLine, CallStore, Clock, LedgerRequest, Pixels, Reply, Ways, WorkStore } from '../ports.ts';

/** How a reply is kept: as its own text, or as the hash of a stored picture. */
export interface ResultCodec<T, V> {
  store(value: T): Promise<{ result: string; value: V }>;
  load(result: string): Promise<V>;
}

export interface Ledger {
  ask<T, V>(request: LedgerRequest, ways: Ways<T>, codec: ResultCodec<T, V>, signal: AbortSignal): Promise<Bought<V>>;
}

/** The part of a request that is the same in all calls of a binding, as text; written once, not at every call. */
const bindingTexts = new WeakMap<RoleBinding, string>();

function bindingText(role: Role, endpoint: Endpoint, binding: RoleBinding): string {
  let text = bindingTexts.get(binding);
  if (text === undefined) {
    const sorted = (fields: object) => Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1));
    text = JSON.stringify([role, endpoint.id, binding.model, sorted(binding.params), sorted(binding.bagel ?? {})]);
    bindingTexts.set(binding, text);
  }
  return text;
}

/** First 16 bytes of SHA-256 over the request: its name in the ledger. */
function requestHash(request: Pick<LedgerRequest, 'role' | 'endpoint' | 'binding' | 'content'>): Uint8Array {
  const text = `${bindingText(request.role, request.endpoint, request.binding)}${JSON.stringify(request.content)}`;
  return digest('sha256', text, 'buffer').subarray(0, 16);
}

/**
 * Stands around every question put to a model: a request that was answered before is answered from the books; one that was
 * lost in a crash is picked up where the server still has it, else held or asked again; and nothing leaves before its row is
 * on disk (DESIGN section 5).
 */
export function createLedger(deps: { calls: CallStore; clock: Clock }): Ledger {
  const inFlight = new Map<string, Promise<Bought<unknown>>>();

  async function buy<T, V>(
    request: LedgerRequest,
    hash: Uint8Array,
    ways: Ways<T>,
    codec: ResultCodec<T, V>,
    signal: AbortSignal,
  ): Promise<Bought<V>> {
    const { role, endpoint, binding } = request;
    const call = {
      runId: request.runId,
      requestHash: hash,
      role,
      endpoint: endpoint.id,
      model: binding.model,
      usdReserved: worstCost(endpoint, role, binding.model).usd,
    };
    const policy = request.idempotent ? 'release' : request.unknownCalls;
    // Work that can be picked up is looked for before anything is asked again.
    let opened = await deps.calls.open({ ...call, onUnknown: ways.collect ? 'hold' : policy });
    if ('known' in opened && opened.known.state === 'unknown' && ways.collect) {
      const { id, remoteId } = opened.known;
      const picked = remoteId === '' ? null : await pickUp(id, request, (line) => ways.collect!(remoteId, line), signal);
      if (picked && picked !== 'unsent') return await settle(id, request, picked, codec);
      if (picked === 'unsent' || policy !== 'hold') opened = await deps.calls.open({ ...call, onUnknown: policy });
    }
    if ('known' in opened) {
      const { state, result, modelAnswered } = opened.known;
      if (state === 'settled' && result !== null)
        return { value: await codec.load(result), model: modelAnswered, usd: 0, usage: NO_USAGE, ms: 0, reused: true };
      throw new AppError(
        'callUnknown',
        `A ${role} call got no answer, or was under way when the engine stopped; it may have been charged.`,
        {
          hint: 'Resume with "ask again" to send it once more.',
        },
      );
    }
    const { id } = opened;
    const answered = await underway(id, request, ways.send, signal, false);
    return await settle(id, request, answered as Answered<T>, codec);
  }

  /** Waits for queued work of an earlier process; `unsent` when it never left and its call is closed. */
  async function pickUp<T>(
    id: number,
    request: LedgerRequest,
    wait: (line: CallLine) => Promise<Reply<T> | null>,
    signal: AbortSignal,
  ): Promise<Answered<T> | 'unsent' | null> {
    try {
      return await underway(id, request, wait, signal, true);
    } catch (error) {
      if (error instanceof ProviderError && error.final && error.unsent) return 'unsent';
      throw error;
    }
  }

  /**
   * Waits for an answer; a failure is booked on the call. A call that was only being picked up stays unknown, unless the server says
   * that its work has ended so.
   */
  async function underway<T>(
    id: number,
    request: LedgerRequest,
    wait: (line: CallLine) => Promise<Reply<T> | null>,
    signal: AbortSignal,
    picking: boolean,
  ): Promise<Answered<T> | null> {
    const started = deps.clock.ticks();
    let queued = picking;
    try {
      const onRemoteId = async (remoteId: string) => {
        queued = true;
        if (!picking) await deps.calls.setRemoteId(id, remoteId);
      };
      const reply = await withDeadline((limit) => wait({ signal: limit, onRemoteId }), deadlineOf(request.endpoint), signal);
      return reply && { reply, ms: deps.clock.ticks() - started };
    } catch (error) {
      const failure = asProviderError(error, signal);
      const ms = deps.clock.ticks() - started;
      if (picking && !failure.final) throw failure;
      const lost = (await bookFailure(id, request, failure, ms)) === 'lost';
      // Queued work may still be there to be picked up; anything else that may be paid is for a person to decide.
      throw lost && !queued && request.unknownCalls === 'hold' ? failure.with({ held: true }) : failure;
    }
  }

  async function bookFailure(id: number, request: LedgerRequest, failure: ProviderError, ms: number): Promise<'lost' | 'failed'> {
    const { endpoint, role, binding, idempotent } = request;
    const cost = failureCost(failure, { endpoint, role, model: binding.model, idempotent });
    if (cost === 'unknown') await deps.calls.lose(id, ms);
    else await deps.calls.fail(id, failure.code, ms, cost ?? undefined);
    return cost === 'unknown' ? 'lost' : 'failed';
  }

  async function settle<T, V>(
    id: number,
    request: LedgerRequest,
    { reply, ms }: Answered<T>,
    codec: ResultCodec<T, V>,
  ): Promise<Bought<V>> {
    const { endpoint, binding } = request;
    const { usage, modelAnswered, remoteId, seedHonoured = 'yes', batched = false } = reply;
    const kept = await codec.store(reply.value).catch(async (error: unknown) => {
      if (!(error instanceof AppError) || error.code !== 'inputInvalid') throw error;
      // A picture that does not decode is no result, but it is paid for.
      const failure = new ProviderError('badOutput', `${endpoint.id}: ${error.message}`, { usage, batched, final: true });
      await bookFailure(id, request, failure, ms);
      throw failure;
    });
    const usd = settledCost(pricesOf(endpoint, binding.model), usage, batched);
    await deps.calls.settle(id, { modelAnswered, result: kept.result, usage, usd, ms, remoteId, seedHonoured });
    return { value: kept.value, model: modelAnswered, usd, usage, ms, reused: false };
  }

  return {
    async ask<T, V>(request: LedgerRequest, ways: Ways<T>, codec: ResultCodec<T, V>, signal: AbortSignal) {
      const hash = requestHash(request);
      const key = Buffer.from(hash.buffer, hash.byteOffset, hash.byteLength).toString('latin1');
      const running = inFlight.get(key);
      if (running) {
        const shared = (await running) as Bought<V>;
        return { ...shared, usd: 0, usage: NO_USAGE, ms: 0, reused: true };
      }
      const bought = buy(request, hash, ways, codec, signal);
      inFlight.set(key, bought);
      try {
        return await bought;
      } finally {
        inFlight.delete(key);
      }
    },
  };
}

interface Answered<T> {
  reply: Reply<T>;
  ms: number;
}

/** Replies that are text. */
export const textCodec: ResultCodec<string, string> = {
  store: async (value) => ({ result: value, value }),
  load: async (result) => result,
};

/** Replies that are pictures: bytes become a blob and an image row before the call is settled. */
export function imageCodec(
  deps: { blobs: Blobs; work: Pick<WorkStore, 'addImage' | 'image'>; pixels: Pixels },
  prepare: (bytes: Uint8Array) => Promise<{ bytes: Uint8Array; width: number; height: number; format: string; lossy: boolean }>,
): ResultCodec<Uint8Array, { hash: string; width: number; height: number; format: string; lossy: boolean }> {
  return {
    async store(value) {
      const { bytes, ...facts } = await prepare(value);
      const hash = await deps.blobs.put(bytes, facts.format);
      await deps.work.addImage(hash, facts, bytes.length);
      return { result: hash, value: { hash, ...facts } };
    },
    async load(hash) {
      const image = deps.work.image(hash);
      if (!image) throw new AppError('workspaceCorrupt', `The ledger names picture ${hash}, which has no row.`);
      return image;
    },
  };
}

function asProviderError(error: unknown, signal: AbortSignal): ProviderError {
  if (error instanceof ProviderError) return error;
  if (signal.aborted) return new ProviderError('aborted', 'The call was stopped.');
  if (error instanceof AppError) throw error;
  return new ProviderError('serverError', error instanceof Error ? error.message : String(error));
}

async function withDeadline<T>(send: (signal: AbortSignal) => Promise<T>, seconds: number, signal: AbortSignal): Promise<T> {
  const limit = new AbortController();
  const stop = () => limit.abort(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  const timer = setTimeout(() => limit.abort(new ProviderError('timeout', `No answer within ${seconds} s.`)), seconds * 1000);
  try {
    return await send(limit.signal);
  } catch (error) {
    throw limit.signal.aborted && !signal.aborted ? limit.signal.reason : error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}
