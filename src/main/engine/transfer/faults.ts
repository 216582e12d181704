/** What a check takes from the engine. */
export interface CheckDeps {
  /** Decodes the whole picture and tells its size; throws for anything that does not decode. */
  decode(file: string): Promise<{ width: number; height: number }>;
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
  | 'float'
  | 'path';

export interface Fault {
  kind: FaultKind;
  /** Relative to the export's folder. */
  file: string;
  line: number | null;
  message: string;
}

export type AddFault = (kind: FaultKind, file: string, line: number | null, message: string) => void;
