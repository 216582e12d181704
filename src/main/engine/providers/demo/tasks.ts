/** The demo studio's heavy work, run in worker threads. Values in and out; all randomness is in the input. */
import type { Canvas, Raster } from '../../domain/raster.ts';
import { type Damage, damaged } from './damage.ts';
import { blockMeans, type Measure, measure } from './measure.ts';
import { byteCache } from './paint/cache.ts';
import { createPainter, type Flaw, withoutAlpha } from './paint/render.ts';
import { doPhoto, type PhotoKind } from './photo.ts';
import { sceneFromText } from './scene.ts';

/** What sources and edits are stored as: nearly lossless, with full colour resolution. */
const OUTPUT = { format: 'jpeg', quality: 95 } as const;
const PHOTO_CACHE_BYTES = 24 * 2 ** 20;
const ASKED_CACHE_BYTES = 16 * 2 ** 20;

export interface PaintInput {
  scene: string;
  flaw: Flaw | null;
  /** A comment that makes these bytes this request's own and says what they are. */
  mark: string;
}

export interface EditInput {
  before: string;
  /** The scene that is really painted. */
  actual: string;
  damage: Damage | null;
  mark: string;
}

export interface PhotoEditInput {
  bytes: Uint8Array;
  kinds: PhotoKind[];
  damage: Damage | null;
  mark: string;
}

export interface MeasureInput {
  bytes: Uint8Array;
  scene: string;
  /** The scene before the edit; null when a source is measured. */
  before: string | null;
}

export interface PhotoMeasureInput {
  source: Uint8Array;
  edited: Uint8Array;
  /** Name of the source in the cache: its hash. */
  key: string;
  kinds: PhotoKind[];
  /** True when the edit asked for the picture as it was before these operations. */
  undo: boolean;
}

/** The tasks by name, painting with the canvas. Buffers they return are given away, so nothing cached is returned. */
export function demoTasks(canvas: Canvas) {
  const painter = createPainter(canvas);
  const photos = byteCache<Raster>(PHOTO_CACHE_BYTES, (r) => r.data.length);

  const askedOf = byteCache<Float32Array>(ASKED_CACHE_BYTES, (blocks) => blocks.byteLength);

  const paint = (scene: string) => painter.paint(sceneFromText(scene));
  const rgb = async (bytes: Uint8Array) => withoutAlpha(await canvas.decode(bytes));
  const encode = async (raster: Raster, mark: string) => withComment(await canvas.encode(raster, OUTPUT), mark);

  return {
    async demoPaint({ scene, flaw, mark }: PaintInput): Promise<Uint8Array> {
      return encode(flaw ? await painter.paintFlawed(sceneFromText(scene), flaw) : await paint(scene), mark);
    },

    async demoEdit({ before, actual, damage, mark }: EditInput): Promise<Uint8Array> {
      const picture = await paint(actual);
      return encode(damage ? await damaged(canvas, picture, await paint(before), damage) : picture, mark);
    },

    async demoPhotoEdit({ bytes, kinds, damage, mark }: PhotoEditInput): Promise<Uint8Array> {
      const photo = await rgb(bytes);
      const done = await doPhoto(canvas, photo, kinds);
      return encode(damage ? await damaged(canvas, done, photo, damage) : done, mark);
    },

    async demoMeasure({ bytes, scene, before }: MeasureInput): Promise<Measure> {
      const wanted = await paint(scene);
      // All attempts at one edit ask for the same change, so it is worked out once.
      const asked =
        before === null ? null : await askedOf.get(`${before}|${scene}`, async () => changeBetween(await paint(before), wanted));
      return measure(await rgb(bytes), wanted, asked);
    },

    /** Any pair: how it follows from the operations, or (no operations) how the two differ. */
    async demoMeasurePhoto({ source, edited, key, kinds, undo }: PhotoMeasureInput): Promise<Measure> {
      const photo = await photos.get(key, () => rgb(source));
      const result = await rgb(edited);
      if (kinds.length === 0) return measure(result, photo, null);
      const [from, to, wanted] = undo
        ? [result, photo, await doPhoto(canvas, result, kinds)]
        : [photo, result, await doPhoto(canvas, photo, kinds)];
      return measure(to, wanted, changeBetween(from, wanted));
    },
  };
}

export type DemoTasks = ReturnType<typeof demoTasks>;
export type DemoTaskName = keyof DemoTasks;

/** The pool's `run`, as far as the demo needs it. */
export type DemoTaskRunner = <K extends DemoTaskName>(
  name: K,
  input: Parameters<DemoTasks[K]>[0],
  options?: { signal?: AbortSignal; key?: string },
) => Promise<Awaited<ReturnType<DemoTasks[K]>>>;

/** Block differences; pictures of different sizes (never the case for scenes) have none in common. */
function changeBetween(before: Raster, after: Raster): Float32Array {
  return before.width === after.width && before.height === after.height ? blockMeans(after, before) : new Float32Array(0);
}

/** A JPEG with a comment segment after its start marker. */
function withComment(jpeg: Uint8Array, text: string): Uint8Array {
  const comment = new TextEncoder().encode(text);
  const out = new Uint8Array(jpeg.length + comment.length + 4);
  out.set(jpeg.subarray(0, 2));
  out.set([0xff, 0xfe, (comment.length + 2) >> 8, (comment.length + 2) & 255], 2);
  out.set(comment, 6);
  out.set(jpeg.subarray(2), comment.length + 6);
  return out;
}
