/** Numbers for 64-bit ids, in the order they come: 0, 1, 2, ... For millions of ids: 12 bytes a place, at most half of them used. */
export interface IdIndex {
  /** The number of an id (16 hex digits), new or known. */
  numberOf(hex16: string): number;
  /** The number of a known id; -1 when it is not there. */
  find(hex16: string): number;
  size(): number;
}

/** An empty index. Ids are prefixes of SHA-256: two pictures of one number are not to be expected below billions. */
export function createIdIndex(): IdIndex {
  let high = new Uint32Array(1024);
  let low = new Uint32Array(1024);
  /** Number + 1; 0 marks a free place. */
  let numbers = new Uint32Array(1024);
  let size = 0;

  const place = (idHigh: number, idLow: number, from: { high: Uint32Array; low: Uint32Array; numbers: Uint32Array }) => {
    const mask = from.numbers.length - 1;
    let at = (idLow ^ idHigh) & mask;
    while (from.numbers[at] !== 0 && (from.high[at] !== idHigh || from.low[at] !== idLow)) at = (at + 1) & mask;
    return at;
  };

  const grow = () => {
    const length = numbers.length * 2;
    const larger = { high: new Uint32Array(length), low: new Uint32Array(length), numbers: new Uint32Array(length) };
    for (let i = 0; i < numbers.length; i++) {
      if (numbers[i] === 0) continue;
      const at = place(high[i]!, low[i]!, larger);
      larger.high[at] = high[i]!;
      larger.low[at] = low[i]!;
      larger.numbers[at] = numbers[i]!;
    }
    ({ high, low, numbers } = larger);
  };

  const halves = (hex16: string) => [Number.parseInt(hex16.slice(0, 8), 16), Number.parseInt(hex16.slice(8, 16), 16)] as const;
  return {
    numberOf(hex16) {
      const [idHigh, idLow] = halves(hex16);
      const at = place(idHigh, idLow, { high, low, numbers });
      if (numbers[at] !== 0) return numbers[at]! - 1;
      high[at] = idHigh;
      low[at] = idLow;
      numbers[at] = ++size;
      if (size * 2 > numbers.length) grow();
      return size - 1;
    },
    find(hex16) {
      const [idHigh, idLow] = halves(hex16);
      return numbers[place(idHigh, idLow, { high, low, numbers })]! - 1;
    },
    size: () => size,
  };
}
