import { type ClientLink, createORPCClient } from '@orpc/client';
import type { EngineClient } from '../../shared/contract.ts';
import { AppError } from '../../shared/model/errors.ts';
import type { Connection, ConnectionSource } from './connection.ts';

/** Calls that only read: they may be asked again when the connection breaks. Everything else is sent once. */
const READS: ReadonlySet<string> = new Set([
  'system.hello',
  'system.snapshot',
  'system.events',
  'system.doctor',
  'runs.templates',
  'runs.check',
  'runs.list',
  'runs.progress',
  'runs.recipe',
  'runs.survival',
  'runs.difficulty',
  'runs.latest',
  'runs.attempts',
  'runs.unknownCalls',
  'triplets.page',
  'triplets.count',
  'triplets.get',
  'triplets.categories',
]);

/**
 * A client that outlives its connections. A read waits for a connection and is asked again when one breaks under it; a change
 * is never repeated: it fails with `engineDown`, before it was sent or in doubt, and says which.
 */
export function createEngineClient(source: ConnectionSource): EngineClient {
  const link: ClientLink<Record<never, never>> = {
    async call(path, input, options) {
      const name = path.join('.');
      if (!READS.has(name)) return change(source, path, input, options);
      for (;;) {
        const connection = await source.next(options.signal);
        try {
          return await within(connection, options.signal, (signal) => connection.link.call(path, input, { ...options, signal }));
        } catch (error) {
          if (!connection.lost.aborted || options.signal?.aborted) throw error;
        }
      }
    },
  };
  return createORPCClient<EngineClient>(link);
}

async function change(source: ConnectionSource, path: readonly string[], input: unknown, options: CallOptions): Promise<unknown> {
  const connection = source.current();
  if (!connection)
    throw new AppError('engineDown', 'The engine is not running just now, so nothing was changed.', { hint: 'Try again when it is back.' });
  try {
    return await within(connection, options.signal, (signal) => connection.link.call([...path], input, { ...options, signal }));
  } catch (error) {
    if (!connection.lost.aborted || options.signal?.aborted) throw error;
    throw new AppError('engineDown', 'The engine stopped before it answered.', {
      hint: 'Look whether the change was made before you try again.',
    });
  }
}

type CallOptions = Parameters<ClientLink<Record<never, never>>['call']>[2];

/** Runs a call that ends when the caller gives up or the connection is lost. A stream keeps the signal until it ends. */
async function within<T>(connection: Connection, given: AbortSignal | undefined, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const both = new AbortController();
  for (const signal of [given, connection.lost]) {
    if (signal?.aborted) both.abort(signal.reason);
    signal?.addEventListener('abort', () => both.abort(signal.reason), { once: true, signal: both.signal });
  }
  return call(both.signal);
}
