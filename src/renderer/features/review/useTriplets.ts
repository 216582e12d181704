import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { GridView } from '../../app/filterQuery.ts';
import { useLive, useStudio } from '../../app/studio.tsx';
import { matches } from './matches.ts';

/** Triplets asked for at once. */
const PAGE = 120;

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
