/** What part of a picture is seen: the picture point in the middle of the pane, and screen pixels (CSS) per picture pixel. */
export interface Camera {
  scale: number;
  cx: number;
  cy: number;
}

export interface Size {
  width: number;
  height: number;
}

/** Most that a picture pixel is enlarged: its values can be read then. */
const LARGEST = 160;

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

/** The part of the picture that a pane shows, in picture pixels; it may reach over the picture's edge. */
export function seenPart({ scale, cx, cy }: Camera, pane: Size): { left: number; top: number; right: number; bottom: number } {
  const [w, h] = [pane.width / scale / 2, pane.height / scale / 2];
  return { left: cx - w, top: cy - h, right: cx + w, bottom: cy + h };
}

/** Where the upper left corner of the picture lies in the pane, on whole pixels of the screen so that edges do not shimmer. */
export function originOf({ scale, cx, cy }: Camera, pane: Size, ratio: number): { x: number; y: number } {
  const snap = (value: number) => Math.round(value * ratio) / ratio;
  return { x: snap(pane.width / 2 - cx * scale), y: snap(pane.height / 2 - cy * scale) };
}

/** The same place in a picture of another size: same scale, same share of width and height. */
export function carryOver(camera: Camera, from: Size, to: Size): Camera {
  return { scale: camera.scale, cx: (camera.cx / from.width) * to.width, cy: (camera.cy / from.height) * to.height };
}
