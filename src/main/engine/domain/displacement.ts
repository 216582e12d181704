import { createFft2, newGrid } from './fft.ts';
import { BLOCK, type PairBlocks } from './pairBlocks.ts';

/** Largest side of a window. */
const WINDOW = 128;
const SMALLEST_WINDOW = 32;
/** Windows are taken in 3 x 3 regions, where each has the most texture and the least edit. */
const REGIONS = 3;
/** Peaks (1 = a perfect shift) under which a window tells nothing, and all of them together do not. */
const CERTAIN = 0.12;
const LEAST_PEAK = 0.08;
/** Windows that must agree before anything is said. */
const LEAST_WINDOWS = 3;
/** Standard deviation of luma in a window under which it is flat. */
const FLAT = 2.5;

/** How a part of the second picture lies against the first: (x, y) is the centre of the part, (dx, dy) how far it moved, in pixels. */
export interface Moved {
  x: number;
  y: number;
  dx: number;
  dy: number;
  /** Height of the correlation peak, 0 to 1. */
  peak: number;
  /** Its say: the peak, times how much of the window lies outside the edit. */
  weight: number;
}

export interface Displacement {
  /** Of the picture's centre, in pixels, to the right and down. */
  shiftX: number;
  shiftY: number;
  /** How much wider and taller things became: 0.02 = 2 %. */
  zoomX: number;
  zoomY: number;
  /** What shift and zoom leave unexplained, in pixels: the weighted median over the windows that are certain. */
  misfit: number;
  /** Mean peak of the windows that agree, times the share of windows that do. */
  peak: number;
  windows: number;
}

/** Makes the measure of one thread, with its transforms and grids. */
export function createDisplacement() {
  const correlators = new Map<number, ReturnType<typeof createCorrelator>>();
  const correlatorOf = (n: number) => {
    if (!correlators.has(n)) correlators.set(n, createCorrelator(n));
    return correlators.get(n)!;
  };

  /**
   * How the second picture lies against the first, by phase correlation of up to nine windows and a robust fit of shift and zoom,
   * across and down by themselves, through what they say: parts that were edited, or moved by themselves, do not pull it. Shifts up to a third of a window are followed.
   * Null when fewer than three windows are certain or they do not agree (flat pictures, unrelated pictures, pictures smaller than a window).
   */
  return function measure(blocks: PairBlocks, outside: Uint8Array): Displacement | null {
    const { width, height } = blocks;
    const side = Math.min(WINDOW, 2 ** Math.floor(Math.log2(Math.max(1, Math.min(width, height) / 2))));
    if (side < SMALLEST_WINDOW) return null;
    const places = chooseWindows(blocks, outside, side);
    const moved = correlatorOf(side)(blocks, places);
    const certain = moved.filter((part) => part.peak >= CERTAIN);
    if (certain.length < LEAST_WINDOWS) return null;
    const found = movementOf(certain, moved.length, width, height, side);
    const told = isStill(blocks, found) ? standing(certain, found) : found;
    return told.peak < LEAST_PEAK ? null : told;
  };
}

interface Place {
  left: number;
  top: number;
  /** Share of the window outside the edit. */
  outside: number;
}

/** One window a region, at the place of the most texture, counting blocks outside the edit four times those inside. */
function chooseWindows({ width, height, columns, rows, sumA, squaresA }: PairBlocks, outside: Uint8Array, side: number): Place[] {
  const places: Place[] = [];
  const span = side / BLOCK;
  const step = Math.max(1, span >> 2);
  // Texture of a block: the standard deviation of its luma, so that one strong edge does not count for everything.
  const texture = new Float64Array((columns + 1) * (rows + 1));
  const free = new Float64Array(texture.length);
  for (let y = 0; y < rows; y++) {
    let row = 0;
    let freeInRow = 0;
    for (let x = 0; x < columns; x++) {
      const i = y * columns + x;
      const mean = sumA[i]! / (BLOCK * BLOCK);
      const deviation = Math.sqrt(Math.max(0, squaresA[i]! / (BLOCK * BLOCK) - mean * mean));
      row += Math.min(deviation, 12) * (outside[i] === 0 ? 0.25 : 1);
      freeInRow += outside[i]!;
      const [here, above] = [(y + 1) * (columns + 1) + x + 1, y * (columns + 1) + x + 1];
      texture[here] = texture[above]! + row;
      free[here] = free[above]! + freeInRow;
    }
  }
  const over = (table: Float64Array, x: number, y: number) => {
    const [a, b] = [y * (columns + 1), (y + span) * (columns + 1)];
    return table[b + x + span]! - table[b + x]! - table[a + x + span]! + table[a + x]!;
  };
  for (let ry = 0; ry < REGIONS; ry++)
    for (let rx = 0; rx < REGIONS; rx++) {
      const x0 = Math.min(Math.round((rx * columns) / REGIONS), columns - span);
      const x1 = Math.max(x0, Math.round(((rx + 1) * columns) / REGIONS) - span);
      const y0 = Math.min(Math.round((ry * rows) / REGIONS), rows - span);
      const y1 = Math.max(y0, Math.round(((ry + 1) * rows) / REGIONS) - span);
      let best = -1;
      let place: Place | undefined;
      for (let y = y0; y <= y1; y += step)
        for (let x = x0; x <= x1; x += step) {
          const found = over(texture, x, y);
          if (found <= best) continue;
          best = found;
          place = { left: x * BLOCK, top: y * BLOCK, outside: over(free, x, y) / (span * span) };
        }
      if (place && place.left + side <= width && place.top + side <= height) places.push(place);
    }
  return places;
}

