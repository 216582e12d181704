import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { queryFromRejects, type RejectsView } from '../../../app/rejectQuery.ts';
import { useStudio } from '../../../app/studio.tsx';
import { BLOCK, lastingIf, useRows } from '../useRows.ts';

/** The rejected candidates of a view by place, the tallies of the gates and the operations to choose from. */
export function useRejects(view: RejectsView) {
  const { engine, queries } = useStudio();
  const { runId } = view.filter;
  const first = useQuery(
    engine.rejects.page.queryOptions({
      input: { ...view, limit: BLOCK },
      staleTime: ({ state }) => lastingIf(state.data && state.data.items.length > 0),
    }),
  );
  const list = useQuery(
    engine.rejects.list.queryOptions({ input: view, staleTime: ({ state }) => lastingIf(state.data && state.data.count > 0) }),
  );
  const quick = useQuery(engine.rejects.count.queryOptions({ input: view.filter, placeholderData: keepPreviousData }));
  const gates = useQuery(engine.rejects.gates.queryOptions({ input: { runId }, placeholderData: keepPreviousData }));
  const categories = useQuery(engine.rejects.categories.queryOptions({ input: { runId }, placeholderData: keepPreviousData }));
  const found = useRows({
    key: queryFromRejects(view).toString(),
    first,
    list,
    quick: quick.data,
    block: (input) => engine.rejects.rows.queryOptions({ input }),
    // Decisions are written into what was read.
    news: () => null,
    newsStamp: null,
  });
  const renew = useCallback(() => {
    void queries.invalidateQueries({ queryKey: engine.rejects.count.key() });
    void first.refetch();
    void list.refetch();
  }, [queries, engine, first.refetch, list.refetch]);
  return { ...found, gates: gates.data, categories: categories.data ?? [], renew };
}
