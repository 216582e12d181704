import { z } from 'zod';
import { HalfStep, MOST_AT_ONCE, ReviewTags, ScoreHistogram } from '../model/review.ts';
import { DecisionKind, TripletDetail, TripletFilter, TripletView } from '../model/triplet.ts';
import { call } from './base.ts';

/** Newest first, or highest first: geometric score, adherence, aesthetics, difficulty. Equal ones: newest first. */
export const TripletSort = z.enum(['newest', 'best', 'adherence', 'aesthetics', 'difficulty']);
export type TripletSort = z.infer<typeof TripletSort>;

/** Rows one call gives at most. */
export const MOST_ROWS = 500;

export const triplets = {
  /** The first rows of a filter and order, or those behind an opaque `cursor`; quick at any size. */
  page: call
    .input(z.object({ filter: TripletFilter, sort: TripletSort, cursor: z.string().optional(), limit: z.number().int().min(1).max(500) }))
    .output(z.object({ items: z.array(TripletView), next: z.string().nullable() })),
  /**
   * Everything a filter lets through, in order, as it is now: a list that any place can be read from. It stays as it is while rows
   * come and decisions are made; the engine keeps the last few.
   */
  list: call.input(z.object({ filter: TripletFilter, sort: TripletSort })).output(z.object({ list: z.string(), count: z.number().int() })),
  /** Rows of a list by place, from 0. AppError noSuchItem for a list that is not kept any more: ask for it again. */
  rows: call
    .input(z.object({ list: z.string(), from: z.number().int().min(0), limit: z.number().int().min(1).max(MOST_ROWS) }))
    .output(z.object({ items: z.array(TripletView) })),
  /** The place of a triplet in a list; null when it is not in it. */
  place: call.input(z.object({ list: z.string(), id: z.number().int() })).output(z.object({ place: z.number().int().nullable() })),
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
