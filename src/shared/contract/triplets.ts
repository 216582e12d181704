import { z } from 'zod';
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
  decide: call.input(z.object({ id: z.number().int(), decision: DecisionKind, note: z.string().optional() })).output(TripletView),
  categories: call.output(z.array(z.object({ category: z.string(), count: z.number().int() }))),
};
