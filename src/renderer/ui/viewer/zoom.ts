import { useSyncExternalStore } from 'react';
import { type Camera, carryOver, fitCamera, panBy, type Size, zoomAt } from './camera.ts';

export interface ZoomState {
  camera: Camera;
  /** The whole picture is shown, whatever the size of the pane. */
  fitted: boolean;
  picture: Size;
  /** One pane; in side by side there are two of this size. */
  pane: Size;
  /** Pixels of the screen for a CSS pixel; 1:1 means one picture pixel on one pixel of the screen. */
  ratio: number;
}

/**
 * The camera that all panes of a comparison share. It lives outside React: pictures follow it by their transform alone, and nothing
 * is rendered or drawn while it moves.
 */
export interface Zoom {
  state(): ZoomState;
  /** Called after every change. Returns the way to unsubscribe. */
  subscribe(listener: () => void): () => void;
  /** Another picture: a place that was chosen is kept, as far as sizes allow. */
  setPicture(picture: Size): void;
  setPane(pane: Size): void;
  fit(): void;
  /** One to one, around the point (px, py) in pixels from the middle of the pane. */
  full(px?: number, py?: number): void;
  zoomBy(factor: number, px?: number, py?: number): void;
  panBy(dx: number, dy: number): void;
  /** Brings a picture point to the middle; with a size, so near that this much of the picture fills the pane. */
  showAt(x: number, y: number, part?: Size): void;
}

const screenRatio = () => (typeof window === 'undefined' ? 1 : window.devicePixelRatio || 1);

/** A zoom that shows everything until it is told otherwise. */
export function createZoom(): Zoom {
  let picture: Size = { width: 1, height: 1 };
  let pane: Size = { width: 1, height: 1 };
  let chosen: Camera | null = null;
  let now: ZoomState | null = null;
  const listeners = new Set<() => void>();

  const state = (): ZoomState => {
    now ??= { camera: chosen ?? fitCamera(picture, pane), fitted: chosen === null, picture, pane, ratio: screenRatio() };
    return now;
  };
  const changed = () => {
    now = null;
    for (const listener of listeners) listener();
  };
  const choose = (camera: Camera | null) => {
    chosen = camera;
    changed();
  };
  const same = (a: Size, b: Size) => a.width === b.width && a.height === b.height;
  const zoomBy = (factor: number, px = 0, py = 0) => choose(zoomAt(state().camera, factor, px, py, picture, pane));

  return {
    state,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    setPicture(next) {
      if (same(picture, next)) return;
      if (chosen) chosen = carryOver(chosen, picture, next);
      picture = { width: next.width, height: next.height };
      changed();
    },
    setPane(next) {
      if (same(pane, next) && state().ratio === screenRatio()) return;
      pane = next;
      changed();
    },
    fit: () => choose(null),
    full: (px = 0, py = 0) => zoomBy(1 / screenRatio() / state().camera.scale, px, py),
    zoomBy,
    panBy: (dx, dy) => choose(panBy(state().camera, dx, dy, picture)),
    showAt(x, y, part) {
      const { scale } = state().camera;
      const wanted = part ? Math.min(pane.width / part.width, pane.height / part.height, 8) : scale;
      const at = zoomAt({ ...state().camera, cx: x, cy: y }, wanted / scale, 0, 0, picture, pane);
      choose(at);
    },
  };
}

/** The scale in percent, of pixels of the screen. */
export function useZoomPercent(zoom: Zoom): number {
  return useSyncExternalStore(zoom.subscribe, () => {
    const { camera, ratio } = zoom.state();
    return Math.round(camera.scale * ratio * 100);
  });
}

/** Whether the whole picture is shown. */
export function useFitted(zoom: Zoom): boolean {
  return useSyncExternalStore(zoom.subscribe, () => zoom.state().fitted);
}
