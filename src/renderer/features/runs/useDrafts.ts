import { useRef, useState } from 'react';

/** Typing that goes on within this many milliseconds is one step of the history. */
const ONE_STEP = 900;

interface History {
  past: string[];
  text: string;
  future: string[];
}

/** Texts by name, each with its own undo and redo; a name that was never touched has the text it starts from. */
export function useDrafts() {
  const [all, setAll] = useState<Record<string, History>>({});
  const lastAt = useRef({ name: '', at: 0 });
  const of = (name: string, original: string): History => all[name] ?? { past: [], text: original, future: [] };
  return {
    of,
    change(name: string, original: string, text: string) {
      const now = Date.now();
      const same = lastAt.current.name === name && now - lastAt.current.at < ONE_STEP;
      lastAt.current = { name, at: now };
      setAll((before) => {
        const { past, text: old } = before[name] ?? { past: [], text: original };
        if (text === old) return before;
        return { ...before, [name]: { past: same && past.length > 0 ? past : [...past, old], text, future: [] } };
      });
    },
    undo(name: string) {
      lastAt.current = { name: '', at: 0 };
      setAll((before) => {
        const { past = [], text = '', future = [] } = before[name] ?? {};
        const last = past.at(-1);
        return last === undefined ? before : { ...before, [name]: { past: past.slice(0, -1), text: last, future: [text, ...future] } };
      });
    },
    redo(name: string) {
      lastAt.current = { name: '', at: 0 };
      setAll((before) => {
        const { past = [], text = '', future = [] } = before[name] ?? {};
        const [next, ...rest] = future;
        return next === undefined ? before : { ...before, [name]: { past: [...past, text], text: next, future: rest } };
      });
    },
  };
}
