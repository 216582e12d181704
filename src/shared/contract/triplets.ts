import { z } from 'zod';
import { HalfStep, MOST_AT_ONCE, ReviewTags, ScoreHistogram } from '../model/review.ts';
import { DecisionKind, TripletDetail, TripletFilter, TripletView } from '../model/triplet.ts';
import { call } from './base.ts';

/** Newest first, or best geometric score first. The cursor is opaque: hand back what came. */
export const TripletSort = z.enum(['newest', 'best']);
export type TripletSort = z.infer<typeof TripletSort>;

export const triplets = {
  page: call
    .input(z.object({ filter: TripletFilter, sort: TripletSort, cursor: z.string().optional(), limit: z.number().int().min(1).max(500) }))
    .output(z.object({ items: z.array(TripletView), next: z.string().nullable() })),
  /** From counters, at once, for run and kind filters; `exact` is false when the filter needs more and only a bound is known. */
  count: call.input(TripletFilter).output(z.object({ count: z.number().int(), exact: z.boolean() })),
  get: call.input(z.object({ id: z.number().int() })).output(TripletDetail),
  /** Appends a decision; `clear` takes the last one back. */
  decide: call
    .input(z.object({ id: z.number().int(), decision: DecisionKind, tags: ReviewTags.optional(), note: z.string().max(2000).optional() }))
    .output(TripletView),
  /** The same decision for many, in one transaction: all of them or none. */
  decideMany: call
    .input(z.object({ ids: z.array(z.number().int()).min(1).max(MOST_AT_ONCE), decision: DecisionKind, tags: ReviewTags.optional() }))
    .output(z.array(TripletView)),
  /** A better wording beside the original; an empty one takes it back. */
  correct: call.input(z.object({ id: z.number().int(), instruction: z.string().trim().max(4000) })).output(TripletView),
  /** A person's scores by half steps; null takes them back. */
  rate: call
    .input(z.object({ id: z.number().int(), scores: z.object({ adherence: HalfStep, aesthetics: HalfStep }).nullable() }))
    .output(TripletDetail),
  /** How scores are spread over what a filter lets through, in bins of 0.1: of the newest `looked` rows when `exact` is false. */
  histogram: call.input(TripletFilter).output(ScoreHistogram),
  categories: call.output(z.array(z.object({ category: z.string(), count: z.number().int() }))),
};