/** Phase correlation of windows of n x n pixels. Two pictures are one complex grid, and two windows share one way back. */
function createCorrelator(n: number) {
  const fft = createFft2(n);
  const grid = newGrid(n);
  const joint = newGrid(n);
  const hann = Float64Array.from({ length: n }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / n));
  // High frequencies are what compression and repainting change; without them the peak is a smooth hill of one pixel's width.
  const sigma = n / 6;
  const weight = Float64Array.from({ length: n * n }, (_, i) => {
    const [u, v] = [i % n, Math.floor(i / n)];
    const [fu, fv] = [u <= n / 2 ? u : u - n, v <= n / 2 ? v : v - n];
    return u === 0 && v === 0 ? 0 : Math.exp(-(fu * fu + fv * fv) / (2 * sigma * sigma));
  });
  const whole = weight.reduce((sum, value) => sum + value, 0);

  /** Fills `grid` with both windows, the first as real and the second as imaginary part. False when one is flat. */
  function load({ lumaA, lumaB, width }: PairBlocks, { left, top }: Place): boolean {
    let sumA = 0;
    let sumB = 0;
    let squaresA = 0;
    let squaresB = 0;
    for (let y = 0; y < n; y++)
      for (let p = (top + y) * width + left, end = p + n; p < end; p++) {
        const a = lumaA[p]!;
        const b = lumaB[p]!;
        sumA += a;
        sumB += b;
        squaresA += a * a;
        squaresB += b * b;
      }
    const [meanA, meanB] = [sumA / (n * n), sumB / (n * n)];
    const flat = FLAT * FLAT;
    if (squaresA / (n * n) - meanA * meanA < flat || squaresB / (n * n) - meanB * meanB < flat) return false;
    for (let y = 0, at = 0; y < n; y++) {
      const wy = hann[y]!;
      for (let x = 0, p = (top + y) * width + left; x < n; x++, p++, at++) {
        const w = wy * hann[x]!;
        grid.re[at] = (lumaA[p]! - meanA) * w;
        grid.im[at] = (lumaB[p]! - meanB) * w;
      }
    }
    return true;
  }

  /** Adds the weighted phase of conj(A) B, times 1 or times i, to `joint`; A and B are taken out of the transform of A + i B. */
  function addPhase(asImaginary: boolean): void {
    const { re, im } = grid;
    for (let v = 0; v < n; v++)
      for (let u = 0; u < n; u++) {
        const p = v * n + u;
        const w = weight[p]!;
        if (w < 1e-4) continue;
        const q = (v === 0 ? 0 : n - v) * n + (u === 0 ? 0 : n - u);
        const ar = re[p]! + re[q]!;
        const ai = im[p]! - im[q]!;
        const br = im[p]! + im[q]!;
        const bi = re[q]! - re[p]!;
        const cr = ar * br + ai * bi;
        const ci = ar * bi - ai * br;
        const size = Math.sqrt(cr * cr + ci * ci);
        if (size < 1e-9) continue;
        const k = w / (size * whole);
        if (asImaginary) {
          joint.re[p]! -= ci * k;
          joint.im[p]! += cr * k;
        } else {
          joint.re[p]! += cr * k;
          joint.im[p]! += ci * k;
        }
      }
  }

  /** The highest point of a correlation, to fractions of a pixel. The grid stands upright again. */
  function peakOf(values: Float64Array, { left, top, outside }: Place): Moved {
    let best = 0;
    for (let i = 1; i < n * n; i++) if (values[i]! > values[best]!) best = i;
    const [x, y] = [best % n, Math.floor(best / n)];
    const at = (dx: number, dy: number) => values[((y + dy + n) % n) * n + ((x + dx + n) % n)]!;
    const fraction = (before: number, here: number, after: number) => {
      // The hill is a Gaussian, so its logarithm is a parabola; where a neighbour is not positive the values themselves must do.
      const [b, h, a] = before > 0 && after > 0 ? [Math.log(before), Math.log(here), Math.log(after)] : [before, here, after];
      const curve = b - 2 * h + a;
      return curve < 0 ? Math.max(-0.5, Math.min(0.5, (b - a) / (2 * curve))) : 0;
    };
    const here = at(0, 0);
    const peak = Math.max(0, Math.min(1, here));
    const [wrappedX, wrappedY] = [x > n / 2 ? x - n : x, y > n / 2 ? y - n : y];
    return {
      x: left + n / 2,
      y: top + n / 2,
      dx: here > 0 ? wrappedX + fraction(at(-1, 0), here, at(1, 0)) : 0,
      dy: here > 0 ? wrappedY + fraction(at(0, -1), here, at(0, 1)) : 0,
      peak,
      weight: peak * (0.05 + outside),
    };
  }

  return function correlate(blocks: PairBlocks, places: readonly Place[]): Moved[] {
    const moved: Moved[] = [];
    const loaded: Place[] = [];
    for (const [i, place] of places.entries()) {
      if (load(blocks, place)) {
        fft(grid, false);
        if (loaded.length === 0) {
          joint.re.fill(0);
          joint.im.fill(0);
        }
        addPhase(loaded.length === 1);
        loaded.push(place);
      }
      if (loaded.length === 2 || (loaded.length === 1 && i === places.length - 1)) {
        fft(joint, true);
        moved.push(peakOf(joint.re, loaded[0]!));
        if (loaded[1]) moved.push(peakOf(joint.im, loaded[1]));
        loaded.length = 0;
      }
    }
    return moved;
  };
}

