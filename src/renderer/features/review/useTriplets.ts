import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { type GridView, queryFromView } from '../../app/filterQuery.ts';
import { useLive, useStudio } from '../../app/studio.tsx';
import { matches } from './matches.ts';
import { BLOCK, lastingIf, useRows } from './useRows.ts';

/** The triplets of a view by place. `fresh` counts new ones that would stand in it, and `renew` reads the list again. */
export function useTriplets(view: GridView) {
  const { engine, queries } = useStudio();
  const first = useQuery(
    engine.triplets.page.queryOptions({
      input: { ...view, limit: BLOCK },
      staleTime: ({ state }) => lastingIf(state.data && state.data.items.length > 0),
    }),
  );
  const list = useQuery(
    engine.triplets.list.queryOptions({ input: view, staleTime: ({ state }) => lastingIf(state.data && state.data.count > 0) }),
  );
  const quick = useQuery(engine.triplets.count.queryOptions({ input: view.filter, placeholderData: keepPreviousData }));
  const recent = useLive((s) => s.recent);
  const news = useMemo(() => new Map(recent.map((triplet) => [triplet.id, triplet])), [recent]);
  const found = useRows({
    // The address is parsed anew with every step; what it says stays the same.
    key: queryFromView(view).toString(),
    first,
    list,
    quick: quick.data,
    block: (input) => engine.triplets.rows.queryOptions({ input }),
    news: ({ id }) => news.get(id) ?? null,
    newsStamp: news,
  });
  const newest = useMemo(() => first.data?.items.reduce((most, triplet) => Math.max(most, triplet.id), 0) ?? 0, [first.data]);
  const fresh = useMemo(
    () => recent.filter((triplet) => triplet.id > newest && matches(triplet, view.filter)).length,
    [recent, newest, view.filter],
  );
  const renew = useCallback(() => {
    void queries.invalidateQueries({ queryKey: engine.triplets.count.key() });
    void first.refetch();
    void list.refetch();
  }, [queries, engine, first.refetch, list.refetch]);
  return { ...found, fresh, renew };
}
