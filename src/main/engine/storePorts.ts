/** What the pipeline needs from the store. Part of ports.ts, which hands it on. */
import type { AttemptState, LowLevelNumbers, Scores, Verdict } from '../../shared/model/attempt.ts';
import type { WireError } from '../../shared/model/errors.ts';
import type { EndpointProfile, Role, Usage } from '../../shared/model/provider.ts';
import type { Recipe, StageName } from '../../shared/model/recipe.ts';
import type { RunEnd, RunPhase, RunState } from '../../shared/model/run.ts';
import type { Signals } from '../../shared/model/signals.ts';
import type { TripletKind, TripletState } from '../../shared/model/triplet.ts';
import type { GateData } from '../../shared/model/whatIf.ts';
import type { DrawCursor } from './domain/schedule.ts';
import type { ImageFacts } from './ports.ts';

export interface RunRecord {
  id: string;
  name: string;
  recipe: Recipe;
  recipeYaml: string;
  /** Folder that relative paths in the recipe start from; empty = the workspace. */
  baseDir: string;
  demo: boolean;
  state: RunState;
  phase: RunPhase;
  end: RunEnd | null;
  error: WireError | null;
  jobSpace: number | null;
  cursor: DrawCursor;
  wallMs: number;
  createdAt: number;
  updatedAt: number;
}

export interface SceneRecord {
  id: number;
  idx: number;
  prompt: string;
  style: string;
  /** A real image instead of a prompt. */
  imageHash: string | null;
  instructions: { id: number; idx: number; text: string; category: string }[];
}

export interface SourceRecord {
  id: number;
  sceneId: number;
  idx: number;
  seed: number;
  state: 'passed' | 'rejected' | 'failed' | 'unknown';
  imageHash: string | null;
}

export interface OpenAttempt {
  id: number;
  jobIndex: number;
  sourceId: number;
  instructionId: number;
  tryIndex: number;
  seed: number;
}

export interface AttemptOutcome {
  state: Exclude<AttemptState, 'queued' | 'running'>;
  stage: StageName | null;
  reason: string;
  editedHash: string | null;
  scores: Scores | null;
  softScores: Scores | null;
  lowLevel: LowLevelNumbers | null;
  verdicts: Verdict[];
  /** Stages whose gate let it through, in the order they ran; the funnel counts them. */
  survived: StageName[];
  usd: number;
  ms: number;
}

export interface NewTriplet {
  runId: string | null;
  kind: TripletKind;
  state: TripletState;
  reason: string;
  sourceHash: string;
  editedHash: string;
  width: number;
  height: number;
  instruction: string;
  category: string;
  style: string;
  attemptId: number | null;
  sourceId: number | null;
  origin: string;
  scores: Scores | null;
  lowLevel: LowLevelNumbers | null;
  /** What the set of an imported one says was measured. What verdicts say goes before it; a forward one has what its attempt has. */
  signals?: Signals | null;
  parents: number[];
  /** A parent more, last, by its content: it may wait in the same group commit and have no id yet. None of that content, no parent. */
  parentContent?: { sourceHash: string; editedHash: string; instruction: string };
  verdicts: Verdict[];
  /** Of imported ones: what their set says of them. */
  imported?: ImportedFacts;
  /** Of interactive ones: the edit they are, and edits of its picture that are in the set already. */
  interactive?: { nodeId: number; seed: number; rootHash: string; children: number[] };
}

/** What an imported set says of a row beside the triplet itself. */
export interface ImportedFacts {
  /** Its id in that set; empty = none. */
  itemId: string;
  /** Its kind there (forward, inverse, ...); empty = not said. */
  kind: string;
  paraphrases: string[];
  /** Columns that have no place of their own, as they were. */
  facts: Record<string, unknown>;
}

export interface TripletRecord extends Omit<NewTriplet, 'parents' | 'verdicts' | 'signals' | 'imported' | 'interactive'> {
  id: number;
  parents: number[];
  instructionId: number | null;
}

/** Endpoint profiles by id. */
export interface ProfileStore {
  list(): EndpointProfile[];
  /** Puts a profile in the place of the one with its id. */
  save(profile: EndpointProfile): Promise<void>;
  /** False when there was none. */
  remove(id: string): Promise<boolean>;
}

/** All writes resolve when they are durable, and are grouped into few commits. Reads are immediate. */
export interface RunStore {
  create(run: Omit<RunRecord, 'updatedAt' | 'wallMs' | 'cursor'>): Promise<void>;
  get(id: string): RunRecord | undefined;
  list(): RunRecord[];
  /** Changes the state only from one of `from`; says whether it happened. */
  transition(id: string, from: RunState[], to: RunState, more?: { end?: RunEnd | null; error?: WireError | null }): Promise<boolean>;
  setPhase(id: string, phase: RunPhase, jobSpace?: number): Promise<void>;
  setRecipe(id: string, recipe: Recipe): Promise<void>;
  addWall(id: string, ms: number): Promise<void>;
  /** Adds to one of the run's counters that no row stands for (skipped scenes, retries, funnel totals). */
  count(id: string, name: string, by: number): Promise<void>;
  /** Sets such a counter. */
  setCount(id: string, name: string, value: number): Promise<void>;
  /** Sums by name (see COUNTERS in store/counters.ts); missing names are 0. */
  counters(runId: string): Map<string, number>;
}

