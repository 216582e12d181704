import { type KeyboardEvent, type PointerEvent, useLayoutEffect, useRef } from 'react';
import { text } from '../../text.ts';

/** The line between the pictures: dragged, or moved with the arrow keys. It moves a style of the stage, so nothing is rendered. */
export function Divider({ at }: { at: { current: number } }) {
  const line = useRef<HTMLDivElement>(null);
  const to = (value: number) => {
    at.current = Math.min(1, Math.max(0, value));
    const element = line.current;
    element?.parentElement?.style.setProperty('--nhr-divider', `${at.current * 100}%`);
    element?.setAttribute('aria-valuenow', String(Math.round(at.current * 100)));
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, to where it was left
  useLayoutEffect(() => to(at.current), []);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.shiftKey ? 0.1 : 0.02;
    const now = at.current;
    const next = { ArrowLeft: now - step, ArrowDown: now - step, ArrowRight: now + step, ArrowUp: now + step, Home: 0, End: 1 }[event.key];
    if (next === undefined) return;
    // The same keys lead to the next triplet elsewhere in the dialog.
    event.stopPropagation();
    event.preventDefault();
    to(next);
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const box = line.current?.parentElement?.getBoundingClientRect();
    if (box && box.width > 0) to((event.clientX - box.left) / box.width);
  };
  return (
    <div
      ref={line}
      data-own-gestures
      className="nhr-divider"
      role="slider"
      tabIndex={0}
      aria-label={text.compare.divider}
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={50}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={onPointerMove}
    />
  );
}
