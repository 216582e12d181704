import { z } from 'zod';
import { EditActors, EditNode, EditorChoice, EditSessionDetail, EditSessionView, JudgeChoice, MAX_VARIANTS } from '../model/edit.ts';
import { TripletView } from '../model/triplet.ts';
import { call } from './base.ts';

const SessionId = z.object({ sessionId: z.string() });
const NodeId = z.object({ nodeId: z.number().int() });

/** What a session begins with: an uploaded picture by hash, a file on the engine's machine, or a side of a triplet. */
export const EditStart = z.discriminatedUnion('from', [
  z.object({ from: z.literal('upload'), hash: z.string(), name: z.string() }),
  z.object({ from: z.literal('path'), path: z.string().min(1) }),
  z.object({ from: z.literal('triplet'), tripletId: z.number().int(), side: z.enum(['source', 'edited']) }),
]);
export type EditStart = z.infer<typeof EditStart>;

/** Asks for variants of one picture. */
export const EditAsk = z.object({
  sessionId: z.string(),
  parentId: z.number().int(),
  instruction: z.string().trim().min(1, 'an instruction is wanted').max(2000),
  /** Name of the operation; guessed from the instruction when empty. */
  category: z.string().max(120).default(''),
  variants: z.number().int().min(1).max(MAX_VARIANTS),
  /** Of the first variant, the others count on from it; drawn when left out. */
  seed: z.number().int().min(1).max(1_000_000).optional(),
  editor: EditorChoice,
  judges: JudgeChoice,
});
export type EditAsk = z.infer<typeof EditAsk>;

export const edit = {
  /** Who can edit and judge here. */
  actors: call.output(EditActors),
  /** Newest first. */
  sessions: call
    .input(z.object({ before: z.number().optional(), limit: z.number().int().min(1).max(200) }))
    .output(z.object({ items: z.array(EditSessionView), next: z.number().nullable() })),
  /** `bagelSize` brings the picture to the size BAGEL wants. */
  start: call.input(z.object({ start: EditStart, bagelSize: z.boolean().default(false) })).output(EditSessionDetail),
  get: call.input(SessionId).output(EditSessionDetail),
  remove: call.input(SessionId),
  /** Asks for variants; they are stored before anything is sent, and come in as events. */
  ask: call.input(EditAsk).output(EditSessionDetail),
  /** What asking would cost at the very most, in US dollars; nothing is sent. */
  price: call
    .input(EditAsk.omit({ sessionId: true, parentId: true, seed: true }))
    .output(z.object({ usdWorst: z.number(), known: z.boolean() })),
  /** Goes on with variants that were interrupted, and with those that failed, were cancelled or are unknown when they are named. */
  again: call
    .input(SessionId.extend({ nodeIds: z.array(z.number().int()).optional(), askAgain: z.boolean().default(false) }))
    .output(EditSessionDetail),
  /** Lets go of variants under way: the named ones, or all of the session. */
  cancel: call.input(SessionId.extend({ nodeIds: z.array(z.number().int()).optional() })).output(EditSessionDetail),
  /** Chooses the picture that is worked on. */
  setCurrent: call.input(SessionId.extend(NodeId.shape)),
  setTitle: call.input(SessionId.extend({ title: z.string().trim().min(1).max(200) })),
  setBudget: call.input(SessionId.extend({ usd: z.number().positive().nullable() })),
  /** Puts an edit into the set as a triplet of kind interactive. A second time it gives the same triplet. */
  keep: call.input(NodeId.extend({ category: z.string().max(120).optional() })).output(z.object({ node: EditNode, triplet: TripletView })),
  /** Takes a kept one out of the set again. */
  unkeep: call.input(NodeId).output(z.object({ node: EditNode, triplet: TripletView })),
  /** Instructions that fit: those mined for the same picture, and the newest of one's own. */
  suggestions: call
    .input(SessionId)
    .output(z.object({ mined: z.array(z.object({ instruction: z.string(), category: z.string() })), recent: z.array(z.string()) })),
};
