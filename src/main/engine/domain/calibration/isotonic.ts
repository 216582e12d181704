/** A rising step function through points, joined by straight lines. */
export interface Isotonic {
  x: number[];
  y: number[];
}

/** The rising function closest to the labels in least squares (pool adjacent violators); scores need no order. */
export function fitIsotonic(scores: ArrayLike<number>, labels: ArrayLike<number>): Isotonic {
  const order = Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
  const blocks: { x: number; y: number; weight: number }[] = [];
  for (const i of order) {
    let block = { x: scores[i]!, y: labels[i]!, weight: 1 };
    for (let last = blocks.at(-1); last && (last.y >= block.y || last.x === block.x); last = blocks.at(-1)) {
      blocks.pop();
      const weight = last.weight + block.weight;
      const mix = (a: number, b: number) => (a * last.weight + b * block.weight) / weight;
      block = { x: mix(last.x, block.x), y: mix(last.y, block.y), weight };
    }
    blocks.push(block);
  }
  return { x: blocks.map(({ x }) => x), y: blocks.map(({ y }) => y) };
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
