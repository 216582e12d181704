import type { PointerEvent } from 'react';
import type { Size } from './camera.ts';
import type { Zoom } from './zoom.ts';

const LONGEST = 132;

/** Where in the picture one is; shown while a part is seen only. A press or a drag in it goes there. Keys pan the picture itself. */
export function Minimap({ src, picture, zoom }: { src: string; picture: Size; zoom: Zoom }) {
  const shrink = LONGEST / Math.max(picture.width, picture.height);
  const go = (event: PointerEvent<HTMLDivElement>) => {
    if (event.type === 'pointermove' && !event.currentTarget.hasPointerCapture(event.pointerId)) return;
    if (event.type === 'pointerdown') event.currentTarget.setPointerCapture(event.pointerId);
    const box = event.currentTarget.getBoundingClientRect();
    zoom.showAt(((event.clientX - box.left) / box.width) * picture.width, ((event.clientY - box.top) / box.height) * picture.height);
  };
  return (
    <div
      className="nhr-map"
      data-own-gestures
      aria-hidden
      style={{ width: picture.width * shrink, height: picture.height * shrink }}
      onPointerDown={go}
      onPointerMove={go}
    >
      <img src={src} alt="" draggable={false} />
      <span className="nhr-map-window" />
    </div>
  );
}
