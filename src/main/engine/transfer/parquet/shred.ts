import type { LeafType, Node } from './schema.ts';

/** Bytes in memory, or a file to take them from. */
export type BytesValue = Uint8Array | { file: string };

export type LeafValue = string | number | bigint | boolean | BytesValue;

/** What one leaf column has collected: a pair of levels for every entry, a value for every entry that is not null. */
export interface LeafEntries {
  definition: number[];
  repetition: number[];
  values: LeafValue[];
  /** Where each row begins in the levels, and where in the values. Two lists of numbers: an object a cell would be most of the memory. */
  rowEntries: number[];
  rowValues: number[];
}

export function emptyEntries(): LeafEntries {
  return { definition: [], repetition: [], values: [], rowEntries: [], rowValues: [] };
}

/** Forgets what was collected; the lists keep their memory. */
export function clearEntries(entries: LeafEntries): void {
  entries.definition.length = 0;
  entries.repetition.length = 0;
  entries.values.length = 0;
  entries.rowEntries.length = 0;
  entries.rowValues.length = 0;
}

/** Adds what one row gave to what the group has. */
export function appendEntries(all: LeafEntries, row: LeafEntries): void {
  all.rowEntries.push(all.definition.length);
  all.rowValues.push(all.values.length);
  for (const level of row.definition) all.definition.push(level);
  for (const level of row.repetition) all.repetition.push(level);
  for (const value of row.values) all.values.push(value);
}

/**
 * Takes one column's value of one row apart into its leaves (the record shredding of Dremel). `leaves` are the collected entries of the
 * leaves below the node, in order. Throws RangeError that names the place when a value is not of its column's type.
 */
export function shred(node: Node, value: unknown, leaves: LeafEntries[]): void {
  for (const leaf of leaves) {
    leaf.rowEntries.push(leaf.definition.length);
    leaf.rowValues.push(leaf.values.length);
  }
  // Most columns are plain ones.
  if (node.kind === 'leaf') walkLeaf(node, value, leaves[0]!, node.name, 0, 0);
  else walk(node, value, leaves, { definition: 0, repetition: 0, depth: 0, place: node.name });
}

interface Levels {
  definition: number;
  /** Of the entry that comes next. */
  repetition: number;
  /** Repeated parents passed. */
  depth: number;
  place: string;
}

function walk(node: Node, value: unknown, leaves: LeafEntries[], at: Levels): void {
  const missing = value === null || value === undefined;
  if (node.kind === 'leaf') walkLeaf(node, value, leaves[0]!, at.place, at.definition, at.repetition);
  else if (missing) putAll(leaves, at);
  else if (node.kind === 'group') walkGroup(node, value, leaves, at);
  else if (!Array.isArray(value)) throw new RangeError(`${at.place} must be a list`);
  else if (value.length === 0) putAll(leaves, { ...at, definition: at.definition + 1 });
  else walkItems(node, value, leaves, at);
}

function walkLeaf(
  node: Node & { kind: 'leaf' },
  value: unknown,
  leaf: LeafEntries,
  place: string,
  definition: number,
  repetition: number,
): void {
  const missing = value === null || value === undefined;
  if (missing && !node.optional) throw new RangeError(`${place} must not be null`);
  if (!missing) leaf.values.push(checked(node.type, value, place));
  put(leaf, definition + (missing || !node.optional ? 0 : 1), repetition);
}

function walkGroup(node: Node & { kind: 'group' }, value: unknown, leaves: LeafEntries[], at: Levels): void {
  if (typeof value !== 'object') throw new RangeError(`${at.place} must be an object`);
  let from = 0;
  for (const child of node.children) {
    const count = leafCount(child);
    const inside = (value as Record<string, unknown>)[child.name];
    walk(child, inside, leaves.slice(from, from + count), { ...at, definition: at.definition + 1, place: `${at.place}.${child.name}` });
    from += count;
  }
}

function walkItems(node: Node & { kind: 'list' }, items: unknown[], leaves: LeafEntries[], at: Levels): void {
  const depth = at.depth + 1;
  for (const [index, item] of items.entries())
    walk(node.element, item, leaves, {
      definition: at.definition + 2,
      repetition: index === 0 ? at.repetition : depth,
      depth,
      place: `${at.place}[${index}]`,
    });
}

function put(leaf: LeafEntries, definition: number, repetition: number): void {
  leaf.definition.push(definition);
  leaf.repetition.push(repetition);
}

function putAll(leaves: LeafEntries[], at: Levels): void {
  for (const leaf of leaves) put(leaf, at.definition, at.repetition);
}

function leafCount(node: Node): number {
  if (node.kind === 'leaf') return 1;
  return node.kind === 'list' ? leafCount(node.element) : node.children.reduce((sum, child) => sum + leafCount(child), 0);
}

const LARGEST_INT32 = 2 ** 31;
const LARGEST_INT64 = 2n ** 63n;

const FITS: Record<LeafType, { what: string; test(value: unknown): boolean }> = {
  string: { what: 'a text', test: (value) => typeof value === 'string' },
  double: { what: 'a number', test: (value) => typeof value === 'number' },
  boolean: { what: 'true or false', test: (value) => typeof value === 'boolean' },
  int32: {
    what: 'a whole number of 32 bits',
    test: (value) => Number.isInteger(value) && (value as number) >= -LARGEST_INT32 && (value as number) < LARGEST_INT32,
  },
  int64: {
    what: 'a whole number of 64 bits',
    test: (value) => (typeof value === 'bigint' ? value >= -LARGEST_INT64 && value < LARGEST_INT64 : Number.isSafeInteger(value)),
  },
  binary: { what: 'bytes or a file', test: isBytes },
};

function isBytes(value: unknown): boolean {
  return value instanceof Uint8Array || (typeof value === 'object' && value !== null && 'file' in value && typeof value.file === 'string');
}

function checked(type: LeafType, value: unknown, place: string): LeafValue {
  if (!FITS[type].test(value)) throw new RangeError(`${place} must be ${FITS[type].what}`);
  return value as LeafValue;
}

/** Rows of a page: as many as fit, always at least one. */
export interface PageRange {
  fromRow: number;
  toRow: number;
}

/** Cuts a leaf's rows into pages of at most `mostRows` rows and, from the second row on, `mostBytes` bytes. */
export function pageRanges(entries: LeafEntries, sizeOf: (value: LeafValue) => number, mostRows: number, mostBytes: number): PageRange[] {
  const ranges: PageRange[] = [];
  let fromRow = 0;
  let bytes = 0;
  const { rowValues, values } = entries;
  for (let row = 0; row < rowValues.length; row += 1) {
    const end = rowValues[row + 1] ?? values.length;
    let more = 0;
    for (let at = rowValues[row]!; at < end; at += 1) more += sizeOf(values[at]!);
    if (row > fromRow && (row - fromRow >= mostRows || bytes + more > mostBytes)) {
      ranges.push({ fromRow, toRow: row });
      fromRow = row;
      bytes = 0;
    }
    bytes += more;
  }
  return fromRow < rowValues.length ? [...ranges, { fromRow, toRow: rowValues.length }] : ranges;
}
