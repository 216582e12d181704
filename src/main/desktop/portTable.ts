import type { RpcFrame } from './messages.ts';

/** The engine's side of one page port: the two functions oRPC's message-port handler uses. */
export interface EnginePortEnd {
  on(event: string, listener: (event?: { data: unknown }) => void): void;
  postMessage(data: unknown): void;
}

export interface PortTable {
  receive(frame: RpcFrame): void;
  closeAll(): void;
}

/** Sorts the frames of one IPC pipe onto the ports of many pages. A port opens with its first frame; a frame without data closes it. */
export function createPortTable(options: { open(port: EnginePortEnd): void; send(frame: RpcFrame): void }): PortTable {
  type Listeners = { message: ((event: { data: unknown }) => void)[]; close: (() => void)[] };
  const ports = new Map<number, Listeners>();

  function open(id: number): Listeners {
    const listeners: Listeners = { message: [], close: [] };
    ports.set(id, listeners);
    options.open({
      on(event, listener) {
        if (event === 'message') listeners.message.push(listener);
        else if (event === 'close') listeners.close.push(listener);
      },
      postMessage(data) {
        if (ports.get(id) === listeners) options.send([id, data]);
      },
    });
    return listeners;
  }

  function close(id: number): void {
    const listeners = ports.get(id);
    ports.delete(id);
    for (const listener of listeners?.close ?? []) listener();
  }

  return {
    receive(frame) {
      const [id, data] = frame;
      if (frame.length === 1) return close(id);
      for (const listener of (ports.get(id) ?? open(id)).message) listener({ data });
    },
    closeAll() {
      for (const id of [...ports.keys()]) close(id);
    },
  };
}
