import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { AppError } from '../../../shared/model/errors.ts';
import { appRoot } from '../appRoot.ts';
import type { ListReply, ListRequest } from './listThread.ts';

/** Lists by place, of triplets or rejected candidates: all ids of a filter in order, four bytes each, read by a thread and kept for a while. */
export interface IdLists {
  /** Reads the ids that a query gives. Queries that are asked at the same time and are the same are read once. */
  make(query: { sql: string; values: (string | number)[] }): Promise<{ list: string; count: number }>;
  /** Reads the ids that a query gives, for once. */
  read(query: { sql: string; values: (string | number)[] }): Promise<Uint32Array>;
  /** AppError noSuchItem for a list that is not kept any more. */
  idsOf(list: string): Uint32Array;
  close(): Promise<void>;
}

/** The place of an id in a list; null when it is not in it. AppError noSuchItem for a list that is not kept any more. */
export function placeIn(lists: IdLists, { list, id }: { list: string; id: number }): number | null {
  const place = lists.idsOf(list).indexOf(id);
  return place < 0 ? null : place;
}

/** Four megabytes a million: what a few open windows look at, and the way back. */
const KEPT = 8;

/** The thread is started by the first list that is wanted. */
export function createIdLists(file: string): IdLists {
  const lists = new Map<string, Uint32Array>();
  const waiting = new Map<number, { resolve(ids: Uint32Array): void; reject(error: Error): void }>();
  const underWay = new Map<string, Promise<{ list: string; count: number }>>();
  /** Names of another life of the engine must not be taken for ours. */
  const life = Date.now().toString(36);
  let worker: Worker | undefined;
  let asked = 0;
  let made = 0;

  function thread(): Worker {
    if (worker) return worker;
    const started = new Worker(pathToFileURL(join(appRoot(), 'out', 'engine', 'lists.js')), { workerData: file, execArgv: [] });
    const lost = (error: Error) => {
      if (worker === started) worker = undefined;
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    };
    started.on('message', (reply: ListReply) => {
      const call = waiting.get(reply.id);
      waiting.delete(reply.id);
      if (waiting.size === 0) started.unref();
      if ('ids' in reply) call?.resolve(reply.ids);
      else call?.reject(new AppError('internal', `The list could not be read: ${reply.error}`));
    });
    started.on('error', (error) => lost(new AppError('internal', `The thread that reads lists ended: ${error.message}`)));
    started.on('exit', () => lost(new AppError('engineDown', 'The workspace is being closed.')));
    started.unref();
    worker = started;
    return started;
  }

  function read(query: { sql: string; values: (string | number)[] }): Promise<Uint32Array> {
    const id = ++asked;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      const reader = thread();
      // A process may end while the thread is idle, not while somebody waits for it.
      reader.ref();
      reader.postMessage({ id, ...query } satisfies ListRequest);
    });
  }

  function keep(ids: Uint32Array): { list: string; count: number } {
    made += 1;
    const list = `${life}-${made}`;
    lists.set(list, ids);
    for (const old of lists.keys()) if (lists.size > KEPT) lists.delete(old);
    return { list, count: ids.length };
  }

  return {
    read,
    make(query) {
      const key = JSON.stringify(query);
      const same = underWay.get(key);
      if (same) return same;
      const list = read(query).then(keep);
      underWay.set(key, list);
      const done = () => void underWay.delete(key);
      list.then(done, done);
      return list;
    },
    idsOf(list) {
      const ids = lists.get(list);
      if (!ids) throw new AppError('noSuchItem', 'This list is not kept any more.', { hint: 'Ask for it again.' });
      // The one just looked at is the last to be forgotten.
      lists.delete(list);
      lists.set(list, ids);
      return ids;
    },
    async close() {
      await worker?.terminate();
    },
  };
}
