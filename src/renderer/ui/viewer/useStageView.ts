import { useLocalStorage, useReducedMotion } from '@mantine/hooks';
import { useState } from 'react';
import type { FlagRule } from '../../../shared/model/recipe.ts';
import { LOOKS, type Look, USUAL_RULE } from './difference.ts';
import { createZoom } from './zoom.ts';

export const MODES = ['slider', 'side', 'overlay', 'difference', 'blink'] as const;
export type Mode = (typeof MODES)[number];

/** Most that a difference is brightened. */
export const GAIN_MOST = 32;
/** Milliseconds that each picture is shown when they take turns. Never faster than four a second, which is safe to look at. */
export const BLINK_MS = { fastest: 250, slowest: 2000, step: 50 } as const;

/** What is kept on this machine from one pair, and one day, to the next. */
interface Kept {
  mode: Mode;
  look: Look;
  gain: number;
  /** How much of the second picture lies over the first, 0 to 1. */
  opacity: number;
  blinkMs: number;
}

const USUAL: Kept = { mode: 'slider', look: 'colours', gain: 4, opacity: 0.5, blinkMs: 700 };

const between = (value: number, least: number, most: number) => Math.min(most, Math.max(least, value));
const next = <T>(list: readonly T[], now: T): T => list[(list.indexOf(now) + 1) % list.length] ?? now;

/** What another version or another hand left there may have parts missing or wrong. */
function read(text: string | undefined): Kept {
  let kept: Partial<Kept> = {};
  try {
    kept = { ...(JSON.parse(text ?? '{}') as Partial<Kept> | null) };
  } catch {
    // Unreadable: the usual ways.
  }
  const number = (value: unknown, least: number, most: number, usual: number) =>
    typeof value === 'number' && Number.isFinite(value) ? between(value, least, most) : usual;
  return {
    mode: MODES.find((mode) => mode === kept.mode) ?? USUAL.mode,
    look: LOOKS.find((look) => look === kept.look) ?? USUAL.look,
    gain: number(kept.gain, 1, GAIN_MOST, USUAL.gain),
    opacity: number(kept.opacity, 0, 1, USUAL.opacity),
    blinkMs: number(kept.blinkMs, BLINK_MS.fastest, BLINK_MS.slowest, USUAL.blinkMs),
  };
}

/**
 * How two pictures are compared, and the place that is looked at; held outside the stage, so that both stay when the next pair comes.
 * `checked` is how the pair's own low-level check flags pixels; a threshold set by hand holds until a pair of another rule comes.
 */
export function useStageView(checked: FlagRule = USUAL_RULE) {
  const calm = useReducedMotion();
  const [zoom] = useState(createZoom);
  const [kept, setKept] = useLocalStorage<Kept>({
    key: 'nhr-viewer',
    defaultValue: USUAL,
    deserialize: read,
    getInitialValueInEffect: false,
  });
  /** In blink: the picture chosen by hand; null lets a timer turn them, which reduced motion forbids. */
  const [chosen, setChosen] = useState<boolean | null>(null);
  const second = calm ? (chosen ?? false) : chosen;
  const [byHand, setByHand] = useState<{ checked: number; threshold: number }>();
  const threshold = byHand?.checked === checked.threshold ? byHand.threshold : checked.threshold;
  const setThreshold = (value: number) => setByHand({ checked: checked.threshold, threshold: between(Math.round(value), 0, 254) });
  const set = (part: Partial<Kept>) => setKept((old) => ({ ...old, ...part }));
  return {
    ...kept,
    zoom,
    setMode: (mode: Mode) => set({ mode }),
    setLook: (look: Look) => set({ look }),
    setGain: (gain: number) => set({ gain: between(Math.round(gain), 1, GAIN_MOST) }),
    checked,
    rule: { threshold, maskRule: checked.maskRule },
    setThreshold,
    setOpacity: (opacity: number) => set({ opacity: between(opacity, 0, 1) }),
    setBlinkMs: (ms: number) => set({ blinkMs: between(ms, BLINK_MS.fastest, BLINK_MS.slowest) }),
    /** In blink: the picture that is shown by hand, false the first; null while a timer turns them. */
    second,
    timed: second === null,
    mayTime: !calm,
    setTimed: (on: boolean) => setChosen(on ? null : false),
    nextMode: () => set({ mode: next(MODES, kept.mode) }),
    nextLook: () => set({ mode: 'difference', look: kept.mode === 'difference' ? next(LOOKS, kept.look) : kept.look }),
    /** Turns to the other picture by hand; from another mode it goes to blink, at the first picture. */
    flip() {
      set({ mode: 'blink' });
      setChosen(kept.mode === 'blink' ? !(chosen ?? false) : false);
    },
    /** A step less or more of what the present mode has: opacity, gain or threshold, speed of the turns. */
    adjust(step: 1 | -1) {
      if (kept.mode === 'overlay') set({ opacity: between(kept.opacity + step * 0.1, 0, 1) });
      if (kept.mode === 'blink') set({ blinkMs: between(kept.blinkMs - step * 2 * BLINK_MS.step, BLINK_MS.fastest, BLINK_MS.slowest) });
      if (kept.mode !== 'difference') return;
      if (kept.look === 'mask') setThreshold(threshold + step * 5);
      else set({ gain: between(step > 0 ? kept.gain * 2 : kept.gain / 2, 1, GAIN_MOST) });
    },
  };
}

export type StageView = ReturnType<typeof useStageView>;