export interface WorkStore {
  /** Adds image facts once; later calls with the same hash change nothing. Not urgent: its commit may wait for others. */
  addImage(hash: string, facts: ImageFacts, bytes: number, urgent?: boolean): Promise<void>;
  image(hash: string): (ImageFacts & { hash: string }) | undefined;
  addScenes(
    runId: string,
    scenes: {
      idx: number;
      prompt: string;
      style: string;
      imageHash: string | null;
      promptVersion: string;
      instructions: { text: string; category: string }[];
    }[],
  ): Promise<void>;
  /** In idx order, with their instructions in idx order. */
  scenes(runId: string): SceneRecord[];
  addSource(runId: string, source: Omit<SourceRecord, 'id'> & { reason: string; verdicts: Verdict[] }): Promise<void>;
  /** In (scene idx, idx) order, whatever order they were added in. */
  sources(runId: string): SourceRecord[];
  /** Takes failed and unknown sources out, so that a resumed run makes them again. */
  reopenSources(runId: string, states: ('failed' | 'unknown')[]): Promise<number>;
  /** Inserts rows as `running` and moves the cursor, in one transaction; gives their ids in order. */
  claim(runId: string, cursor: DrawCursor, attempts: Omit<OpenAttempt, 'id'>[]): Promise<number[]>;
  /** Rows left open by a stop, oldest first; they are marked running. */
  takeOpen(runId: string): Promise<OpenAttempt[]>;
  /** Puts running rows of a run back to queued (pause, crash recovery). */
  requeue(runId: string): Promise<number>;
  /** Puts attempts that ended in one of `states` back to queued, with their counters. */
  reopen(runId: string, states: ('failed' | 'unknown' | 'cancelled')[]): Promise<number>;
  /** Final row, verdicts, counters and threshold cube in one transaction. False when the row was final already. */
  finish(runId: string, attemptId: number, category: string, outcome: AttemptOutcome): Promise<boolean>;
  cancelOpen(runId: string): Promise<number>;
  /** Candidates that passed every stage, of one <source, instruction>. */
  candidates(
    runId: string,
    sourceId: number,
    instructionId: number,
  ): { attemptId: number; editedHash: string; scores: Scores | null; lowLevel: LowLevelNumbers | null; seed: number; tryIndex: number }[];
  /** The <source, instruction> groups that have a passed attempt, in (sourceId, instructionId) order. */
  passedGroups(runId: string): { sourceId: number; instructionId: number; category: string }[];
  /** Attempts done and passed by category, for weakest-category-first. */
  categoryTally(runId: string): { category: string; done: number; passed: number }[];
}

export interface TripletStore {
  /** Urgent unless said: an import, which stores many, lets more of them share a commit. */
  add(triplet: NewTriplet, urgent?: boolean): Promise<number>;
  /**
   * Puts a better candidate into an active forward triplet, in place. False, and nothing changed, when somebody has
   * decided on it or something descends from it: then it must be superseded instead.
   */
  replaceWinner(id: number, winner: Pick<NewTriplet, 'attemptId' | 'editedHash' | 'scores' | 'lowLevel'>): Promise<boolean>;
  /** Sets the state of triplets and keeps counters right; only rows that change count. */
  setState(ids: number[], state: TripletState, reason: string): Promise<void>;
  addVerdicts(id: number, verdicts: Verdict[], scores: Scores | null): Promise<void>;
  /** Of one run, in id order. */
  ofRun(runId: string, kinds: TripletKind[], states: TripletState[]): TripletRecord[];
  /** Ids of everything that descends from these. */
  descendants(ids: number[]): number[];
}

/** What the calls of a role and model in a run took together. */
export interface CallTotal {
  role: Role;
  model: string;
  calls: number;
  seconds: number;
  usd: number;
  gpuSeconds: number;
}

/** What estimates and screens read of earlier runs. */
export interface RunFactsStore {
  callTotals(runId: string): CallTotal[];
  /** How often which scores and low-level shares came up, and what people said of them. */
  gateCells(runId: string): Promise<Pick<GateData, 'validator' | 'softJudge' | 'lowLevel'>>;
}

export interface LedgerRow {
  id: number;
  state: 'sent' | 'settled' | 'failed' | 'unknown';
  result: string | null;
  modelAnswered: string;
  usd: number;
  /** Of queued work; empty when there is none. */
  remoteId: string;
}

/** What a failed call cost. */
export interface Charged {
  usd: number;
  usage: Usage;
}

export interface CallStore {
  /**
   * A new row for a request, durable before it resolves: nothing is sent before. When the request has a settled row, or an
   * unknown one, that is given instead and nothing is written. `onUnknown` says what an unknown row means: `hold` gives it,
   * `askAgain` leaves it and opens a new one, `release` lets go of it (asking again costs nothing) and opens a new one.
   */
  open(call: {
    runId: string;
    requestHash: Uint8Array;
    role: Role;
    endpoint: string;
    model: string;
    usdReserved: number;
    onUnknown: 'hold' | 'askAgain' | 'release';
  }): Promise<{ id: number } | { known: LedgerRow }>;
  settle(
    id: number,
    done: {
      modelAnswered: string;
      result: string;
      usage: Usage;
      usd: number;
      ms: number;
      remoteId: string;
      seedHonoured: 'yes' | 'no' | 'unknown';
    },
  ): Promise<void>;
  /** Notes where the answer of a sent call can be picked up; durable when it resolves. */
  setRemoteId(id: number, remoteId: string): Promise<void>;
  /** `charged` is what it cost all the same, where the endpoint says so. */
  fail(id: number, error: string, ms: number, charged?: Charged): Promise<void>;
  /** Calls of a run that may have been charged without an answer. */
  unknownByRole(runId: string): { role: Role; calls: number }[];
  /** The request left and no answer will come: it may have been charged. Its reservation counts as unknown. */
  lose(id: number, ms: number): Promise<void>;
}
