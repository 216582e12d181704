import { z } from 'zod';
import { AuditItem, AuditResult, AuditView, MOST_AUDITED } from '../model/audit.ts';
import { ReviewTags } from '../model/review.ts';
import { TripletFilter } from '../model/triplet.ts';
import { call } from './base.ts';

const AuditId = z.object({ id: z.number().int() });

/** Blinded audits of what is in the set. */
export const audits = {
  /** Newest first. */
  list: call.output(z.array(AuditView)),
  /** Draws `size` triplets without replacement; all there are when they are fewer. */
  start: call
    .input(
      z.object({
        name: z.string().trim().min(1).max(120),
        size: z.number().int().min(1).max(MOST_AUDITED),
        seed: z
          .number()
          .int()
          .min(0)
          .max(2 ** 31),
        filter: TripletFilter,
      }),
    )
    .output(AuditView),
  get: call.input(AuditId).output(z.object({ audit: AuditView, items: z.array(AuditItem) })),
  /** Stored before it answers. The last answer ends the audit; answers may be changed afterwards. */
  answer: call.input(AuditId.extend({ index: z.number().int(), tags: ReviewTags, note: z.string().max(2000) })).output(AuditView),
  result: call.input(AuditId).output(AuditResult),
  /** The whole record as a text file. */
  record: call.input(AuditId.extend({ format: z.enum(['csv', 'json']) })).output(z.object({ name: z.string(), text: z.string() })),
};
