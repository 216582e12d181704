import { mostBytes } from '../utf8.ts';
import { createPlainValues, createRuns } from './pages.ts';
import type { Leaf } from './schema.ts';
import type { BytesValue, LeafEntries, LeafValue } from './shred.ts';

/** A page that is complete but for its head. Pictures are still in their files. */
export interface Page {
  entries: number;
  levels: Uint8Array;
  values: Uint8Array | readonly BytesValue[];
}

/** What a column chunk holds, for the footer. */
export interface LeafFacts {
  /** Nulls included. */
  entries: number;
  nulls: number;
  /** Smallest and largest number; null when there is none or one is not a number. */
  range: { min: number | bigint; max: number | bigint } | null;
}

/** One leaf column of the row group that is collected. Values become bytes at once: nothing waits as an object but names of picture files. */
export interface LeafPages {
  /** A row of a column that is one leaf; undefined is null. `bytes` is the size of its values: pages are cut by it. */
  addValue(value: LeafValue | undefined, bytes: number): void;
  /** A row of any column, likewise. */
  addRow(row: LeafEntries, bytes: number): void;
  /** Ends the row group: its pages and facts. Another one begins. */
  take(): { pages: Page[]; facts: LeafFacts };
}

/** Small pages for pictures: only two of them are in memory. */
const HEAVY = { rows: 16, bytes: 8 * 1024 * 1024 };
const LIGHT = { rows: 20_000, bytes: 1024 * 1024 };

/** Bytes a value takes in a page at most, near enough to cut pages and groups by. */
export function sizeOf(value: LeafValue): number {
  if (typeof value === 'string') return 4 + mostBytes(value);
  if (value instanceof Uint8Array) return 4 + value.length;
  return typeof value === 'object' ? 4 + value.bytes : 8;
}

export function createLeafPages({ type, maxDefinition, maxRepetition }: Leaf): LeafPages {
  const most = type === 'binary' ? HEAVY : LIGHT;
  const light = type === 'binary' ? undefined : createPlainValues(type);
  const [repetitions, definitions] = [createRuns(maxRepetition), createRuns(maxDefinition)];
  const range = type === 'int32' || type === 'int64' || type === 'double' ? createRange(type === 'double') : undefined;
  let heavy: BytesValue[] = [];
  let pages: Page[] = [];
  let page = { rows: 0, bytes: 0, entries: 0 };
  let facts = { entries: 0, nulls: 0 };

  function endPage(): void {
    const levels = Buffer.concat([repetitions.take(), definitions.take()]);
    pages.push({ entries: page.entries, levels, values: light === undefined ? heavy : light.take() });
    heavy = [];
    page = { rows: 0, bytes: 0, entries: 0 };
  }
  /** Every page has a row at least. */
  function startRow(bytes: number): void {
    if (page.rows > 0 && (page.rows >= most.rows || page.bytes + bytes > most.bytes)) endPage();
    page.rows += 1;
    page.bytes += bytes;
  }
  function addEntry(definition: number, repetition: number): void {
    definitions.add(definition);
    if (maxRepetition > 0) repetitions.add(repetition);
    page.entries += 1;
    facts.entries += 1;
  }
  function keep(value: LeafValue, bytes: number): void {
    range?.add(value as number | bigint);
    if (light === undefined) heavy.push(value as BytesValue);
    else light.add(value, bytes);
  }

  return {
    addValue(value, bytes) {
      startRow(bytes);
      addEntry(value === undefined ? 0 : maxDefinition, 0);
      if (value === undefined) facts.nulls += 1;
      else keep(value, bytes);
    },
    addRow({ definition, repetition, values }, bytes) {
      startRow(bytes);
      for (let i = 0; i < definition.length; i += 1) addEntry(definition[i]!, repetition[i]!);
      for (const value of values) keep(value, bytes);
      facts.nulls += definition.length - values.length;
    },
    take() {
      if (page.rows > 0) endPage();
      const taken = { pages, facts: { ...facts, range: range?.take() ?? null } };
      pages = [];
      facts = { entries: 0, nulls: 0 };
      return taken;
    },
  };
}

/** Smallest and largest number. By the rules of Parquet a zero counts as -0 below and +0 above, and NaN makes both unknown. */
function createRange(isFloat: boolean) {
  let min: number | bigint | undefined;
  let max: number | bigint | undefined;
  let unknown = false;
  return {
    add(value: number | bigint): void {
      if (Number.isNaN(value)) unknown = true;
      if (min === undefined || value < min) min = value;
      if (max === undefined || value > max) max = value;
    },
    take(): LeafFacts['range'] {
      const found = unknown || min === undefined || max === undefined ? null : { min, max };
      min = undefined;
      max = undefined;
      unknown = false;
      if (found === null || !isFloat) return found;
      return { min: found.min === 0 ? -0 : found.min, max: found.max === 0 ? 0 : found.max };
    },
  };
}
