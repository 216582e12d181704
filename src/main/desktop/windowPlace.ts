import { z } from 'zod';

/** Where a window was, as it is kept between starts. */
export const WindowState = z.object({
  x: z.number().int().optional(),
  y: z.number().int().optional(),
  width: z.number().int().min(640),
  height: z.number().int().min(480),
  maximized: z.boolean(),
});
export type WindowState = z.infer<typeof WindowState>;

export const DEFAULT_STATE: WindowState = { width: 1280, height: 860, maximized: false };

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** So much of the title bar must lie on a display that the window can be taken hold of. */
const GRIP = { width: 120, height: 32 };
/** A further window stands so far down and right of the one before it. */
const STEP = 28;

/**
 * The place for a window: the kept one when its title bar can be reached on one of the displays (their work areas, the first being the
 * main one), else none, which lets the system choose. Never larger than the display it is on. `others` are the windows that are open.
 */
export function placeWindow(
  state: WindowState,
  displays: readonly Box[],
  others: readonly Box[],
): Partial<Box> & { width: number; height: number } {
  const { x, y } = state;
  const home = x === undefined || y === undefined ? undefined : displays.find((display) => reachable({ ...state, x, y }, display));
  const room = home ?? displays[0];
  const width = room ? Math.min(state.width, room.width) : state.width;
  const height = room ? Math.min(state.height, room.height) : state.height;
  if (!home || x === undefined || y === undefined) return { width, height };
  const taken = new Set(others.map((other) => `${other.x},${other.y}`));
  let step = 0;
  while (taken.has(`${x + step},${y + step}`)) step += STEP;
  const placed = { x: x + step, y: y + step, width, height };
  return reachable(placed, home) ? placed : { width, height };
}

function reachable(window: Box, display: Box): boolean {
  const across = Math.min(window.x + window.width, display.x + display.width) - Math.max(window.x, display.x);
  const down = display.y + display.height - window.y;
  return across >= GRIP.width && window.y >= display.y && down >= GRIP.height;
}
