/** From a text detector's probability map to boxes around lines of text (the post-processing of DB, arXiv 1911.08947). */

/** A box in pixels of the map; the first side runs along the text. */
export interface TextRegion {
  centre: [x: number, y: number];
  /** Along the text and across it. */
  size: [length: number, height: number];
  /** Of the text's direction, in radians, clockwise from the right; between -45 and 135 degrees. */
  angle: number;
  /** Mean probability inside, 0 to 1. */
  score: number;
}

/** A pixel is text from this probability on. */
const THRESHOLD = 0.3;
/** A box whose mean is lower is texture. */
const MIN_SCORE = 0.5;
/** The map marks the core of a line; the box is grown by area x ratio / perimeter. */
const UNCLIP = 1.6;
/** Sides smaller than this are specks. */
const MIN_SIDE = 3;
const MAX_REGIONS = 200;

type Point = [x: number, y: number];

/** Boxes of text in a map of probabilities as bytes (255 = 1), row by row. The largest first; at most 200. */
export function textRegions(map: Uint8Array, width: number, height: number): TextRegion[] {
  const threshold = THRESHOLD * 255;
  const seen = new Uint8Array(width * height);
  const stack: number[] = [];
  const regions: TextRegion[] = [];
  for (let start = 0; start < width * height; start++) {
    if (seen[start] === 1 || map[start]! <= threshold) continue;
    seen[start] = 1;
    stack.push(start);
    let sum = 0;
    let count = 0;
    /** Leftmost and rightmost column of every row: all that the hull needs. */
    const rows = new Map<number, [number, number]>();
    for (let p = stack.pop(); p !== undefined; p = stack.pop()) {
      const x = p % width;
      const y = (p - x) / width;
      sum += map[p]!;
      count++;
      const row = rows.get(y);
      if (!row) rows.set(y, [x, x]);
      else if (x < row[0]) row[0] = x;
      else if (x > row[1]) row[1] = x;
      for (let dy = -1; dy <= 1; dy++)
        for (let dx = -1; dx <= 1; dx++) {
          const [nx, ny] = [x + dx, y + dy];
          if (nx < 0 || ny < 0 || nx >= width || ny >= height) continue;
          const q = ny * width + nx;
          if (seen[q] === 1 || map[q]! <= threshold) continue;
          seen[q] = 1;
          stack.push(q);
        }
    }
    const score = sum / count / 255;
    if (score < MIN_SCORE) continue;
    // Corners of pixels, so that a line one pixel high has a height.
    const points = [...rows].flatMap(([y, [from, to]]): Point[] => [
      [from, y],
      [to + 1, y],
      [from, y + 1],
      [to + 1, y + 1],
    ]);
    const box = smallestBox(convexHull(points));
    if (Math.min(...box.size) < MIN_SIDE) continue;
    const grow = (box.size[0] * box.size[1] * UNCLIP) / (2 * (box.size[0] + box.size[1]));
    regions.push({ ...alongText({ ...box, size: [box.size[0] + 2 * grow, box.size[1] + 2 * grow] }), score });
  }
  return regions.sort((a, b) => b.size[0] * b.size[1] - a.size[0] * a.size[1]).slice(0, MAX_REGIONS);
}

type Box = Pick<TextRegion, 'centre' | 'size' | 'angle'>;

/** The four corners, clockwise from where the text begins. */
export function cornersOf({ centre: [cx, cy], size: [length, height], angle }: Box): Point[] {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const corner = (u: number, v: number): Point => [cx + (u * length * c - v * height * s) / 2, cy + (u * length * s + v * height * c) / 2];
  return [corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)];
}

/** Text runs along the long side, unless the box is about square; a tall box is text that was turned. */
function alongText(box: Box): Box {
  let {
    size: [length, height],
    angle,
  } = box;
  const turn = () => {
    [length, height] = [height, length];
    angle += Math.PI / 2;
  };
  // Letters stand upright more often than not: the direction nearest to level is taken.
  while (angle >= Math.PI / 4) angle -= Math.PI / 2;
  while (angle < -Math.PI / 4) angle += Math.PI / 2;
  // The sides swap with every quarter turn.
  if (Math.round((box.angle - angle) / (Math.PI / 2)) % 2 !== 0) [length, height] = [height, length];
  if (height > length * 1.5) turn();
  return { centre: box.centre, size: [length, height], angle };
}

/** Andrew's monotone chain; counter-clockwise, without the last point again. */
function convexHull(points: Point[]): Point[] {
  const sorted = points.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const cross = (o: Point, a: Point, b: Point) => (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);
  const chain = (list: Point[]) => {
    const out: Point[] = [];
    for (const point of list) {
      while (out.length >= 2 && cross(out.at(-2)!, out.at(-1)!, point) <= 0) out.pop();
      out.push(point);
    }
    out.pop();
    return out;
  };
  return [...chain(sorted), ...chain([...sorted].reverse())];
}

/** The box of least area around a convex hull: one of its sides lies on an edge of the hull. */
function smallestBox(hull: Point[]): Box {
  let best: Box | undefined;
  for (const [at, from] of hull.entries()) {
    const to = hull[(at + 1) % hull.length]!;
    const angle = Math.atan2(to[1] - from[1], to[0] - from[0]);
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    const along = hull.map(([x, y]) => x * c + y * s);
    const across = hull.map(([x, y]) => y * c - x * s);
    const [u0, u1, v0, v1] = [Math.min(...along), Math.max(...along), Math.min(...across), Math.max(...across)];
    const size: [number, number] = [u1 - u0, v1 - v0];
    if (best && size[0] * size[1] >= best.size[0] * best.size[1]) continue;
    const [u, v] = [(u0 + u1) / 2, (v0 + v1) / 2];
    best = { centre: [u * c - v * s, u * s + v * c], size, angle };
  }
  return best!;
}
