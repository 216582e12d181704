import { useEffect } from 'react';
import { createStore, type StoreApi } from 'zustand/vanilla';

/** Something that can be done on the screen that is shown; the command palette lists it. */
export interface ScreenAction {
  /** Unique on its screen; `shortcuts` is the one that the desktop's Help menu asks for. */
  id: string;
  name: string;
  /** The key that does the same, as it is written. */
  keys?: string;
  run(): void;
}

/** The actions of everything that is on screen, oldest screen part first. */
export const screenActions: StoreApi<ReadonlyMap<symbol, readonly ScreenAction[]>> = createStore(() => new Map());

/** Lists actions in the command palette while the caller is on screen. They may change with every render. */
export function useActions(actions: readonly ScreenAction[]): void {
  useEffect(() => {
    const mine = Symbol('actions');
    screenActions.setState(new Map([...screenActions.getState(), [mine, actions]]), true);
    return () => screenActions.setState(new Map([...screenActions.getState()].filter(([key]) => key !== mine)), true);
  }, [actions]);
}
