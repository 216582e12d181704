import type { Signals } from '../../../shared/model/signals.ts';
import { alignmentSignals, createAlignment } from '../domain/alignment.ts';
import type { CanonicalImage } from '../ports.ts';
import { isLossy } from './formats.ts';
import { fromRaster, toBytes, toRaster } from './open.ts';
import { openFile } from './pairs.ts';

export interface AlignInput {
  sourceFile: string;
  editedFile: string;
}

/** Makes the task of one thread that lays an edit of another size on its source. The picture is a PNG of the source's size. */
export function createAlignTask(maxPixels: number): (input: AlignInput) => Promise<{ image: CanonicalImage; signals: Signals }> {
  const align = createAlignment();

  return async function alignEdit({ sourceFile, editedFile }) {
    const read = async (file: string) => toRaster((await openFile(file, maxPixels)).rgb(), file);
    const [source, edited] = [await read(sourceFile), await read(editedFile)];
    const found = align(source, edited);
    const bytes = await toBytes(fromRaster(found.aligned).png({ palette: false }));
    const { width, height } = source;
    return {
      image: { width, height, format: 'png', lossy: isLossy(bytes, 'png'), bytes, changed: true },
      signals: alignmentSignals(found, source, edited),
    };
  };
}
