import type { Database } from 'better-sqlite3';
import { AppError } from '../../../shared/model/errors.ts';
import { isDiskTrouble, storeError } from './errors.ts';

/** A group commit happens at the end of the turn in which so many units wait, or so long after the first of them. */
const FULL_GROUP = 500;
const MAX_WAIT_MS = 250;
/** What waits goes into one transaction up to here: a turn that queues more is cut, so that memory stays bounded. */
const MAX_UNITS = 5_000;
/**
 * Waits follow what a commit costs here. Urgent units may keep the disk busy a fifth of the time, others a seventeenth: where
 * fsync is cheap nobody waits, on a slow disk more units share one. A longer commit was a checkpoint and tells nothing.
 */
const URGENT_WAIT = 4;
const LAZY_WAIT = 16;
const LONGEST_COMMIT_MS = 50;
/** Quiet time after which the log is brought into the database. */
const IDLE_MS = 5_000;

/** Sums that repositories keep in memory during a batch and write once in its transaction (counters, cursors). */
export interface BatchPart {
  /** Writes what was gathered, and forgets it; called inside the transaction, before it ends. */
  flush(): void;
  /** Forgets what was gathered: the units that gave it are rolled back. */
  discard(): void;
}

export interface Writer {
  /**
   * Queues one unit of work and resolves with what it gave when it is on disk. All units of a group share one transaction and
   * one fsync. An urgent unit brings the commit forward, to the end of this turn of the event loop where the disk is fast.
   * `unit` may run twice. Rejects with AppError: diskFull for all that waits, anything else for the unit alone.
   */
  write<T>(unit: () => T, urgent?: boolean): Promise<T>;
  /** Has `part` take part in every batch from now on. Who joins later is flushed earlier, so that it may still add to those before it. */
  join(part: BatchPart): void;
  /** Commits everything queued; resolves when it is on disk. */
  flush(): Promise<void>;
  /** The last flush; later writes reject with AppError engineDown. */
  close(): Promise<void>;
}

interface Unit {
  run: () => unknown;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

/** The one writer of a workspace: every change goes through it (DESIGN section 5). */
export function createWriter(db: Database, where: string): Writer {
  let queue: Unit[] = [];
  let timer: NodeJS.Timeout | undefined;
  let soon: NodeJS.Immediate | undefined;
  let idle: NodeJS.Timeout | undefined;
  /** When the timer fires, in performance.now() time. */
  let due = 0;
  /** The timer is as early as an urgent unit needs. */
  let urgentTimer = false;
  let commitMs = 0;
  let lastCommit = 0;
  let closed = false;
  const parts: BatchPart[] = [];
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const rollback = db.prepare('ROLLBACK');
  const savepoint = db.prepare('SAVEPOINT unit');
  const release = db.prepare('RELEASE unit');
  const undo = db.prepare('ROLLBACK TO unit');

  /** `body` in one transaction; on failure everything, sums included, is as it was before. */
  function transaction<T>(body: () => T): T {
    begin.run();
    try {
      const result = body();
      const started = performance.now();
      commit.run();
      lastCommit = performance.now();
      commitMs += 0.3 * (Math.min(lastCommit - started, LONGEST_COMMIT_MS) - commitMs);
      return result;
    } catch (error) {
      for (const part of parts) part.discard();
      // A full disk makes SQLite roll back by itself.
      if (db.inTransaction) rollback.run();
      throw error;
    }
  }

  function flushParts(): void {
    for (const part of parts) part.flush();
  }

  /** After a failure: the units again, each undone alone when it is the one that throws. One commit still. */
  function oneByOne(units: Unit[]): ({ value: unknown } | { error: unknown })[] {
    return transaction(() =>
      units.map((unit) => {
        savepoint.run();
        try {
          const value = unit.run();
          flushParts();
          release.run();
          return { value };
        } catch (error) {
          if (isDiskTrouble(error) || !db.inTransaction) throw error;
          for (const part of parts) part.discard();
          undo.run();
          release.run();
          return { error };
        }
      }),
    );
  }

  /** False when the disk refuses: then nothing behind these units needs to be tried. */
  function settle(units: Unit[]): boolean {
    try {
      const values = transaction(() => {
        const results = units.map((unit) => unit.run());
        flushParts();
        return results;
      });
      for (const [i, unit] of units.entries()) unit.resolve(values[i]);
      return true;
    } catch (error) {
      if (isDiskTrouble(error)) return refuse(units, error);
      if (units.length === 1) {
        units[0]?.reject(storeError(error, where));
        return true;
      }
    }
    try {
      const outcomes = oneByOne(units);
      for (const [i, outcome] of outcomes.entries()) {
        if ('error' in outcome) units[i]?.reject(storeError(outcome.error, where));
        else units[i]?.resolve(outcome.value);
      }
      return true;
    } catch (error) {
      return refuse(units, error);
    }
  }

  function refuse(units: Unit[], error: unknown): boolean {
    const known = storeError(error, where);
    for (const unit of units) unit.reject(known);
    return !isDiskTrouble(error);
  }

  function drain(): void {
    clearTimeout(timer);
    clearImmediate(soon);
    timer = undefined;
    soon = undefined;
    urgentTimer = false;
    const waiting = queue;
    queue = [];
    for (let from = 0; from < waiting.length; from += MAX_UNITS) {
      if (settle(waiting.slice(from, from + MAX_UNITS))) continue;
      // Full: whoever waits is told at once. The next write is tried again at once too, so that freed space is noticed.
      refuse(waiting.slice(from + MAX_UNITS), new AppError('diskFull', `The disk of the workspace is full: ${where}.`, { file: where }));
      break;
    }
    if (!closed && waiting.length > 0) checkpointWhenIdle();
  }

  function checkpointWhenIdle(): void {
    if (idle) {
      idle.refresh();
      return;
    }
    idle = setTimeout(() => {
      idle = undefined;
      if (closed || queue.length > 0) return;
      // A refused checkpoint costs nothing: the log stays, and the next commit or opening tries again.
      try {
        db.pragma('wal_checkpoint(PASSIVE)');
      } catch (error) {
        if (!isDiskTrouble(error)) throw error;
      }
    }, IDLE_MS);
    idle.unref();
  }

  function schedule(urgent: boolean): void {
    if (soon) return;
    if (queue.length >= FULL_GROUP) {
      atOnce();
      return;
    }
    // Asking for the time is not free; one look an interval will do.
    if (urgent ? urgentTimer : timer) return;
    const now = performance.now();
    const wait = urgent ? lastCommit + URGENT_WAIT * commitMs - now : Math.min(MAX_WAIT_MS, LAZY_WAIT * commitMs);
    if (wait < 1) {
      atOnce();
      return;
    }
    urgentTimer ||= urgent;
    if (timer && due <= now + wait) return;
    clearTimeout(timer);
    due = now + wait;
    timer = setTimeout(drain, wait);
  }

  function atOnce(): void {
    clearTimeout(timer);
    timer = undefined;
    soon = setImmediate(drain);
  }

  return {
    write<T>(unit: () => T, urgent = false): Promise<T> {
      if (closed) return Promise.reject(new AppError('engineDown', 'The workspace is closed.', { file: where }));
      return new Promise<T>((resolve, reject) => {
        queue.push({ run: unit, resolve: resolve as (value: unknown) => void, reject });
        schedule(urgent);
      });
    },
    join: (part) => void parts.unshift(part),
    async flush() {
      drain();
    },
    async close() {
      closed = true;
      clearTimeout(idle);
      drain();
    },
  };
}
