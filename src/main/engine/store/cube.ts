import type { Database } from 'better-sqlite3';
import type { Scores } from '../../../shared/model/attempt.ts';
import { scoreBin } from './columns.ts';
import type { BatchPart } from './writer.ts';

/** How many candidates of a run and category got which pair of validator scores: the survival curve without reading attempts. */
export interface ThresholdCube extends BatchPart {
  add(runId: string, category: string, scores: Scores, by: number): void;
}

/** Cells add up in memory and are written once a batch, like counters. */
export function createThresholdCube(db: Database): ThresholdCube {
  const put = db.prepare('INSERT INTO threshold_cube VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count');
  const pending = new Map<string, { cell: [string, string, number, number]; by: number }>();
  return {
    add(runId, category, scores, by) {
      const cell: [string, string, number, number] = [runId, category, scoreBin(scores.adherence), scoreBin(scores.aesthetics)];
      const key = cell.join('\0');
      const known = pending.get(key);
      if (known) known.by += by;
      else pending.set(key, { cell, by });
    },
    flush() {
      for (const { cell, by } of pending.values()) if (by !== 0) put.run(...cell, by);
      pending.clear();
    },
    discard: () => pending.clear(),
  };
}
