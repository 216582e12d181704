import { z } from 'zod';
import { GateTally, RejectDecision, RejectDetail, RejectFilter, RejectSort, RejectView } from '../model/rejects.ts';
import { MOST_AT_ONCE, ReviewTags } from '../model/review.ts';
import { call } from './base.ts';
import { MOST_ROWS } from './triplets.ts';

/** Candidates that gates threw away. Ids are those of attempts. */
export const rejects = {
  /** By stage and reason, most first; of one run or of all. */
  gates: call.input(z.object({ runId: z.string().optional() })).output(z.array(GateTally)),
  /** Operations that were tried, most attempts without success first; of one run or of all. */
  categories: call
    .input(z.object({ runId: z.string().optional() }))
    .output(z.array(z.object({ category: z.string(), count: z.number().int() }))),
  /** The first rows of a filter and order, or those behind an opaque `cursor`. A page may be short, even empty, before the end. */
  page: call
    .input(z.object({ filter: RejectFilter, sort: RejectSort, cursor: z.string().optional(), limit: z.number().int().min(1).max(500) }))
    .output(z.object({ items: z.array(RejectView), next: z.string().nullable() })),
  /** Everything a filter lets through, in order, as it is now; rows and places as for lists of triplets. */
  list: call.input(z.object({ filter: RejectFilter, sort: RejectSort })).output(z.object({ list: z.string(), count: z.number().int() })),
  /** AppError noSuchItem for a list that is not kept any more: ask for it again. */
  rows: call
    .input(z.object({ list: z.string(), from: z.number().int().min(0), limit: z.number().int().min(1).max(MOST_ROWS) }))
    .output(z.object({ items: z.array(RejectView) })),
  place: call.input(z.object({ list: z.string(), id: z.number().int() })).output(z.object({ place: z.number().int().nullable() })),
  /** At once; `exact` is false when only a bound is known. */
  count: call.input(RejectFilter).output(z.object({ count: z.number().int(), exact: z.boolean() })),
  get: call.input(z.object({ id: z.number().int() })).output(RejectDetail),
  /** The same for all of them, in one transaction: all or none. */
  decide: call
    .input(
      z.object({
        ids: z.array(z.number().int()).min(1).max(MOST_AT_ONCE),
        decision: RejectDecision,
        tags: ReviewTags.optional(),
        note: z.string().max(2000).optional(),
      }),
    )
    .output(z.array(RejectView)),
};
