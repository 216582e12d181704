import { createStore, type StoreApi } from 'zustand/vanilla';
import type { DesktopBridge, EngineState } from '../../shared/host.ts';
import type { ConnectionSource } from './connection.ts';

export type EngineStateStore = StoreApi<EngineState>;

/** Where the engine stands as the page sees it: told by the desktop, or read off the connection in a browser. */
export function createEngineState(
  connections: Pick<ConnectionSource, 'current' | 'subscribe'>,
  desktop: DesktopBridge | null,
): EngineStateStore {
  const ready = connections.current() !== null;
  const store = createStore<EngineState>(() => ({ state: ready ? 'ready' : 'starting', attempt: 0, error: null }));
  if (desktop) desktop.onEngineState((state) => store.setState(state, true));
  else
    connections.subscribe((open) =>
      store.setState(
        ({ attempt }) => (open ? { state: 'ready', attempt: 0, error: null } : { state: 'restarting', attempt: attempt + 1, error: null }),
        true,
      ),
    );
  return store;
}
