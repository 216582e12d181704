import { z } from 'zod';
import { LowLevelNumbers, Scores, Verdict } from './attempt.ts';

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
  instruction: z.string(),
  category: z.string(),
  style: z.string(),
  scores: Scores.nullable(),
  geometric: z.number().nullable(),
  /** Why it is not active; empty otherwise. */
  reason: z.string(),
  decision: z.enum(['accept', 'reject']).nullable(),
  createdAt: z.number(),
});
export type TripletView = z.infer<typeof TripletView>;

/** Everything known of one triplet. */
export const TripletDetail = TripletView.extend({
  prompt: z.string(),
  seed: z.number().int().nullable(),
  lowLevel: LowLevelNumbers.nullable(),
  verdicts: z.array(Verdict),
  parents: z.array(TripletView),
  children: z.array(TripletView),
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
  decision: z.enum(['accept', 'reject', 'none']).optional(),
  text: z.string().optional(),
});
export type TripletFilter = z.infer<typeof TripletFilter>;
