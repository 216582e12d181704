/** A set of 64-bit ids for millions of rows: 8 bytes an id in an open-addressed table, where a Set of strings takes over 60. */
export interface IdSet {
  /** Adds 16 hex digits; false when they were there already. */
  add(hex16: string): boolean;
  size(): number;
}

/** An empty set. Zero marks a free place, so the id of all zeros is kept apart. */
export function createIdSet(): IdSet {
  let table = new BigUint64Array(1024);
  let used = 0;
  let zero = false;

  const place = (into: BigUint64Array, id: bigint) => {
    const mask = into.length - 1;
    let at = Number(id & BigInt(mask));
    while (into[at] !== 0n && into[at] !== id) at = (at + 1) & mask;
    return at;
  };

  const grow = () => {
    const bigger = new BigUint64Array(table.length * 2);
    for (const id of table) if (id !== 0n) bigger[place(bigger, id)] = id;
    table = bigger;
  };

  return {
    add(hex16) {
      const id = BigInt(`0x${hex16}`);
      if (id === 0n) {
        const isNew = !zero;
        zero = true;
        return isNew;
      }
      const at = place(table, id);
      if (table[at] === id) return false;
      table[at] = id;
      used += 1;
      if (used * 2 > table.length) grow();
      return true;
    },
    size: () => used + (zero ? 1 : 0),
  };
}
