/** Global instructions on real photos: how they are said, and what they do to the pixels. */
import type { Canvas, Raster } from '../../domain/raster.ts';
import { splitClauses } from './language.ts';
import { applyLook, type Look } from './looks.ts';

export type PhotoKind = Look | 'flip' | 'flipVertical' | 'blur' | 'blurBackground' | 'vignette';

/** `undo` asks for the picture as it was before such an operation: it can be judged, but not carried out. */
export interface PhotoOp {
  kind: PhotoKind;
  undo: boolean;
}

interface PhotoWords {
  kind: PhotoKind;
  /** How the menu in a refusal calls it. */
  label: string;
  asks: RegExp;
  inverse: string;
}

const it = '(?:it|this|(?:the|this) (?:(?:whole|entire) )?(?:photo|picture|image|scene))';
const asks = (...phrases: string[]) => new RegExp(`^(?:${phrases.join('|')})$`, 'i');
const look = (word: string) =>
  `(?:make|turn|convert|change|render) ${it} (?:look )?(?:in)?(?:to )?(?:an? )?${word}(?: (?:photo|picture|image|look|style|tone))?`;

const WORDS: PhotoWords[] = [
  {
    kind: 'blackAndWhite',
    label: 'black and white',
    asks: asks(look('(?:black and white|greyscale|grayscale|monochrome)')),
    inverse: 'Turn the black and white photo into a natural colour photo.',
  },
  {
    kind: 'sepia',
    label: 'sepia',
    asks: asks(look('sepia'), `add a sepia tone(?: to ${it})?`),
    inverse: 'Turn the sepia photo into a natural colour photo.',
  },
  {
    kind: 'warmer',
    label: 'warmer',
    asks: asks(look('(?:much )?warmer'), `(?:make|give) ${it} (?:a )?warm(?:er)?(?: colou?rs)?`),
    inverse: 'Take the warm tint out of the photo.',
  },
  { kind: 'cooler', label: 'cooler', asks: asks(look('(?:much )?cooler')), inverse: 'Take the cool tint out of the photo.' },
  {
    kind: 'brighter',
    label: 'brighter',
    asks: asks(look('(?:much )?(?:brighter|lighter)'), `brighten ${it}`),
    inverse: 'Lower the raised brightness of the photo to a natural level.',
  },
  {
    kind: 'darker',
    label: 'darker',
    asks: asks(look('(?:much )?darker'), `darken ${it}`),
    inverse: 'Raise the low brightness of the photo to a natural level.',
  },
  {
    kind: 'dusk',
    label: 'dusk',
    asks: asks(
      look('(?:dusk|evening|sunset)'),
      `change the time of day(?: from \\w+)? to (?:dusk|evening|sunset)`,
      `make ${it} look like (?:dusk|evening|sunset)`,
    ),
    inverse: 'Change the time of day from dusk to bright daylight.',
  },
  {
    kind: 'vintage',
    label: 'vintage',
    asks: asks(look('(?:vintage|retro|old)'), `give ${it} a (?:vintage|retro) look`),
    inverse: 'Turn the vintage photo into a clean modern photo.',
  },
  {
    kind: 'vivid',
    label: 'more vivid',
    asks: asks(look('more (?:vivid|colou?rful|saturated)'), `increase the saturation(?: of ${it})?`),
    inverse: 'Tone the strong colours of the photo down to natural ones.',
  },
  {
    kind: 'faded',
    label: 'faded',
    asks: asks(look('(?:faded|pastel|less (?:saturated|colou?rful))'), `(?:reduce|lower) the saturation(?: of ${it})?`),
    inverse: 'Give the faded photo its full natural colours.',
  },
  {
    kind: 'contrast',
    label: 'more contrast',
    asks: asks(`(?:increase|raise) the contrast(?: of ${it})?`, `(?:add|give) (?:${it} )?more contrast(?: to ${it})?`),
    inverse: 'Soften the strong contrast of the photo to a natural level.',
  },
  {
    kind: 'negative',
    label: 'negative',
    asks: asks(look('negative'), `invert the colou?rs(?: of ${it})?`),
    inverse: 'Turn the negative into a natural colour photo.',
  },
  {
    kind: 'flip',
    label: 'flip horizontally',
    asks: asks(`(?:flip|mirror) ${it}(?: horizontally)?`),
    inverse: 'Flip the photo horizontally.',
  },
  {
    kind: 'flipVertical',
    label: 'flip vertically',
    asks: asks(`flip ${it} (?:vertically|upside down)`, `turn ${it} upside down`),
    inverse: 'Flip the photo vertically.',
  },
  {
    kind: 'blurBackground',
    label: 'blur the background',
    asks: asks('blur the background', `blur the background of ${it}`, 'make the background (?:blurry|blurred|out of focus)'),
    inverse: 'Bring the blurred background of the photo into focus.',
  },
  {
    kind: 'blur',
    label: 'blur',
    asks: asks(`blur ${it}`, look('(?:blurry|blurred|out of focus)')),
    inverse: 'Bring the blurred photo into sharp focus.',
  },
  {
    kind: 'vignette',
    label: 'vignette',
    asks: asks(`add a (?:dark )?vignette(?: to ${it})?`, `darken the (?:edges|corners)(?: of ${it})?`),
    inverse: 'Brighten the dark corners of the photo.',
  },
];

