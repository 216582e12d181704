import { type RefObject, useEffect, useRef, useState } from 'react';
import type { StageView } from './useStageView.ts';

/** Share of the pane that one key press moves the picture by. */
const STEP = 0.12;
/** A word about the pixel in the middle comes when the keys have been still for so long, in milliseconds. */
const STILL_MS = 350;

const ARROWS: Record<string, [number, number]> = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/**
 * The viewer's own keys: Shift with an arrow moves the picture (the arrow alone while the picture has the focus and is not seen whole),
 * [ and ] give less and more of what the mode has, \ another look at the difference. Gives the pixel in the middle as words, once the
 * keys are still, to be read aloud.
 */
export function useStageKeys(root: RefObject<HTMLElement | null>, view: StageView, single: boolean): string {
  const [said, setSaid] = useState('');
  const latest = useRef({ view, single });
  latest.current = { view, single };
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const listen = (event: KeyboardEvent) => {
      const stage = root.current;
      const target = event.target instanceof HTMLElement ? event.target : null;
      if (!stage || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (
        target?.closest(
          'input:not([type="radio"], [type="checkbox"]), textarea, select, [contenteditable], [role="slider"], [role="tree"], [role="menu"]',
        )
      )
        return;
      // A dialog over the stage has its keys for itself.
      const dialog = target?.closest('[role="dialog"]');
      if (dialog && !dialog.contains(stage)) return;
      const { view, single } = latest.current;
      const { zoom } = view;
      const arrow = ARROWS[event.key];
      const onPicture = target !== null && target === stage.querySelector('.nhr-pictures');
      if (arrow && (event.shiftKey || (onPicture && !zoom.state().fitted))) {
        const { pane } = zoom.state();
        stage.toggleAttribute('data-keys', true);
        zoom.panBy(arrow[0] * pane.width * STEP, arrow[1] * pane.height * STEP);
        clearTimeout(timer);
        timer = setTimeout(() => setSaid(stage.querySelector('.nhr-pixel-line')?.textContent ?? ''), STILL_MS);
      } else if (!single && event.key === '[') view.adjust(-1);
      else if (!single && event.key === ']') view.adjust(1);
      else if (!single && event.key === '\\') view.nextLook();
      else return;
      event.preventDefault();
      event.stopPropagation();
    };
    const pointed = () => root.current?.removeAttribute('data-keys');
    const stage = root.current;
    stage?.addEventListener('pointermove', pointed);
    // Before the rooms' own keys, which give a bare arrow another meaning.
    window.addEventListener('keydown', listen, true);
    return () => {
      clearTimeout(timer);
      stage?.removeEventListener('pointermove', pointed);
      window.removeEventListener('keydown', listen, true);
    };
  }, [root]);
  return said;
}
