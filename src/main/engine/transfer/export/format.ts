import type { ExportOptions, ExportFormat as FormatId } from '../../../../shared/model/export.ts';
import type { ReadBack } from '../check/readBack.ts';
import type { FileFacts } from '../manifest.ts';
import type { ItemsOf } from './items.ts';
import type { Pictures } from './pictures.ts';
import type { Piece, PieceRecord } from './pieces.ts';
import type { Plan } from './plan.ts';

/** What a format has while it writes. */
export interface FormatContext {
  options: ExportOptions;
  plan: Plan;
  pictures: Pictures;
  /** Name of the dataset: the last part of the target's path. */
  name: string;
  /** Where the export is written; it gets its real name at the end. */
  dir: string;
  /** Its real name. */
  target: string;
  work: string;
  signal: AbortSignal;
  /** Samples written since the last call. */
  progress(samples: number): void;
}

/** Lines about one sample that the check reads back: see check/provenance.ts. */
export type NoteLine = (line: object) => Promise<void>;

/** A format's part of the dataset card. */
export interface CardPart {
  /** YAML of `configs`, without the key; empty for formats that `datasets` does not load. */
  configs: string[];
  /** YAML lines of `dataset_info`; empty when there are none. */
  info: string[];
  /** What to do with it: code and a sentence. */
  usage: string[];
  /** Columns or fields, with their meaning. */
  columns: (readonly [name: string, meaning: string])[];
  /** What lies where. */
  files: string[];
}

/** A format that is ready to write. */
export interface Writing {
  pieces: Piece[];
  /** Writes a piece, over whatever a stopped export left of it; gives its files. */
  write(piece: Piece, note: NoteLine): Promise<FileFacts[]>;
  /** Files about all samples, which no piece is needed for: written while the pieces are. Gives the files. */
  beside?(): Promise<FileFacts[]>;
  /** What comes after all pieces: metadata, manifests, settings of trainers. Gives the files. */
  finish(records: readonly { piece: Piece; record: PieceRecord }[]): Promise<FileFacts[]>;
  card: CardPart;
}

/** A layout that a set can be written in, and read back from. One file a format; formats/index.ts lists them. */
export interface ExportFormat {
  id: FormatId;
  /** What one row gives; every triplet is a sample when it is not said. */
  items?: ItemsOf;
  /** Encodings it can take as they are; all when it is not said. */
  takes?: readonly string[];
  /** Whether pictures of one role must have one encoding. */
  oneFormatPerRole?: boolean;
  /** Whether pictures are written as files that can be hard links. */
  linksPictures: boolean;
  /** How many times the bytes of the pictures go into containers or texts; 0 when it is not said. */
  copiesPictures?: (options: ExportOptions) => number;
  /** Whether provenance.jsonl is written; a format with columns for all of that has no need of it. */
  ownProvenance?: boolean;
  prepare(context: FormatContext): Promise<Writing>;
  /** Reads an export of this format back, sample by sample, in the order of provenance.jsonl. */
  readBack: ReadBack;
}
