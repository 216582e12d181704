import type { Scores } from '../../../../shared/model/attempt.ts';

/** What one person gave one triplet. */
export interface Rating extends Scores {
  item: number;
  rater: string;
}

/**
 * One score a triplet out of several people's (paper, section 3): a rater's bias is the mean of their scores less the mean, over
 * the same triplets, of the triplets' means; the score is the mean of what is left. People who rate everything half a point lower
 * than others do not pull down what only they have seen.
 */
export function withoutRaterBias(ratings: readonly Rating[]): Map<number, Scores> {
  const adherence = unbiased(ratings, ({ adherence: score }) => score);
  const aesthetics = unbiased(ratings, ({ aesthetics: score }) => score);
  return new Map([...adherence].map(([item, score]) => [item, { adherence: score, aesthetics: aesthetics.get(item) as number }]));
}

function unbiased(ratings: readonly Rating[], scoreOf: (rating: Rating) => number): Map<number, number> {
  const itemMeans = means(ratings, ({ item }) => item, scoreOf);
  const bias = means(
    ratings,
    ({ rater }) => rater,
    (rating) => scoreOf(rating) - (itemMeans.get(rating.item) as number),
  );
  return means(
    ratings,
    ({ item }) => item,
    (rating) => scoreOf(rating) - (bias.get(rating.rater) as number),
  );
}

function means<K>(ratings: readonly Rating[], keyOf: (rating: Rating) => K, numberOf: (rating: Rating) => number): Map<K, number> {
  const sums = new Map<K, { sum: number; count: number }>();
  for (const rating of ratings) {
    const key = keyOf(rating);
    const entry = sums.get(key) ?? { sum: 0, count: 0 };
    entry.sum += numberOf(rating);
    entry.count += 1;
    sums.set(key, entry);
  }
  return new Map([...sums].map(([key, { sum, count }]) => [key, sum / count]));
}
