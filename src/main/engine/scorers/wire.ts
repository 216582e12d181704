import type { ExecutionProvider } from '../../../shared/model/scorers.ts';

/** A model as the scorer process sees it. */
export interface ModelFile {
  /** What people call it, for messages. */
  name: string;
  /** Absolute path. */
  file: string;
}

/** One input of one item: the batch dimension is added where the model runs. */
export type ModelInput =
  /** RGB bytes row by row; becomes float32 [N,3,H,W] by (value / 255 - mean) / std, in the channel order asked for. */
  | {
      kind: 'picture';
      data: Uint8Array;
      width: number;
      height: number;
      mean: readonly [number, number, number];
      std: readonly [number, number, number];
      order: 'rgb' | 'bgr';
    }
  | { kind: 'floats'; data: Float32Array; shape: number[] }
  | { kind: 'integers'; data: number[]; shape: number[] }
  /** Becomes int64 [N, length] by a tokenizer's two files. */
  | { kind: 'text'; text: string; length: number; tokenizer: string; config: string };

/**
 * How much of an output comes back. `all`: as it is. `ctc`: of [T, classes] the best class of every step and its
 * probability, as [T, 2]. `bytes`: probabilities 0 to 1 as bytes 0 to 255.
 */
export type OutputPart = 'all' | 'ctc' | 'bytes';

export interface ModelRequest {
  model: ModelFile;
  /** By name; `*` stands for the only input, or the first. */
  inputs: Record<string, ModelInput>;
  /** By name; outputs that are not named do not come back. `*` stands for the only output, or the first. */
  outputs: Record<string, OutputPart>;
}

export interface ModelOutput {
  /** Without the batch dimension. */
  shape: number[];
  data: Float32Array | Uint8Array;
}
export type ModelOutputs = Record<string, ModelOutput>;

/** What the process is told when it starts. */
export interface ScorerSetup {
  /** In the order to try; the last is cpu. */
  providers: ExecutionProvider[];
  /** Items of one run, by provider; the last batch is padded to it. */
  batch: Partial<Record<ExecutionProvider, number>>;
  /** A session that nobody used for so long is let go. */
  idleMs: number;
  threads: number;
}

export type ToScorer =
  | { type: 'setup'; setup: ScorerSetup }
  | { type: 'run'; id: number; request: ModelRequest }
  | { type: 'cancel'; id: number };
export type FromScorer =
  | { type: 'ready' }
  | { type: 'done'; id: number; outputs: ModelOutputs; provider: ExecutionProvider; bytes: number }
  | { type: 'failed'; id: number; message: string; bytes: number }
  | { type: 'note'; text: string };

/** What the trial of a provider says before its process ends. */
export type TrialMessage = { ok: true; ms: number; share: number; wrong: string } | { ok: false; error: string };
