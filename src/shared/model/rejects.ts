import { z } from 'zod';
import { AttemptView, Verdict } from './attempt.ts';
import { AttemptStage } from './recipe.ts';
import { Signals } from './signals.ts';
import { Sibling } from './triplet.ts';

/** The origin of a triplet that a `keep` made: this and the attempt's id. One attempt makes one at most. */
export const KEPT_ORIGIN = 'kept:';

/** What a reviewer says of a rejected candidate: `keep` puts it into the set, `right` agrees with the gate, `clear` takes the last one back. */
export const RejectDecision = z.enum(['keep', 'right', 'clear']);
export type RejectDecision = z.infer<typeof RejectDecision>;

/** A candidate that a gate threw away, and what a person said of that. */
export const RejectView = AttemptView.extend({
  editedHash: z.string(),
  width: z.number().int(),
  height: z.number().int(),
  decision: z.enum(['keep', 'right']).nullable(),
  /** Issue tags of the decision in force. */
  tags: z.array(z.string()),
  note: z.string(),
  /** The triplet that a `keep` made; it stays there, dropped, when that is taken back. */
  tripletId: z.number().int().nullable(),
});
export type RejectView = z.infer<typeof RejectView>;

export const RejectDetail = RejectView.extend({
  style: z.string(),
  prompt: z.string(),
  signals: Signals.nullable(),
  verdicts: z.array(Verdict),
  /** Other candidates of the same <source, instruction>, in the order of their tries; at most nine. */
  siblings: z.array(Sibling),
});
export type RejectDetail = z.infer<typeof RejectDetail>;

/** Newest first, or by the scores of the last judge that gave any (as a geometric score), highest first; unscored ones last. */
export const RejectSort = z.enum(['newest', 'score']);
export type RejectSort = z.infer<typeof RejectSort>;

/** All given parts must hold. */
export const RejectFilter = z.object({
  runId: z.string().optional(),
  stage: AttemptStage.optional(),
  /** As the verdict names it. */
  reason: z.string().optional(),
  /** The operation. */
  category: z.string().optional(),
  /** Words of the instruction. */
  text: z.string().optional(),
  decision: z.enum(['keep', 'right', 'none']).optional(),
  /** Has this tag on the decision in force. */
  tag: z.string().optional(),
});
export type RejectFilter = z.infer<typeof RejectFilter>;

/** What one reason of one gate threw away, and how many of those looked at should have been kept. */
export const GateTally = z.object({
  stage: AttemptStage,
  reason: z.string(),
  rejected: z.number().int(),
  keep: z.number().int(),
  right: z.number().int(),
});
export type GateTally = z.infer<typeof GateTally>;
