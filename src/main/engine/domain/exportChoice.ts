import type { SplitName } from '../../../shared/model/export.ts';
import { createPermutation } from './draw.ts';
import { deriveKey } from './seeds.ts';

/** Things that belong together, as sets that grow: union-find with path halving over the numbers 0, 1, 2, ... */
export interface Groups {
  /** Makes room for a number; those below it exist too. */
  reach(item: number): void;
  join(a: number, b: number): void;
  /** The number that stands for the group of an item; the same for all of its members. */
  of(item: number): number;
}

/** Everything alone. Four bytes an item. */
export function createGroups(): Groups {
  let parent = new Int32Array(1024);
  let size = 0;

  const of = (item: number) => {
    let at = item;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]!]!;
      at = parent[at]!;
    }
    return at;
  };
  return {
    reach(item) {
      if (item >= parent.length) {
        const larger = new Int32Array(Math.max(parent.length * 2, item + 1));
        larger.set(parent);
        parent = larger;
      }
      while (size <= item) parent[size] = size++;
    },
    join(a, b) {
      const [one, other] = [of(a), of(b)];
      // The smaller number wins, so that the result does not depend on the order of joins.
      if (one < other) parent[other] = one;
      else parent[one] = other;
    },
    of,
  };
}

/** The rows a choice is made among; all arrays are by row. */
export interface Candidates {
  count: number;
  /** Content id of a row, as two halves of 32 bits. */
  idHigh: Uint32Array;
  idLow: Uint32Array;
  /** Number of the row's category. */
  category: Uint16Array;
}

/**
 * Which rows stay when no category may have more than its cap: 1 = stays. Drawn from the seed and the rows' content alone, so that
 * neither the order nor the other rows of another category matter. `capOf` gives Infinity where there is none.
 */
export function applyCaps(rows: Candidates, seed: number, capOf: (category: number) => number, categories: number): Uint8Array {
  const kept = new Uint8Array(rows.count).fill(1);
  const counts = new Uint32Array(categories);
  for (let row = 0; row < rows.count; row++) counts[rows.category[row]!]! += 1;
  for (let category = 0; category < categories; category++) {
    const cap = capOf(category);
    if (counts[category]! <= cap) continue;
    const members = new Uint32Array(counts[category]!);
    let filled = 0;
    for (let row = 0; row < rows.count; row++) if (rows.category[row] === category) members[filled++] = row;
    sortByLot(members, rows, seed, 'cap');
    for (const row of members.subarray(cap)) kept[row] = 0;
  }
  return kept;
}

/**
 * Gives every kept row a split (index into `shares`), 255 to the others. Whole groups go into one split, the largest first, each into
 * the split that is furthest below its share; groups of one size come in an order drawn from the seed. So nothing leaks and the shares
 * are met as well as the groups allow. `groupOf` gives a number below `groupCount`.
 */
export function assignSplits(
  rows: Candidates,
  kept: Uint8Array,
  groups: { of(row: number): number; count: number },
  shares: readonly number[],
  seed: number,
): Uint8Array {
  const sizes = new Uint32Array(groups.count);
  const leaders = new Int32Array(groups.count).fill(-1);
  let total = 0;
  let used = 0;
  for (let row = 0; row < rows.count; row++) {
    if (kept[row] === 0) continue;
    const group = groups.of(row);
    total += 1;
    if (sizes[group] === 0) used += 1;
    sizes[group]! += 1;
    if (leaders[group] === -1 || isBefore(rows, row, leaders[group]!)) leaders[group] = row;
  }
  const members = new Uint32Array(used);
  for (let group = 0, filled = 0; group < groups.count; group++) if (sizes[group]! > 0) members[filled++] = group;
  const key = lotKey(seed, 'split');
  const lot = (group: number) => lotOf(rows, leaders[group]!, key);
  members.sort((a, b) => sizes[b]! - sizes[a]! || lot(a) - lot(b) || (isBefore(rows, leaders[a]!, leaders[b]!) ? -1 : 1));

  const filled = shares.map(() => 0);
  const place = new Uint8Array(groups.count);
  for (const group of members) {
    let best = 0;
    for (let i = 1; i < shares.length; i++) if (shares[i]! * total - filled[i]! > shares[best]! * total - filled[best]!) best = i;
    filled[best]! += sizes[group]!;
    place[group] = best;
  }
  const split = new Uint8Array(rows.count).fill(255);
  for (let row = 0; row < rows.count; row++) if (kept[row] === 1) split[row] = place[groups.of(row)]!;
  return split;
}

/** Place in the order of the export -> place in the order of content, for a split of so many rows. */
export function orderOf(rows: number, seed: number, split: SplitName, shuffle: boolean): (position: number) => number {
  return shuffle && rows > 1 ? createPermutation(deriveKey(seed, 'export-order', split), rows) : (position) => position;
}

function sortByLot(members: Uint32Array, rows: Candidates, seed: number, purpose: string): void {
  const key = lotKey(seed, purpose);
  members.sort((a, b) => lotOf(rows, a, key) - lotOf(rows, b, key) || (isBefore(rows, a, b) ? -1 : 1));
}

function lotKey(seed: number, purpose: string): number {
  return new DataView(deriveKey(seed, 'export', purpose).buffer).getUint32(0);
}

/** A number of 32 bits that a row draws: mixed from its content id and the key. */
function lotOf(rows: Candidates, row: number, key: number): number {
  let x = (rows.idHigh[row]! ^ key) | 0;
  for (let round = 0; round < 2; round++) {
    x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
    x = Math.imul(x ^ (x >>> 15), 0x846ca68b | 0);
    x ^= x >>> 16;
    if (round === 0) x ^= rows.idLow[row]!;
  }
  return x >>> 0;
}

function isBefore(rows: Candidates, a: number, b: number): boolean {
  return (rows.idHigh[a]! - rows.idHigh[b]! || rows.idLow[a]! - rows.idLow[b]! || a - b) < 0;
}
