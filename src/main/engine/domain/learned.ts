/** What learned models say about an edit: the arithmetic on their outputs, and the limits. The models themselves run elsewhere. */
import { LEARNED_SIGNALS, type LearnedLimits, type LearnedSignal } from '../../../shared/model/gates.ts';
import type { SignalCheck, Signals } from '../../../shared/model/signals.ts';

export type LearnedReason = 'structureChanged' | 'looksDifferent' | 'targetMissing' | 'otherDirection' | 'notPleasing' | 'nsfw';

const REASONS: Record<LearnedSignal, LearnedReason> = {
  dinoOutside: 'structureChanged',
  lpipsOutside: 'looksDifferent',
  targetGain: 'targetMissing',
  editDirection: 'otherDirection',
  aestheticScore: 'notPleasing',
  nsfwScore: 'nsfw',
};
/** Why a signal could not be measured, by signal: for everything else it is notMeasured. */
const NOTHING: Partial<Record<LearnedSignal, string>> = {
  dinoOutside: 'globalEdit',
  lpipsOutside: 'globalEdit',
  targetGain: 'noTarget',
};

/** Holds the signals against the limits; the first that fails gives the reason. A signal that says nothing about this edit is skipped. */
export function judgeLearned(
  signals: Signals,
  limits: LearnedLimits,
): { passed: boolean; reason: '' | LearnedReason; checks: SignalCheck[] } {
  let reason: '' | LearnedReason = '';
  const checks = LEARNED_SIGNALS.flatMap((signal): SignalCheck[] => {
    const limit = limits[signal];
    if (limit === undefined) return [];
    const check = { signal, min: limit.min ?? null, max: limit.max ?? null };
    const value = signals[signal];
    if (value === undefined) return [{ ...check, outcome: 'skipped', why: NOTHING[signal] ?? 'notMeasured' }];
    const holds = value >= (limit.min ?? Number.NEGATIVE_INFINITY) && value <= (limit.max ?? Number.POSITIVE_INFINITY);
    if (!holds && reason === '') reason = REASONS[signal];
    return [{ ...check, outcome: holds ? 'passed' : 'failed', why: holds ? '' : REASONS[signal] }];
  });
  return { passed: reason === '', reason, checks };
}

/** What an instruction puts into the picture and what it takes out, as phrases for an image-text model. Null = nothing that can be named. */
export interface EditTarget {
  added: string | null;
  removed: string | null;
}

const PLACE =
  /\s+(?:to|on|onto|in|into|at|above|below|behind|near|next|beside|under|over|between|from|of the (?:picture|photo|image|scene))\b.*$/i;
const ADD = /^(?:add|put|place|insert|give)\s+(.+)$/i;
const REMOVE = /^(?:remove|delete|erase|take away|take out|get rid of)\s+(.+)$/i;
const REPLACE = /^(?:replace|swap|exchange|substitute|change|turn)\s+(.+?)\s+(?:with|into|by|for)\s+(.+)$/i;

/** Reads the things an instruction is about. Several operations in one, and operations on the whole picture, have no single target. */
export function editTarget(instruction: string): EditTarget {
  const text = instruction.trim().replace(/[.!]+$/, '');
  if (/;|,? and (?:add|remove|replace|change|make|put|move|turn)\b/i.test(text)) return { added: null, removed: null };
  const thing = (words: string | undefined) =>
    words
      ?.replace(PLACE, '')
      .replace(/^(?:the|a|an|some)\s+/i, '')
      .trim() || null;
  const replaced = REPLACE.exec(text);
  if (replaced) return { added: thing(replaced[2]), removed: thing(replaced[1]) };
  const added = ADD.exec(text);
  if (added) return { added: thing(added[1]), removed: null };
  const removed = REMOVE.exec(text);
  return { added: null, removed: removed ? thing(removed[1]) : null };
}

/** Cosine of the angle between two vectors; 0 when one has no length. */
export function cosine(a: Float32Array, b: Float32Array): number {
  let [dot, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!;
    aa += a[i]! * a[i]!;
    bb += b[i]! * b[i]!;
  }
  return aa === 0 || bb === 0 ? 0 : dot / Math.sqrt(aa * bb);
}

/** The vector scaled to length 1. */
export function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}

/** cos(change of the pictures, change of the captions): whether the edit went where its words point (directional CLIP). */
export function direction(source: Float32Array, edited: Float32Array, before: Float32Array, after: Float32Array): number {
  const [i0, ie, t0, t1] = [unit(source), unit(edited), unit(before), unit(after)];
  return cosine(
    ie.map((value, at) => value - i0[at]!),
    t1.map((value, at) => value - t0[at]!),
  );
}

/**
 * Mean cosine of the patch tokens of two pictures outside the edit. `tokens` are [T, width], the last `inside.length` of them patches,
 * row by row (a class token and registers come before). `inside` marks the patches that hold a change. Null when too few are outside.
 */
export function patchLikeness(a: Float32Array, b: Float32Array, width: number, inside: Uint8Array): number | null {
  const first = a.length / width - inside.length;
  let [sum, outside] = [0, 0];
  for (let p = 0; p < inside.length; p++) {
    if (inside[p] === 1) continue;
    const at = (first + p) * width;
    sum += cosine(a.subarray(at, at + width), b.subarray(at, at + width));
    outside++;
  }
  return outside < inside.length * LEAST_OUTSIDE ? null : sum / outside;
}

/** With less of the picture outside the edit, what is there says little. */
export const LEAST_OUTSIDE = 0.1;

/** exp(x) over the sum of all. */
export function softmax(values: readonly number[]): number[] {
  const top = Math.max(...values);
  const powers = values.map((value) => Math.exp(value - top));
  const sum = powers.reduce((total, value) => total + value, 0);
  return powers.map((value) => value / sum);
}

/** SigLIP's probability that a text fits a picture. */
export function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}
