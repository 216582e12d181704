import type { Scores } from '../../../../shared/model/attempt.ts';
import type { Signals } from '../../../../shared/model/signals.ts';
import type { ColumnMap } from './columnMap.ts';

/** What can be wrong with a row. Each is named in the report of an import. */
export type RowFault =
  | 'notJson'
  | 'encoding'
  | 'fieldMissing'
  | 'fieldInvalid'
  | 'scoreInvalid'
  | 'mixedScores'
  | 'duplicateId'
  | 'pathOutside'
  | 'fileMissing'
  | 'fileEmpty'
  | 'notAPicture'
  | 'truncated'
  | 'tooManyPixels'
  | 'samePicture'
  | 'swapped'
  | 'unknownItem'
  | 'unreadable';

/** Where a row stands. `line` counts from 1: lines of a text file, rows of a table, samples of an archive. */
export interface Place {
  file: string;
  line: number;
}

/** A picture of a row: a file, or bytes that came inside the table. `name` is what the set calls it. */
export type PictureRef = { name: string; file: string } | { name: string; bytes: Uint8Array };

/** One pair of an imported set. */
export interface ImportRow extends Place {
  type: 'pair';
  /** Its id in the set; empty when there is none. */
  id: string;
  source: PictureRef;
  edited: PictureRef;
  instruction: string;
  category: string;
  style: string;
  /** Its kind in the set (forward, inverse, ...); empty when it does not say. */
  kind: string;
  paraphrases: string[];
  /** Of 1 to 5, as the hard validator gives them; null when the set has none on that scale. */
  scores: Scores | null;
  /** What local scorers of ours measured, where the set is one of ours. */
  signals?: Signals | null;
  /** Everything else the set says of it, kept as it is. */
  facts: Record<string, unknown>;
  /** What the set says the pictures' SHA-256 are. */
  hashes: { source: string; edited: string } | null;
  /** The same pair the other way round, whose instruction came in the same row: this one's parent. */
  forward?: ImportRow;
  /** Why it is kept out of the set although it is stored; empty when it goes in. */
  dropped: '' | 'notPreferred';
}

/** One person's rating of a triplet that is in the workspace. */
export interface RatingRow extends Place {
  type: 'rating';
  id: string;
  rater: string;
  adherence: number;
  aesthetics: number;
}

/** Something wrong. `skipped` = the row did not go in; otherwise it did, and this is to be known. */
export interface BadRow extends Place {
  type: 'bad';
  id: string;
  fault: RowFault;
  message: string;
  skipped: boolean;
  /** It stands for a whole file of the set, of which nothing could be read. */
  wholeFile?: boolean;
}

export type ImportItem = ImportRow | RatingRow | BadRow;

export interface ImportContext {
  /** Absolute path that was given. */
  path: string;
  /** Names of columns or folders that were given; empty when none. */
  map: ColumnMap;
  signal: AbortSignal;
  /** Notes a column that is left behind (a mask, say). */
  leaveOut(column: string): void;
}

/** A format that can be read. One small file each; index.ts lists them. */
export interface Importer {
  format: string;
  /** For help texts. */
  about: string;
  /** Rows in the order of the set: the same every time, so that a stopped import can go on. Throws AppError inputInvalid when there are none. */
  rows(context: ImportContext): AsyncGenerator<ImportItem>;
  /** Columns by what they are taken for, and all columns there are; only formats whose columns can be mapped have it. */
  columns?(context: ImportContext): Promise<{ names: string[]; used: ColumnMap }>;
  /** How many rows there will be, for the progress; a guess is enough, 0 when nobody knows. */
  count(context: ImportContext): Promise<number>;
}

export function badRow(place: Place, id: string, fault: RowFault, message: string): BadRow {
  return { type: 'bad', file: place.file, line: place.line, id, fault, message, skipped: true };
}

/** The way out of a helper that found its row to be bad; caught where the row is made. */
export class RowProblem extends Error {
  readonly fault: RowFault;
  constructor(fault: RowFault, message: string) {
    super(message);
    this.fault = fault;
  }
}
