import './palette.css';
import { Modal, useMantineColorScheme } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { text } from '../../text.ts';
import { screenActions } from '../actions.ts';
import { newestFirst } from '../live.ts';
import { useLive, useStudio } from '../studio.tsx';
import { type Entry, findEntries } from './entries.ts';

const t = text.palette;

/** Over everything that can be open, dialogs and the comparison included. */
const ABOVE = 500;

/** Goes anywhere and does anything by typing a few letters of it. */
export function Palette({ opened, onClose }: { opened: boolean; onClose(): void }) {
  return (
    <Modal.Root
      opened={opened}
      onClose={onClose}
      closeOnEscape={false}
      zIndex={ABOVE}
      size={620}
      yOffset="12vh"
      classNames={{ content: 'nhr-palette' }}
    >
      <Modal.Overlay backgroundOpacity={0.35} />
      <Modal.Content aria-label={t.title}>{opened && <Search onClose={onClose} />}</Modal.Content>
    </Modal.Root>
  );
}

function Search({ onClose }: { onClose(): void }) {
  const { engine, desktop } = useStudio();
  const { setColorScheme } = useMantineColorScheme();
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const runsById = useLive((s) => s.runs);
  const sets = useStore(screenActions);
  const sessions = useQuery(engine.edit.sessions.queryOptions({ input: { limit: 20 } })).data?.items;
  const sources = useMemo(() => {
    const scheme = (value: 'auto' | 'light' | 'dark'): Entry => ({
      id: `scheme-${value}`,
      group: 'app',
      name: `${text.app.theme.label}: ${text.app.theme[value]}`,
      about: '',
      run: () => setColorScheme(value),
    });
    const window: Entry[] = desktop
      ? [{ id: 'window', group: 'app', name: t.newWindow, about: '', run: () => void desktop.newWindow() }]
      : [];
    return {
      actions: [...sets.values()].flat(),
      runs: newestFirst(Object.values(runsById)),
      sessions: sessions ?? [],
      app: [scheme('auto'), scheme('light'), scheme('dark'), ...window],
    };
  }, [sets, runsById, sessions, desktop, setColorScheme]);
  const found = useMemo(() => findEntries(typed, sources), [typed, sources]);
  const chosen = Math.min(at, found.length - 1);
  useEffect(() => {
    // Newer browsers answer with a promise, which is no way to clean up.
    void list.current?.children[chosen]?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);

  const take = (entry: Entry | undefined) => {
    if (!entry) return;
    onClose();
    // After the palette is gone: what it does may take the focus.
    setTimeout(entry.run, 0);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const to = { ArrowDown: chosen + 1, ArrowUp: chosen - 1, PageDown: chosen + 8, PageUp: chosen - 8 }[event.key];
    if (to !== undefined) {
      // Over the ends it goes round; a page stops there.
      const round = event.key.startsWith('Arrow') ? (to + found.length) % Math.max(1, found.length) : to;
      setAt(Math.max(0, Math.min(found.length - 1, round)));
    } else if (event.key === 'Enter') take(found[chosen]);
    else if (event.key === 'Escape') onClose();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <>
      <input
        data-autofocus
        // A dialog below must not close with it.
        data-mantine-stop-propagation="true"
        className="nhr-palette-field"
        role="combobox"
        aria-expanded
        aria-controls={`${id}-list`}
        aria-activedescendant={found[chosen] ? `${id}-${chosen}` : undefined}
        aria-autocomplete="list"
        aria-label={t.title}
        placeholder={t.place}
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div ref={list} id={`${id}-list`} role="listbox" aria-label={t.results} className="nhr-palette-list">
        {found.map((entry, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys, as a combobox does
          // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and names the chosen line
          <div
            key={entry.id}
            id={`${id}-${i}`}
            role="option"
            aria-selected={i === chosen}
            onClick={() => take(entry)}
            onPointerMove={() => i !== chosen && setAt(i)}
          >
            <span>
              <Marked name={entry.name} marks={entry.fit.marks} />
            </span>
            <small>{entry.about === '' ? t.groups[entry.group] : entry.about}</small>
          </div>
        ))}
      </div>
      <p className="nhr-hidden" role="status">
        {t.found(found.length)}
      </p>
      {found.length === 0 && <p className="nhr-palette-none">{t.none}</p>}
    </>
  );
}

/** The name with the letters that were typed standing out. */
function Marked({ name, marks }: { name: string; marks: readonly number[] }) {
  const marked = new Set(marks);
  const parts: { words: string; on: boolean; from: number }[] = [];
  [...name].forEach((letter, i) => {
    const on = marked.has(i);
    const last = parts.at(-1);
    if (last?.on === on) last.words += letter;
    else parts.push({ words: letter, on, from: i });
  });
  return parts.map(({ words, on, from }) => (on ? <b key={from}>{words}</b> : <span key={from}>{words}</span>));
}
