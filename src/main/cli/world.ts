import type { EngineClient } from '../../shared/contract.ts';
import type { Style } from './format.ts';

/** Where text goes. */
export interface Output extends Style {
  write(text: string): void;
  /** A person may be watching: lines can be drawn over. */
  terminal: boolean;
  columns(): number;
  rows(): number;
}

/** What the commands use of an engine. */
export interface CliEngine {
  client: EngineClient;
  /** Where a stored picture lies. */
  blobFile(hash: string): Promise<{ path: string } | { bytes: Uint8Array; type: string }>;
  close(): Promise<void>;
}

export interface OpenOptions {
  workspaceDir: string;
  /** Make the workspace when there is none. */
  create: boolean;
  /** Go on at once with runs a crash interrupted. */
  resumeInterrupted: boolean;
}

export interface ServeOptions extends OpenOptions {
  host: string;
  port: number;
  token: string | undefined;
  publicOrigin: string | undefined;
}

/** Everything the command line has of the outside, so that a test can stand in for it. */
export interface CliWorld {
  out: Output;
  err: Output;
  env: Record<string, string | undefined>;
  cwd: string;
  version: string;
  now(): number;
  openEngine(options: OpenOptions): Promise<CliEngine>;
  serve(options: ServeOptions): Promise<{ url: string; close(): Promise<void> }>;
  /** Calls `handler` at every Ctrl-C until the returned function is called. */
  onInterrupt(handler: () => void): () => void;
  /** One line from standard input; `question` is shown when a person is there, and what is typed is not. */
  readInput(question: string): Promise<string>;
  /** Ends the process at once. */
  exit(code: number): void;
}

/** How results are printed: for a person, as one JSON document, or as JSON lines with progress before it. */
export type PrintMode = 'text' | 'json' | 'jsonLines';