/** dx = tx + zx x and dy = ty + zy y, from the picture's centre. Editors stretch the sides by themselves; none turns a picture. */
interface Model {
  tx: number;
  ty: number;
  zx: number;
  zy: number;
}

/** A zoom over this is no zoom but two windows that are wrong. */
const WILD_ZOOM = 0.25;

/** For each axis the line through two windows that leaves the least median, then least squares over the windows that agree with both. */
function movementOf(parts: readonly Moved[], tried: number, width: number, height: number, side: number): Displacement {
  const points = parts.map((part) => ({ ...part, x: part.x - width / 2, y: part.y - height / 2 }));
  const across = steadiest(
    points.map(({ x, dx, weight }) => ({ at: x, by: dx, weight })),
    side,
  );
  const down = steadiest(
    points.map(({ y, dy, weight }) => ({ at: y, by: dy, weight })),
    side,
  );
  const start = { tx: across.shift, zx: across.zoom, ty: down.shift, zy: down.zoom };
  const near = Math.max(0.4, 3 * Math.hypot(across.miss, down.miss));
  const agree = points.filter((point) => miss(start, point) <= near);
  const used = agree.length >= LEAST_WINDOWS ? agree : points;
  const [x, y] = [
    line(
      used.map((point) => ({ at: point.x, by: point.dx, weight: point.weight })),
      side,
    ),
    line(
      used.map((point) => ({ at: point.y, by: point.dy, weight: point.weight })),
      side,
    ),
  ];
  const model = { tx: x.shift, zx: x.zoom, ty: y.shift, zy: y.zoom };
  const peak = (agree.reduce((sum, point) => sum + point.peak, 0) / Math.max(1, agree.length)) * (agree.length / tried);
  const misfit = weightedMedian(points.map((point) => ({ miss: miss(model, point), weight: point.weight })));
  return { shiftX: model.tx, shiftY: model.ty, zoomX: model.zx, zoomY: model.zy, misfit, peak, windows: points.length };
}

interface Along {
  at: number;
  by: number;
  weight: number;
}

/** The line (shift and zoom of one axis) that half of the say lies nearest to: through every two windows apart, and flat ones. */
function steadiest(points: readonly Along[], side: number): { shift: number; zoom: number; miss: number } {
  let best = { shift: 0, zoom: 0, miss: Number.POSITIVE_INFINITY };
  const look = (shift: number, zoom: number) => {
    const miss = weightedMedian(points.map(({ at, by, weight }) => ({ miss: Math.abs(by - shift - zoom * at), weight })));
    if (miss < best.miss) best = { shift, zoom, miss };
  };
  for (const [i, a] of points.entries()) {
    look(a.by, 0);
    for (const b of points.slice(i + 1)) {
      const apart = b.at - a.at;
      // Near windows say much about the shift and little about the zoom.
      if (Math.abs(apart) < side) continue;
      const zoom = (b.by - a.by) / apart;
      if (Math.abs(zoom) <= WILD_ZOOM) look(a.by - zoom * a.at, zoom);
    }
  }
  return best;
}

