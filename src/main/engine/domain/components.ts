/** What connected-component labelling of a mask counts; pixels, 4-connectivity. */
export interface ComponentCounts {
  flagged: number;
  /** Pixels of the largest component; 0 for an empty mask. */
  largest: number;
  components: number;
}

/**
 * Marks the pixels of two equally large pictures that differ by more than `threshold`; writes 1 or 0 to `out`.
 * `any`: the largest difference of R, G, B. `grayOfDifference`: the luma (0.299, 0.587, 0.114, rounded) of the differences.
 */
export function differenceMask(
  a: Uint8Array,
  b: Uint8Array,
  channels: number,
  threshold: number,
  rule: 'any' | 'grayOfDifference',
  out: Uint8Array,
): void {
  const pixels = a.length / channels;
  if (a.length !== b.length || out.length < pixels) throw new RangeError('the pictures and the mask must have one size');
  if (rule === 'any') {
    // Unsigned trick: x + t > 2t as uint32 is |x| > t in one compare.
    const span = 2 * threshold;
    for (let i = 0, p = 0; p < pixels; p++, i += channels) {
      const r = (a[i]! - b[i]! + threshold) >>> 0 > span;
      const g = (a[i + 1]! - b[i + 1]! + threshold) >>> 0 > span;
      const bl = (a[i + 2]! - b[i + 2]! + threshold) >>> 0 > span;
      out[p] = r || g || bl ? 1 : 0;
    }
    return;
  }
  for (let i = 0, p = 0; p < pixels; p++, i += channels) {
    const r = Math.abs(a[i]! - b[i]!);
    const g = Math.abs(a[i + 1]! - b[i + 1]!);
    const bl = Math.abs(a[i + 2]! - b[i + 2]!);
    // The fixed-point form of the usual conversion (15 bits), so that counts agree with image libraries bit for bit.
    out[p] = ((r * 9798 + g * 19235 + bl * 3735 + 16384) >> 15) > threshold ? 1 : 0;
  }
}

/**
 * Makes a counter that keeps its work space between calls (four numbers a run of pixels at worst half the pixels).
 * Run-length union-find in one pass: rows become runs, runs that touch a run of the row above are joined.
 */
export function createComponentCounter(): (mask: Uint8Array, width: number, height: number) => ComponentCounts {
  let starts = new Int32Array(0);
  let ends = new Int32Array(0);
  let parents = new Int32Array(0);
  let sizes = new Int32Array(0);

  function find(run: number): number {
    let root = run;
    while (parents[root] !== root) root = parents[root]!;
    while (parents[run] !== root) {
      const next = parents[run]!;
      parents[run] = root;
      run = next;
    }
    return root;
  }

  function join(a: number, b: number): boolean {
    let x = find(a);
    let y = find(b);
    if (x === y) return false;
    if (sizes[x]! < sizes[y]!) [x, y] = [y, x];
    parents[y] = x;
    sizes[x]! += sizes[y]!;
    return true;
  }

  return (mask, width, height) => {
    if (mask.length < width * height) throw new RangeError(`a mask of ${width}x${height} has ${width * height} pixels, not ${mask.length}`);
    const most = Math.ceil(width / 2) * height;
    if (starts.length < most) {
      starts = new Int32Array(most);
      ends = new Int32Array(most);
      parents = new Int32Array(most);
      sizes = new Int32Array(most);
    }
    let runs = 0;
    let above = 0;
    let flagged = 0;
    let components = 0;
    for (let y = 0; y < height; y++) {
      const first = runs;
      const base = y * width;
      const rowEnd = base + width;
      let p = base;
      let look = above;
      while (p < rowEnd) {
        if (mask[p] === 0) {
          p++;
          continue;
        }
        const from = p;
        while (p < rowEnd && mask[p] !== 0) p++;
        const x0 = from - base;
        const x1 = p - base;
        starts[runs] = x0;
        ends[runs] = x1;
        parents[runs] = runs;
        sizes[runs] = x1 - x0;
        flagged += x1 - x0;
        components++;
        while (look < first && ends[look]! <= x0) look++;
        for (let other = look; other < first && starts[other]! < x1; other++) if (join(other, runs)) components--;
        runs++;
      }
      above = first;
    }
    let largest = 0;
    for (let run = 0; run < runs; run++) if (parents[run] === run && sizes[run]! > largest) largest = sizes[run]!;
    return { flagged, largest, components };
  };
}
