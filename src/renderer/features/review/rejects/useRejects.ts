import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import type { RejectView } from '../../../../shared/model/rejects.ts';
import { queryFromRejects, type RejectsView } from '../../../app/rejectQuery.ts';
import { useStudio } from '../../../app/studio.tsx';
import { BLOCK, lastingIf, nearPlace, type Rows, useRows } from '../useRows.ts';

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

/** The place of the open candidate: where the keyboard is, among what is loaded, or as the engine says; -1 while nobody knows. */
export function useOpenReject(open: number | null, place: number, rows: Rows<RejectView>, list: string | undefined): number {
  const { engine } = useStudio();
  const near = nearPlace(open, place, rows);
  const enabled = open !== null && near === undefined && list !== undefined;
  const asked = useQuery(engine.rejects.place.queryOptions({ input: { list: list ?? '', id: open ?? 0 }, enabled }));
  return open === null ? -1 : (near ?? asked.data?.place ?? -1);
}
