import type { Random } from '../random.ts';

/** What was predicted of an example, what it was, and the source picture it belongs to. */
export interface Judged {
  predicted: number;
  label: number;
  cluster: string;
}

/** Mean absolute error; NaN without examples. */
export function meanAbsoluteError(list: readonly Pick<Judged, 'predicted' | 'label'>[]): number {
  return list.reduce((sum, { predicted, label }) => sum + Math.abs(predicted - label), 0) / list.length;
}

/** Spearman's rank correlation, ties at their mean rank; 0 where one side never varies. */
export function spearman(list: readonly Pick<Judged, 'predicted' | 'label'>[]): number {
  const a = ranks(list.map(({ predicted }) => predicted));
  const b = ranks(list.map(({ label }) => label));
  const middle = (list.length + 1) / 2;
  let both = 0;
  let left = 0;
  let right = 0;
  for (let i = 0; i < list.length; i++) {
    both += (a[i]! - middle) * (b[i]! - middle);
    left += (a[i]! - middle) ** 2;
    right += (b[i]! - middle) ** 2;
  }
  return left === 0 || right === 0 ? 0 : both / Math.sqrt(left * right);
}

/**
 * The middle 95 % of a figure over `times` resamples with replacement of whole clusters: pictures of one source are not
 * independent of each other.
 */
export function clusterInterval(
  list: readonly Judged[],
  figure: (list: readonly Judged[]) => number,
  random: Random,
  times = 1000,
): [low: number, high: number] {
  const clusters = [...groupBy(list).values()];
  const figures: number[] = [];
  for (let t = 0; t < times; t++) {
    const sample: Judged[] = [];
    for (let i = 0; i < clusters.length; i++) sample.push(...(clusters[Math.floor(random() * clusters.length)] as Judged[]));
    figures.push(figure(sample));
  }
  figures.sort((a, b) => a - b);
  return [figures[Math.floor(times * 0.025)] as number, figures[Math.ceil(times * 0.975) - 1] as number];
}

function groupBy(list: readonly Judged[]): Map<string, Judged[]> {
  const groups = new Map<string, Judged[]>();
  for (const item of list) {
    const group = groups.get(item.cluster);
    if (group) group.push(item);
    else groups.set(item.cluster, [item]);
  }
  return groups;
}

function ranks(values: readonly number[]): Float64Array {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const result = new Float64Array(values.length);
  for (let i = 0; i < order.length; ) {
    let end = i;
    while (end + 1 < order.length && values[order[end + 1]!] === values[order[i]!]) end++;
    for (let k = i; k <= end; k++) result[order[k]!] = (i + end) / 2 + 1;
    i = end + 1;
  }
  return result;
}
