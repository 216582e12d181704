import { type RefObject, useEffect } from 'react';
import { text } from '../../text.ts';
import { originOf } from './camera.ts';
import { valuesOf } from './pictures.ts';
import type { Zoom } from './zoom.ts';

interface Pointer {
  x: number;
  y: number;
}

/** A point of the window as pixels from the middle of the pane it lies in; panes stand side by side and have one size. */
function inPane(view: HTMLElement, zoom: Zoom, clientX: number, clientY: number): { px: number; py: number; pane: number } {
  const { pane } = zoom.state();
  const box = view.getBoundingClientRect();
  const x = clientX - box.left;
  const index = Math.max(0, Math.min(Math.round(box.width / pane.width) - 1, Math.floor(x / pane.width)));
  return { px: x - index * pane.width - pane.width / 2, py: clientY - box.top - pane.height / 2, pane: index };
}

/** Wheel and pinch zoom at the pointer, dragging pans, a double click goes to 1:1 there and back. */
export function useGestures(view: RefObject<HTMLElement | null>, zoom: Zoom): void {
  useEffect(() => {
    const element = view.current;
    if (!element) return;
    const listening = new AbortController();
    const { signal } = listening;
    const down = new Map<number, Pointer>();
    const at = (event: { clientX: number; clientY: number }) => inPane(element, zoom, event.clientX, event.clientY);
    const ours = (event: Event) => !(event.target as Element | null)?.closest('[data-own-gestures]');

    // Not passively, or the page would scroll or zoom behind the picture.
    element.addEventListener(
      'wheel',
      (event) => {
        event.preventDefault();
        const { px, py } = at(event);
        // A pinch on a trackpad comes as small wheel steps with Ctrl.
        const speed = event.deltaMode === 1 ? 0.05 : event.ctrlKey ? 0.01 : 0.0016;
        zoom.zoomBy(Math.exp(-event.deltaY * speed), px, py);
      },
      { passive: false, signal },
    );
    element.addEventListener(
      'pointerdown',
      (event) => {
        if (event.button !== 0 || !ours(event)) return;
        element.setPointerCapture(event.pointerId);
        down.set(event.pointerId, { x: event.clientX, y: event.clientY });
      },
      { signal },
    );
    element.addEventListener(
      'pointermove',
      (event) => {
        const before = down.get(event.pointerId);
        if (!before) return;
        const now = { x: event.clientX, y: event.clientY };
        down.set(event.pointerId, now);
        const other = [...down].find(([id]) => id !== event.pointerId)?.[1];
        if (!other) return zoom.panBy(now.x - before.x, now.y - before.y);
        const gap = (p: Pointer) => Math.max(1, Math.hypot(p.x - other.x, p.y - other.y));
        zoom.panBy((now.x - before.x) / 2, (now.y - before.y) / 2);
        const { px, py } = at({ clientX: (now.x + other.x) / 2, clientY: (now.y + other.y) / 2 });
        zoom.zoomBy(gap(now) / gap(before), px, py);
      },
      { signal },
    );
    const up = (event: globalThis.PointerEvent) => void down.delete(event.pointerId);
    element.addEventListener('pointerup', up, { signal });
    element.addEventListener('pointercancel', up, { signal });
    element.addEventListener(
      'dblclick',
      (event) => {
        if (!ours(event)) return;
        const { px, py } = at(event);
        if (zoom.state().fitted) zoom.full(px, py);
        else zoom.fit();
      },
      { signal },
    );
    return () => listening.abort();
  }, [view, zoom]);
}

/** Stands for a value that is not known. */
const UNKNOWN = '–';

/**
 * The values of the pixel under the pointer, or in the middle when keys move the picture, written into the probe line; and a mark at
 * the same pixel in every pane. No part of it renders.
 */
export function useProbe(view: RefObject<HTMLElement | null>, zoom: Zoom, pair: RefObject<{ a: string; b: string } | null>): void {
  useEffect(() => {
    const element = view.current;
    if (!element) return;
    const listening = new AbortController();
    const { signal } = listening;
    let wanted: { x: number; y: number } | null = null;
    let busy = false;
    const words = (name: string, value: string) => {
      const place = element.querySelector<HTMLElement>(`[data-probe="${name}"]`);
      if (place && place.textContent !== value) place.textContent = value;
    };
    const read = async () => {
      if (busy) return;
      busy = true;
      while (wanted && pair.current) {
        const { x, y } = wanted;
        wanted = null;
        const { a, b } = pair.current;
        const values = await valuesOf(a, b, { x, y, width: 1, height: 1 }).catch(() => null);
        words('at', `${x}, ${y}`);
        const three = (v: Uint8ClampedArray) =>
          v[3] === 0 ? UNKNOWN : `${v[0]} ${v[1]} ${v[2]}${v[3] === 255 ? '' : ` ${text.viewer.alpha(v[3]!)}`}`;
        const both = values !== null && values.a[3] !== 0 && values.b[3] !== 0;
        // Values of another place must not stand beside this one.
        words('a', values ? three(values.a) : UNKNOWN);
        words('b', values ? three(values.b) : UNKNOWN);
        words('d', both ? [0, 1, 2].map((c) => signed(values.b[c]! - values.a[c]!)).join(' ') : UNKNOWN);
      }
      busy = false;
    };
    const show = (px: number, py: number) => {
      const { camera, picture, pane, ratio } = zoom.state();
      const x = Math.floor(camera.cx + px / camera.scale);
      const y = Math.floor(camera.cy + py / camera.scale);
      const inside = x >= 0 && y >= 0 && x < picture.width && y < picture.height;
      element.toggleAttribute('data-probing', inside);
      if (!inside) return;
      const origin = originOf(camera, pane, ratio);
      const side = Math.max(9, camera.scale);
      for (const mark of element.querySelectorAll<HTMLElement>('.nhr-mark')) {
        mark.style.width = mark.style.height = `${side}px`;
        mark.style.transform = `translate(${origin.x + (x + 0.5) * camera.scale - side / 2}px, ${origin.y + (y + 0.5) * camera.scale - side / 2}px)`;
      }
      wanted = { x, y };
      void read();
    };
    let last: { clientX: number; clientY: number } | null = null;
    let frame = 0;
    const update = () => {
      frame = 0;
      if (last) {
        const { px, py, pane } = inPane(element, zoom, last.clientX, last.clientY);
        element.dataset.pointed = String(pane);
        show(px, py);
      } else if (element.closest('[data-keys]')) show(0, 0);
    };
    const soon = () => {
      if (frame === 0) frame = requestAnimationFrame(update);
    };
    element.addEventListener(
      'pointermove',
      ({ clientX, clientY }) => {
        last = { clientX, clientY };
        soon();
      },
      { signal },
    );
    element.addEventListener(
      'pointerleave',
      () => {
        last = null;
        element.removeAttribute('data-probing');
        delete element.dataset.pointed;
      },
      { signal },
    );
    const stop = zoom.subscribe(soon);
    return () => {
      listening.abort();
      stop();
      cancelAnimationFrame(frame);
    };
  }, [view, zoom, pair]);
}

function signed(value: number): string {
  return value > 0 ? `+${value}` : String(value);
}
