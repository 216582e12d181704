import type { LeafType, Node } from './schema.ts';

/** Bytes in memory, or a file to take them from and how many it has, as far as anybody knows: only pages and groups are cut by that. */
export type BytesValue = Uint8Array | { file: string; bytes: number };

export type LeafValue = string | number | bigint | boolean | BytesValue;

/** What one row gives to a leaf column: a pair of levels for every entry, a value for every entry that is not null. */
export interface LeafEntries {
  definition: number[];
  repetition: number[];
  values: LeafValue[];
}

/**
 * Takes one column's value of one row apart into its leaves (the record shredding of Dremel): what each leaf below the node gets, in
 * order. Throws RangeError that names the place when a value is not of its column's type.
 */
export function shred(node: Node, value: unknown): LeafEntries[] {
  const leaves: LeafEntries[] = [];
  for (let i = leafCount(node); i > 0; i -= 1) leaves.push({ definition: [], repetition: [], values: [] });
  walk(node, value, leaves, { definition: 0, repetition: 0, depth: 0, place: node.name });
  return leaves;
}

/** What is wrong with the value of a column that is one leaf is thrown, as by `shred`; gives the value, undefined for a null. */
export function checkedLeaf(node: Node & { kind: 'leaf' }, value: unknown, place: string): LeafValue | undefined {
  if (value !== null && value !== undefined) {
    if (!FITS[node.type].test(value)) throw new RangeError(`${place} must be ${FITS[node.type].what}`);
    return value as LeafValue;
  }
  if (!node.optional) throw new RangeError(`${place} must not be null`);
  return undefined;
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
  if (node.kind === 'leaf') walkLeaf(node, value, leaves[0]!, at);
  else if (missing) putAll(leaves, at);
  else if (node.kind === 'group') walkGroup(node, value, leaves, at);
  else if (!Array.isArray(value)) throw new RangeError(`${at.place} must be a list`);
  else if (value.length === 0) putAll(leaves, { ...at, definition: at.definition + 1 });
  else walkItems(node, value, leaves, at);
}

function walkLeaf(node: Node & { kind: 'leaf' }, value: unknown, leaf: LeafEntries, { place, definition, repetition }: Levels): void {
  const given = checkedLeaf(node, value, place);
  if (given !== undefined) leaf.values.push(given);
  put(leaf, definition + (given !== undefined && node.optional ? 1 : 0), repetition);
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
  binary: { what: 'bytes or a file and its size', test: isBytes },
};

function isBytes(value: unknown): boolean {
  if (value instanceof Uint8Array) return true;
  const { file, bytes } = (value ?? {}) as { file?: unknown; bytes?: unknown };
  return typeof file === 'string' && Number.isSafeInteger(bytes);
}
