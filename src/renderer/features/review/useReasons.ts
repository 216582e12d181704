import { useLocalStorage } from '@mantine/hooks';
import { useState } from 'react';
import type { GridPage } from './useGridPage.ts';
import type { Rows } from './useRows.ts';

interface ReasonsOf<T> {
  /** The one that is open over the grid. */
  open: number | null;
  rows: Rows<T>;
  page: GridPage<T>;
  onSay(items: T[], tags: string[]): void;
}

/** A "no" with reasons: whom the dialog asks about, and what comes after it. Also whether the next one comes by itself. */
export function useReasons<T extends { id: number }>({ open, rows, page, onSay }: ReasonsOf<T>) {
  const [asked, setAsked] = useState<T[] | null>(null);
  const [advance, setAdvance] = useLocalStorage({ key: 'nhr-advance', defaultValue: true });
  const { place, openPlace, chosen, chooseNone, show } = page;
  const ask = (items: T[]) => setAsked(items.length > 0 ? items : null);
  return {
    asked,
    ask,
    /** About those that are selected, else about the one where the keyboard is. */
    askHere() {
      const current = rows.at(place);
      ask(chosen.size > 0 ? [...chosen.values()] : current ? [current] : []);
    },
    give(tags: string[]) {
      if (asked) onSay(asked, tags);
      setAsked(null);
      const next = openPlace >= 0 ? rows.at(openPlace + 1) : undefined;
      if (open === null) chooseNone();
      else if (advance && next) show(next.id, openPlace + 1);
    },
    close: () => setAsked(null),
    advance,
    setAdvance,
  };
}
