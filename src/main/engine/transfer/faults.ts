/** What a check takes from the engine. */
export interface CheckDeps {
  /** Decodes the whole picture and tells its size; throws for anything that does not decode. */
  decode(file: string): Promise<{ width: number; height: number }>;
  /** The same for a picture out of a container. */
  decodeBytes(bytes: Uint8Array): Promise<{ width: number; height: number }>;
  /** Pictures read at once. */
  concurrency: number;
}

/** The kinds of fault a check looks for, each with its own line in the report. */
export type FaultKind =
  | 'manifest'
  | 'missing'
  | 'extra'
  | 'changed'
  | 'undecodable'
  | 'row'
  | 'size'
  | 'direction'
  | 'same'
  | 'duplicate'
  | 'leak'
  | 'float'
  | 'rowGroups'
  | 'path';

export interface Fault {
  kind: FaultKind;
  /** Relative to the export's folder. */
  file: string;
  /** Line of a text file, or row of a container, from 1. */
  line: number | null;
  message: string;
}

export type AddFault = (kind: FaultKind, file: string, line: number | null, message: string) => void;
