import { readFile, stat } from 'node:fs/promises';
import type { LowLevelNumbers } from '../../../shared/model/attempt.ts';
import { AppError } from '../../../shared/model/errors.ts';
import { createComponentCounter, differenceMask, type MaskRule } from '../domain/components.ts';
import type { Raster } from '../domain/raster.ts';
import { type OpenPicture, openPicture, toRaster, unreadable } from './open.ts';
import { createRasterCache } from './rasterCache.ts';

const CACHED_ORIGINALS = 8;
const CACHED_BYTES = 64 * 1024 * 1024;

export interface LowLevelInput {
  sourceFile: string;
  editedFile: string;
  threshold: number;
  maskRule: MaskRule;
}

/** Makes the low-level check of one thread, with its mask, its counter and its decoded originals. */
export function createLowLevelCheck(maxPixels: number): (input: LowLevelInput) => Promise<LowLevelNumbers> {
  const originals = createRasterCache(CACHED_ORIGINALS, CACHED_BYTES);
  const decoding = new Map<string, Promise<Raster>>();
  const largestComponent = createComponentCounter();
  let mask = new Uint8Array(0);

  return async function lowLevel({ sourceFile, editedFile, threshold, maskRule }) {
    const edited = await openFile(editedFile, maxPixels);
    const key = await keyOf(sourceFile);
    const kept = originals.get(key);
    const source = kept ?? (await openFile(sourceFile, maxPixels));
    // Headers first: pictures of different sizes are told apart without decoding either.
    sameSize('facts' in source ? source.facts : source, edited.facts, sourceFile, editedFile);
    const [a, b] = await Promise.all([
      'facts' in source ? decodeOriginal(key, source, sourceFile) : source,
      toRaster(edited.rgb(), editedFile),
    ]);
    sameSize(a, b, sourceFile, editedFile);
    // No await from here on: the mask is shared by all checks of the thread.
    const { width, height } = a;
    if (mask.length < width * height) mask = new Uint8Array(width * height);
    differenceMask(a.data, b.data, 3, threshold, maskRule, mask);
    return { width, height, ...largestComponent(mask, width, height) };
  };

  /** Two checks of one source at the same time share one decode. */
  function decodeOriginal(key: string, picture: OpenPicture, file: string): Promise<Raster> {
    const underWay = decoding.get(key) ?? toRaster(picture.rgb(), file).finally(() => decoding.delete(key));
    decoding.set(key, underWay);
    return underWay.then((raster) => {
      originals.put(key, raster);
      return raster;
    });
  }
}

/** Reads a file and its header. Throws AppError inputInvalid, naming the file, for anything that is no usable picture. */
export async function openFile(file: string, maxPixels: number): Promise<OpenPicture> {
  return openPicture(await readable(file, () => readFile(file)), maxPixels, file);
}

/** Path, size and time: a file that was written again is another picture. */
async function keyOf(file: string): Promise<string> {
  const { size, mtimeMs } = await readable(file, () => stat(file));
  return `${file}\n${size}\n${mtimeMs}`;
}

async function readable<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw unreadable(file, code === 'ENOENT' ? 'There is no such file.' : `It cannot be read (${code}).`);
  }
}

function sameSize(
  a: { width: number; height: number },
  b: { width: number; height: number },
  sourceFile: string,
  editedFile: string,
): void {
  if (a.width === b.width && a.height === b.height) return;
  throw new AppError(
    'inputInvalid',
    `The pictures differ in size: ${a.width} x ${a.height} (${sourceFile}) and ${b.width} x ${b.height} (${editedFile}).`,
    { file: editedFile },
  );
}
