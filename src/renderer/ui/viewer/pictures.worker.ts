/** Decodes pictures, makes their difference and answers for single pixels, away from the page's own thread. */
import { differencePicture, type Pixels } from './difference.ts';
import type { PictureAnswer, PictureQuestion } from './pictureMessages.ts';

/** Decoded bytes that are kept for pairs to come. The two pictures asked for last stay whatever their size. */
const KEEP_BYTES = 160 * 1024 * 1024;
/** Longest side of the smallest copy; smaller copies keep a far view free of speckles. */
const SMALLEST = 1024;

const decoded = new Map<string, Promise<Pixels & { transparent: boolean }>>();
const sizes = new Map<string, number>();
const port = self as unknown as {
  postMessage(message: PictureAnswer, transfer: Transferable[]): void;
  onmessage: ((event: MessageEvent<PictureQuestion>) => void) | null;
};

port.onmessage = ({ data: question }) => {
  answer(question).then(
    ({ reply, transfer }) => port.postMessage({ id: question.id, ...reply }, transfer),
    (error: unknown) => port.postMessage({ id: question.id, error: error instanceof Error ? error.message : String(error) }, []),
  );
};

type Reply = PictureAnswer extends infer A ? (A extends unknown ? Omit<A, 'id'> : never) : never;

async function answer(question: PictureQuestion): Promise<{ reply: Reply; transfer: Transferable[] }> {
  switch (question.do) {
    case 'load': {
      const picture = await pixelsOf(question.src);
      const levels = await levelsOf(picture);
      const { width, height, transparent } = picture;
      return { reply: { picture: { width, height, transparent, levels } }, transfer: levels };
    }
    case 'difference': {
      const [a, b] = await Promise.all([pixelsOf(question.a), pixelsOf(question.b)]);
      const { pixels, facts } = differencePicture(a, b, question);
      const levels = await levelsOf(pixels);
      return { reply: { difference: { ...facts, levels } }, transfer: levels };
    }
    case 'values': {
      const [a, b] = await Promise.all([pixelsOf(question.a), pixelsOf(question.b)]);
      const values = { a: cut(a, question), b: cut(b, question) };
      return { reply: { values }, transfer: [values.a.buffer, values.b.buffer] };
    }
  }
}

function pixelsOf(src: string): Promise<Pixels & { transparent: boolean }> {
  const known = decoded.get(src);
  const picture = known ?? decode(src);
  // Last asked for stands last; a failure is not kept, so that it can be asked for again.
  decoded.delete(src);
  decoded.set(src, picture);
  if (!known)
    picture.then(
      ({ data }) => {
        sizes.set(src, data.byteLength);
        forget();
      },
      () => decoded.get(src) === picture && decoded.delete(src),
    );
  return picture;
}

function forget(): void {
  let total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  for (const src of decoded.keys()) {
    if (total <= KEEP_BYTES || decoded.size <= 2) return;
    const size = sizes.get(src);
    if (size === undefined) continue;
    total -= size;
    sizes.delete(src);
    decoded.delete(src);
  }
}

async function decode(src: string): Promise<Pixels & { transparent: boolean }> {
  const reply = await fetch(src);
  if (!reply.ok) throw new Error(`status ${reply.status}`);
  const bitmap = await createImageBitmap(await reply.blob(), { premultiplyAlpha: 'none' });
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('no canvas');
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  let transparent = false;
  for (let i = 3; i < data.length && !transparent; i += 4) transparent = data[i] !== 255;
  return { width, height, data, transparent };
}

/** The picture itself and copies of half the size each, so that a far view is smooth whatever the compositor does. */
async function levelsOf({ width, height, data }: Pixels): Promise<ImageBitmap[]> {
  const levels = [await createImageBitmap(new ImageData(data as Uint8ClampedArray<ArrayBuffer>, width, height))];
  for (let last = levels[0]!; Math.max(last.width, last.height) > SMALLEST; last = levels.at(-1)!) {
    const [resizeWidth, resizeHeight] = [Math.max(1, Math.round(last.width / 2)), Math.max(1, Math.round(last.height / 2))];
    levels.push(await createImageBitmap(last, { resizeWidth, resizeHeight, resizeQuality: 'medium' }));
  }
  return levels;
}

/** A box of pixels; what lies outside the picture has alpha 0. */
function cut(
  pixels: Pixels,
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
): Uint8ClampedArray<ArrayBuffer> {
  const out = new Uint8ClampedArray(width * height * 4);
  for (let row = 0; row < height; row++) {
    const from = y + row;
    if (from < 0 || from >= pixels.height) continue;
    const left = Math.max(0, x);
    const right = Math.min(pixels.width, x + width);
    if (right <= left) continue;
    const at = (from * pixels.width + left) * 4;
    out.set(pixels.data.subarray(at, at + (right - left) * 4), (row * width + left - x) * 4);
  }
  return out;
}
