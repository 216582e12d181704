/** Numbers for 64-bit ids, in the order they come: 0, 1, 2, ... For millions of ids: 12 bytes a place, three of four used at most. */
export interface IdIndex {
  /** The number of an id (16 hex digits), new or known. */
  numberOf(hex16: string): number;
  /** The number of a known id; -1 when it is not there. */
  find(hex16: string): number;
  size(): number;
}

/** A set of 64-bit ids, likewise; 8 bytes a place, where a Set of strings takes over 60 an id. */
export interface IdSet {
  /** Adds 16 hex digits; false when they were there already. */
  add(hex16: string): boolean;
  size(): number;
}

/** Two halves of 32 bits an id, and what stands beside them. An id of zeros marks a free place and is kept apart. */
interface Table {
  high: Uint32Array;
  low: Uint32Array;
  /** Of an index; empty for a set. */
  numbers: Uint32Array;
}

const FIRST_PLACES = 1024;
const NONE = 0xffffffff;

function tableOf(places: number, withNumbers: boolean): Table {
  return { high: new Uint32Array(places), low: new Uint32Array(places), numbers: new Uint32Array(withNumbers ? places : 0) };
}

/** The place of an id, or the free place where it belongs. The ids are hashes, so their own bits spread them. */
function placeOf({ high, low }: Table, idHigh: number, idLow: number): number {
  const mask = high.length - 1;
  let at = (idHigh ^ idLow) & mask;
  while ((high[at] !== 0 || low[at] !== 0) && (high[at] !== idHigh || low[at] !== idLow)) at = (at + 1) & mask;
  return at;
}

function grown(table: Table): Table {
  const larger = tableOf(table.high.length * 2, table.numbers.length > 0);
  for (let i = 0; i < table.high.length; i++) {
    if (table.high[i] === 0 && table.low[i] === 0) continue;
    const at = placeOf(larger, table.high[i]!, table.low[i]!);
    larger.high[at] = table.high[i]!;
    larger.low[at] = table.low[i]!;
    if (table.numbers.length > 0) larger.numbers[at] = table.numbers[i]!;
  }
  return larger;
}

function createTable(withNumbers: boolean) {
  let table = tableOf(FIRST_PLACES, withNumbers);
  let size = 0;
  let zero = NONE;

  const find = (idHigh: number, idLow: number): number => {
    if (idHigh === 0 && idLow === 0) return zero;
    const at = placeOf(table, idHigh, idLow);
    if (table.high[at] === 0 && table.low[at] === 0) return NONE;
    return withNumbers ? table.numbers[at]! : 0;
  };
  return {
    find,
    /** The number an id has, or NONE when it is new and got the next one. */
    add(idHigh: number, idLow: number): number {
      const known = find(idHigh, idLow);
      if (known !== NONE) return known;
      const number = size++;
      if (idHigh === 0 && idLow === 0) {
        zero = number;
        return NONE;
      }
      const at = placeOf(table, idHigh, idLow);
      table.high[at] = idHigh;
      table.low[at] = idLow;
      if (withNumbers) table.numbers[at] = number;
      if (size * 4 > table.high.length * 3) table = grown(table);
      return NONE;
    },
    size: () => size,
  };
}

const highOf = (hex16: string) => Number.parseInt(hex16.slice(0, 8), 16);
const lowOf = (hex16: string) => Number.parseInt(hex16.slice(8, 16), 16);

/** An empty index. Ids are prefixes of SHA-256: two pictures of one number are not to be expected below billions. */
export function createIdIndex(): IdIndex {
  const table = createTable(true);
  return {
    numberOf(hex16) {
      const known = table.add(highOf(hex16), lowOf(hex16));
      return known === NONE ? table.size() - 1 : known;
    },
    find(hex16) {
      const known = table.find(highOf(hex16), lowOf(hex16));
      return known === NONE ? -1 : known;
    },
    size: table.size,
  };
}

/** An empty set. */
export function createIdSet(): IdSet {
  const table = createTable(false);
  return { add: (hex16) => table.add(highOf(hex16), lowOf(hex16)) === NONE, size: table.size };
}
