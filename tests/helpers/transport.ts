import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import sharp from 'sharp';
import type { CallContext, WaitInfo } from '../../src/main/engine/ports.ts';
import { createHttp } from '../../src/main/engine/providers/http.ts';
import type { TransportDeps } from '../../src/main/engine/providers/index.ts';
import { createPictures } from '../../src/main/engine/providers/pictures.ts';

/** What a transport is built from, with pictures and keys in memory, real HTTP, and a clock that can run fast. */
export interface TransportWorld {
  deps: TransportDeps;
  /** Makes a PNG with a bright square in it; gives its hash. */
  picture(width: number, height: number, colour?: string): Promise<string>;
  bytes(hash: string): Uint8Array;
  close(): Promise<void>;
}

/** `keys` by reference; `hurry` divides every sleep of the transport. */
export function transportWorld(keys: Record<string, string> = {}, hurry = 1): TransportWorld {
  const stored = new Map<string, Uint8Array>();
  const http = createHttp();
  return {
    deps: {
      http,
      pictures: createPictures(async (hash) => stored.get(hash)!),
      clock: { now: () => Date.now(), ticks: () => performance.now(), sleep: (ms, signal) => delay(ms / hurry, undefined, { signal }) },
      key: async (ref) => (ref === '' ? '' : keys[ref]!),
    },
    async picture(width, height, colour = '#3366aa') {
      const square = await sharp({ create: { width: 40, height: 40, channels: 3, background: '#ffee00' } })
        .png()
        .toBuffer();
      const bytes = await sharp({ create: { width, height, channels: 3, background: colour } })
        .composite([{ input: square, left: 10, top: 20 }])
        .png()
        .toBuffer();
      const hash = createHash('sha256').update(bytes).digest('hex');
      stored.set(hash, new Uint8Array(bytes));
      return hash;
    },
    bytes: (hash) => stored.get(hash)!,
    close: () => http.close(),
  };
}

/** A call's context that keeps what it is told. */
export interface WatchedContext extends CallContext {
  remoteIds: string[];
  waits: WaitInfo[];
}

export function aContext(more: Partial<CallContext> = {}): WatchedContext {
  const remoteIds: string[] = [];
  const waits: WaitInfo[] = [];
  return {
    signal: AbortSignal.timeout(60_000),
    model: 'a-model',
    params: {},
    onRemoteId: async (id) => {
      remoteIds.push(id);
    },
    onWait: (info) => waits.push(info),
    ...more,
    remoteIds,
    waits,
  };
}
