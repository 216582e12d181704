/** What the edit room needs from the store. Part of ports.ts, which hands it on. */
import type { LowLevelNumbers, Scores, Verdict } from '../../shared/model/attempt.ts';
import type {
  EditNode,
  EditNodeState,
  EditOrigin,
  EditorChoice,
  EditProblem,
  JudgeChoice,
  PictureQuality,
} from '../../shared/model/edit.ts';
import type { Recipe } from '../../shared/model/recipe.ts';

export interface EditSessionRecord {
  id: string;
  title: string;
  origin: EditOrigin;
  notes: string[];
  rootHash: string;
  /** The mined source it descends from; null for a picture from outside. */
  sourceId: number | null;
  style: string;
  demo: boolean;
  budgetUsd: number | null;
  currentId: number;
  createdAt: number;
  updatedAt: number;
}

/** The part of a recipe that one batch of edits is made by. */
export type EditRecipe = Pick<Recipe, 'endpoints' | 'roles' | 'stages' | 'gates' | 'sourceSize' | 'unknownCalls'>;

export interface EditBatchRecord {
  id: number;
  sessionId: string;
  parentId: number;
  instruction: string;
  category: string;
  editor: EditorChoice;
  judges: JudgeChoice;
  recipe: EditRecipe;
  demo: boolean;
  createdAt: number;
}

/** What can change of a node. */
export interface EditNodeChange {
  state?: EditNodeState;
  reason?: string;
  message?: string;
  pictureHash?: string | null;
  scores?: Scores | null;
  softScores?: Scores | null;
  lowLevel?: LowLevelNumbers | null;
  quality?: PictureQuality | null;
  verdicts?: Verdict[];
  problems?: EditProblem[];
  model?: string;
  endpoint?: string;
  usd?: number;
  ms?: number;
  startedAt?: number | null;
  endedAt?: number | null;
}

/** Sums over the nodes of a session. */
export interface EditTally {
  pictures: number;
  kept: number;
  open: number;
  interrupted: number;
}

/** All writes resolve when they are durable. Nodes are given without what only lives in memory (step, wait). */
export interface EditStore {
  /** With its root node; gives the session as stored. */
  create(
    session: Omit<EditSessionRecord, 'currentId' | 'createdAt' | 'updatedAt'> & { quality: PictureQuality },
  ): Promise<EditSessionRecord>;
  session(id: string): EditSessionRecord | undefined;
  /** Newest change first, those changed before a moment. */
  sessions(before: number | undefined, limit: number): EditSessionRecord[];
  tally(id: string): EditTally;
  change(id: string, part: Partial<Pick<EditSessionRecord, 'title' | 'budgetUsd' | 'currentId' | 'demo'>>): Promise<void>;
  /** Removes a session with its nodes. False, and nothing changed, when one of them is in the set. */
  remove(id: string): Promise<boolean>;
  /** A batch and its queued nodes, in one transaction. */
  addBatch(
    batch: Omit<EditBatchRecord, 'id' | 'createdAt'>,
    seeds: number[],
    depth: number,
  ): Promise<{ batch: EditBatchRecord; nodes: EditNode[] }>;
  batch(id: number): EditBatchRecord | undefined;
  batches(sessionId: string): EditBatchRecord[];
  node(id: number): EditNode | undefined;
  /** In id order. */
  nodes(sessionId: string): EditNode[];
  /** Writes a change and gives the node as it is then. */
  setNode(id: number, change: EditNodeChange): Promise<EditNode>;
  /** Sessions with variants that a stop left. */
  interruptedSessions(): string[];
  /** Mean milliseconds of the newest edits of a model at an endpoint; null without any. */
  typicalMs(endpoint: string, model: string): number | null;
  /** The triplet a node was kept as, in the set or not; undefined when it never was. */
  tripletOf(nodeId: number): number | undefined;
  /** Triplets that other edits of this node's picture were kept as, and the one its own picture was. */
  keptAround(nodeId: number): { parent: number | null; children: number[] };
  /** Instructions that were mined for a source. */
  minedInstructions(sourceId: number): { instruction: string; category: string }[];
  /** The newest instructions of all sessions, each once. */
  recentInstructions(limit: number): string[];
  /** What a triplet can be edited from. */
  tripletPictures(
    id: number,
  ): { sourceHash: string; editedHash: string; sourceId: number | null; style: string; instruction: string; demo: boolean } | undefined;
}
