import { type ClientLink, createORPCClient } from '@orpc/client';
import type { contract, EngineClient } from '../../shared/contract.ts';
import { AppError } from '../../shared/model/errors.ts';
import type { Connection, ConnectionSource } from './connection.ts';

type Areas = typeof contract;
type CallName = { [A in keyof Areas]: `${A}.${Extract<keyof Areas[A], string>}` }[keyof Areas];

/** A read may be asked again when the connection breaks; a change is sent once. A new call must say here which it is. */
const KINDS: Record<CallName, 'read' | 'change'> = {
  'system.hello': 'read',
  'system.snapshot': 'read',
  'system.events': 'read',
  'system.doctor': 'read',
  'runs.templates': 'read',
  'runs.saveTemplate': 'change',
  'runs.removeTemplate': 'change',
  'runs.series': 'read',
  'runs.gates': 'read',
  'runs.reasons': 'read',
  'runs.compare': 'read',
  'runs.check': 'read',
  'runs.start': 'change',
  'runs.list': 'read',
  'runs.progress': 'read',
  'runs.recipe': 'read',
  'runs.datasetHash': 'read',
  'runs.pause': 'change',
  'runs.resume': 'change',
  'runs.cancel': 'change',
  'runs.survival': 'read',
  'runs.difficulty': 'read',
  'runs.latest': 'read',
  'runs.attempts': 'read',
  'runs.unknownCalls': 'read',
  'triplets.page': 'read',
  'triplets.list': 'read',
  'triplets.rows': 'read',
  'triplets.place': 'read',
  'triplets.count': 'read',
  'triplets.get': 'read',
  'triplets.decide': 'change',
  'triplets.decideMany': 'change',
  'triplets.correct': 'change',
  'triplets.rate': 'change',
  'triplets.histogram': 'read',
  'triplets.categories': 'read',
  'transfer.startExport': 'change',
  'transfer.estimateExport': 'read',
  'transfer.previewImport': 'read',
  'transfer.importFormats': 'read',
  'transfer.startImport': 'change',
  'transfer.startUpload': 'change',
  'transfer.startCheck': 'change',
  'transfer.startScore': 'change',
  'transfer.startScoreImported': 'change',
  'transfer.cancel': 'change',
  'endpoints.list': 'read',
  'endpoints.presets': 'read',
  'endpoints.ofRecipe': 'read',
  'endpoints.save': 'change',
  'endpoints.remove': 'change',
  'endpoints.probe': 'read',
  'endpoints.describeGradio': 'read',
  'endpoints.costs': 'read',
  // Paid for: never asked a second time by itself.
  'endpoints.test': 'change',
  'endpoints.lanes': 'read',
  'endpoints.keyNames': 'read',
  'endpoints.keyState': 'read',
  'endpoints.setKey': 'change',
  'edit.actors': 'read',
  'edit.sessions': 'read',
  'edit.start': 'change',
  'edit.get': 'read',
  'edit.remove': 'change',
  'edit.ask': 'change',
  'edit.price': 'read',
  'edit.again': 'change',
  'edit.cancel': 'change',
  'edit.setCurrent': 'change',
  'edit.setTitle': 'change',
  'edit.setBudget': 'change',
  'edit.keep': 'change',
  'edit.unkeep': 'change',
  'edit.suggestions': 'read',
  'scorers.providers': 'read',
  'scorers.tryProviders': 'read',
  'scorers.process': 'read',
  'scorers.freeMemory': 'change',
  'scorers.settings': 'read',
  'scorers.setSettings': 'change',
  'scorers.models': 'read',
  'scorers.acceptLicence': 'change',
  'scorers.getModel': 'change',
  'scorers.importModel': 'change',
  'scorers.removeModel': 'change',
  'scorers.cudaWords': 'read',
  'scorers.installCuda': 'change',
  'calibrations.list': 'read',
  'calibrations.supply': 'read',
  'calibrations.fit': 'change',
  'calibrations.take': 'change',
  'calibrations.drift': 'read',
  'rejects.gates': 'read',
  'rejects.categories': 'read',
  'rejects.page': 'read',
  'rejects.list': 'read',
  'rejects.rows': 'read',
  'rejects.place': 'read',
  'rejects.count': 'read',
  'rejects.get': 'read',
  'rejects.decide': 'change',
  'audits.list': 'read',
  'audits.start': 'change',
  'audits.get': 'read',
  // Said twice it says the same, so it may be said again.
  'audits.answer': 'read',
  'audits.result': 'read',
  'audits.record': 'read',
};
const READS: ReadonlySet<string> = new Set(Object.entries(KINDS).flatMap(([name, kind]) => (kind === 'read' ? [name] : [])));

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

/** Runs a call that ends when the caller gives up or the connection is lost; a stream stays tied to both until it ends. */
async function within<T>(connection: Connection, given: AbortSignal | undefined, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const both = new AbortController();
  const done = new AbortController();
  for (const signal of [given, connection.lost]) {
    if (signal?.aborted) both.abort(signal.reason);
    signal?.addEventListener('abort', () => both.abort(signal.reason), { once: true, signal: done.signal });
  }
  let streaming = false;
  try {
    const result = await call(both.signal);
    streaming = typeof result === 'object' && result !== null && Symbol.asyncIterator in result;
    return result;
  } finally {
    // A connection lives for days: a listener left on it for every call would pile up.
    if (!streaming) done.abort();
  }
}
