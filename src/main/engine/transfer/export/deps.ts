import type { Scores } from '../../../../shared/model/attempt.ts';
import type { PictureFormat } from '../../../../shared/model/export.ts';
import type { Recipe } from '../../../../shared/model/recipe.ts';
import type { FunnelRow } from '../../../../shared/model/run.ts';
import type { TripletFilter } from '../../../../shared/model/triplet.ts';
import type { ExportRow } from '../columns.ts';

/** What an export says about a run its rows came from. */
export interface ExportRun {
  id: string;
  name: string;
  demo: boolean;
  recipe: Pick<Recipe, 'seed' | 'schedule' | 'stages' | 'growth' | 'gates' | 'roles'>;
  funnel: FunnelRow[];
  /** Versions of our prompts behind the verdicts, e.g. "validator: 1". */
  promptVersions: string[];
}

/** What is stored of a picture. `format` is sniffed from its bytes (jpeg, png, webp, ...). */
export interface StoredFacts {
  format: string;
  bytes: number;
  lossy: boolean;
}

/** A stored picture and all that is asked of it: its facts are looked up once an export. */
export interface StoredPicture extends StoredFacts {
  hash: string;
}

/** Another candidate of the <source, instruction> a triplet won. */
export interface Loser {
  editedHash: string;
  /** The hard validator's; a candidate that never came so far is no loser that can be compared. */
  scores: Scores;
  seed: number;
  /** Where it was rejected; empty when it passed and was only worse. */
  stage: string;
  reason: string;
  /** Who gave the scores: model and prompt version. */
  validator: string;
}

/** What an export takes from the engine. */
export interface ExportDeps {
  /** Rows of a filter; rows of one rootHash one after the other, roots in an order that depends on content alone. */
  rows(filter: TripletFilter): Iterable<ExportRow>;
  /** How many rows that will be, for the progress bar; a bound is enough. */
  countRows(filter: TripletFilter): number;
  /**
   * The other scored candidates of a mined forward row, or of an edit a person kept, in content order, and who scored its own
   * picture; null when there are none to compare.
   */
  contest(row: ExportRow): { validator: string; losers: Loser[] } | null;
  /** The runs those rows may have come from; those without a row in the export are left out. */
  runs(filter: TripletFilter): ExportRun[];
  /** Absolute path of a stored picture; throws when it is not there. */
  blobFile(hash: string): string;
  /** Absolute path where a picture of that format is stored. Whether it is there shows when it is linked or read. */
  pictureFile(picture: Pick<StoredPicture, 'hash' | 'format'>): string;
  /** Undefined when the workspace does not know the picture. */
  picture(hash: string): StoredFacts | undefined;
  /** A stored picture in another encoding. */
  encode(file: string, format: Exclude<PictureFormat, 'keep'>, quality: number): Promise<Uint8Array>;
  now(): number;
  /** Bytes free in a folder; the file system is asked when not given. */
  freeBytes?(dir: string): Promise<number>;
}
