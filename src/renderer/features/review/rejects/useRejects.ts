import { type InfiniteData, useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import type { RejectDecision, RejectDetail, RejectFilter, RejectView } from '../../../../shared/model/rejects.ts';
import { useStudio } from '../../../app/studio.tsx';
import { sendUntilStored } from '../sure.ts';

const PAGE = 120;

interface Page {
  items: RejectView[];
  next: number | null;
}
interface Said {
  ids: number[];
  decision: RejectDecision;
}

/** Pages of rejected candidates, the tallies of the gates, and decisions with undo: shown at once, sent one after the other. */
export function useRejects(filter: RejectFilter | null) {
  const { client, engine, queries } = useStudio();
  const pages = useInfiniteQuery(
    engine.rejects.page.infiniteOptions({
      input: (before: number | undefined) => ({ filter: filter ?? { runId: '' }, before, limit: PAGE }),
      initialPageParam: undefined,
      getNextPageParam: (last) => last.next ?? undefined,
      enabled: filter !== null,
      staleTime: ({ state }) => (state.data?.pages.some((page) => page.items.length > 0) ? Number.POSITIVE_INFINITY : 0),
    }),
  );
  const gates = useQuery(engine.rejects.gates.queryOptions({ input: { runId: filter?.runId ?? '' }, enabled: filter !== null }));
  const items = useMemo(() => pages.data?.pages.flatMap((page) => page.items) ?? [], [pages.data]);
  const [done, setDone] = useState<readonly Said[]>([]);
  const [undone, setUndone] = useState<readonly Said[]>([]);

  const show = useCallback(
    (change: (reject: RejectView) => RejectView | undefined) => {
      queries.setQueriesData<InfiniteData<Page>>({ queryKey: engine.rejects.page.key() }, (data) => {
        if (!data || !('pages' in data)) return data;
        return { ...data, pages: data.pages.map((page) => ({ ...page, items: page.items.map((item) => change(item) ?? item) })) };
      });
      queries.setQueriesData<RejectDetail>({ queryKey: engine.rejects.get.key() }, (data) => data && { ...data, ...change(data) });
    },
    [queries, engine],
  );
  const put = useCallback(
    (rejects: readonly RejectView[]) => {
      const now = new Map(rejects.map((reject) => [reject.id, reject]));
      show(({ id }) => now.get(id));
    },
    [show],
  );
  const say = useMutation({
    scope: { id: 'decide' },
    mutationFn({ ids, decision, before }: Said & { before: RejectView[] }): Promise<RejectView[]> {
      const wanted = decision === 'clear' ? null : decision;
      // One that the decision changes tells whether it was stored; when it changes none, sending twice leaves the same state.
      const told = before.find((reject) => reject.decision !== wanted) ?? before[0];
      const read = (id: number) => client.rejects.get({ id });
      return sendUntilStored({
        send: () => client.rejects.decide({ ids, decision }),
        stored: async () => told !== undefined && (await read(told.id)).decision !== told.decision,
        readAll: () => Promise.all(ids.map(read)),
      });
    },
    onMutate: ({ ids, decision }) => {
      const now = new Set(ids);
      show((reject) => (now.has(reject.id) ? { ...reject, decision: decision === 'clear' ? null : decision } : undefined));
    },
    onSuccess(rejects) {
      put(rejects);
      void queries.invalidateQueries({ queryKey: engine.rejects.gates.key() });
      void queries.invalidateQueries({ queryKey: engine.triplets.key() });
    },
    onError: (_error, { before }) => put(before),
  });
  const { mutate } = say;
  const decide = useCallback(
    (rejects: readonly RejectView[], decision: RejectDecision) => {
      const changed = rejects.filter((reject) => reject.decision !== (decision === 'clear' ? null : decision));
      if (changed.length === 0) return;
      const said = { ids: changed.map(({ id }) => id), decision };
      if (decision !== 'clear') setDone((old) => [...old, said]);
      setUndone([]);
      mutate({ ...said, before: [...changed] }, { onError: () => setDone((old) => old.filter((one) => one !== said)) });
    },
    [mutate],
  );
  const present = (ids: readonly number[]) => items.filter(({ id }) => ids.includes(id));
  /** Takes the last decision back, or says the last one taken back again; gives the candidate to show. */
  const undo = (): number | null => {
    const last = done.at(-1);
    if (!last) return null;
    setDone(done.slice(0, -1));
    setUndone([...undone, last]);
    mutate({ ids: last.ids, decision: 'clear', before: present(last.ids) });
    return last.ids[0] ?? null;
  };
  const redo = (): number | null => {
    const last = undone.at(-1);
    if (!last) return null;
    setUndone(undone.slice(0, -1));
    setDone([...done, last]);
    mutate({ ...last, before: present(last.ids) });
    return last.ids[0] ?? null;
  };
  return { pages, gates, items, decide, undo, redo, canUndo: done.length > 0, canRedo: undone.length > 0, error: say.error };
}
