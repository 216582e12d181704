import type { ClientLink } from '@orpc/client';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { RPCLink as SocketLink } from '@orpc/client/websocket';
import type { DesktopBridge, EnginePort } from '../../shared/host.ts';

/** One life of the line to the engine. `lost` is aborted when it is over; a new connection follows. */
export interface Connection {
  link: ClientLink<Record<never, never>>;
  lost: AbortSignal;
}

export interface ConnectionSource {
  /** The open connection, or null. */
  current(): Connection | null;
  /** The open connection, or the next one. Rejects with the signal's reason when it is aborted. */
  next(signal?: AbortSignal): Promise<Connection>;
  /** Called at every change between open and lost. Returns the way to unsubscribe. */
  subscribe(listener: (open: boolean) => void): () => void;
}

/** Waits between attempts to reopen a socket, in milliseconds; the last one is kept. */
const REOPEN_AFTER = [200, 500, 1_000, 2_000, 4_000];

/** A source with the two functions that its transport calls. */
function createSource(): ConnectionSource & { open(link: Connection['link']): void; lose(): void } {
  let now: { connection: Connection; abort: AbortController } | null = null;
  const listeners = new Set<(open: boolean) => void>();
  const tell = () => {
    for (const listener of [...listeners]) listener(now !== null);
  };
  const source: ReturnType<typeof createSource> = {
    current: () => now?.connection ?? null,
    next(signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        if (now) return resolve(now.connection);
        const stop = source.subscribe((open) => {
          if (!open || !now) return;
          stop();
          signal?.removeEventListener('abort', abort);
          resolve(now.connection);
        });
        const abort = () => {
          stop();
          reject(signal?.reason);
        };
        signal?.addEventListener('abort', abort, { once: true });
      });
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    open(link) {
      source.lose();
      const abort = new AbortController();
      now = { connection: { link, lost: abort.signal }, abort };
      tell();
    },
    lose() {
      const old = now;
      now = null;
      if (!old) return;
      old.abort.abort(new Error('The connection to the engine was lost.'));
      tell();
    },
  };
  return source;
}

/** Ports handed over by the desktop: one for each life of the engine. */
export function desktopConnections(bridge: Pick<DesktopBridge, 'onPort'>): ConnectionSource {
  const source = createSource();
  let newest: object | null = null;
  bridge.onPort((port) => {
    newest = port;
    port.addEventListener('close', () => {
      if (newest === port) source.lose();
    });
    source.open(
      new PortLink({
        port: { on: (type, listener) => forward(port, type, listener), postMessage: (data: unknown) => port.postMessage(data) },
      }),
    );
    port.start();
  });
  return source;
}

// The bridge hands over single functions, which the link takes in the shape that it knows from Electron's own ports.
function forward(port: EnginePort, type: string, listener: (event?: { data: unknown }) => void): void {
  if (type === 'message' || type === 'close') port.addEventListener(type, (event) => listener({ data: event.data }));
}

/** A WebSocket that is opened again, for ever, with growing waits. `open` makes a socket; tests hand in their own. */
export function socketConnections(open: () => WebSocket): ConnectionSource {
  const source = createSource();
  let failures = 0;
  const connect = () => {
    const socket = open();
    // The link must hear the socket before it opens, so that nothing of the first answer is missed.
    const link = new SocketLink({ websocket: socket });
    let opened = false;
    socket.addEventListener('open', () => {
      opened = true;
      failures = 0;
      source.open(link);
    });
    socket.addEventListener('close', () => {
      if (opened) source.lose();
      setTimeout(connect, REOPEN_AFTER[Math.min(failures, REOPEN_AFTER.length - 1)]);
      failures += 1;
    });
  };
  connect();
  return source;
}

/** Where the browser host listens: the page's own origin, so that its cookie and its checks hold for the socket too. */
export function socketUrl(page: Pick<Location, 'protocol' | 'host'>): string {
  return `${page.protocol === 'https:' ? 'wss:' : 'ws:'}//${page.host}/rpc`;
}
