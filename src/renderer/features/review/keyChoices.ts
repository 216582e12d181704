import { createStore } from 'zustand/vanilla';

const PLACE = 'nhr-keys';

/** Keys that a person gave to actions, by the action's name. Kept on this machine; all windows follow. */
export const chosenKeys = createStore<Readonly<Record<string, string>>>(() => read());

function read(): Record<string, string> {
  try {
    const kept: unknown = JSON.parse(window.localStorage.getItem(PLACE) ?? '{}');
    if (typeof kept !== 'object' || kept === null) return {};
    return Object.fromEntries(Object.entries(kept).filter(([, key]) => typeof key === 'string' && key !== ''));
  } catch {
    // Not readable: the keys are as they come, and the next change writes it anew.
    return {};
  }
}

/** Gives these keys to their actions from now on. */
export function keepKeys(keys: Readonly<Record<string, string>>): void {
  window.localStorage.setItem(PLACE, JSON.stringify(keys));
  chosenKeys.setState(keys, true);
}

window.addEventListener('storage', ({ key }) => {
  if (key === PLACE || key === null) chosenKeys.setState(read(), true);
});
