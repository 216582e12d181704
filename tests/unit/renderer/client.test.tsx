import type { ClientLink } from '@orpc/client';
import { describe, expect, it } from 'vitest';
import { createEngineClient } from '../../../src/renderer/app/client.ts';
import { type Connection, desktopConnections, socketConnections } from '../../../src/renderer/app/connection.ts';
import { createEngineState } from '../../../src/renderer/app/engineState.ts';
import type { EnginePort } from '../../../src/shared/host.ts';

type Link = ClientLink<Record<never, never>>;

/** A connection source in the test's hands. */
function source() {
  let now: { connection: Connection; abort: AbortController } | null = null;
  const waiting: ((connection: Connection) => void)[] = [];
  return {
    current: () => now?.connection ?? null,
    next: () => (now ? Promise.resolve(now.connection) : new Promise<Connection>((resolve) => waiting.push(resolve))),
    subscribe: () => () => {},
    open(call: Link['call']) {
      const abort = new AbortController();
      now = { connection: { link: { call }, lost: abort.signal }, abort };
      for (const resolve of waiting.splice(0)) resolve(now.connection);
    },
    lose() {
      now?.abort.abort(new Error('lost'));
      now = null;
    },
  };
}

/** A call that never answers and ends when its signal does, like one on a line that was cut. */
const hangs: Link['call'] = (_path, _input, { signal }) =>
  new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('[AsyncIdQueue] closed'))));

describe('a client that outlives its connections', () => {
  it('asks a read again on the next connection', async () => {
    const connections = source();
    connections.open(hangs);
    const answer = createEngineClient(connections).runs.list();
    await Promise.resolve();
    connections.lose();
    connections.open(async () => []);
    expect(await answer).toEqual([]);
  });

  it('never repeats a change, and says that it is in doubt', async () => {
    const connections = source();
    let sent = 0;
    connections.open((...args) => {
      sent += 1;
      return hangs(...args);
    });
    const answer = createEngineClient(connections).runs.start({ yaml: '' });
    await Promise.resolve();
    connections.lose();
    connections.open(async () => {
      sent += 1;
    });
    await expect(answer).rejects.toMatchObject({ code: 'engineDown', message: 'The engine stopped before it answered.' });
    expect(sent).toBe(1);
  });

  it('refuses a change at once while there is no connection', async () => {
    const client = createEngineClient(source());
    await expect(client.runs.pause({ runId: 'a' })).rejects.toMatchObject({ code: 'engineDown' });
  });

  it('hands on an error of the engine as it is', async () => {
    const connections = source();
    connections.open(async () => {
      throw new Error('no such run');
    });
    await expect(createEngineClient(connections).runs.progress({ runId: 'a' })).rejects.toThrow('no such run');
  });
});

class FakePort implements EnginePort {
  listeners: [string, (event: { data?: unknown }) => void][] = [];
  sent: unknown[] = [];
  started = false;
  postMessage(data: unknown) {
    this.sent.push(data);
  }
  addEventListener(type: 'message' | 'close', listener: (event: { data?: unknown }) => void) {
    this.listeners.push([type, listener]);
  }
  start() {
    this.started = true;
  }
  close() {}
  fire(type: string) {
    for (const [name, listener] of this.listeners) if (name === type) listener({});
  }
}

describe('ports of the desktop', () => {
  it('uses the newest port and does not mind the late end of an older one', () => {
    let hand: (port: EnginePort) => void = () => {};
    const connections = desktopConnections({
      onPort(callback) {
        hand = callback;
        return () => {};
      },
    });
    expect(connections.current()).toBeNull();
    const first = new FakePort();
    hand(first);
    expect(first.started).toBe(true);
    const before = connections.current();
    const second = new FakePort();
    hand(second);
    expect(before?.lost.aborted).toBe(true);
    first.fire('close');
    expect(connections.current()).not.toBeNull();
    second.fire('close');
    expect(connections.current()).toBeNull();
  });
});

describe('a socket that is opened again', () => {
  it('says when the connection is gone, and is ready again on the next socket', async () => {
    const sockets: EventTarget[] = [];
    const connections = socketConnections(() => {
      const socket = Object.assign(new EventTarget(), { readyState: 0, send() {} });
      sockets.push(socket);
      return socket as unknown as WebSocket;
    });
    const state = createEngineState(connections, null);
    expect(state.getState().state).toBe('starting');
    sockets[0]?.dispatchEvent(new Event('open'));
    expect(state.getState().state).toBe('ready');
    sockets[0]?.dispatchEvent(new Event('close'));
    expect(state.getState()).toMatchObject({ state: 'restarting', attempt: 1 });
    const next = connections.next();
    await expect.poll(() => sockets.length).toBe(2);
    sockets[1]?.dispatchEvent(new Event('open'));
    expect((await next).lost.aborted).toBe(false);
    expect(state.getState().state).toBe('ready');
  });
});