const MIRRORS: readonly PhotoKind[] = ['flip', 'flipVertical'];

/** What the demo editor can do to a real photo, in words. */
export const PHOTO_MENU = WORDS.map((w) => w.label).join(', ');

function readOne(text: string): PhotoOp | undefined {
  const ask = WORDS.find((w) => w.asks.test(text));
  if (ask) return { kind: ask.kind, undo: false };
  const undo = WORDS.find((w) => w.inverse.toLowerCase() === `${text.toLowerCase()}.`);
  return undo && { kind: undo.kind, undo: true };
}

/** Asks for the picture as it is; more words after it only say so again. */
const NOTHING = asks(`(?:do not|don't) change (?:anything|${it})(?:[.,] .*)?`, `(?:keep|leave) (?:everything|${it}) as it is(?:[.,] .*)?`);

/** The operations a photo instruction asks for, in order, none when it asks for no change; undefined when one of them is not known. */
export function readPhoto(instruction: string): PhotoOp[] | undefined {
  const text = instruction
    .trim()
    .replace(/[.!]+$/, '')
    .replace(/\s+/g, ' ');
  return NOTHING.test(text) ? [] : splitClauses(text, readOne);
}

/** One sentence that asks for the opposite of each operation, last first; undefined when an inverse of an inverse is asked. */
export function invertPhoto(ops: PhotoOp[]): string[] | undefined {
  if (ops.length === 0) return ['Do not change anything.'];
  const inverses = [...ops].reverse().map((op) => (op.undo ? undefined : WORDS.find((w) => w.kind === op.kind)?.inverse));
  return inverses.every((text) => text !== undefined) ? (inverses as string[]) : undefined;
}

/** The operations whose undoing these ask for, in the order they were done; undefined when they ask for something else. */
export function undone(ops: PhotoOp[]): PhotoKind[] | undefined {
  const backwards = ops.some((op) => op.undo) && ops.every((op) => op.undo || MIRRORS.includes(op.kind));
  return backwards ? ops.map((op) => op.kind).reverse() : undefined;
}

/** True when the pixels after the operation follow from those before. */
export function canDo(op: PhotoOp): boolean {
  return !op.undo || MIRRORS.includes(op.kind);
}

function mirrored(picture: Raster, upDown: boolean): Raster {
  const { width, height, data } = picture;
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    const from = (upDown ? height - 1 - y : y) * width;
    for (let x = 0; x < width; x++) {
      const s = (from + (upDown ? x : width - 1 - x)) * 3;
      const o = (y * width + x) * 3;
      out[o] = data[s] as number;
      out[o + 1] = data[s + 1] as number;
      out[o + 2] = data[s + 2] as number;
    }
  }
  return { ...picture, data: out };
}

/** Distance from the middle: 0 there, 1 at the middle of the nearer sides of the frame, more in the corners. */
function outward(width: number, height: number, x: number, y: number): number {
  return Math.hypot((x - width / 2) / (width / 2), (y - height * 0.54) / (height / 2));
}

function radial(picture: Raster, change: (v: number, index: number, d: number) => number): Raster {
  const { width, height, data } = picture;
  const out = new Uint8ClampedArray(data.length);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const d = outward(width, height, x, y);
      for (let c = 0; c < 3; c++, i++) out[i] = change(data[i] as number, i, d);
    }
  return { ...picture, data: new Uint8Array(out.buffer) };
}

async function doOne(canvas: Canvas, picture: Raster, kind: PhotoKind): Promise<Raster> {
  const sigma = Math.max(2.5, Math.min(picture.width, picture.height) / 160);
  switch (kind) {
    case 'flip':
      return mirrored(picture, false);
    case 'flipVertical':
      return mirrored(picture, true);
    case 'blur':
      return canvas.blur(picture, sigma);
    case 'blurBackground': {
      const soft = await canvas.blur(picture, sigma * 1.4);
      return radial(picture, (v, i, d) => v + ((soft.data[i] as number) - v) * Math.min(1, Math.max(0, (d - 0.5) / 0.25)));
    }
    case 'vignette':
      return radial(picture, (v, _, d) => v * (1 - 0.72 * Math.min(1, Math.max(0, d - 0.45))));
    default: {
      const out = { ...picture, data: new Uint8Array(picture.data) };
      applyLook(out, kind);
      return out;
    }
  }
}

/** The photo after all operations, in order. RGB in and out; the input is left as it is. */
export async function doPhoto(canvas: Canvas, picture: Raster, kinds: PhotoKind[]): Promise<Raster> {
  let now = picture;
  for (const kind of kinds) now = await doOne(canvas, now, kind);
  return now;
}
