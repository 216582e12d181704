import type { Database } from 'better-sqlite3';
import type { Counters } from './counters.ts';
import { storeError } from './errors.ts';

/** A group commit happens after so many units, or so long after the first of them. */
const MAX_UNITS = 500;
const MAX_WAIT_MS = 250;

export interface Writer {
  /**
   * Queues one unit of work and resolves with what it gave when it is on disk. All units of a group share one transaction and
   * one fsync. An urgent unit brings the commit forward to the end of this turn of the event loop. `unit` may run twice.
   */
  write<T>(unit: () => T, urgent?: boolean): Promise<T>;
  /** Commits everything queued; resolves when it is on disk. */
  flush(): Promise<void>;
}

interface Unit {
  run: () => unknown;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

/** The one writer of a workspace: every change goes through it (DESIGN section 5). */
export function createWriter(db: Database, counters: Counters, where: string): Writer {
  let queue: Unit[] = [];
  let timer: NodeJS.Timeout | undefined;
  let soon: NodeJS.Immediate | undefined;
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const rollback = db.prepare('ROLLBACK');

  function together(units: Unit[]): unknown[] {
    begin.run();
    try {
      const results = units.map((unit) => unit.run());
      counters.flush();
      commit.run();
      return results;
    } catch (error) {
      counters.discard();
      if (db.inTransaction) rollback.run();
      throw error;
    }
  }

  function settle(units: Unit[]): void {
    try {
      const results = together(units);
      for (const [i, unit] of units.entries()) unit.resolve(results[i]);
    } catch (error) {
      // One bad unit must not take the others with it: they are done again one by one, and only it is refused.
      if (units.length === 1) units[0]?.reject(storeError(error, where));
      else for (const unit of units) settle([unit]);
    }
  }

  function drain(): void {
    clearTimeout(timer);
    if (soon) clearImmediate(soon);
    timer = undefined;
    soon = undefined;
    while (queue.length > 0) {
      const units = queue.slice(0, MAX_UNITS);
      queue = queue.slice(MAX_UNITS);
      settle(units);
    }
  }

  return {
    write<T>(unit: () => T, urgent = false): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        queue.push({ run: unit, resolve: resolve as (value: unknown) => void, reject });
        if (queue.length >= MAX_UNITS || urgent) soon ??= setImmediate(drain);
        else timer ??= setTimeout(drain, MAX_WAIT_MS);
      });
    },
    async flush() {
      drain();
    },
  };
}
