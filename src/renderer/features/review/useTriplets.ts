import { type InfiniteData, useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { DecisionKind, TripletDetail, TripletView } from '../../../shared/model/triplet.ts';
import type { GridView } from '../../app/filterQuery.ts';
import { useLive, useStudio } from '../../app/studio.tsx';
import { matches } from './matches.ts';

/** Triplets asked for at once. */
const PAGE = 120;

interface Page {
  items: TripletView[];
  next: string | null;
}

/** The pages of a view read so far, its count, and how many new triplets would stand before them. */
export function useTriplets(view: GridView) {
  const { engine } = useStudio();
  const pages = useInfiniteQuery(
    engine.triplets.page.infiniteOptions({
      input: (cursor: string | undefined) => ({ ...view, cursor, limit: PAGE }),
      initialPageParam: undefined,
      getNextPageParam: (last) => last.next ?? undefined,
      // A page that is read again while someone reviews would move under their hands; an empty one has nothing to move.
      staleTime: ({ state }) => (state.data?.pages.some((page) => page.items.length > 0) ? Number.POSITIVE_INFINITY : 0),
    }),
  );
  const count = useQuery(engine.triplets.count.queryOptions({ input: view.filter }));
  const recent = useLive((s) => s.recent);
  const items = useMemo(() => {
    const news = new Map(recent.map((triplet) => [triplet.id, triplet]));
    return pages.data?.pages.flatMap((page) => page.items.map((triplet) => news.get(triplet.id) ?? triplet)) ?? [];
  }, [pages.data, recent]);
  const fresh = useMemo(() => {
    const newest = items.reduce((most, triplet) => Math.max(most, triplet.id), 0);
    return recent.filter((triplet) => triplet.id > newest && matches(triplet, view.filter)).length;
  }, [items, recent, view.filter]);
  return { pages, count, items, fresh };
}

/** Accept, reject, clear: shown at once, taken back when the engine refuses. Decisions are sent one after the other. */
export function useDecide() {
  const { client, queries, engine, live } = useStudio();
  const show = (id: number, change: (triplet: TripletView) => TripletView) => {
    const one = <T extends TripletView>(triplet: T): T => (triplet.id === id ? { ...triplet, ...change(triplet) } : triplet);
    queries.setQueriesData<InfiniteData<Page>>({ queryKey: engine.triplets.page.key() }, (data) => {
      if (!data || !('pages' in data)) return data;
      return { ...data, pages: data.pages.map((page) => ({ ...page, items: page.items.map(one) })) };
    });
    queries.setQueriesData<TripletDetail>({ queryKey: engine.triplets.get.key({ input: { id } }) }, (data) => data && one(data));
    live.setState((state) => ({ recent: state.recent.map(one) }));
  };
  return useMutation({
    mutationFn: ({ triplet, decision }: { triplet: TripletView; decision: DecisionKind }) =>
      client.triplets.decide({ id: triplet.id, decision }),
    scope: { id: 'decide' },
    onMutate: ({ triplet, decision }) => show(triplet.id, (t) => ({ ...t, decision: decision === 'clear' ? null : decision })),
    onSuccess: (triplet) => {
      show(triplet.id, () => triplet);
      void queries.invalidateQueries({ queryKey: engine.triplets.count.key() });
    },
    onError: (_error, { triplet }) => show(triplet.id, (t) => ({ ...t, decision: triplet.decision })),
  });
}
