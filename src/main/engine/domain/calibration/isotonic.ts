/** A rising step function through points, joined by straight lines. */
export interface Isotonic {
  x: number[];
  y: number[];
}

interface Block {
  x: number;
  y: number;
  weight: number;
}

/**
 * The rising function closest to the labels in least squares (pool adjacent violators); scores need no order. Equal scores are made
 * one first: a function has one value at each.
 */
export function fitIsotonic(scores: ArrayLike<number>, labels: ArrayLike<number>): Isotonic {
  const order = Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
  const points: Block[] = [];
  for (const i of order) {
    const point = { x: scores[i]!, y: labels[i]!, weight: 1 };
    const last = points.at(-1);
    if (last?.x === point.x) points[points.length - 1] = { ...pooled(last, point), x: point.x };
    else points.push(point);
  }
  const blocks: Block[] = [];
  for (const point of points) {
    let block = point;
    for (let last = blocks.at(-1); last && last.y >= block.y; last = blocks.at(-1)) {
      blocks.pop();
      block = pooled(last, block);
    }
    blocks.push(block);
  }
  return { x: blocks.map(({ x }) => x), y: blocks.map(({ y }) => y) };
}

function pooled(a: Block, b: Block): Block {
  const weight = a.weight + b.weight;
  const mix = (one: number, other: number) => (one * a.weight + other * b.weight) / weight;
  return { x: mix(a.x, b.x), y: mix(a.y, b.y), weight };
}

/** The function at a score: between two points a straight line, beyond the ends the end's value. */
export function atIsotonic({ x, y }: Isotonic, score: number): number {
  const last = x.length - 1;
  if (score <= x[0]!) return y[0]!;
  if (score >= x[last]!) return y[last]!;
  let right = 1;
  while (x[right]! < score) right++;
  const share = (score - x[right - 1]!) / (x[right]! - x[right - 1]!);
  return y[right - 1]! + share * (y[right]! - y[right - 1]!);
}
