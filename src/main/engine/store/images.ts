import type { ImageFacts } from '../ports.ts';
import type { StoreContext } from './context.ts';

export interface ImageRow extends ImageFacts {
  hash: string;
}

/** Facts of stored pictures, by hash. Written once, so that a row always follows its blob. */
export function createImageStore({ db, writer }: StoreContext) {
  const insert = db.prepare('INSERT OR IGNORE INTO image VALUES (?, ?, ?, ?, ?, ?)');
  const one = db.prepare('SELECT hash, width, height, format, lossy FROM image WHERE hash = ?');
  return {
    async addImage(hash: string, facts: ImageFacts, bytes: number, urgent = true): Promise<void> {
      await writer.write(() => insert.run(hash, facts.width, facts.height, facts.format, facts.lossy ? 1 : 0, bytes), urgent);
    },
    image(hash: string): ImageRow | undefined {
      const row = one.get(hash) as (Omit<ImageRow, 'lossy'> & { lossy: number }) | undefined;
      return row && { ...row, lossy: row.lossy === 1 };
    },
  };
}
