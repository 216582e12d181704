import type { Scores, Verdict } from '../../../shared/model/attempt.ts';
import type { Reason } from '../../../shared/model/reasons.ts';
import type { Recipe } from '../../../shared/model/recipe.ts';
import type { RunPhase } from '../../../shared/model/run.ts';
import type { Signals } from '../../../shared/model/signals.ts';
import type { TripletView } from '../../../shared/model/triplet.ts';
import type {
  Blobs,
  Calibrations,
  Clock,
  ImageAnswer,
  Models,
  Pixels,
  RunRecord,
  RunStore,
  Scorers,
  TripletStore,
  WorkStore,
} from '../ports.ts';
import type { BudgetMeter, Reservation } from './budgetMeter.ts';

/** What every phase of a run works with. */
export interface RunContext {
  run: RunRecord;
  recipe: Recipe;
  /** Folder that relative paths in the recipe start from. */
  baseDir: string;
  runs: RunStore;
  work: WorkStore;
  triplets: TripletStore;
  blobs: Blobs;
  pixels: Pixels;
  scorers: Scorers;
  calibrations: Calibrations;
  clock: Clock;
  meter: BudgetMeter;
  /** Models whose calls are paid out of this reservation. */
  modelsFor(reservation: Reservation): Models;
  /** Aborted on cancel and when the engine goes away: calls in flight are let go. */
  signal: AbortSignal;
  /** True once a pause, cancel or stop is asked for: nothing new is begun. */
  stopping(): boolean;
  report: PhaseReport;
}

/** How a phase tells what it does; the reporter turns it into events. */
export interface PhaseReport {
  phase(phase: RunPhase, total: number, done: number): void;
  step(by?: number): void;
  accepted(triplet: TripletView): void;
  changed(): void;
}

/** Why a phase came back: its work is done, somebody asked to stop, or a cap was reached. */
export type PhaseEnd = 'complete' | 'stopped' | 'budget';

/** One candidate on its way through the attempt stages. */
export interface Candidate {
  prompt: string;
  instruction: string;
  category: string;
  seed: number;
  source: ImageAnswer;
  edited: ImageAnswer | null;
  /** What stages have measured of this pair so far. */
  signals: Signals;
}

/** What a stage found out. A rejection is a result; stages throw only when they could not judge. */
export interface StageResult {
  verdict: Verdict;
  edited?: ImageAnswer;
  usd: number;
}

export interface StageContext {
  recipe: Pick<Recipe, 'stages' | 'gates'>;
  models: Models;
  pixels: Pixels;
  scorers: Scorers;
  calibrations: Calibrations;
  blobs: Blobs;
  work: WorkStore;
  signal: AbortSignal;
}

export type AttemptStageRun = (candidate: Candidate, ctx: StageContext) => Promise<StageResult>;

/** A verdict as gates give it, with a reason of the closed set. One that was stored may be of another version: its reason is any text. */
export type GateVerdict = Verdict & { reason: Reason | '' };

/** A verdict with everything a stage did not say left empty. */
export function verdict(part: Pick<GateVerdict, 'stage' | 'passed' | 'reason'> & Partial<GateVerdict>): GateVerdict {
  return { scores: null as Scores | null, lowLevel: null, signals: null, checks: [], model: '', promptVersion: '', raw: '', ...part };
}
