import { text } from '../../text.ts';
import { chosenKeys } from './keyChoices.ts';

/** What a key can do in the review screen. Buttons and the list of shortcuts use the same entries. */
export type ActionName =
  | 'left'
  | 'right'
  | 'up'
  | 'down'
  | 'first'
  | 'last'
  | 'open'
  | 'search'
  | 'goTo'
  | 'previous'
  | 'next'
  | 'mode'
  | 'fit'
  | 'full'
  | 'zoomIn'
  | 'zoomOut'
  | 'accept'
  | 'reject'
  | 'clear'
  | 'rejectWith'
  | 'undo'
  | 'redo'
  | 'select'
  | 'correct'
  | 'blink'
  | 'sibling'
  | 'help';

export interface KeyAction {
  name: ActionName;
  /** Values of KeyboardEvent.key, letters in lower case. */
  keys: readonly string[];
  where: readonly Place[];
  label: string;
  /** How the keys are written in the list; absent when another entry stands for this one. */
  shown?: string;
  /** Nobody may give it another key. */
  fixed?: true;
}

export type Place = 'grid' | 'compare';

const BOTH = ['grid', 'compare'] as const;

/** The key table as it comes; `keyChoices.ts` holds what a person changed. Esc belongs to the dialog itself and is listed by hand. */
export const KEYS: readonly KeyAction[] = [
  { name: 'left', keys: ['ArrowLeft'], where: ['grid'], label: text.shortcuts.move, shown: '← → ↑ ↓', fixed: true },
  { name: 'right', keys: ['ArrowRight'], where: ['grid'], label: text.shortcuts.move, fixed: true },
  { name: 'up', keys: ['ArrowUp'], where: ['grid'], label: text.shortcuts.move, fixed: true },
  { name: 'down', keys: ['ArrowDown'], where: ['grid'], label: text.shortcuts.move, fixed: true },
  { name: 'first', keys: ['Home'], where: ['grid'], label: text.shortcuts.move, fixed: true },
  { name: 'last', keys: ['End'], where: ['grid'], label: text.shortcuts.move, fixed: true },
  { name: 'open', keys: ['Enter'], where: ['grid'], label: text.shortcuts.open, shown: 'Enter' },
  { name: 'search', keys: ['/'], where: ['grid'], label: text.shortcuts.search, shown: '/' },
  { name: 'goTo', keys: ['g'], where: ['grid'], label: text.shortcuts.goTo, shown: 'G' },
  { name: 'previous', keys: ['ArrowLeft', 'k'], where: ['compare'], label: text.shortcuts.previous, shown: '←' },
  { name: 'next', keys: ['ArrowRight', 'j'], where: ['compare'], label: text.shortcuts.next, shown: '→' },
  { name: 'mode', keys: ['v'], where: ['compare'], label: text.shortcuts.mode, shown: 'V' },
  { name: 'fit', keys: ['f', '0'], where: ['compare'], label: text.shortcuts.fit, shown: 'F' },
  { name: 'full', keys: ['o'], where: ['compare'], label: text.shortcuts.full, shown: 'O' },
  { name: 'zoomIn', keys: ['+', '='], where: ['compare'], label: text.shortcuts.zoomIn, shown: '+' },
  { name: 'zoomOut', keys: ['-'], where: ['compare'], label: text.shortcuts.zoomOut, shown: '−' },
  { name: 'accept', keys: ['a'], where: BOTH, label: text.shortcuts.accept, shown: 'A' },
  { name: 'reject', keys: ['r'], where: BOTH, label: text.shortcuts.reject, shown: 'R' },
  { name: 'clear', keys: ['u'], where: BOTH, label: text.shortcuts.clear, shown: 'U' },
  { name: 'rejectWith', keys: ['t'], where: BOTH, label: text.shortcuts.rejectWith, shown: 'T' },
  { name: 'undo', keys: ['z'], where: BOTH, label: text.shortcuts.undo, shown: 'Z' },
  { name: 'redo', keys: ['y'], where: BOTH, label: text.shortcuts.redo, shown: 'Y' },
  { name: 'select', keys: ['x'], where: ['grid'], label: text.shortcuts.select, shown: 'X' },
  { name: 'correct', keys: ['c'], where: ['compare'], label: text.shortcuts.correct, shown: 'C' },
  { name: 'blink', keys: ['b'], where: ['compare'], label: text.shortcuts.blink, shown: 'B' },
  {
    name: 'sibling',
    keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9'],
    where: ['compare'],
    label: text.shortcuts.sibling,
    shown: '1-9',
    fixed: true,
  },
  { name: 'help', keys: ['?'], where: BOTH, label: text.shortcuts.help, shown: '?' },
];

interface Pressed {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

/** The key table with what a person changed. */
export function keysNow(): readonly KeyAction[] {
  const chosen = chosenKeys.getState();
  return KEYS.map((action) => {
    const key = action.fixed ? undefined : chosen[action.name];
    return key === undefined ? action : { ...action, keys: [key], shown: keyName(key) };
  });
}

/** A key as the table has it: letters in lower case. */
export function plainKey(key: string): string {
  return key.length === 1 ? key.toLowerCase() : key;
}

const NAMES: Record<string, string> = { ' ': 'Space', ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓' };

/** A key as people write it. */
function keyName(key: string): string {
  return NAMES[key] ?? (key.length === 1 ? key.toUpperCase() : key);
}

/** The action of a pressed key in a place; none with a modifier, so that the browser's own shortcuts stay. */
export function actionOf(event: Pressed, where: Place): ActionName | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  const key = plainKey(event.key);
  return keysNow().find((action) => action.where.includes(where) && action.keys.includes(key))?.name ?? null;
}

/** Whether an element uses a key itself, so that it is no shortcut there: all keys in a field, arrows on a radio button. */
export function takesKey(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement && target.type === 'radio') return key.startsWith('Arrow');
  if (target instanceof HTMLInputElement && target.type === 'checkbox') return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

/** Where an arrow leads in a grid of `count` cells; the same place at an edge. */
export function moveInGrid(action: ActionName, from: number, columns: number, count: number): number {
  const to = { left: from - 1, right: from + 1, up: from - columns, down: from + columns, first: 0, last: count - 1 }[action as string];
  if (to === undefined || count === 0) return from;
  if (action === 'down' && to >= count) return Math.floor(from / columns) < Math.floor((count - 1) / columns) ? count - 1 : from;
  return to < 0 || to >= count ? from : to;
}
