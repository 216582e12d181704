import type { Pixels } from '../ports.ts';
import type { PixelPool } from './pool.ts';

/** Picture work by way of the pool. Thumbnails wait for everything else. */
export function createPixels(pool: PixelPool): Pixels {
  return {
    inspect: (bytes) => pool.run('inspect', { bytes }),
    canonicalise: (bytes, rule) => pool.run('canonicalise', { bytes, rule }),
    resample: (bytes, width, height) => pool.run('resample', { bytes, width, height }),
    align: (sourceFile, editedFile) => pool.run('align', { sourceFile, editedFile }, { key: sourceFile }),
    // The same source goes to the same worker where it can, because that one has it decoded already.
    lowLevel: (sourceFile, editedFile, rule) => pool.run('lowLevel', { sourceFile, editedFile, ...rule }, { key: sourceFile }),
    fullReference: (sourceFile, editedFile, rule) => pool.run('fullReference', { sourceFile, editedFile, ...rule }, { key: sourceFile }),
    decode: (file) => pool.run('decode', { file }),
    encode: (file, format, quality) => pool.run('encode', { file, format, quality }),
    quality: (file, width, height) => pool.run('quality', { file, width, height }),
    thumbnail: (file, width) => pool.run('thumbnail', { file, width }, { priority: 'low' }),
    close: pool.close,
  };
}
