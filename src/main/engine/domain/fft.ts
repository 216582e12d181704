/** Complex numbers of a square grid, row by row, real and imaginary parts apart. */
export interface Grid {
  re: Float64Array;
  im: Float64Array;
}

export const newGrid = (n: number): Grid => ({ re: new Float64Array(n * n), im: new Float64Array(n * n) });

/**
 * Makes the two-dimensional Fourier transform of n x n grids, in place; n is a power of two, 4 or more. Nothing is scaled. The
 * result stands TRANSPOSED (element (u, v) at v * n + u), and a transposed grid is taken back by the same function: forward and then
 * backward gives the grid as it was, times n * n.
 */
export function createFft2(n: number): (grid: Grid, inverse: boolean) => void {
  if (n < 4 || (n & (n - 1)) !== 0) throw new RangeError(`createFft2: ${n} is no power of two`);
  const bits = Math.log2(n);
  const reversed = Uint16Array.from({ length: n }, (_, i) => {
    let r = 0;
    for (let bit = 0; bit < bits; bit++) if (i & (1 << bit)) r |= 1 << (bits - 1 - bit);
    return r;
  });
  const cos = Float64Array.from({ length: n / 2 }, (_, k) => Math.cos((2 * Math.PI * k) / n));
  const sin = Float64Array.from({ length: n / 2 }, (_, k) => Math.sin((2 * Math.PI * k) / n));

  function rows(re: Float64Array, im: Float64Array, sign: number): void {
    for (let row = 0; row < n * n; row += n) {
      for (let i = 1; i < n - 1; i++) {
        const j = reversed[i]!;
        if (j <= i) continue;
        const [p, q] = [row + i, row + j];
        const tr = re[p]!;
        re[p] = re[q]!;
        re[q] = tr;
        const ti = im[p]!;
        im[p] = im[q]!;
        im[q] = ti;
      }
      // The first two levels have factors of 1 and i only.
      for (let p = row; p < row + n; p += 4) {
        const r0 = re[p]! + re[p + 1]!;
        const i0 = im[p]! + im[p + 1]!;
        const r1 = re[p]! - re[p + 1]!;
        const i1 = im[p]! - im[p + 1]!;
        const r2 = re[p + 2]! + re[p + 3]!;
        const i2 = im[p + 2]! + im[p + 3]!;
        const r3 = (im[p + 2]! - im[p + 3]!) * -sign;
        const i3 = (re[p + 2]! - re[p + 3]!) * sign;
        re[p] = r0 + r2;
        im[p] = i0 + i2;
        re[p + 1] = r1 + r3;
        im[p + 1] = i1 + i3;
        re[p + 2] = r0 - r2;
        im[p + 2] = i0 - i2;
        re[p + 3] = r1 - r3;
        im[p + 3] = i1 - i3;
      }
      for (let half = 4; half < n; half <<= 1) {
        const step = n / (2 * half);
        for (let start = row; start < row + n; start += 2 * half)
          for (let k = 0, t = 0; k < half; k++, t += step) {
            const wr = cos[t]!;
            const wi = sign * sin[t]!;
            const p = start + k;
            const q = p + half;
            const xr = re[q]! * wr - im[q]! * wi;
            const xi = re[q]! * wi + im[q]! * wr;
            const yr = re[p]!;
            const yi = im[p]!;
            re[p] = yr + xr;
            im[p] = yi + xi;
            re[q] = yr - xr;
            im[q] = yi - xi;
          }
      }
    }
  }

  function transpose(values: Float64Array): void {
    for (let y = 0; y < n; y++)
      for (let x = y + 1; x < n; x++) {
        const [p, q] = [y * n + x, x * n + y];
        const t = values[p]!;
        values[p] = values[q]!;
        values[q] = t;
      }
  }

  return ({ re, im }, inverse) => {
    const sign = inverse ? 1 : -1;
    rows(re, im, sign);
    transpose(re);
    transpose(im);
    rows(re, im, sign);
  };
}
