import { z } from 'zod';
import { ReviewTags } from './review.ts';
import { TripletFilter } from './triplet.ts';

/** Triplets one audit may hold; the paper's had 300. */
export const MOST_AUDITED = 5000;

/** One share of an audit: answered items with an issue, or with one tag, and its 95 % interval (Wilson). */
const AuditShare = z.object({
  /** Empty = any issue at all. */
  tag: z.string(),
  count: z.number().int(),
  share: z.number(),
  low: z.number(),
  high: z.number(),
});
export type AuditShare = z.infer<typeof AuditShare>;

/** A blinded look at a random sample of the set. */
export const AuditView = z.object({
  id: z.number().int(),
  name: z.string(),
  /** Draws the same sample again from the same set. */
  seed: z.number().int(),
  filter: TripletFilter,
  /** Triplets it was drawn from. */
  population: z.number().int(),
  size: z.number().int(),
  answered: z.number().int(),
  createdAt: z.number(),
  /** Null while it goes on. */
  endedAt: z.number().nullable(),
});
export type AuditView = z.infer<typeof AuditView>;

/** What an auditor sees, and nothing that could sway them: no scores, no stages, no number of the triplet. */
export const AuditItem = z.object({
  index: z.number().int(),
  sourceHash: z.string(),
  editedHash: z.string(),
  width: z.number().int(),
  height: z.number().int(),
  instruction: z.string(),
  /** Null = not looked at yet; empty = no issue. */
  tags: ReviewTags.nullable(),
  note: z.string(),
});
export type AuditItem = z.infer<typeof AuditItem>;

export const AuditResult = z.object({
  /** Any issue first, then by tag, most first; empty before the first answer. */
  shares: z.array(AuditShare),
  /** What was found, with the triplets it was found at: no longer blinded. */
  issues: z.array(z.object({ index: z.number().int(), tripletId: z.number().int(), tags: ReviewTags, note: z.string() })),
});
export type AuditResult = z.infer<typeof AuditResult>;
