import { useLocalStorage } from '@mantine/hooks';
import { type FetchQueryOptions, type QueryKey, useQuery } from '@tanstack/react-query';
import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import { useStudio } from '../../app/studio.tsx';
import { AHEAD, BEHIND } from './ahead.ts';
import type { Density } from './Grid.tsx';
import { nearPlace, type Rows } from './useRows.ts';

interface GridPageQuery<T, Key extends QueryKey> {
  /** The one that is open over the grid. */
  open: number | null;
  rows: Rows<T>;
  want(reason: string, from: number, to: number): void;
  /** The name of the list, once it is read. */
  list: string | undefined;
  /** What is looked at, as a query: another one is another list. */
  query: string;
  /** How the place of one in a list is asked for. */
  placeOf(input: { list: string; id: number }): FetchQueryOptions<{ place: number | null }, Error, { place: number | null }, Key>;
  /** Goes to the address of the one to open, or of the grid alone. */
  onGo(id: number | null, how: 'push' | 'replace'): void;
}

export interface GridPage<T> {
  /** For the element around all of it. */
  root: RefObject<HTMLDivElement | null>;
  /** Where the keyboard is. */
  place: number;
  /** Of the open one; -1 when none is, or while nobody knows. */
  openPlace: number;
  /** Changes when a place is to be shown that the keyboard did not go to. */
  jump: number;
  density: Density;
  /** Those that one decision is for. */
  chosen: ReadonlyMap<number, T>;
  setPlace(place: number): void;
  setDensity(density: Density): void;
  /** Selects one, or takes it out of the selection. */
  choose(item: T): void;
  chooseLoaded(): void;
  chooseNone(): void;
  /** Opens one, whose place is known or not, or with null closes what is open. */
  show(id: number | null, at?: number): void;
  goTo(place: number): void;
  /** Shows what a step back or forth is about. */
  showStep(id: number | null): Promise<void>;
  focusSearch(): void;
  focusGoTo(): void;
}

/** What is the same on every page with a grid to review: where the keyboard is, what is selected, what is open, and the ways there. */
export function useGridPage<T extends { id: number }, Key extends QueryKey>(page: GridPageQuery<T, Key>): GridPage<T> {
  const { open, rows, want, list, query, placeOf, onGo } = page;
  const { queries } = useStudio();
  const [place, setPlace] = useState(0);
  const [jump, setJump] = useState(0);
  const [chosen, setChosen] = useState<ReadonlyMap<number, T>>(new Map());
  const [density, setDensity] = useLocalStorage<Density>({ key: 'nhr-density', defaultValue: 'medium' });
  const root = useRef<HTMLDivElement>(null);

  // Where the keyboard is, among what is loaded, or as the engine says; -1 while nobody knows.
  const near = nearPlace(open, place, rows);
  const asked = useQuery({
    ...placeOf({ list: list ?? '', id: open ?? 0 }),
    enabled: open !== null && near === undefined && list !== undefined,
  });
  const openPlace = open === null ? -1 : (near ?? asked.data?.place ?? -1);
  useEffect(() => {
    if (openPlace < 0) return want('open', 0, 0);
    setPlace(openPlace);
    want('open', openPlace - BEHIND, openPlace + AHEAD);
  }, [openPlace, want]);

  const chooseNone = useCallback(() => setChosen(new Map()), []);
  // Another filter or order is another list: it begins at its first row.
  const shown = useRef(query);
  useEffect(() => {
    if (shown.current === query) return;
    shown.current = query;
    setPlace(0);
    chooseNone();
  }, [query, chooseNone]);

  const show = useCallback(
    (id: number | null, at?: number) => {
      if (at !== undefined) setPlace(at);
      onGo(id, id === null || open !== null ? 'replace' : 'push');
    },
    [onGo, open],
  );
  const goTo = useCallback((to: number) => {
    setPlace(to);
    setJump((n) => n + 1);
  }, []);
  const choose = useCallback((item: T) => {
    setChosen((old) => {
      const now = new Map(old);
      if (!now.delete(item.id)) now.set(item.id, item);
      return now;
    });
  }, []);
  const chooseLoaded = () => setChosen(new Map(rows.loaded.map((item) => [item.id, item])));
  const showStep = async (id: number | null) => {
    if (id === null) return;
    const to = rows.placeOf(id) ?? (list === undefined ? null : (await queries.fetchQuery(placeOf({ list, id }))).place);
    if (open !== null) show(id, to ?? undefined);
    else if (to !== null) goTo(to);
  };
  const focus = (what: string) => () => root.current?.querySelector<HTMLElement>(what)?.focus();
  return {
    root,
    place,
    openPlace,
    jump,
    density,
    chosen,
    setPlace,
    setDensity,
    choose,
    chooseLoaded,
    chooseNone,
    show,
    goTo,
    showStep,
    focusSearch: focus('[data-search]'),
    focusGoTo: focus('[data-goto]'),
  };
}
