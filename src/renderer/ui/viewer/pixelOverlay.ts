import { originOf, seenPart } from './camera.ts';
import type { PairValues } from './pictureMessages.ts';
import { valuesOf } from './pictures.ts';
import type { ZoomState } from './zoom.ts';

/** From this many CSS pixels for a picture pixel on, its values can be written into it. */
const VALUES_FROM = 46;
/** How much more than what is seen is drawn on every side, as a share of it: panning then moves it only. */
const MORE = 0.25;
/** After a change of scale the overlay is stretched until the scale has been still for so long, in milliseconds. */
const STILL_MS = 90;

interface Drawn {
  scale: number;
  pair: string;
  box: { x: number; y: number; width: number; height: number };
}

/** The grid between the pixels and their values, on a canvas over one picture; `data-pixels` says whose values: a, b or d (b - a). */
export function createPixelOverlay(canvas: HTMLCanvasElement) {
  let drawn: Drawn | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let latest: { state: ZoomState; pair: { a: string; b: string } } | null = null;

  function position(): void {
    if (!drawn || !latest) return;
    const { camera, pane, ratio } = latest.state;
    const { x, y } = originOf(camera, pane, ratio);
    const stretch = camera.scale / drawn.scale;
    canvas.style.transform = `translate(${x + drawn.box.x * camera.scale}px, ${y + drawn.box.y * camera.scale}px) scale(${stretch})`;
  }

  async function draw(): Promise<void> {
    timer = undefined;
    if (!latest) return;
    const { state, pair } = latest;
    const box = boxOf(state);
    if (box.width <= 0 || box.height <= 0) return;
    const written = state.camera.scale >= VALUES_FROM;
    const values = written ? await valuesOf(pair.a, pair.b, box).catch(() => null) : null;
    if (latest?.pair.a !== pair.a || latest.pair.b !== pair.b) return;
    paint(canvas, box, state, values);
    drawn = { scale: state.camera.scale, pair: `${pair.a} ${pair.b}`, box };
    canvas.hidden = false;
    position();
  }

  return {
    /** Follows the camera; with no pair there is nothing to show. */
    place(state: ZoomState, pair: { a: string; b: string } | null): void {
      latest = pair && { state, pair };
      if (!pair) {
        clearTimeout(timer);
        timer = undefined;
        drawn = null;
        canvas.hidden = true;
        return;
      }
      const samePair = drawn?.pair === `${pair.a} ${pair.b}`;
      if (drawn && !samePair) {
        drawn = null;
        canvas.hidden = true;
      }
      position();
      const sameScale = drawn?.scale === state.camera.scale;
      if (drawn && sameScale && covers(drawn.box, state)) return;
      if (!sameScale) clearTimeout(timer);
      else if (timer !== undefined) return;
      timer = setTimeout(() => void draw(), drawn && !sameScale ? STILL_MS : 0);
    },
    stop: () => clearTimeout(timer),
  };
}

/** Whole pixels of the picture around what is seen, and a little more. */
function boxOf({ camera, pane, picture }: ZoomState, more = MORE): Drawn['box'] {
  const seen = seenPart(camera, pane);
  const [dx, dy] = [(seen.right - seen.left) * more, (seen.bottom - seen.top) * more];
  const x = Math.max(0, Math.floor(seen.left - dx));
  const y = Math.max(0, Math.floor(seen.top - dy));
  return {
    x,
    y,
    width: Math.min(picture.width, Math.ceil(seen.right + dx)) - x,
    height: Math.min(picture.height, Math.ceil(seen.bottom + dy)) - y,
  };
}

function covers(box: Drawn['box'], state: ZoomState): boolean {
  const need = boxOf(state, 0);
  return need.x >= box.x && need.y >= box.y && need.x + need.width <= box.x + box.width && need.y + need.height <= box.y + box.height;
}

function paint(canvas: HTMLCanvasElement, box: Drawn['box'], { camera, ratio }: ZoomState, values: PairValues | null): void {
  const cell = camera.scale * ratio;
  canvas.width = Math.ceil(box.width * cell);
  canvas.height = Math.ceil(box.height * cell);
  canvas.style.width = `${box.width * camera.scale}px`;
  canvas.style.height = `${box.height * camera.scale}px`;
  const context = canvas.getContext('2d');
  if (!context) return;
  context.fillStyle = 'rgb(128 128 128 / 0.4)';
  for (let x = 0; x <= box.width; x++) context.fillRect(Math.round(x * cell), 0, 1, canvas.height);
  for (let y = 0; y <= box.height; y++) context.fillRect(0, Math.round(y * cell), canvas.width, 1);
  if (values) write(context, box, cell, ratio, values, canvas.dataset.pixels ?? 'a');
}

/** R, G and B under each other in every pixel; for the difference with their sign. */
function write(context: CanvasRenderingContext2D, box: Drawn['box'], cell: number, ratio: number, values: PairValues, whose: string): void {
  const size = Math.min(15 * ratio, cell * 0.23);
  context.font = `${size}px ui-monospace, Menlo, Consolas, monospace`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  const { a, b } = values;
  const own = whose === 'b' ? b : a;
  for (let p = 0; p < box.width * box.height; p++) {
    const i = p * 4;
    if (whose === 'd' ? a[i + 3] === 0 || b[i + 3] === 0 : own[i + 3] === 0) continue;
    const [cx, cy] = [((p % box.width) + 0.5) * cell, (Math.floor(p / box.width) + 0.5) * cell];
    const bright = (own[i]! * 299 + own[i + 1]! * 587 + own[i + 2]! * 114) / 1000;
    context.fillStyle = whose !== 'd' && bright > 140 ? '#000' : '#fff';
    context.strokeStyle = whose !== 'd' && bright > 140 ? 'rgb(255 255 255 / 0.5)' : 'rgb(0 0 0 / 0.6)';
    context.lineWidth = size / 5;
    for (let c = 0; c < 3; c++) {
      const delta = b[i + c]! - a[i + c]!;
      const words = whose === 'd' ? `${delta > 0 ? '+' : ''}${delta}` : String(own[i + c]);
      const y = cy + (c - 1) * size * 1.15;
      context.strokeText(words, cx, y);
      context.fillText(words, cx, y);
    }
  }
}
