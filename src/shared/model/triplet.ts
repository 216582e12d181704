import { z } from 'zod';
import { AttemptState, LowLevelNumbers, Scores, Verdict } from './attempt.ts';
import { StageName } from './recipe.ts';
import { SignalRanges, Signals } from './signals.ts';

export const TripletKind = z.enum(['forward', 'inverse', 'composed', 'interactive', 'imported']);
export type TripletKind = z.infer<typeof TripletKind>;

/** `active` is in the set; `dropped` failed the backward check or a gate; `superseded` lost to a later, better candidate. */
export const TripletState = z.enum(['active', 'dropped', 'superseded']);
export type TripletState = z.infer<typeof TripletState>;

export const DecisionKind = z.enum(['accept', 'reject', 'clear']);
export type DecisionKind = z.infer<typeof DecisionKind>;

/** One row of the grid: what a card shows. */
export const TripletView = z.object({
  id: z.number().int(),
  runId: z.string().nullable(),
  kind: TripletKind,
  state: TripletState,
  sourceHash: z.string(),
  editedHash: z.string(),
  width: z.number().int(),
  height: z.number().int(),
  /** As it was given; a reviewer's better wording stands beside it. */
  instruction: z.string(),
  /** The wording that exports use instead; null = the original holds. */
  corrected: z.string().nullable(),
  category: z.string(),
  style: z.string(),
  scores: Scores.nullable(),
  geometric: z.number().nullable(),
  /** Why it is not active; empty otherwise. */
  reason: z.string(),
  decision: z.enum(['accept', 'reject']).nullable(),
  /** Of the decision in force: why, in few words. */
  tags: z.array(z.string()),
  note: z.string(),
  createdAt: z.number(),
});
export type TripletView = z.infer<typeof TripletView>;

/** Another try at the same <source, instruction>, and where it stopped. */
export const Sibling = z.object({
  attemptId: z.number().int(),
  editedHash: z.string(),
  seed: z.number().int(),
  state: AttemptState,
  stage: StageName.nullable(),
  reason: z.string(),
  scores: Scores.nullable(),
});
export type Sibling = z.infer<typeof Sibling>;

/** Everything known of one triplet. */
export const TripletDetail = TripletView.extend({
  prompt: z.string(),
  seed: z.number().int().nullable(),
  lowLevel: LowLevelNumbers.nullable(),
  /** Everything local scorers measured about it; null when none did. */
  signals: Signals.nullable(),
  verdicts: z.array(Verdict),
  parents: z.array(TripletView),
  children: z.array(TripletView),
  /** Other candidates of the same <source, instruction>, in the order of their tries; at most nine. */
  siblings: z.array(Sibling),
  /** What the reviewer gave. */
  rating: Scores.nullable(),
  /** Attempts made until this <source, instruction> first succeeded; null when it was not mined. */
  difficulty: z.number().int().nullable(),
  /** The edit session and the picture in it that it was kept from, and whether the demo studio made it; null for other kinds. */
  edit: z.object({ sessionId: z.string(), nodeId: z.number().int(), demo: z.boolean() }).nullable(),
});
export type TripletDetail = z.infer<typeof TripletDetail>;

/** Filters of the grid and of an export; all given ones must hold. */
export const TripletFilter = z.object({
  runId: z.string().optional(),
  kinds: z.array(TripletKind).optional(),
  states: z.array(TripletState).optional(),
  category: z.string().optional(),
  minGeometric: z.number().optional(),
  maxGeometric: z.number().optional(),
  minAdherence: z.number().optional(),
  maxAdherence: z.number().optional(),
  minAesthetics: z.number().optional(),
  maxAesthetics: z.number().optional(),
  /** Attempts made until its <source, instruction> first succeeded, at least and at most; what was not mined has none. */
  minDifficulty: z.number().int().min(1).optional(),
  maxDifficulty: z.number().int().min(1).optional(),
  style: z.string().optional(),
  aspect: z.enum(['landscape', 'portrait', 'square']).optional(),
  /** Has this tag on the decision in force. */
  tag: z.string().optional(),
  /** Something was said about it: a tag, a note, or a corrected instruction. */
  remarked: z.boolean().optional(),
  decision: z.enum(['accept', 'reject', 'none']).optional(),
  signals: SignalRanges.optional(),
  text: z.string().optional(),
});
export type TripletFilter = z.infer<typeof TripletFilter>;
