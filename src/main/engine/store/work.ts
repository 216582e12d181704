import type { WorkStore } from '../ports.ts';
import { createAttemptStore } from './attempts.ts';
import type { StoreContext } from './context.ts';
import { createImageStore } from './images.ts';
import { createOpenAttemptStore } from './openAttempts.ts';
import { createSourceStore } from './sources.ts';

/** Everything a run works on: pictures, scenes, sources, attempts. */
export function createWorkStore(store: StoreContext): WorkStore {
  return { ...createImageStore(store), ...createSourceStore(store), ...createOpenAttemptStore(store), ...createAttemptStore(store) };
}
