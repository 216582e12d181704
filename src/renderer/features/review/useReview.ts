import { useMutation } from '@tanstack/react-query';
import { useCallback, useRef, useState } from 'react';
import type { Scores } from '../../../shared/model/attempt.ts';
import { MOST_AT_ONCE } from '../../../shared/model/review.ts';
import type { DecisionKind, TripletDetail, TripletView } from '../../../shared/model/triplet.ts';
import { useStudio } from '../../app/studio.tsx';
import { didStep, EMPTY_HISTORY, type History, redoStep, type Said, takeBack, undoStep } from './history.ts';
import { sameDecision, sendSurely, UNDECIDED } from './sure.ts';

/** What is read of the grid: its first rows, and blocks by place. */
interface Block {
  items: TripletView[];
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

  const say = useMutation({
    async mutationFn({ ids, decision, tags, before }: Said & { before: TripletView[] }): Promise<TripletView[]> {
      const given = tags.length > 0 ? { tags } : {};
      const was = new Map(before.map((triplet) => [triplet.id, triplet]));
      const read = (id: number) => client.triplets.get({ id });
      const answers: TripletView[] = [];
      for (let from = 0; from < ids.length; from += MOST_AT_ONCE) {
        const part = ids.slice(from, from + MOST_AT_ONCE);
        const [first] = part;
        if (first === undefined) break;
        const now = { decision: decision === 'clear' ? null : decision, tags: decision === 'clear' ? [] : tags };
        // One that the decision changes tells whether it was stored; when it changes none, sending twice leaves the same state.
        const told = part.find((id) => !sameDecision(was.get(id) ?? UNDECIDED, now)) ?? first;
        const send = async () =>
          part.length === 1
            ? [await client.triplets.decide({ id: first, decision, ...given })]
            : client.triplets.decideMany({ ids: part, decision, ...given });
        answers.push(
          ...(await sendSurely({ id: told, before: was.get(told) ?? UNDECIDED, send, read, readAll: () => Promise.all(part.map(read)) })),
        );
      }
      return answers;
    },
    scope: { id: 'decide' },
    onMutate: ({ ids, decision, tags }) =>
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

  const correct = useMutation({
    mutationFn: (input: { id: number; instruction: string }) => client.triplets.correct(input),
    scope: { id: 'decide' },
    onSuccess: (triplet) => put([triplet]),
  });
  const rate = useMutation({
    mutationFn: (input: { id: number; scores: Scores | null }) => client.triplets.rate(input),
    scope: { id: 'decide' },
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
