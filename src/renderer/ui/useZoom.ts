import { type PointerEvent, type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

/** What part of a picture is seen: the picture point in the middle of the pane and the scale; null means it fits. */
export interface Camera {
  scale: number;
  cx: number;
  cy: number;
}

export interface Size {
  width: number;
  height: number;
}

const LARGEST = 32;

/** The camera that shows the whole picture. */
export function fitCamera(picture: Size, pane: Size): Camera {
  const scale = Math.min(pane.width / picture.width, pane.height / picture.height);
  return { scale: scale > 0 && Number.isFinite(scale) ? scale : 1, cx: picture.width / 2, cy: picture.height / 2 };
}

/** Zooms so that the picture point under (px, py), in pixels from the middle of the pane, stays there. */
export function zoomAt(camera: Camera, factor: number, px: number, py: number, picture: Size, pane: Size): Camera {
  const smallest = Math.min(1, fitCamera(picture, pane).scale) / 2;
  const scale = Math.min(LARGEST, Math.max(smallest, camera.scale * factor));
  return inside({ scale, cx: camera.cx + px / camera.scale - px / scale, cy: camera.cy + py / camera.scale - py / scale }, picture);
}

/** Moves the picture by pixels of the screen. */
export function panBy(camera: Camera, dx: number, dy: number, picture: Size): Camera {
  return inside({ ...camera, cx: camera.cx - dx / camera.scale, cy: camera.cy - dy / camera.scale }, picture);
}

// The middle of the pane always shows a point of the picture, so that it cannot be lost.
function inside(camera: Camera, picture: Size): Camera {
  const clamp = (value: number, most: number) => Math.min(most, Math.max(0, value));
  return { ...camera, cx: clamp(camera.cx, picture.width), cy: clamp(camera.cy, picture.height) };
}

/**
 * One camera for all panes of a comparison: wheel zooms at the pointer, dragging pans. `pane` is the element of one pane; all have
 * the same size.
 */
export function useZoom(stage: RefObject<HTMLElement | null>, picture: Size, paneCount: number) {
  const [pane, setPane] = useState<Size>({ width: 1, height: 1 });
  const [camera, setCamera] = useState<Camera | null>(null);
  const now = camera ?? fitCamera(picture, pane);
  const latest = useRef({ now, picture, pane });
  latest.current = { now, picture, pane };

  useLayoutEffect(() => {
    const element = stage.current;
    if (!element) return;
    const measure = () => setPane({ width: Math.max(1, element.clientWidth / paneCount), height: Math.max(1, element.clientHeight) });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [stage, paneCount]);

  const zoomBy = useCallback((factor: number, px = 0, py = 0) => {
    const { now, picture, pane } = latest.current;
    setCamera(zoomAt(now, factor, px, py, picture, pane));
  }, []);

  // React listens to wheel events passively, and then the page would scroll behind the picture.
  useEffect(() => {
    const element = stage.current;
    if (!element) return;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const { pane } = latest.current;
      const box = element.getBoundingClientRect();
      const px = ((event.clientX - box.left) % pane.width) - pane.width / 2;
      const py = event.clientY - box.top - pane.height / 2;
      zoomBy(Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.0016)), px, py);
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [stage, zoomBy]);

  const drag = {
    onPointerDown(event: PointerEvent<HTMLElement>) {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove(event: PointerEvent<HTMLElement>) {
      if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
      setCamera(panBy(latest.current.now, event.movementX, event.movementY, picture));
    },
  };

  return {
    scale: now.scale,
    fitted: camera === null,
    transform: `translate(${pane.width / 2 - now.cx * now.scale}px, ${pane.height / 2 - now.cy * now.scale}px) scale(${now.scale})`,
    fit: useCallback(() => setCamera(null), []),
    full: useCallback(() => setCamera({ ...latest.current.now, scale: 1 }), []),
    zoomBy,
    drag,
  };
}
