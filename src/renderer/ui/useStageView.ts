import { useReducedMotion } from '@mantine/hooks';
import { useState } from 'react';
import type { DifferenceLook } from './DifferenceFilters.tsx';
import { MODES, type Mode } from './Stage.tsx';

/** How two pictures are compared; held outside the stage, so that it stays when the next pair comes. */
export function useStageView() {
  const calm = useReducedMotion();
  const [mode, setMode] = useState<Mode>('slider');
  const [gain, setGain] = useState(4);
  const [look, setLook] = useState<DifferenceLook>('plain');
  /** In blink: the picture chosen by hand; null lets a timer turn them, which reduced motion forbids. */
  const [chosen, setChosen] = useState<boolean | null>(null);
  const second = calm ? (chosen ?? false) : chosen;
  return {
    mode,
    setMode,
    gain,
    setGain,
    look,
    setLook,
    second,
    timed: second === null,
    mayTime: !calm,
    setTimed: (on: boolean) => setChosen(on ? null : false),
    nextMode: () => setMode(MODES[(MODES.indexOf(mode) + 1) % MODES.length] ?? 'slider'),
    /** Turns to the other picture by hand; from another mode it goes to blink, at the first picture. */
    flip() {
      setMode('blink');
      setChosen(mode === 'blink' ? !(chosen ?? false) : false);
    },
  };
}

export type StageView = ReturnType<typeof useStageView>;