/** Weighted least squares; a flat line where all windows lie side by side. */
function line(points: readonly Along[], side: number): { shift: number; zoom: number } {
  let w = 0;
  let at = 0;
  let by = 0;
  for (const point of points) {
    w += point.weight;
    at += point.weight * point.at;
    by += point.weight * point.by;
  }
  at /= w;
  by /= w;
  let spread = 0;
  let along = 0;
  for (const point of points) {
    spread += point.weight * (point.at - at) ** 2;
    along += point.weight * (point.at - at) * (point.by - by);
  }
  const zoom = spread / w < (side / 4) ** 2 ? 0 : along / spread;
  return { shift: by - zoom * at, zoom };
}

function miss({ tx, ty, zx, zy }: Model, { x, y, dx, dy }: Pick<Moved, 'x' | 'y' | 'dx' | 'dy'>): number {
  return Math.hypot(dx - tx - zx * x, dy - ty - zy * y);
}

/** The miss that half of the say lies under. */
function weightedMedian(misses: { miss: number; weight: number }[]): number {
  misses.sort((a, b) => a.miss - b.miss);
  let left = misses.reduce((sum, { weight }) => sum + weight, 0) / 2;
  for (const { miss: found, weight } of misses) {
    left -= weight;
    if (left <= 0) return found;
  }
  return misses.at(-1)?.miss ?? 0;
}

/** Shifts under this are told as they are found: too small for the pixels to be asked. */
const SMALL = 0.35;
/** Texture of a block, as the sum of squared deviations of its 16 pixels, over which it can be asked. */
const ASKABLE = 200;

/**
 * Asks the pixels: true when more textured blocks fit the picture standing still than fit the movement that was found. All blocks
 * are asked, edited or not: those that lie outside the mask of a picture that moved are the ones that happen to fit.
 * Windows are fooled where an edit repeats what was there (a second camel beside the first) or where texture repeats itself.
 */
function isStill({ width, height, columns, rows, lumaA, lumaB, sumA, squaresA }: PairBlocks, found: Displacement): boolean {
  const { shiftX, shiftY, zoomX, zoomY } = found;
  const reach = Math.hypot(shiftX, shiftY) + Math.max(Math.abs(zoomX) * width, Math.abs(zoomY) * height) / 2;
  if (reach < SMALL) return false;
  let still = 0;
  let moved = 0;
  for (let by = 0; by < rows; by += 2)
    for (let bx = by & 2 ? 1 : 0; bx < columns; bx += 2) {
      const i = by * columns + bx;
      if (squaresA[i]! - (sumA[i]! * sumA[i]!) / (BLOCK * BLOCK) < ASKABLE) continue;
      const [cx, cy] = [bx * BLOCK + BLOCK / 2 - width / 2, by * BLOCK + BLOCK / 2 - height / 2];
      const dx = shiftX + zoomX * cx;
      const dy = shiftY + zoomY * cy;
      const [ix, iy] = [Math.floor(dx), Math.floor(dy)];
      const [fx, fy] = [dx - ix, dy - iy];
      const [x0, y0] = [bx * BLOCK, by * BLOCK];
      if (x0 + ix < 0 || y0 + iy < 0 || x0 + ix + BLOCK + 1 > width || y0 + iy + BLOCK + 1 > height) continue;
      let asStill = 0;
      let asMoved = 0;
      for (let y = 0; y < BLOCK; y++)
        for (let x = 0; x < BLOCK; x++) {
          const p = (y0 + y) * width + x0 + x;
          const q = p + iy * width + ix;
          const a = lumaA[p]!;
          const upper = lumaB[q]! * (1 - fx) + lumaB[q + 1]! * fx;
          const lower = lumaB[q + width]! * (1 - fx) + lumaB[q + width + 1]! * fx;
          asStill += Math.abs(lumaB[p]! - a);
          asMoved += Math.abs(upper * (1 - fy) + lower * fy - a);
        }
      if (asStill < asMoved) still++;
      else if (asMoved < asStill) moved++;
    }
  return still > moved;
}

/** What is said of a picture that stands still: the windows that say so agree. */
function standing(points: readonly Moved[], { windows }: Displacement): Displacement {
  const agree = points.filter(({ dx, dy }) => Math.hypot(dx, dy) < 0.5);
  const peak = (agree.reduce((sum, point) => sum + point.peak, 0) / Math.max(1, agree.length)) * (agree.length / points.length);
  const misfit = weightedMedian(points.map(({ dx, dy, weight }) => ({ miss: Math.hypot(dx, dy), weight })));
  return { shiftX: 0, shiftY: 0, zoomX: 0, zoomY: 0, misfit, peak, windows };
}
