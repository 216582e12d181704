import { createTanstackQueryUtils, type RouterUtils } from '@orpc/tanstack-query';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect } from 'react';
import { useStore } from 'zustand';
import type { EngineClient } from '../../shared/contract.ts';
import type { DesktopBridge } from '../../shared/host.ts';
import type { BlobUrl } from './blobUrl.ts';
import type { EngineStateStore } from './engineState.ts';
import { followEngine, pauseFor } from './follow.ts';
import { createLiveStore, type LiveState, type LiveStore } from './live.ts';
import { type Outbox, pageOutbox } from './said/outbox.ts';
import { tellAgain } from './said/words.ts';

/** Everything a screen works with. Made once by main.tsx, or by a test with an engine of its own. */
export interface Studio {
  client: EngineClient;
  /** Query and mutation options for each call of the contract. */
  engine: RouterUtils<EngineClient>;
  live: LiveStore;
  engineState: EngineStateStore;
  queries: QueryClient;
  /** What was said and is not answered yet. */
  outbox: Outbox;
  blobUrl: BlobUrl;
  /** Null in a browser. */
  desktop: DesktopBridge | null;
}

/** Puts the parts together. */
export function createStudio(parts: Pick<Studio, 'client' | 'engineState' | 'blobUrl' | 'desktop'>): Studio {
  // The engine is local and the client retries reads itself: the network state of the browser says nothing here.
  const queries = new QueryClient({
    defaultOptions: {
      queries: { networkMode: 'always', retry: false, staleTime: 2_000, refetchOnWindowFocus: false },
      mutations: { networkMode: 'always', retry: false },
    },
  });
  return { ...parts, engine: createTanstackQueryUtils(parts.client), live: createLiveStore(), queries, outbox: pageOutbox() };
}

const StudioContext = createContext<Studio | null>(null);

/** Makes a studio reachable below, and follows its engine while it is on screen. */
export function StudioProvider({ studio, children }: { studio: Studio; children: ReactNode }) {
  useEffect(() => {
    const stop = new AbortController();
    let adopted: string | undefined;
    /** Once for each workspace: what earlier pages left unsaid. */
    const adopt = () => {
      const dir = studio.live.getState().workspace?.dir;
      if (dir === undefined || dir === adopted) return;
      adopted = dir;
      void studio.outbox.adopt(
        dir,
        (word) => tellAgain(studio.client, word),
        () => void studio.queries.invalidateQueries(),
      );
    };
    void followEngine({
      client: studio.client,
      live: studio.live,
      signal: stop.signal,
      onSnapshot() {
        void studio.queries.invalidateQueries();
        adopt();
      },
      pause: pauseFor(300),
    });
    return () => stop.abort();
  }, [studio]);
  return (
    <StudioContext value={studio}>
      <QueryClientProvider client={studio.queries}>{children}</QueryClientProvider>
    </StudioContext>
  );
}

/** The studio above. */
export function useStudio(): Studio {
  const studio = useContext(StudioContext);
  if (!studio) throw new Error('useStudio needs a StudioProvider above it');
  return studio;
}

/** A narrow part of the live state; the component renders again only when that part changes. */
export function useLive<T>(pick: (state: LiveState) => T): T {
  return useStore(useStudio().live, pick);
}
