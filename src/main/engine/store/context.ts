import type { Database } from 'better-sqlite3';
import type { Counters } from './counters.ts';
import type { ThresholdCube } from './cube.ts';
import type { Series } from './series.ts';
import type { Writer } from './writer.ts';

/** What every repository works with. */
export interface StoreContext {
  db: Database;
  writer: Writer;
  counters: Counters;
  cube: ThresholdCube;
  series: Series;
  now(): number;
}

/** `(?, ?, ?)` for so many values. */
export function marks(count: number): string {
  return `(${Array(count).fill('?').join(', ')})`;
}
