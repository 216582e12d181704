import { chosenKeys, keepKeys } from './keyChoices.ts';
import { type ActionName, KEYS, type KeyAction, keysNow, plainKey } from './keys.ts';

/** Keys that the dialog, the page or the viewer itself needs. */
const RESERVED = new Set([
  'Escape',
  'Tab',
  'Shift',
  'Control',
  'Alt',
  'AltGraph',
  'Meta',
  'CapsLock',
  'Dead',
  'Unidentified',
  '[',
  ']',
  '\\',
]);

export type KeyRefusal = { why: 'reserved' } | { why: 'taken'; by: KeyAction };

/** Gives an action another key and keeps that; or says why not. Two actions of one place never share a key. */
export function changeKey(name: ActionName, pressed: string): KeyRefusal | null {
  const key = plainKey(pressed);
  if (RESERVED.has(key) || /^F\d+$/.test(key)) return { why: 'reserved' };
  const now = keysNow();
  const action = now.find((one) => one.name === name);
  const by = now.find((one) => one.name !== name && one.keys.includes(key) && one.where.some((place) => action?.where.includes(place)));
  if (by) return { why: 'taken', by };
  const { [name]: _old, ...others } = chosenKeys.getState();
  const usual = KEYS.find((one) => one.name === name)?.keys[0] === key;
  keepKeys(usual ? others : { ...others, [name]: key });
  return null;
}

/** The usual keys again: of one action, or of all. Gives what holds the usual key of that one now; then nothing changes. */
export function resetKey(name: ActionName): KeyAction | null {
  const usual = KEYS.find((one) => one.name === name);
  const others = keysNow().filter((one) => one.name !== name && one.where.some((place) => usual?.where.includes(place)));
  const by = others.find((one) => one.keys.some((key) => usual?.keys.includes(key)));
  if (by) return by;
  const { [name]: _old, ...kept } = chosenKeys.getState();
  keepKeys(kept);
  return null;
}

export function resetKeys(): void {
  keepKeys({});
}
