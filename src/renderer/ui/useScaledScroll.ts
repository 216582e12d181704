import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { offsetShowing, type ScaledPlace, scrolledTo, topOf } from './scaledScroll.ts';

/** After a scroll the list rests when nothing moved for so long. */
const REST_MS = 140;

/**
 * The scroll position of a list that may be taller than an element can be. `resting` is false while it moves by more than it shows
 * at once, so that nothing is fetched for what only flies by.
 */
export function useScaledScroll(scroller: RefObject<HTMLElement | null>, total: number, view: number) {
  const [offset, setOffset] = useState(0);
  const [resting, setResting] = useState(true);
  const place = useRef<ScaledPlace>({ offset: 0, top: 0 });
  const size = useRef({ total, view });
  size.current = { total, view };
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  /** Puts the list somewhere, and the bar where it belongs for that. */
  const moveTo = useCallback(
    (to: number) => {
      const element = scroller.current;
      if (!element) return;
      const top = topOf(to, size.current);
      element.scrollTop = top;
      // The browser rounds: what it made of it is what the next scroll starts from.
      place.current = { offset: Math.max(0, to), top: element.scrollTop };
      setOffset(place.current.offset);
    },
    [scroller],
  );

  const onScroll = useCallback(() => {
    const element = scroller.current;
    if (!element || element.scrollTop === place.current.top) return;
    const before = place.current.offset;
    place.current = scrolledTo(element.scrollTop, place.current, size.current);
    setOffset(place.current.offset);
    if (Math.abs(place.current.offset - before) > size.current.view) setResting(false);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      setResting(true);
      // After many small steps bar and list have drifted apart.
      moveTo(place.current.offset);
    }, REST_MS);
  }, [scroller, moveTo]);

  useEffect(() => () => clearTimeout(timer.current), []);
  // A list that got shorter, or cells of another size: stay within it.
  useLayoutEffect(() => {
    const way = Math.max(0, total - view);
    if (place.current.offset > way) moveTo(way);
  }, [total, view, moveTo]);

  const show = useCallback(
    (start: number, height: number) => {
      const to = offsetShowing(start, height, place.current.offset, size.current);
      if (to !== place.current.offset) moveTo(to);
    },
    [moveTo],
  );
  return { offset, resting, onScroll, show, moveTo };
}
