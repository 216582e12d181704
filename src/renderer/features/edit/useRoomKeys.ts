import { useEffect, useRef } from 'react';

/** What keys do in the room; letters in lower case. An entry that is undefined leaves the key alone. */
export type RoomKeys = Partial<Record<string, (() => void) | undefined>>;

/** The name of a pressed key: with Ctrl or Cmd, `mod+z`, `mod+shift+z`; plain keys as they are. */
function nameOf(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const mod = event.ctrlKey || event.metaKey ? 'mod+' : '';
  return mod === '' ? key : `${mod}${event.shiftKey ? 'shift+' : ''}${key}`;
}

/** Keys that work wherever the focus is, but in fields, which use their keys themselves. */
export function useRoomKeys(keys: RoomKeys): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement | null;
      // A radio button or a checkbox has arrows and space for itself, no letters.
      const field = target?.closest('input:not([type="radio"], [type="checkbox"]), textarea, select, [contenteditable], [role="dialog"]');
      if (event.defaultPrevented || event.altKey || field || (target?.closest('input') && /^( |Arrow\w+)$/.test(event.key))) return;
      const act = latest.current[nameOf(event)];
      if (!act) return;
      event.preventDefault();
      act();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
}
