import type { Decided, Said } from '../../app/said/words.ts';

/** One step that a person can take back. */
export interface Step<Kind extends string> {
  said: Said<Kind>;
  /** How they were before, for taking back a `clear`. */
  before: (Decided<Kind> & { id: number })[];
}

export interface History<Kind extends string> {
  done: readonly Step<Kind>[];
  undone: readonly Step<Kind>[];
}

export const EMPTY_HISTORY: History<never> = { done: [], undone: [] };

/** Steps that can be taken back; older ones stay decided. */
const MOST = 500;

/** After a new step; what was undone before cannot be redone any more. */
export function didStep<Kind extends string>(history: History<Kind>, step: Step<Kind>): History<Kind> {
  return { done: [...history.done, step].slice(-MOST), undone: [] };
}

/** What to say to the engine so that a step is as if it had not been: it keeps every word, and `clear` takes the last one back. */
export function takeBack<Kind extends string>({ said, before }: Step<Kind>): Said<Kind>[] {
  if (said.decision !== 'clear') return [{ ids: said.ids, decision: 'clear', tags: [] }];
  const groups = new Map<string, Said<Kind>>();
  for (const { id, decision, tags } of before) {
    if (decision === null) continue;
    const key = JSON.stringify([decision, tags]);
    const group = groups.get(key) ?? { ids: [], decision, tags };
    group.ids.push(id);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** Moves the last step to the undone ones; the same history when there is none. */
export function undoStep<Kind extends string>(history: History<Kind>): History<Kind> {
  const step = history.done.at(-1);
  return step ? { done: history.done.slice(0, -1), undone: [...history.undone, step] } : history;
}

/** Moves the last undone step back; the same history when there is none. */
export function redoStep<Kind extends string>(history: History<Kind>): History<Kind> {
  const step = history.undone.at(-1);
  return step ? { done: [...history.done, step], undone: history.undone.slice(0, -1) } : history;
}
