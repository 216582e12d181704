import { z } from 'zod';

/** Issue tags of the paper's blinded audit (300 accepted rows); any other short text is a tag too. */
export const ISSUE_TAGS = ['t2iInherited', 'difficultRemoval', 'residuals', 'inpainting'] as const;

/** Characters of a tag. */
export const REVIEW_TAG_MOST = 60;
/** A reason a reviewer gives: one of ISSUE_TAGS, or a few words of their own. */
const ReviewTag = z.string().trim().min(1).max(REVIEW_TAG_MOST);
export const ReviewTags = z.array(ReviewTag).max(20);

/** A person's score: 1 to 5 by half steps. */
export const HalfStep = z.number().min(1).max(5).multipleOf(0.5);

/** Triplets one bulk action may change; one transaction writes them all. */
export const MOST_AT_ONCE = 2000;

/** Attempts until success that a histogram tells apart; its last bin holds those and all above. */
export const DIFFICULTY_BINS = 20;

/**
 * Triplets by score: bin n holds scores from n / 10 on, to below the next (10 = 1.0 .. 50 = 5.0). By difficulty: bin n holds those of
 * n + 1 attempts.
 */
export const ScoreHistogram = z.object({
  geometric: z.array(z.number().int()).length(41),
  adherence: z.array(z.number().int()).length(41),
  aesthetics: z.array(z.number().int()).length(41),
  difficulty: z.array(z.number().int()).length(DIFFICULTY_BINS),
  looked: z.number().int(),
  exact: z.boolean(),
});
export type ScoreHistogram = z.infer<typeof ScoreHistogram>;
