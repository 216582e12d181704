/** A scroll bar cannot be longer than Chromium's tallest element (33,554,428 px); beyond this height the bar is scaled. */
export const TALLEST = 8_000_000;

/** Where a long list is: `offset` in its own pixels, `top` where the scroll bar stands. */
export interface ScaledPlace {
  offset: number;
  top: number;
}

/** Sizes in CSS pixels: all of the list, what is seen of it. */
export interface ScaledSize {
  total: number;
  view: number;
}

/** The height that the scroll bar is about. */
export function scrolledHeight(total: number): number {
  return Math.min(total, TALLEST);
}

/** Where the bar stands for an offset; both ends fit exactly. */
export function topOf(offset: number, { total, view }: ScaledSize): number {
  const way = Math.max(0, total - view);
  const bar = Math.max(0, scrolledHeight(total) - view);
  return way === 0 ? 0 : (clampTo(offset, way) / way) * bar;
}

/**
 * Where the list is after the bar went to `top`: a step of less than two views moves the list by as many pixels, a larger one (the
 * thumb was dragged) goes to the same share of the way. The ends of the bar are the ends of the list.
 */
export function scrolledTo(top: number, last: ScaledPlace, size: ScaledSize): ScaledPlace {
  const { total, view } = size;
  const way = Math.max(0, total - view);
  const bar = Math.max(0, scrolledHeight(total) - view);
  if (total <= TALLEST) return { offset: clampTo(top, way), top };
  if (top <= 0) return { offset: 0, top };
  if (top >= bar - 1) return { offset: way, top };
  const step = top - last.top;
  const offset = Math.abs(step) < 2 * view ? last.offset + step : (top / bar) * way;
  return { offset: clampTo(offset, way), top };
}

/** The least move that brings a row into view. */
export function offsetShowing(start: number, height: number, offset: number, { total, view }: ScaledSize, margin = 12): number {
  const way = Math.max(0, total - view);
  if (start - margin < offset) return clampTo(start - margin, way);
  if (start + height + margin > offset + view) return clampTo(start + height + margin - view, way);
  return clampTo(offset, way);
}

function clampTo(value: number, most: number): number {
  return Math.max(0, Math.min(most, value));
}
