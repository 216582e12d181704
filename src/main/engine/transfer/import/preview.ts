import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ImportPreview } from '../../../../shared/model/import.ts';
import type { Pixels } from '../../ports.ts';
import { createPictureReads } from '../pictureReads.ts';
import { type ColumnMap, refuseSwapped } from './columnMap.ts';
import { importerOf } from './index.ts';
import { takePicture } from './takePicture.ts';
import { type ImportItem, type PictureRef, RowProblem } from './types.ts';

/** What a look at a set takes from the engine. */
export interface PreviewDeps {
  pixels: Pick<Pixels, 'inspect' | 'thumbnail'>;
}

const ROWS = 5;
const THUMBNAIL_WIDTH = 128;

type PreviewRow = ImportPreview['sample'][number];
type PreviewPicture = NonNullable<PreviewRow['source']>;

/**
 * The first rows of a set, read by the importer itself, so that what is shown is what would go in: a picture taken the wrong way round
 * is seen before it is stored. Nothing is stored. Throws AppError inputInvalid when there is no such format or set, or the map is swapped.
 */
export async function previewImport(
  { pixels }: PreviewDeps,
  { format, path, map }: { format: string; path: string; map: ColumnMap },
): Promise<ImportPreview> {
  const importer = importerOf(format);
  refuseSwapped(map);
  const stop = new AbortController();
  const context = { path: resolve(path), map, signal: stop.signal, leaveOut: () => undefined };
  const folder = await mkdtemp(join(tmpdir(), 'nhr-preview-'));
  try {
    const { names, used } = (await importer.columns?.(context)) ?? { names: [], used: {} };
    const sample: PreviewRow[] = [];
    for await (const item of importer.rows(context)) {
      if (item.type === 'bad' && !item.skipped) continue;
      sample.push(await rowOf(pixels, item, folder));
      if (sample.length === ROWS) break;
    }
    return { rows: await importer.count(context), columns: names, used, sample };
  } finally {
    stop.abort();
    await rm(folder, { recursive: true, force: true });
  }
}

async function rowOf(pixels: PreviewDeps['pixels'], item: ImportItem, folder: string): Promise<PreviewRow> {
  const nothing = { line: item.line, source: null, edited: null, instruction: '', category: '', fault: '' };
  if (item.type === 'bad') return { ...nothing, fault: `${item.fault}: ${item.message}` };
  if (item.type === 'rating')
    return { ...nothing, instruction: `${item.id}: adherence ${item.adherence}, aesthetics ${item.aesthetics}, by ${item.rater}` };
  const { instruction, category } = item;
  const [source, edited] = [await look(pixels, item.source, folder), await look(pixels, item.edited, folder)];
  const sizes = [source.picture, edited.picture].map(({ width, height }) => `${width} x ${height}`);
  const differ = source.fault === '' && edited.fault === '' && sizes[0] !== sizes[1];
  const fault = source.fault || edited.fault || (differ ? `sizeDiffers: ${sizes.join(' and ')}; it would be kept out of the set.` : '');
  return { ...nothing, source: source.picture, edited: edited.picture, instruction, category, fault };
}

/** A picture as an import would take it, or what is wrong with it. */
async function look(pixels: PreviewDeps['pixels'], ref: PictureRef, folder: string): Promise<{ picture: PreviewPicture; fault: string }> {
  const put = async (bytes: Uint8Array, format: string) => {
    const file = join(folder, `picture.${format}`);
    await writeFile(file, bytes);
    return file;
  };
  try {
    const { hash: file, width, height } = await takePicture({ blobs: { put }, pixels, reads: createPictureReads() }, ref);
    const small = await pixels.thumbnail(file, THUMBNAIL_WIDTH).catch(() => undefined);
    const thumbnail = small === undefined ? '' : `data:image/webp;base64,${Buffer.from(small).toString('base64')}`;
    const fault = small === undefined ? `notAPicture: ${ref.name} does not decode.` : '';
    return { picture: { name: ref.name, thumbnail, width, height }, fault };
  } catch (error) {
    if (!(error instanceof RowProblem)) throw error;
    return { picture: { name: ref.name, thumbnail: '', width: 0, height: 0 }, fault: `${error.fault}: ${error.message}` };
  }
}
