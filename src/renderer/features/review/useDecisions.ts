import type { QueryKey } from '@tanstack/react-query';
import { useCallback, useRef, useState } from 'react';
import { useSaid } from '../../app/said/useSaid.ts';
import type { Decided, Said, Word } from '../../app/said/words.ts';
import { useStudio } from '../../app/studio.tsx';
import { didStep, EMPTY_HISTORY, type History, redoStep, takeBack, undoStep } from './history.ts';

/** A triplet or a rejected candidate. */
export type Decidable<Kind extends string> = Decided<Kind> & { id: number };

interface Saying<T, Kind extends string> extends Said<Kind> {
  before: T[];
}

/** What was said of it before, without the rest that is known of it. */
const saidOf = <Kind extends string>({ id, decision, tags }: Decidable<Kind>): Decidable<Kind> => ({ id, decision, tags });

interface DecisionsOf<T, Kind extends string> {
  /** Where blocks of rows are kept. */
  blocks: readonly QueryKey[];
  /** Where one is kept with everything known of it. */
  detail(id: number): QueryKey;
  /** Shows a change wherever else they stand. */
  showElsewhere?(change: <Item extends T>(item: Item) => Item): void;
  word(said: Said<Kind> & { before: Decidable<Kind>[] }): Word;
  tell(said: Said<Kind> & { before: Decidable<Kind>[] }): Promise<T[]>;
  onStored(): void;
}

/** What a reviewer says of triplets or of rejected candidates: shown at once, taken back when refused, sent one after the other; with undo. */
export function useDecisions<T extends Decidable<Kind>, Kind extends string>(of: DecisionsOf<T, Kind>) {
  const { queries } = useStudio();
  const [history, setHistory] = useState<History<Kind>>(EMPTY_HISTORY);
  const latest = useRef(history);
  const keep = useCallback((next: History<Kind>) => {
    latest.current = next;
    setHistory(next);
  }, []);
  const here = useRef(of);
  here.current = of;
  /** Those that were decided on, as they were last: steps back and forth go over rows that are not loaded any more. */
  const decided = useRef(new Map<number, T>());

  const show = useCallback(
    (ids: ReadonlySet<number>, change: (item: T) => Partial<T>) => {
      const one = <Item extends T>(item: Item): Item => (ids.has(item.id) ? { ...item, ...change(item) } : item);
      for (const queryKey of here.current.blocks)
        queries.setQueriesData<{ items: T[] }>({ queryKey }, (data) =>
          data?.items.some(({ id }) => ids.has(id)) ? { ...data, items: data.items.map(one) } : data,
        );
      for (const id of ids) queries.setQueriesData<T>({ queryKey: here.current.detail(id) }, (data) => data && one(data));
      here.current.showElsewhere?.(one);
    },
    [queries],
  );
  const put = useCallback(
    (items: readonly T[]) => {
      for (const item of items) decided.current.set(item.id, item);
      const now = new Map(items.map((item) => [item.id, item]));
      show(new Set(now.keys()), (item) => now.get(item.id) ?? item);
    },
    [show],
  );

  const plain = ({ before, ...said }: Saying<T, Kind>) => ({ ...said, before: before.map((item) => saidOf<Kind>(item)) });
  const say = useSaid({
    scope: { id: 'decide' },
    word: (saying: Saying<T, Kind>) => of.word(plain(saying)),
    mutationFn: (saying) => of.tell(plain(saying)),
    onSay: ({ ids, decision, tags }) =>
      show(new Set(ids), () => (decision === 'clear' ? { decision: null, tags: [] } : { decision, tags }) as Partial<T>),
    onSuccess(items) {
      put(items);
      of.onStored();
    },
    onError: (_error, { before }) => put(before),
  });
  const { mutate } = say;

  /** As they are on screen now, which may be newer than what the caller knows. */
  const present = useCallback(
    (known: readonly T[]) => {
      const found = new Map(known.map((item) => [item.id, item]));
      for (const queryKey of here.current.blocks)
        for (const [, data] of queries.getQueriesData<{ items: T[] }>({ queryKey }))
          for (const item of data?.items ?? []) if (found.has(item.id)) found.set(item.id, item);
      return [...found.values()];
    },
    [queries],
  );

  const decide = useCallback(
    (items: readonly T[], decision: Kind | 'clear', tags: string[] = []) => {
      const changed = present(items).filter((item) => decision !== 'clear' || item.decision !== null);
      if (changed.length === 0) return;
      for (const item of changed) decided.current.set(item.id, item);
      const said = { ids: changed.map(({ id }) => id), decision, tags };
      keep(didStep(latest.current, { said, before: changed.map((item) => saidOf<Kind>(item)) }));
      // A refused step was never taken: it must not be undone later.
      mutate(
        { ...said, before: changed },
        { onError: () => keep({ ...latest.current, done: latest.current.done.filter((step) => step.said !== said) }) },
      );
    },
    [mutate, keep, present],
  );
  const sayAll = useCallback(
    (all: readonly Said<Kind>[]) => {
      for (const said of all) mutate({ ...said, before: present(said.ids.flatMap((id) => decided.current.get(id) ?? [])) });
    },
    [mutate, present],
  );
  /** Takes the last step back, or does the last undone one again; gives the first that it is about. */
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
  return {
    decide,
    undo,
    redo,
    /** Shows them as they are now. */
    put,
    canUndo: history.done.length > 0,
    canRedo: history.undone.length > 0,
    error: say.error,
  };
}
