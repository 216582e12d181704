import { readFile, stat } from 'node:fs/promises';
import { AppError } from '../../../shared/model/errors.ts';
import type { Raster } from '../domain/raster.ts';
import type { ImageFacts } from '../ports.ts';
import { type OpenPicture, openPicture, toRaster, unreadable } from './open.ts';
import { createRasterCache } from './rasterCache.ts';

const CACHED_ORIGINALS = 8;
/** Just long enough for the checks of one edit, which come one after the other. */
const CACHED_EDITS = 3;
const CACHED_BYTES = 64 * 1024 * 1024;

/** Two decoded pictures of one size, RGB. Read only: both may be in use by other checks of the thread. */
export interface RasterPair {
  source: Raster;
  edited: Raster;
  sourceFacts: ImageFacts;
  editedFacts: ImageFacts;
}

/** Reads pairs for the checks of one thread. Rejects with AppError inputInvalid when sizes differ or a file does not decode. */
export type PairReader = (sourceFile: string, editedFile: string) => Promise<RasterPair>;

/** Makes the reader of a thread: every check of an edit and every edit of a source shares what was decoded already. */
export function createPairReader(maxPixels: number): PairReader {
  const originals = createDecoder(CACHED_ORIGINALS);
  const edits = createDecoder(CACHED_EDITS);

  function createDecoder(entries: number) {
    const kept = createRasterCache(entries, CACHED_BYTES);
    const facts = new Map<string, ImageFacts>();
    const decoding = new Map<string, Promise<Raster>>();
    return async function open(file: string): Promise<{ facts: ImageFacts; raster(): Promise<Raster> }> {
      const key = await keyOf(file);
      const known = kept.get(key);
      const knownFacts = facts.get(key);
      if (known && knownFacts) return { facts: knownFacts, raster: async () => known };
      const picture = await openFile(file, maxPixels);
      return { facts: picture.facts, raster: () => decode(key, picture, file) };
    };

    /** Two checks of one picture at the same time share one decode. */
    function decode(key: string, picture: OpenPicture, file: string): Promise<Raster> {
      const underWay = decoding.get(key) ?? toRaster(picture.rgb(), file).finally(() => decoding.delete(key));
      decoding.set(key, underWay);
      return underWay.then((raster) => {
        kept.put(key, raster);
        facts.set(key, picture.facts);
        for (const oldest of facts.keys()) {
          if (facts.size <= entries) break;
          facts.delete(oldest);
        }
        return raster;
      });
    }
  }

  return async function read(sourceFile, editedFile) {
    const [source, edited] = await Promise.all([originals(sourceFile), edits(editedFile)]);
    // Headers first: pictures of different sizes are told apart without decoding either.
    sameSize(source.facts, edited.facts, sourceFile, editedFile);
    const [a, b] = await Promise.all([source.raster(), edited.raster()]);
    sameSize(a, b, sourceFile, editedFile);
    return { source: a, edited: b, sourceFacts: source.facts, editedFacts: edited.facts };
  };
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
