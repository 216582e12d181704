import { z } from 'zod';
import { GateTally, RejectDecision, RejectDetail, RejectFilter, RejectView } from '../model/rejects.ts';
import { MOST_AT_ONCE } from '../model/review.ts';
import { call } from './base.ts';

/** Candidates that gates threw away. Ids are those of attempts. */
export const rejects = {
  /** By stage and reason, most first. */
  gates: call.input(z.object({ runId: z.string() })).output(z.array(GateTally)),
  /** Newest first; pass `next` to go on. A page may be short, even empty, before the end. */
  page: call
    .input(z.object({ filter: RejectFilter, before: z.number().int().optional(), limit: z.number().int().min(1).max(500) }))
    .output(z.object({ items: z.array(RejectView), next: z.number().int().nullable() })),
  get: call.input(z.object({ id: z.number().int() })).output(RejectDetail),
  /** The same for all of them, in one transaction: all or none. */
  decide: call
    .input(
      z.object({
        ids: z.array(z.number().int()).min(1).max(MOST_AT_ONCE),
        decision: RejectDecision,
        note: z.string().max(2000).optional(),
      }),
    )
    .output(z.array(RejectView)),
};
