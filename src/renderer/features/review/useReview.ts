import { useCallback, useRef, useState } from 'react';
import type { Scores } from '../../../shared/model/attempt.ts';
import type { DecisionKind, TripletDetail, TripletView } from '../../../shared/model/triplet.ts';
import { useSaid } from '../../app/said/useSaid.ts';
import { type OnTriplets, tellTriplets } from '../../app/said/words.ts';
import { useStudio } from '../../app/studio.tsx';
import { didStep, EMPTY_HISTORY, type History, redoStep, type Said, takeBack, undoStep } from './history.ts';

/** What is read of the grid: its first rows, and blocks by place. */
interface Block {
  items: TripletView[];
}

interface Saying extends Said {
  before: TripletView[];
}

export type Review = ReturnType<typeof useReview>;

/** What a reviewer says: shown at once, taken back when the engine refuses, sent one after the other. */
export function useReview() {
  const { client, queries, engine, live } = useStudio();
  const [history, setHistory] = useState<History>(EMPTY_HISTORY);
  const latest = useRef(history);
  const keep = useCallback((next: History) => {
    latest.current = next;
    setHistory(next);
  }, []);

  const show = useCallback(
    (ids: ReadonlySet<number>, change: (triplet: TripletView) => TripletView) => {
      const one = <T extends TripletView>(triplet: T): T => (ids.has(triplet.id) ? { ...triplet, ...change(triplet) } : triplet);
      for (const queryKey of [engine.triplets.page.key(), engine.triplets.rows.key()])
        queries.setQueriesData<Block>({ queryKey }, (data) =>
          data?.items.some(({ id }) => ids.has(id)) ? { ...data, items: data.items.map(one) } : data,
        );
      for (const id of ids)
        queries.setQueriesData<TripletDetail>({ queryKey: engine.triplets.get.key({ input: { id } }) }, (data) => data && one(data));
      live.setState((state) => ({ recent: state.recent.map(one) }));
    },
    [queries, engine, live],
  );
  const put = useCallback(
    (triplets: readonly TripletView[]) => {
      const now = new Map(triplets.map((triplet) => [triplet.id, triplet]));
      show(new Set(now.keys()), (triplet) => now.get(triplet.id) ?? triplet);
    },
    [show],
  );

  const say = useSaid({
    scope: { id: 'decide' },
    word: ({ before, ...said }: Saying): OnTriplets => ({
      on: 'triplets',
      ...said,
      before: before.map(({ id, decision, tags }) => ({ id, decision, tags })),
    }),
    mutationFn: (said) => tellTriplets(client, { on: 'triplets', ...said }),
    onSay: ({ ids, decision, tags }) =>
      show(new Set(ids), (t) => ({ ...t, decision: decision === 'clear' ? null : decision, tags: decision === 'clear' ? [] : tags })),
    onSuccess(triplets) {
      put(triplets);
      void queries.invalidateQueries({ queryKey: engine.triplets.count.key() });
    },
    onError: (_error, { before }) => put(before),
  });
  const { mutate } = say;

  /** The triplets as they are on screen now, which may be newer than what the caller holds. */
  const present = useCallback(
    (ids: readonly number[]) => {
      const wanted = new Set(ids);
      const found = new Map<number, TripletView>();
      for (const queryKey of [engine.triplets.page.key(), engine.triplets.rows.key()])
        for (const [, data] of queries.getQueriesData<Block>({ queryKey }))
          for (const t of data?.items ?? []) if (wanted.has(t.id)) found.set(t.id, t);
      return [...found.values()];
    },
    [queries, engine],
  );

  const decide = useCallback(
    (triplets: readonly TripletView[], decision: DecisionKind, tags: string[] = []) => {
      const changed = decision === 'clear' ? triplets.filter((t) => t.decision !== null) : triplets;
      if (changed.length === 0) return;
      const said = { ids: changed.map(({ id }) => id), decision, tags };
      const before = changed.map(({ id, decision, tags }) => ({ id, decision, tags }));
      const past = latest.current;
      keep(didStep(past, { said, before }));
      // A refused step was never taken: it must not be undone later.
      mutate(
        { ...said, before: [...changed] },
        { onError: () => keep({ ...latest.current, done: latest.current.done.filter((s) => s.said !== said) }) },
      );
    },
    [mutate, keep],
  );
  const sayAll = useCallback(
    (all: readonly Said[]) => {
      for (const said of all) mutate({ ...said, before: present(said.ids) });
    },
    [mutate, present],
  );
  /** Takes the last step back, or does the last undone one again; gives the first triplet that it is about. */
  const undo = useCallback((): number | null => {
    const step = latest.current.done.at(-1);
    if (!step) return null;
    keep(undoStep(latest.current));
    sayAll(takeBack(step));
    return step.said.ids[0] ?? null;
  }, [keep, sayAll]);
  const redo = useCallback((): number | null => {
    const step = latest.current.undone.at(-1);
    if (!step) return null;
    keep(redoStep(latest.current));
    sayAll([step.said]);
    return step.said.ids[0] ?? null;
  }, [keep, sayAll]);

  const correct = useSaid({
    scope: { id: 'decide' },
    word: (input: { id: number; instruction: string }) => ({ on: 'instruction', ...input }),
    mutationFn: (input) => client.triplets.correct(input),
    onSuccess: (triplet) => put([triplet]),
  });
  const rate = useSaid({
    scope: { id: 'decide' },
    word: (input: { id: number; scores: Scores | null }) => ({ on: 'rating', ...input }),
    mutationFn: (input) => client.triplets.rate(input),
    onSuccess: (detail) => queries.setQueryData(engine.triplets.get.queryKey({ input: { id: detail.id } }), detail),
  });
  return {
    decide,
    undo,
    redo,
    canUndo: history.done.length > 0,
    canRedo: history.undone.length > 0,
    correct: correct.mutate,
    rate: rate.mutate,
    error: say.error ?? correct.error ?? rate.error,
  };
}
