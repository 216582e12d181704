import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { TripletView } from '../../../shared/model/triplet.ts';
import { type GridView, queryFromView } from '../../app/filterQuery.ts';
import { readError } from '../../app/readError.ts';
import { useLive, useStudio } from '../../app/studio.tsx';
import { matches } from './matches.ts';

/** Triplets asked for at once; also how many are shown before the list of all is read. */
const BLOCK = 120;
/** Rows that are read again while somebody reviews would move under their hands; where there are none, nothing can move. */
const lastingIf = (any: boolean | undefined) => (any ? Number.POSITIVE_INFINITY : 0);
/** Blocks that are not looked at any more are forgotten after this time, in milliseconds. */
const KEPT_MS = 120_000;

/** The triplets of a view by place: all of them can be reached, those that were asked for are there. */
export interface Rows {
  count: number;
  at(place: number): TripletView | undefined;
  /** The place of one that is loaded. */
  placeOf(id: number): number | undefined;
  /** Those that are loaded, in order. */
  loaded: TripletView[];
}

/**
 * The rows of a view: the first block at once, and any other by place as soon as the engine has read the list of all. The list stays
 * as it is while somebody reviews; `fresh` counts new triplets that would stand in it, and `renew` reads it again.
 */
export function useTriplets(view: GridView) {
  const { engine, queries } = useStudio();
  // The address is parsed anew with every step; what it says stays the same.
  const key = queryFromView(view).toString();
  const [wanted, setWanted] = useState<{ of: string; ranges: Record<string, [from: number, to: number]> }>({ of: key, ranges: {} });
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
  const name = list.data?.list;
  const count =
    list.data?.count ??
    (first.data?.next === null ? first.data.items.length : Math.max(first.data?.items.length ?? 0, quick.data?.count ?? 0));

  const blocks = useMemo(() => {
    const found = new Set<number>();
    if (wanted.of === key)
      for (const [from, to] of Object.values(wanted.ranges))
        for (let block = Math.floor(Math.max(0, from) / BLOCK); block * BLOCK < Math.min(to, count); block++) found.add(block);
    return [...found].sort((a, b) => a - b);
  }, [wanted, key, count]);
  const optionsOf = useCallback(
    (block: number) =>
      engine.triplets.rows.queryOptions({
        input: { list: name ?? '', from: block * BLOCK, limit: BLOCK },
        gcTime: KEPT_MS,
        staleTime: lastingIf(true),
      }),
    [engine, name],
  );
  const read = useQueries({ queries: name === undefined ? [] : blocks.map(optionsOf) });
  const stamp = read.map(({ dataUpdatedAt }) => dataUpdatedAt).join(' ');
  const failed = read.find(({ error }) => error)?.error ?? null;
  // The engine has forgotten the list, or has begun another life: it is read again.
  const gone = failed !== null && readError(failed).code === 'noSuchItem';
  const { refetch } = list;
  useEffect(() => {
    if (gone) void refetch();
  }, [gone, refetch]);

  const recent = useLive((s) => s.recent);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the stamp stands for what the blocks hold
  const rows = useMemo((): Rows => {
    const news = new Map(recent.map((triplet) => [triplet.id, triplet]));
    const byPlace = new Map<number, TripletView>();
    const places = new Map<number, number>();
    const put = (from: number, items: readonly TripletView[]) => {
      for (const [i, item] of items.entries()) {
        byPlace.set(from + i, news.get(item.id) ?? item);
        places.set(item.id, from + i);
      }
    };
    if (first.data && (name === undefined || blocks.length === 0)) put(0, first.data.items);
    for (const [i, block] of blocks.entries()) {
      const items = read[i]?.data?.items;
      if (items) put(block * BLOCK, items);
      else if (block === 0 && first.data) put(0, first.data.items);
    }
    return {
      count,
      at: (place) => byPlace.get(place),
      placeOf: (id) => places.get(id),
      loaded: [...byPlace].sort(([a], [b]) => a - b).map(([, triplet]) => triplet),
    };
  }, [stamp, blocks, first.data, name, count, recent]);

  /** Says which places somebody looks at, for one reason or another: those are read. */
  const want = useCallback(
    (reason: string, from: number, to: number) =>
      setWanted((old) => {
        const ranges = old.of === key ? old.ranges : {};
        const [a, b] = ranges[reason] ?? [-1, -1];
        return old.of === key && a === from && b === to ? old : { of: key, ranges: { ...ranges, [reason]: [from, to] } };
      }),
    [key],
  );
  const newest = useMemo(() => first.data?.items.reduce((most, triplet) => Math.max(most, triplet.id), 0) ?? 0, [first.data]);
  const fresh = useMemo(
    () => recent.filter((triplet) => triplet.id > newest && matches(triplet, view.filter)).length,
    [recent, newest, view.filter],
  );
  const renew = useCallback(() => {
    void queries.invalidateQueries({ queryKey: engine.triplets.count.key() });
    void first.refetch();
    void refetch();
  }, [queries, engine, first.refetch, refetch]);

  return {
    rows,
    want,
    fresh,
    renew,
    /** The name of the list, once it is read: for questions about places in it. */
    list: name,
    pending: first.isPending && list.data === undefined,
    /** Nothing can be shown. */
    error: first.data || list.data ? null : (first.error ?? list.error),
    /** Blocks could not be read; those that were are still there. */
    failed: gone ? null : (failed ?? list.error ?? first.error),
    exact: list.data !== undefined || quick.data?.exact === true || first.data?.next === null,
  };
}
