import type { Raster } from '../domain/raster.ts';

/** Decoded originals by key, the least recently used going first. Bounded by number and by bytes. */
export interface RasterCache {
  get(key: string): Raster | undefined;
  /** Keeps the raster, unless it alone is over the limit. */
  put(key: string, raster: Raster): void;
}

/** One per worker: the attempts on one source come close together, and then the source is decoded once. */
export function createRasterCache(maxEntries: number, maxBytes: number): RasterCache {
  const entries = new Map<string, Raster>();
  let bytes = 0;

  function drop(key: string): void {
    bytes -= entries.get(key)?.data.byteLength ?? 0;
    entries.delete(key);
  }

  return {
    get(key) {
      const found = entries.get(key);
      if (found) {
        entries.delete(key);
        entries.set(key, found);
      }
      return found;
    },
    put(key, raster) {
      drop(key);
      if (raster.data.byteLength > maxBytes) return;
      entries.set(key, raster);
      bytes += raster.data.byteLength;
      for (const oldest of entries.keys()) {
        if (entries.size <= maxEntries && bytes <= maxBytes) break;
        drop(oldest);
      }
    },
  };
}
