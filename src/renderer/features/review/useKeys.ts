import { useEffect, useRef } from 'react';
import { type ActionName, actionOf, takesKey } from './keys.ts';

/**
 * Shortcuts that work wherever the focus is, unless a field or another control uses the key itself. An action without an entry does
 * nothing and leaves the key alone.
 */
export function useKeys(
  where: 'grid' | 'compare',
  on: boolean,
  run: Partial<Record<ActionName, ((key: string) => void) | undefined>>,
): void {
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => {
    if (!on) return;
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented || takesKey(event.target, event.key)) return;
      const action = actionOf(event, where);
      const act = action && latest.current[action];
      if (!act) return;
      event.preventDefault();
      act(event.key);
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [where, on]);
}
