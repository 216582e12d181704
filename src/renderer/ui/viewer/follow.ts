import { originOf, seenPart } from './camera.ts';
import { createPixelOverlay } from './pixelOverlay.ts';
import type { Zoom } from './zoom.ts';

/** From this many screen pixels for a picture pixel on, the grid is drawn. */
const GRID_FROM = 8;

/** What the stage is showing; read at every frame, so that a change needs no new listeners. */
export interface Following {
  /** Addresses of the decoded pair; null while one is on its way. */
  pair: { a: string; b: string } | null;
}

/**
 * Keeps everything in the stage at the place that the zoom says: pictures by their transform, the pixel grid, the small map. Runs once
 * a frame at most and renders nothing. Returns the way to stop, and a way to do it at once.
 */
export function followZoom(root: HTMLElement, zoom: Zoom, shown: () => Following): { now(): void; stop(): void } {
  let asked = 0;
  const overlays = new Map<HTMLCanvasElement, ReturnType<typeof createPixelOverlay>>();
  const apply = () => {
    cancelAnimationFrame(asked);
    asked = 0;
    const state = zoom.state();
    const { camera, fitted, pane, picture, ratio } = state;
    const { x, y } = originOf(camera, pane, ratio);
    const scale = camera.scale;
    const transform = `translate(${x}px, ${y}px) scale(${scale})`;
    const onScreen = scale * ratio;
    // Over 1:1 a pixel is shown as what it is. A small picture that is fitted to the window is smoothed up to twice its size.
    root.toggleAttribute('data-pixelated', onScreen > 1 && !(fitted && onScreen < 2));
    const wanted = onScreen >= 0.5 ? 0 : Math.floor(Math.log2(1 / onScreen));
    for (const layer of root.querySelectorAll<HTMLElement>('[data-layer]')) {
      layer.style.transform = transform;
      const levels = layer.querySelectorAll<HTMLElement>('[data-level]');
      const level = Math.min(wanted, levels.length - 1);
      for (const canvas of levels) canvas.style.visibility = canvas.dataset.level === String(level) ? '' : 'hidden';
    }
    for (const canvas of root.querySelectorAll<HTMLCanvasElement>('canvas[data-pixels]')) {
      const overlay = overlays.get(canvas) ?? createPixelOverlay(canvas);
      overlays.set(canvas, overlay);
      overlay.place(state, onScreen >= GRID_FROM ? shown().pair : null);
    }
    const seen = seenPart(camera, pane);
    const whole = seen.left <= 1 && seen.top <= 1 && seen.right >= picture.width - 1 && seen.bottom >= picture.height - 1;
    root.toggleAttribute('data-part', !whole);
    const map = root.querySelector<HTMLElement>('.nhr-map-window');
    if (map && !whole) {
      const [left, top] = [Math.max(0, seen.left), Math.max(0, seen.top)];
      map.style.left = `${(left / picture.width) * 100}%`;
      map.style.top = `${(top / picture.height) * 100}%`;
      map.style.width = `${((Math.min(picture.width, seen.right) - left) / picture.width) * 100}%`;
      map.style.height = `${((Math.min(picture.height, seen.bottom) - top) / picture.height) * 100}%`;
    }
  };
  const frame = () => {
    if (asked === 0) asked = requestAnimationFrame(apply);
  };
  const stop = zoom.subscribe(frame);
  apply();
  return {
    now: apply,
    stop() {
      stop();
      cancelAnimationFrame(asked);
      for (const overlay of overlays.values()) overlay.stop();
    },
  };
}
