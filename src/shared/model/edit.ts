import { z } from 'zod';
import { LowLevelNumbers, Scores, Verdict } from './attempt.ts';
import { BagelParams } from './bagel.ts';
import { Params } from './provider.ts';
import { AttemptStage, StageName } from './recipe.ts';

/** Most variants asked for at once. */
export const MAX_VARIANTS = 16;

/**
 * `queued` and `running` are open. `interrupted`: the engine stopped before it was done; nothing is lost, it can go on. `unknown`: the
 * editor's call was under way when the engine stopped and may have been charged; it is asked again only when a person says so.
 */
export const EditNodeState = z.enum(['queued', 'running', 'done', 'failed', 'cancelled', 'interrupted', 'unknown']);
export type EditNodeState = z.infer<typeof EditNodeState>;

/** Who edits: an endpoint profile, with what is to differ from it this time. */
export const EditorChoice = z.strictObject({
  profile: z.string().min(1),
  /** Of several models of the profile; the one bound to imageEditor when left out. */
  model: z.string().min(1).optional(),
  params: Params.optional(),
  bagel: BagelParams.optional(),
});
export type EditorChoice = z.infer<typeof EditorChoice>;

/** Who scores, as profile ids; null = nobody. `checks` asks the soft judge its two yes/no questions too. */
export const JudgeChoice = z.strictObject({
  softJudge: z.string().nullable(),
  validator: z.string().nullable(),
  checks: z.boolean(),
});
export type JudgeChoice = z.infer<typeof JudgeChoice>;

/** How a picture looks as a whole; only ever compared between pictures of one chain. */
export const PictureQuality = z.object({
  /** Root mean square of the Laplacian of luma: falls when edges soften, rises with noise. */
  sharpness: z.number(),
  /** Colourfulness after Hasler and Suesstrunk (2003): 0 = grey, 100 and more = strong. */
  colour: z.number(),
});
export type PictureQuality = z.infer<typeof PictureQuality>;

/** A judge that could not judge. The picture is there all the same. */
export const EditProblem = z.object({ stage: StageName, code: z.string(), message: z.string() });
export type EditProblem = z.infer<typeof EditProblem>;

/** One picture of a session: the root, or one variant. */
export const EditNode = z.object({
  id: z.number().int(),
  sessionId: z.string(),
  /** Null for the root. */
  parentId: z.number().int().nullable(),
  /** Variants asked for at once share one; null for the root. */
  batchId: z.number().int().nullable(),
  /** Place in its batch, from 0. */
  variant: z.number().int(),
  /** Edits between the root and this picture: its generation. */
  depth: z.number().int(),
  seed: z.number().int(),
  instruction: z.string(),
  category: z.string(),
  state: EditNodeState,
  /** What is being done; null when nothing is. */
  step: z.enum(['waiting', ...AttemptStage.options]).nullable(),
  /** A short stable code of why there is no picture: refused, timeout, budgetReached, ...; empty when there is one. */
  reason: z.string(),
  /** The same in a sentence. */
  message: z.string(),
  pictureHash: z.string().nullable(),
  width: z.number().int().nullable(),
  height: z.number().int().nullable(),
  /** The hard validator's. */
  scores: Scores.nullable(),
  softScores: Scores.nullable(),
  lowLevel: LowLevelNumbers.nullable(),
  quality: PictureQuality.nullable(),
  verdicts: z.array(Verdict),
  problems: z.array(EditProblem),
  /** The model that answered. */
  model: z.string(),
  usd: z.number(),
  ms: z.number(),
  /** The triplet it was kept as; null when it was not, or was taken back. */
  keptId: z.number().int().nullable(),
  createdAt: z.number(),
  startedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  /** Rises with every change. */
  rev: z.number().int(),
  /** What the server says about queued work; null when it says nothing. */
  wait: z.object({ rank: z.number(), etaSeconds: z.number().nullable(), fraction: z.number().nullable() }).nullable(),
});
export type EditNode = z.infer<typeof EditNode>;

/** What was asked for at once, and of whom. */
export const EditBatch = z.object({
  id: z.number().int(),
  parentId: z.number().int(),
  instruction: z.string(),
  category: z.string(),
  editor: EditorChoice,
  judges: JudgeChoice,
  demo: z.boolean(),
  createdAt: z.number(),
});
export type EditBatch = z.infer<typeof EditBatch>;

/** Money of a session: settled is paid, reserved is in flight, unknown may have been charged. */
export const EditSpend = z.object({ usdSettled: z.number(), usdReserved: z.number(), usdUnknown: z.number(), calls: z.number().int() });
export type EditSpend = z.infer<typeof EditSpend>;

/** Where the first picture came from. */
export const EditOrigin = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('file'), name: z.string(), hash: z.string() }),
  z.object({ kind: z.literal('triplet'), tripletId: z.number().int(), side: z.enum(['source', 'edited']) }),
]);
export type EditOrigin = z.infer<typeof EditOrigin>;

export const EditSessionView = z.object({
  id: z.string(),
  title: z.string(),
  origin: EditOrigin,
  /** What was done to the picture when it came in, in sentences. */
  notes: z.array(z.string()),
  rootHash: z.string(),
  width: z.number().int(),
  height: z.number().int(),
  demo: z.boolean(),
  pictures: z.number().int(),
  kept: z.number().int(),
  /** Variants that are being made. */
  open: z.number().int(),
  /** Variants that a stop of the engine left. */
  interrupted: z.number().int(),
  /** The most that may be spent; null = no limit. */
  budgetUsd: z.number().nullable(),
  spend: EditSpend,
  /** The picture that is worked on. */
  currentId: z.number().int(),
  createdAt: z.number(),
  updatedAt: z.number(),
});
export type EditSessionView = z.infer<typeof EditSessionView>;

export const EditSessionDetail = EditSessionView.extend({
  /** By id, so parents come before children. */
  nodes: z.array(EditNode),
  batches: z.array(EditBatch),
});
export type EditSessionDetail = z.infer<typeof EditSessionDetail>;

/** Someone who can edit or judge. */
export const EditActor = z.object({
  profile: z.string(),
  title: z.string(),
  transport: z.string(),
  model: z.string(),
  demo: z.boolean(),
  /** The most one call costs, by the price table; 0 = no price is known. */
  usdWorst: z.number(),
  /** Mean milliseconds of its newest answers in edit sessions; null before the first. */
  typicalMs: z.number().nullable(),
  params: Params,
  bagel: BagelParams.nullable(),
});
export type EditActor = z.infer<typeof EditActor>;

/** Everyone there is. Without a profile of one's own the demo stands alone. */
export const EditActors = z.object({ editors: z.array(EditActor), softJudges: z.array(EditActor), validators: z.array(EditActor) });
export type EditActors = z.infer<typeof EditActors>;
