/** The demo's judges. They are given pictures, the task's text and the studio's memory of scenes; the truth is not among it. */

import { AppError } from '../../../../shared/model/errors.ts';
import type { ChatTask } from '../../ports.ts';
import { apply, type Op } from './algebra.ts';
import { chanceOf } from './chance.ts';
import { type Evidence, isPlausible, isPleasing, onlyAsked, SOFT, STRICT, scoresFor, scoresReply } from './judge.ts';
import { read } from './language.ts';
import type { Measure } from './measure.ts';
import type { DemoMemory } from './memory.ts';
import { type PhotoOp, readPhoto, undone } from './photo.ts';
import { readPrompt } from './prompt.ts';
import { type Scene, sceneFromText, sceneText } from './scene.ts';
import type { DemoTaskRunner } from './tasks.ts';

export interface JudgeDeps {
  run: DemoTaskRunner;
  readBlob(hash: string): Promise<Uint8Array>;
  memory: DemoMemory;
}

export type JudgeTask = Extract<ChatTask, { kind: 'plausible' | 'scores' | 'unwantedChange' | 'pleasing' }>;
type PairTask = Exclude<JudgeTask, { kind: 'plausible' }>;

/** Measurements kept; each is a dozen numbers. The judges of one pair ask within moments of each other. */
const KEPT = 20_000;

export interface Judges {
  /** A judge's reply text. `strict` is the validator, else the soft judge. */
  answer(task: JudgeTask, seed: number, strict: boolean, signal: AbortSignal): Promise<string>;
}

/** Judges with a shared record of measurements, so that a pair is measured once whoever asks. */
export function createJudges({ run, readBlob, memory }: JudgeDeps): Judges {
  const record = new Map<string, Promise<Measure>>();

  function once(key: string, make: () => Promise<Measure>): Promise<Measure> {
    const found = record.get(key);
    if (found) return found;
    const made = make();
    record.set(key, made);
    made.catch(() => record.delete(key));
    for (const oldest of record.keys()) {
      if (record.size <= KEPT) break;
      record.delete(oldest);
    }
    return made;
  }

  /** A picture against a scene, and against the one before it. One caller's abort must not spoil the shared measurement. */
  const measured = (image: string, scene: string, before: string | null) =>
    once(`${image}|${scene}|${before ?? ''}`, async () =>
      run('demoMeasure', { bytes: await readBlob(image), scene, before }, { key: workerKey(scene) }),
    );

  async function photoEvidence(source: string, edited: string, ops: PhotoOp[]): Promise<Evidence> {
    const before = undone(ops);
    const undo = before !== undefined;
    // A mixture of doing and undoing cannot be repeated here; it is judged by the pixels alone.
    const kinds = before ?? (ops.some((o) => o.undo) ? [] : ops.map((o) => o.kind));
    const result = await once(`${source}|${edited}|${kinds.join()}|${undo}`, async () =>
      run(
        'demoMeasurePhoto',
        { source: await readBlob(source), edited: await readBlob(edited), key: source, kinds, undo },
        { key: source },
      ),
    );
    return kinds.length === 0 ? { kind: 'unknown', change: result } : { kind: 'measured', edited: result, source: null };
  }

  async function evidenceOf({ instruction, source, edited }: PairTask): Promise<Evidence> {
    const before = memory.sceneOf(source);
    const op = before === undefined ? undefined : read(instruction);
    if (before === undefined || !op) return photoEvidence(source, edited, readPhoto(instruction) ?? []);
    const after = afterText(sceneFromText(before), op);
    if (after === undefined) return { kind: 'impossible' };
    const [editedMeasure, sourceMeasure] = await Promise.all([measured(edited, after, before), measured(source, before, null)]);
    return { kind: 'measured', edited: editedMeasure, source: sourceMeasure };
  }

  async function plausible(task: Extract<JudgeTask, { kind: 'plausible' }>, seed: number): Promise<string> {
    const scene = memory.sceneOf(task.image);
    const reading = readPrompt(task.prompt);
    const shown = reading.placeKnown && reading.dropped.length === 0;
    return isPlausible(
      scene === undefined ? null : await measured(task.image, scene, null),
      shown,
      chanceOf('plausible', seed, task.image),
    );
  }

  async function answer(task: JudgeTask, seed: number, strict: boolean, signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    if (task.kind === 'plausible') return plausible(task, seed);
    const evidence = await evidenceOf(task);
    signal.throwIfAborted();
    const manner = strict ? STRICT : SOFT;
    const chance = chanceOf(task.kind, seed, task.source, task.edited, task.instruction, strict ? 1 : 0);
    if (task.kind === 'unwantedChange') return onlyAsked(evidence, manner, chance);
    if (task.kind === 'pleasing') return isPleasing(evidence, manner, chance);
    return scoresReply(scoresFor(evidence, manner, chance), chance);
  }

  return { answer };
}

function afterText(scene: Scene, op: Op): string | undefined {
  try {
    return sceneText(apply(scene, op));
  } catch (error) {
    if (error instanceof AppError && error.code === 'inputInvalid') return undefined;
    throw error;
  }
}

/** Pictures of one place and size share a background, so they are sent to the same worker where possible. */
export function workerKey(scene: string): string {
  const { place, width, height, seed } = sceneFromText(scene);
  return `demo ${place} ${width}x${height} ${seed % 8}`;
}
