import { z } from 'zod';
import { StageName } from './recipe.ts';
import { SignalCheck, Signals } from './signals.ts';

/** Two scores from 1 to 5 (paper section 3). */
export const Scores = z.object({ adherence: z.number(), aesthetics: z.number() });
export type Scores = z.infer<typeof Scores>;

/** sqrt(adherence * aesthetics), the order in which candidates are chosen (paper, algorithm 1). */
export function geometricScore(scores: Scores): number {
  return Math.sqrt(scores.adherence * scores.aesthetics);
}

/** `queued` and `running` are open; the rest are final. A rejection is a result; `failed` and `unknown` are not. */
export const AttemptState = z.enum(['queued', 'running', 'passed', 'rejected', 'failed', 'cancelled', 'unknown']);
export type AttemptState = z.infer<typeof AttemptState>;

/** What the low-level check counted. Pixels, not shares, so that another rule can be applied later. */
export const LowLevelNumbers = z.object({
  width: z.number().int(),
  height: z.number().int(),
  /** Pixels over the threshold. */
  flagged: z.number().int(),
  /** Pixels of the largest 4-connected component. */
  largest: z.number().int(),
  components: z.number().int(),
});
export type LowLevelNumbers = z.infer<typeof LowLevelNumbers>;

/** One gate's answer about one pair, with every number it had. */
export const Verdict = z.object({
  stage: StageName,
  passed: z.boolean(),
  /** Short and stable, for counting: e.g. noChange, speckle, lowAdherence, unwantedChange. Empty when passed. */
  reason: z.string(),
  scores: Scores.nullable(),
  lowLevel: LowLevelNumbers.nullable(),
  /** What local scorers measured; null when none did. */
  signals: Signals.nullable().default(null),
  /** The limits those signals were held against, one by one. */
  checks: z.array(SignalCheck).default([]),
  /** The model that answered and the version of our prompt; empty for local checks. */
  model: z.string(),
  promptVersion: z.string(),
  raw: z.string(),
});
export type Verdict = z.infer<typeof Verdict>;

export const AttemptView = z.object({
  id: z.number().int(),
  runId: z.string(),
  jobIndex: z.number().int(),
  sourceHash: z.string(),
  editedHash: z.string().nullable(),
  instruction: z.string(),
  category: z.string(),
  seed: z.number().int(),
  state: AttemptState,
  stage: StageName.nullable(),
  reason: z.string(),
  scores: Scores.nullable(),
  softScores: Scores.nullable(),
  lowLevel: LowLevelNumbers.nullable(),
  usd: z.number(),
  ms: z.number(),
  endedAt: z.number().nullable(),
});
export type AttemptView = z.infer<typeof AttemptView>;
