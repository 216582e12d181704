import { type QueryKey, type UseQueryOptions, type UseQueryResult, useQueries } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { readError } from '../../app/readError.ts';

/** Rows asked for at once; also how many are shown before the list of all is read. */
export const BLOCK = 60;
/** Rows that are read again while somebody reviews would move under their hands; where there are none, nothing can move. */
export const lastingIf = (any: boolean | undefined) => (any ? Number.POSITIVE_INFINITY : 0);
/** Blocks that are not looked at any more are forgotten after this time, in milliseconds. */
const KEPT_MS = 120_000;

/** The rows of a view by place: all of them can be reached, those that were asked for are there. */
export interface Rows<T> {
  count: number;
  at(place: number): T | undefined;
  /** The place of one that is loaded. */
  placeOf(id: number): number | undefined;
  /** Those that are loaded, in order. */
  loaded: T[];
}

/** The place of the one that is open, where the keyboard is or among what is loaded; undefined when only the engine knows. */
export function nearPlace<T extends { id: number }>(open: number | null, place: number, rows: Rows<T>): number | undefined {
  if (open === null) return undefined;
  return rows.at(place)?.id === open ? place : rows.placeOf(open);
}

interface RowsQuery<T, Key extends QueryKey> {
  /** What is looked at: another key is another list. */
  key: string;
  /** The first block. */
  first: UseQueryResult<{ items: T[]; next: string | null }>;
  /** The list of all. */
  list: UseQueryResult<{ list: string; count: number }>;
  /** A count that is there before the list is. */
  quick: { count: number; exact: boolean } | undefined;
  /** How a block of a list is asked for. */
  block(input: { list: string; from: number; limit: number }): UseQueryOptions<{ items: T[] }, Error, { items: T[] }, Key>;
  /** Newer views of rows, over those that were read; null to leave one as it is. */
  news(item: T): T | null;
  /** Changes with what `news` says. */
  newsStamp: unknown;
}

/**
 * The rows of a view: the first block at once, and any other by place as soon as the engine has read the list of all. The list stays
 * as it is while somebody reviews.
 */
export function useRows<T extends { id: number }, Key extends QueryKey>(query: RowsQuery<T, Key>) {
  const { key, first, list, quick, block: blockOf, news, newsStamp } = query;
  const [wanted, setWanted] = useState<{ of: string; ranges: Record<string, [from: number, to: number]> }>({ of: key, ranges: {} });
  const name = list.data?.list;
  const begun = first.data?.items.length ?? 0;
  const count = list.data?.count ?? (first.data?.next === null ? begun : Math.max(begun, quick?.count ?? 0));

  const blocks = useMemo(() => {
    const found = new Set<number>();
    if (wanted.of === key)
      for (const [from, to] of Object.values(wanted.ranges))
        for (let block = Math.floor(Math.max(0, from) / BLOCK); block * BLOCK < Math.min(to, count); block++) found.add(block);
    return [...found].sort((a, b) => a - b);
  }, [wanted, key, count]);
  const read = useQueries({
    queries:
      name === undefined
        ? []
        : blocks.map((block) => ({
            ...blockOf({ list: name, from: block * BLOCK, limit: BLOCK }),
            gcTime: KEPT_MS,
            staleTime: lastingIf(true),
          })),
  });
  const stamp = read.map(({ dataUpdatedAt }) => dataUpdatedAt).join(' ');
  const failed = read.find(({ error }) => error)?.error ?? null;
  // The engine has forgotten the list, or has begun another life: it is read again.
  const gone = failed !== null && readError(failed).code === 'noSuchItem';
  const { refetch } = list;
  useEffect(() => {
    if (gone) void refetch();
  }, [gone, refetch]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the stamps stand for what the blocks and the news hold
  const rows = useMemo((): Rows<T> => {
    const byPlace = new Map<number, T>();
    const places = new Map<number, number>();
    const put = (from: number, items: readonly T[]) => {
      for (const [i, item] of items.entries()) {
        byPlace.set(from + i, news(item) ?? item);
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
      loaded: [...byPlace].sort(([a], [b]) => a - b).map(([, item]) => item),
    };
  }, [stamp, blocks, first.data, name, count, newsStamp]);

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
  // The first look may have found nothing as far as it went: only the list knows then.
  const undecided = list.data === undefined && !list.error && first.data !== undefined && begun === 0 && first.data.next !== null;
  return {
    rows,
    want,
    /** The name of the list, once it is read: for questions about places in it. */
    list: name,
    pending: (first.isPending && list.data === undefined) || undecided,
    /** Nothing can be shown. */
    error: first.data || list.data ? null : (first.error ?? list.error),
    /** Blocks could not be read; those that were are still there. */
    failed: gone ? null : (failed ?? list.error ?? first.error),
    exact: list.data !== undefined || quick?.exact === true || first.data?.next === null,
  };
}
