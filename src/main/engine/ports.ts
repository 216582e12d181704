/**
 * What the pipeline needs from the world: models by role, pixels, stores, clock. The pipeline imports this file and
 * never the parts behind it; compose.ts puts the real ones in.
 */
import type { AttemptState, LowLevelNumbers, Scores, Verdict } from '../../shared/model/attempt.ts';
import type { BagelParams } from '../../shared/model/bagel.ts';
import type { WireError } from '../../shared/model/errors.ts';
import type { EndpointProfile, Role, Usage } from '../../shared/model/provider.ts';
import type { Recipe, StageName } from '../../shared/model/recipe.ts';
import type { RunEnd, RunPhase, RunState } from '../../shared/model/run.ts';
import type { TripletKind, TripletState } from '../../shared/model/triplet.ts';
import type { ChatTask, Prompt } from './domain/chatTask.ts';
import type { DrawCursor } from './domain/schedule.ts';

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Rejects with the signal's own reason when it is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

// ---------------------------------------------------------------- pictures

export interface ImageFacts {
  width: number;
  height: number;
  /** jpeg, png, webp, ...: sniffed from the bytes, never taken from a name. */
  format: string;
  lossy: boolean;
}

export interface CanonicalImage extends ImageFacts {
  bytes: Uint8Array;
  /** False when the bytes are those that came in. */
  changed: boolean;
}

/** The size a source must have before it is I0 (DESIGN section 6). */
export interface SizeRule {
  maxLongSide: number;
  minShortSide: number;
  multipleOf: number;
}

/** Encodings a picture can be brought to: two that keep every pixel, two that lose some. */
export type Encoding = 'png' | 'webpLossless' | 'jpeg' | 'webp';

export interface Pixels {
  /** Throws AppError inputInvalid for bytes that are no readable picture or too large (checked before decoding). */
  inspect(bytes: Uint8Array): Promise<ImageFacts>;
  /** RGB, EXIF turned and dropped, sides by the rule (resized, then centre-cropped to the multiple). */
  canonicalise(bytes: Uint8Array, rule: SizeRule): Promise<CanonicalImage>;
  /** Stretches nothing: same aspect within 1 % is resized once, anything else throws AppError inputInvalid. Lossless PNG out. */
  resample(bytes: Uint8Array, width: number, height: number): Promise<CanonicalImage>;
  /** Counts of the low-level check. Rejects with AppError inputInvalid when sizes differ or a file does not decode. */
  lowLevel(
    sourceFile: string,
    editedFile: string,
    rule: { threshold: number; maskRule: 'any' | 'grayOfDifference' },
  ): Promise<LowLevelNumbers>;
  /** Decodes the whole picture; AppError inputInvalid names the file when it does not decode. */
  decode(file: string): Promise<{ width: number; height: number }>;
  /** The picture in another encoding; `quality` (1 to 100) is that of jpeg and webp. AppError inputInvalid when it does not decode. */
  encode(file: string, format: Encoding, quality: number): Promise<Uint8Array>;
  /** WebP of the given width (never enlarged). */
  thumbnail(file: string, width: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

export interface Blobs {
  /** Stores bytes under their SHA-256: temp file, fdatasync, rename. Durable when it resolves. */
  put(bytes: Uint8Array, format: string): Promise<string>;
  read(hash: string): Promise<Uint8Array>;
  /** Absolute path of a stored blob; AppError noSuchItem when it is not there. */
  fileOf(hash: string): string;
}

// ---------------------------------------------------------------- models

export type { ChatTask, DrawCursor, Prompt };

/** What a server says about queued work. */
export interface WaitInfo {
  /** Places before it in the queue; 0 = being worked on. */
  rank: number;
  etaSeconds: number | null;
  /** Share done, 0 to 1, where the server tells. */
  fraction: number | null;
}

export interface CallContext {
  signal: AbortSignal;
  model: string;
  params: Record<string, string | number | boolean>;
  bagel?: BagelParams | undefined;
  /** Stores the id of queued work; durable when it resolves. Call it before waiting for the answer. */
  onRemoteId(id: string): Promise<void>;
  onWait?(info: WaitInfo): void;
}

export interface Reply<T> {
  value: T;
  usage: Usage;
  /** The model that answered, which may differ from the one asked. */
  modelAnswered: string;
  /** Id of queued work on the server, or of the request in its logs; empty when there is none. */
  remoteId: string;
  /** Whether the seed decided the result; unknown when the server does not say. Missing = yes. */
  seedHonoured?: 'yes' | 'no' | 'unknown';
  /** Answered out of a batch, at the batch price. */
  batched?: boolean;
}

export interface ChatRequest {
  role: Role;
  task: ChatTask;
  prompt: Prompt;
  /** Blob hashes, source first. */
  images: string[];
  temperature: number;
  /** 1 .. 1,000,000. */
  seed: number;
}

export interface GenerateRequest {
  prompt: string;
  width: number;
  height: number;
  seed: number;
}

export interface EditRequest {
  /** Blob hash. */
  image: string;
  instruction: string;
  seed: number;
}

/** What an endpoint says about itself when it is tried out. */
export interface ProbeFacts {
  /** Models it lists, with the day they go away where it says; null when it has no list. */
  models: { id: string; shutdownDate: string | null }[] | null;
  /** Lines for people: version of the server, functions found, how parameters were matched. */
  notes: string[];
}

/** One endpoint through its transport. Throws ProviderError only. */
export interface Provider {
  /** Asking again after a crash cannot cost anything twice (true for the demo: nothing is ever charged). */
  readonly idempotent: boolean;
  chat(request: ChatRequest, ctx: CallContext): Promise<Reply<string>>;
  generate(request: GenerateRequest, ctx: CallContext): Promise<Reply<Uint8Array>>;
  edit(request: EditRequest, ctx: CallContext): Promise<Reply<Uint8Array>>;
  /** Picks up queued work that an earlier process asked for; null when the server does not know it any more. */
  collect?(remoteId: string, kind: 'text' | 'image', ctx: CallContext): Promise<Reply<string | Uint8Array> | null>;
  /** Reaches the server and checks the key, without paying for anything. */
  probe(signal: AbortSignal): Promise<ProbeFacts>;
  /** Ends connections and timers. */
  close?(): Promise<void>;
}

/** A settled answer, whether asked now or found in the ledger. */
export interface Answer<T> {
  value: T;
  model: string;
  promptVersion: string;
  usd: number;
}

export interface ImageAnswer extends ImageFacts {
  hash: string;
}

/** The models of one run, behind lanes, ledger and budget. Throws ProviderError, or AppError callUnknown / budgetReached. */
export interface Models {
  chat(role: Role, task: ChatTask, seed: number, signal: AbortSignal): Promise<Answer<string>>;
  generate(request: { prompt: string; width: number; height: number; seed: number }, signal: AbortSignal): Promise<Answer<ImageAnswer>>;
  edit(request: { image: string; instruction: string; seed: number }, signal: AbortSignal): Promise<Answer<ImageAnswer>>;
}

// ---------------------------------------------------------------- store

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
  parents: number[];
  verdicts: Verdict[];
  /** Of imported ones: what their set says of them. */
  imported?: ImportedFacts;
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

export interface TripletRecord extends Omit<NewTriplet, 'parents' | 'verdicts' | 'imported'> {
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
  /** Adds image facts once; later calls with the same hash change nothing. */
  addImage(hash: string, facts: ImageFacts, bytes: number): Promise<void>;
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
  add(triplet: NewTriplet): Promise<number>;
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
