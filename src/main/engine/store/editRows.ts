import { z } from 'zod';
import { Verdict } from '../../../shared/model/attempt.ts';
import { type EditNode, type EditNodeState, EditOrigin, EditorChoice, EditProblem, JudgeChoice } from '../../../shared/model/edit.ts';
import { AppError } from '../../../shared/model/errors.ts';
import type { EditBatchRecord, EditRecipe, EditSessionRecord } from '../ports.ts';
import { type LowLevelColumns, lowLevelOf, type ScoreColumns, scoresOf } from './columns.ts';

export interface SessionRow {
  id: string;
  title: string;
  origin: string;
  notes: string;
  root_hash: string;
  source_id: number | null;
  style: string;
  demo: number;
  budget_usd: number | null;
  current_node: number;
  created_at: number;
  updated_at: number;
}

export interface BatchRow {
  id: number;
  session_id: string;
  parent_id: number;
  instruction: string;
  category: string;
  editor: string;
  judges: string;
  recipe: string;
  demo: number;
  created_at: number;
}

export interface NodeRow extends ScoreColumns, LowLevelColumns {
  id: number;
  session_id: string;
  parent_id: number | null;
  batch_id: number | null;
  variant: number;
  depth: number;
  seed: number;
  state: EditNodeState;
  reason: string;
  message: string;
  picture_hash: string | null;
  soft_adherence: number | null;
  soft_aesthetics: number | null;
  sharpness: number | null;
  colour: number | null;
  verdicts: string;
  problems: string;
  model: string;
  usd: number;
  ms: number;
  rev: number;
  created_at: number;
  started_at: number | null;
  ended_at: number | null;
  /** Joined: */
  instruction: string | null;
  category: string | null;
  width: number | null;
  height: number | null;
  kept_id: number | null;
}

/** Nodes with what their batch, their picture and their triplet say. A kept triplet counts while it is in the set. */
export const NODE_SQL = `SELECT n.*, b.instruction, b.category, i.width, i.height, t.id AS kept_id
  FROM edit_node n LEFT JOIN edit_batch b ON b.id = n.batch_id LEFT JOIN image i ON i.hash = n.picture_hash
  LEFT JOIN interactive k ON k.node_id = n.id LEFT JOIN triplet t ON t.id = k.triplet_id AND t.state = 'active'`;

/** Stored JSON is parsed like anything from outside. */
function parsed<T>(what: string, shape: z.ZodType<T>, text: string): T {
  const result = shape.safeParse(JSON.parse(text));
  if (result.success) return result.data;
  throw new AppError('workspaceCorrupt', `The stored ${what} cannot be read: ${result.error.message}`);
}

export function sessionOf(row: SessionRow): EditSessionRecord {
  return {
    id: row.id,
    title: row.title,
    origin: parsed(`origin of edit session ${row.id}`, EditOrigin, row.origin),
    notes: parsed(`notes of edit session ${row.id}`, z.array(z.string()), row.notes),
    rootHash: row.root_hash,
    sourceId: row.source_id,
    style: row.style,
    demo: row.demo === 1,
    budgetUsd: row.budget_usd,
    currentId: row.current_node,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export function batchOf(row: BatchRow, recipe: z.ZodType<EditRecipe>): EditBatchRecord {
  const where = `of batch ${row.id} of edit session ${row.session_id}`;
  return {
    id: row.id,
    sessionId: row.session_id,
    parentId: row.parent_id,
    instruction: row.instruction,
    category: row.category,
    editor: parsed(`editor ${where}`, EditorChoice, row.editor),
    judges: parsed(`judges ${where}`, JudgeChoice, row.judges),
    recipe: parsed(`recipe ${where}`, recipe, row.recipe),
    demo: row.demo === 1,
    createdAt: row.created_at,
  };
}

/** What lives only in memory (step, wait) is empty. */
export function nodeOf(row: NodeRow): EditNode {
  const { sharpness, colour } = row;
  return {
    id: row.id,
    sessionId: row.session_id,
    parentId: row.parent_id,
    batchId: row.batch_id,
    variant: row.variant,
    depth: row.depth,
    seed: row.seed,
    instruction: row.instruction ?? '',
    category: row.category ?? '',
    state: row.state,
    step: null,
    reason: row.reason,
    message: row.message,
    pictureHash: row.picture_hash,
    width: row.width,
    height: row.height,
    scores: scoresOf(row),
    softScores: scoresOf({ adherence: row.soft_adherence, aesthetics: row.soft_aesthetics }),
    lowLevel: lowLevelOf(row),
    quality: sharpness === null || colour === null ? null : { sharpness, colour },
    verdicts: parsed(`verdicts of edit ${row.id}`, z.array(Verdict), row.verdicts),
    problems: parsed(`problems of edit ${row.id}`, z.array(EditProblem), row.problems),
    model: row.model,
    usd: row.usd,
    ms: row.ms,
    keptId: row.kept_id,
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    rev: row.rev,
    wait: null,
  };
}
