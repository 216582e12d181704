import type { DecisionKind, TripletView } from '../../../shared/model/triplet.ts';

/** One decision for some triplets: what a call of the engine says. */
export interface Said {
  ids: number[];
  decision: DecisionKind;
  tags: string[];
}

/** One step that a person can take back. */
export interface Step {
  said: Said;
  /** How the triplets were before, for taking back a `clear`. */
  before: Pick<TripletView, 'id' | 'decision' | 'tags'>[];
}

export interface History {
  done: readonly Step[];
  undone: readonly Step[];
}

export const EMPTY_HISTORY: History = { done: [], undone: [] };

/** Steps that can be taken back; older ones stay decided. */
const MOST = 500;

/** After a new step; what was undone before cannot be redone any more. */
export function didStep(history: History, step: Step): History {
  return { done: [...history.done, step].slice(-MOST), undone: [] };
}

/** What to say to the engine so that a step is as if it had not been: it keeps every word, and `clear` takes the last one back. */
export function takeBack({ said, before }: Step): Said[] {
  if (said.decision !== 'clear') return [{ ids: said.ids, decision: 'clear', tags: [] }];
  const groups = new Map<string, Said>();
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
export function undoStep(history: History): History {
  const step = history.done.at(-1);
  return step ? { done: history.done.slice(0, -1), undone: [...history.undone, step] } : history;
}

/** Moves the last undone step back; the same history when there is none. */
export function redoStep(history: History): History {
  const step = history.undone.at(-1);
  return step ? { done: [...history.done, step], undone: history.undone.slice(0, -1) } : history;
}
