import { hash as digest } from 'node:crypto';
import { AppError, ProviderError } from '../../../shared/model/errors.ts';
import type { Endpoint, Role, RoleBinding, Usage } from '../../../shared/model/provider.ts';
import { settledCost, worstCost } from '../domain/budget.ts';
import type { Blobs, CallStore, Clock, Pixels, Reply, WorkStore } from '../ports.ts';

/** Everything that makes a request what it is; two equal ones are the same purchase. */
export interface LedgerRequest {
  runId: string;
  role: Role;
  endpoint: Endpoint;
  binding: RoleBinding;
  /** Prompt text, blob hashes, sizes, seed: any JSON value, in a fixed order. */
  content: readonly (string | number)[];
  idempotent: boolean;
  unknownCalls: 'hold' | 'askAgain';
}

/** How a reply is kept: as its own text, or as the hash of a stored picture. */
export interface ResultCodec<T, V> {
  store(value: T): Promise<{ result: string; value: V }>;
  load(result: string): Promise<V>;
}

export interface Settled<V> {
  value: V;
  model: string;
  usd: number;
  usage: Usage;
  ms: number;
  /** True when the answer was in the ledger: nothing was asked, nothing paid. */
  reused: boolean;
}

export interface Ledger {
  ask<T, V>(
    request: LedgerRequest,
    send: (signal: AbortSignal) => Promise<Reply<T>>,
    codec: ResultCodec<T, V>,
    signal: AbortSignal,
  ): Promise<Settled<V>>;
}

const NO_USAGE: Usage = { inputTokens: 0, outputTokens: 0, images: 0, gpuSeconds: 0 };

/** After these the server may have done the work and charged for it, although no answer came. */
const MAY_BE_CHARGED = new Set(['timeout', 'aborted', 'network']);

/** First 16 bytes of SHA-256 over the request: its name in the ledger. */
function requestHash(request: Pick<LedgerRequest, 'role' | 'endpoint' | 'binding' | 'content'>): Uint8Array {
  const params = Object.entries(request.binding.params).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify([request.role, request.endpoint.id, request.binding.model, params, request.content]);
  return digest('sha256', text, 'buffer').subarray(0, 16);
}

/**
 * Stands around every question put to a model: a request that was answered before is answered from the books, one that
 * was lost in a crash is held or asked again, and nothing leaves before its row is on disk (DESIGN section 5).
 */
export function createLedger(deps: { calls: CallStore; clock: Clock }): Ledger {
  const inFlight = new Map<string, Promise<Settled<unknown>>>();

  async function buy<T, V>(
    request: LedgerRequest,
    hash: Uint8Array,
    send: (signal: AbortSignal) => Promise<Reply<T>>,
    codec: ResultCodec<T, V>,
    signal: AbortSignal,
  ): Promise<Settled<V>> {
    const { role, endpoint, binding } = request;
    const usdReserved = worstCost(endpoint, role).usd;
    const opened = await deps.calls.open({
      runId: request.runId,
      requestHash: hash,
      role,
      endpoint: endpoint.id,
      model: binding.model,
      usdReserved,
      onUnknown: request.idempotent ? 'release' : request.unknownCalls,
    });
    if ('known' in opened) {
      const { state, result, modelAnswered } = opened.known;
      if (state === 'settled' && result !== null)
        return { value: await codec.load(result), model: modelAnswered, usd: 0, usage: NO_USAGE, ms: 0, reused: true };
      throw new AppError('callUnknown', `A ${role} call was under way when the engine stopped; it may have been charged.`, {
        hint: 'Resume with "ask again" to send it once more.',
      });
    }
    const { id } = opened;
    const started = deps.clock.now();
    let reply: Reply<T>;
    try {
      reply = await withDeadline(send, endpoint.deadlineSeconds, signal);
    } catch (error) {
      const failure = asProviderError(error, signal);
      const ms = deps.clock.now() - started;
      if (!request.idempotent && MAY_BE_CHARGED.has(failure.code)) await deps.calls.lose(id, ms);
      else await deps.calls.fail(id, failure.code, ms);
      throw failure;
    }
    const ms = deps.clock.now() - started;
    const kept = await codec.store(reply.value);
    const usd = settledCost(endpoint.prices, reply.usage);
    await deps.calls.settle(id, {
      modelAnswered: reply.modelAnswered,
      result: kept.result,
      usage: reply.usage,
      usd,
      ms,
      remoteId: reply.remoteId,
    });
    return { value: kept.value, model: reply.modelAnswered, usd, usage: reply.usage, ms, reused: false };
  }

  return {
    async ask<T, V>(
      request: LedgerRequest,
      send: (signal: AbortSignal) => Promise<Reply<T>>,
      codec: ResultCodec<T, V>,
      signal: AbortSignal,
    ) {
      const hash = requestHash(request);
      const key = Buffer.from(hash).toString('latin1');
      const running = inFlight.get(key);
      if (running) {
        const shared = (await running) as Settled<V>;
        return { ...shared, usd: 0, usage: NO_USAGE, ms: 0, reused: true };
      }
      const bought = buy(request, hash, send, codec, signal);
      inFlight.set(key, bought);
      try {
        return await bought;
      } finally {
        inFlight.delete(key);
      }
    },
  };
}

/** Replies that are text. */
export const textCodec: ResultCodec<string, string> = {
  store: async (value) => ({ result: value, value }),
  load: async (result) => result,
};

/** Replies that are pictures: bytes become a blob and an image row before the call is settled. */
export function imageCodec(
  deps: { blobs: Blobs; work: WorkStore; pixels: Pixels },
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
