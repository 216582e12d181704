/**
 * What the pipeline needs from the world: models by role, pixels, stores, clock. The pipeline imports this file and
 * never the parts behind it; compose.ts puts the real ones in.
 */
import type { LowLevelNumbers, Scores } from '../../shared/model/attempt.ts';
import type { BagelParams } from '../../shared/model/bagel.ts';
import type { Calibration } from '../../shared/model/calibration.ts';
import type { PictureQuality } from '../../shared/model/edit.ts';
import type { LearnedSignal } from '../../shared/model/gates.ts';
import type { Endpoint, Params, Role, RoleBinding, Usage } from '../../shared/model/provider.ts';
import type { FlagRule } from '../../shared/model/recipe.ts';
import type { Signals } from '../../shared/model/signals.ts';
import type { ChatTask, Prompt } from './domain/chatTask.ts';
import type { DrawCursor } from './domain/schedule.ts';

export type * from './editPorts.ts';
export type * from './storePorts.ts';

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds of a clock that is never set: for how long something took, since the other one may jump. */
  ticks(): number;
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
  /**
   * An edit of another size, laid on its source: found again by what was not edited, resampled once to the source's size. The signals
   * say how and how well it fits; whether that is good enough is for a gate. Rejects with AppError inputInvalid when a file does not decode.
   */
  align(sourceFile: string, editedFile: string): Promise<{ image: CanonicalImage; signals: Signals }>;
  /** Counts of the low-level check. Rejects with AppError inputInvalid when sizes differ or a file does not decode. */
  lowLevel(sourceFile: string, editedFile: string, rule: FlagRule): Promise<LowLevelNumbers>;
  /** What the weight-free full-reference stack measures of a pair, with the same mask; rejects like lowLevel. */
  fullReference(sourceFile: string, editedFile: string, rule: FlagRule): Promise<Signals>;
  /** Decodes the whole picture; AppError inputInvalid names the file when it does not decode. */
  decode(file: string): Promise<{ width: number; height: number }>;
  /** The picture in another encoding; `quality` (1 to 100) is that of jpeg and webp. AppError inputInvalid when it does not decode. */
  encode(file: string, format: Encoding, quality: number): Promise<Uint8Array>;
  /** Sharpness and colour, measured at the given size. */
  quality(file: string, width: number, height: number): Promise<PictureQuality>;
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
  /** Absolute path where a blob of that format is stored, whether it is there or not; AppError noSuchItem for what is no hash. */
  placeOf(picture: { hash: string; format: string }): string;
}

// ---------------------------------------------------------------- local scorers

/** A line of text found in a picture. */
export interface TextLine {
  text: string;
  /** Mean probability of its letters, 0 to 1. */
  confidence: number;
  /** Four corners in pixels of the picture, clockwise from where the text begins. */
  box: [x: number, y: number][];
}

/** A pair for learned scorers. */
export interface LearnedPair {
  sourceFile: string;
  editedFile: string;
  /** Of both pictures. */
  width: number;
  height: number;
  instruction: string;
  /** How the change is found. */
  mask: FlagRule;
}

/** Models that run on this machine. */
export interface Scorers {
  /** The text in a picture, in reading order. Rejects with AppError when the file or the models cannot be used. */
  readText(file: string, facts: { width: number; height: number }, signal: AbortSignal): Promise<TextLine[]>;
  /**
   * The signals that say something about a pair. Rejects with AppError recipeInvalid when a model for one is not on this machine, and
   * with scorerFailed when it cannot be run.
   */
  learned(pair: LearnedPair, wanted: readonly LearnedSignal[], signal: AbortSignal): Promise<Signals>;
  /** Those of these signals for which no model is on this machine. */
  missing(wanted: readonly LearnedSignal[]): Promise<LearnedSignal[]>;
}

/** One score of one pair by one rater, with what local scorers measured of the pair: what a calibration learns from. */
export interface ScoredPair extends Scores {
  item: number;
  rater: string;
  /** The picture everything of it comes from: pairs that share it are not independent. */
  cluster: string;
  instruction: string;
  category: string;
  signals: Signals;
}

/** Local validators made from signals and scores, by id (name-number). */
export interface Calibrations {
  /** The id that a name or an id stands for: of a name its newest. AppError noSuchItem, naming those there are. */
  resolve(nameOrId: string): string;
  /** The calibration and the hash of its file. AppError noSuchItem. */
  read(id: string): { calibration: Calibration; hash: string };
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
  params: Params;
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
  /**
   * Picks up queued work that an earlier process asked for; null when the server does not know it any more. Throws a final
   * ProviderError when the work has ended without a result, one that is unsent too when it never left.
   */
  collect?(remoteId: string, kind: 'text' | 'image', ctx: CallContext): Promise<Reply<string | Uint8Array> | null>;
  /** Reaches the server and checks the key, without paying for anything. */
  probe(signal: AbortSignal): Promise<ProbeFacts>;
  /** Ends connections and timers. */
  close?(): Promise<void>;
}

/** Everything that makes a question to a model what it is; two equal ones are the same purchase. */
export interface LedgerRequest {
  runId: string;
  role: Role;
  endpoint: Endpoint;
  binding: RoleBinding;
  /** Prompt text, blob hashes, sizes, seed: any JSON value, in a fixed order. */
  content: readonly (string | number)[];
  /** Of the provider: asking again cannot cost anything twice. */
  idempotent: boolean;
  unknownCalls: 'hold' | 'askAgain';
}

/** What the ledger gives to a call that is under way. */
export type CallLine = Pick<CallContext, 'signal' | 'onRemoteId'>;

/** The two ways to an answer: asking now, or picking up queued work that an earlier process asked for (null = it is gone). */
export interface Ways<T> {
  send(line: CallLine): Promise<Reply<T>>;
  collect: ((remoteId: string, line: CallLine) => Promise<Reply<T> | null>) | null;
}

/** An answer as the ledger has it. */
export interface Bought<V> {
  value: V;
  model: string;
  usd: number;
  usage: Usage;
  ms: number;
  /** True when the answer was in the ledger: nothing was asked, nothing paid. */
  reused: boolean;
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
