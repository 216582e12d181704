import { differenceMask } from '../domain/components.ts';
import type { LowLevelInput } from './lowLevel.ts';
import type { PairReader } from './pairs.ts';

export interface ChangedGridInput extends LowLevelInput {
  columns: number;
  rows: number;
}

export interface ChangedGrid {
  /** One byte a cell, row by row: 1 = something changed in it, or close by. */
  grid: Uint8Array;
  /** Around everything that changed, in pixels; null when nothing did. */
  box: { left: number; top: number; width: number; height: number } | null;
}

/** The mask is seen in blocks of so many pixels, and grown by one block on each side: 8 to 16 pixels. */
const BLOCK = 8;

/** Makes the task of one thread that says where in a pair the change is, on a grid of any size. */
export function createChangedGrid(read: PairReader): (input: ChangedGridInput) => Promise<ChangedGrid> {
  return async function changedGrid({ sourceFile, editedFile, threshold, maskRule, columns, rows }) {
    const { source, edited } = await read(sourceFile, editedFile);
    const { width, height } = source;
    const mask = new Uint8Array(width * height);
    differenceMask(source.data, edited.data, 3, threshold, maskRule, mask);
    const [across, down] = [Math.ceil(width / BLOCK), Math.ceil(height / BLOCK)];
    const blocks = new Uint8Array(across * down);
    let [left, top, right, bottom] = [width, height, -1, -1];
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        if (mask[y * width + x] === 0) continue;
        if (x < left) left = x;
        if (x > right) right = x;
        if (y < top) top = y;
        if (y > bottom) bottom = y;
        const [bx, by] = [(x / BLOCK) | 0, (y / BLOCK) | 0];
        for (let j = Math.max(0, by - 1); j <= Math.min(down - 1, by + 1); j++)
          for (let i = Math.max(0, bx - 1); i <= Math.min(across - 1, bx + 1); i++) blocks[j * across + i] = 1;
      }
    const grid = new Uint8Array(columns * rows);
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) {
        const [x0, x1] = [(column * width) / columns, ((column + 1) * width) / columns];
        const [y0, y1] = [(row * height) / rows, ((row + 1) * height) / rows];
        for (let j = Math.floor(y0 / BLOCK); j < Math.ceil(y1 / BLOCK); j++)
          for (let i = Math.floor(x0 / BLOCK); i < Math.ceil(x1 / BLOCK); i++)
            if (blocks[j * across + i] === 1) grid[row * columns + column] = 1;
      }
    return { grid, box: right < 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 } };
  };
}
