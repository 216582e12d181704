import { hash } from 'node:crypto';
import type { LowLevelNumbers, Scores } from '../../../shared/model/attempt.ts';
import { type Signals, signalsText } from '../../../shared/model/signals.ts';
import type { TripletKind } from '../../../shared/model/triplet.ts';

/** What is known of a triplet by content alone; enough for its sample id. */
export interface TripletContent {
  sourceHash: string;
  editedHash: string;
  instruction: string;
}

/** One triplet as the store hands it to an export. Hashes are SHA-256 of the stored bytes, lower-case hex. */
export interface ExportRow extends TripletContent {
  runId: string | null;
  kind: TripletKind;
  /** The picture everything of this family descends from (I0); the source itself for imported pairs. */
  rootHash: string;
  width: number;
  height: number;
  category: string;
  style: string;
  /** The text-to-image prompt of the root; empty for real pictures. */
  prompt: string;
  scores: Scores | null;
  softScores: Scores | null;
  lowLevel: LowLevelNumbers | null;
  /** What local scorers measured; null when none did. */
  signals: Signals | null;
  seed: number | null;
  /** Attempts made until this <source, instruction> first succeeded; null when it was not mined. */
  difficulty: number | null;
  parents: TripletContent[];
  decision: 'accept' | 'reject' | null;
  /** Other wordings of the instruction. */
  paraphrases: string[];
  /** The attempt it was won by; null when it was not mined as a forward edit. */
  attemptId: number | null;
  /** Of an edit that a person made: its place in the edit room, and whether the demo studio made it. */
  edit?: { nodeId: number; demo: boolean } | undefined;
  /** Of such an edit at the end of a branch: the kept edits that lead there, first to last; absent when it stands alone. */
  chain?: TripletContent[] | undefined;
  /** Mean of what people gave, 1 to 5, and how many they were; null when nobody rated it. */
  human: (Scores & { raters: number }) | null;
}

type ColumnType = 'string' | 'strings' | 'int' | 'float';

/** What a column is for: `core` is always there, the others by the options of the export. */
type ColumnGroup = 'core' | 'scores' | 'provenance';

/**
 * The columns of metadata.jsonl, in the order they are written. The first ten carry the field names of the jsonl generation of
 * NHR-Edit; `*_file_name` becomes an image column under the imagefolder rule. Readers take types from the first 10 MB alone, so
 * every column is in every row with one type: -1, -1.0 and "" stand for "not known" and there is no null.
 */
export const COLUMNS = [
  ['sample_id', 'string', 'core'],
  ['source_file_name', 'string', 'core'],
  ['edited_file_name', 'string', 'core'],
  ['edit_instruction', 'string', 'core'],
  ['augmented_instructions', 'strings', 'core'],
  ['img_width', 'int', 'core'],
  ['img_height', 'int', 'core'],
  ['category', 'string', 'core'],
  ['style', 'string', 'core'],
  ['kind', 'string', 'core'],
  ['adherence', 'float', 'scores'],
  ['aesthetics', 'float', 'scores'],
  ['geometric_score', 'float', 'scores'],
  ['soft_adherence', 'float', 'scores'],
  ['soft_aesthetics', 'float', 'scores'],
  ['low_level_flagged_share', 'float', 'scores'],
  ['low_level_largest_share', 'float', 'scores'],
  ['low_level_components', 'int', 'scores'],
  ['signals', 'string', 'scores'],
  ['seed', 'int', 'provenance'],
  ['difficulty', 'int', 'provenance'],
  ['parents', 'string', 'provenance'],
  ['decision', 'string', 'provenance'],
  ['run', 'string', 'provenance'],
  ['t2i_prompt', 'string', 'provenance'],
  ['source_sha256', 'string', 'core'],
  ['edited_sha256', 'string', 'core'],
] as const satisfies readonly (readonly [string, ColumnType, ColumnGroup])[];

export type Column = (typeof COLUMNS)[number];

/** The columns an export has by its options. */
export function columnsFor(options: { scores: boolean; provenance: boolean }): readonly Column[] {
  return COLUMNS.filter(([, , group]) => group === 'core' || options[group]);
}

type CellOf<T extends ColumnType> = T extends 'string' ? string : T extends 'strings' ? string[] : number;

/** One line of metadata.jsonl as values, each of its column's type. Its texts hold no lone surrogates: strict readers refuse them. */
export type MetadataRow = { [C in (typeof COLUMNS)[number] as C[0]]: CellOf<C[1]> };

/** Stable name of a triplet: the first 16 hex digits of SHA-256 over source hash, edited hash and instruction. */
export function sampleId(content: TripletContent): string {
  return hash('sha256', content.sourceHash + content.editedHash + content.instruction).slice(0, 16);
}

/**
 * A number as JSON that no reader can take for an integer: always with a decimal point, and equal when parsed back.
 * Throws RangeError for NaN and infinities, which JSON does not have.
 */
export function formatFloat(value: number): string {
  if (Number.isSafeInteger(value)) return Object.is(value, -0) ? '-0.0' : `${value}.0`;
  if (!Number.isFinite(value)) throw new RangeError(`${value} cannot be written as JSON`);
  const text = String(value);
  if (text.includes('.')) return text;
  const exponent = text.indexOf('e');
  return exponent < 0 ? `${text}.0` : `${text.slice(0, exponent)}.0${text.slice(exponent)}`;
}

/** A metadata row as one JSON line without its newline. */
export function metadataLine(row: MetadataRow, columns: readonly Column[] = COLUMNS): string {
  let line = '{';
  for (let i = 0; i < columns.length; i += 1) {
    const [name, type] = columns[i]!;
    // Names of columns are words: nothing in them needs escaping.
    line += `${i === 0 ? '"' : ',"'}${name}":${cell(row[name], type)}`;
  }
  return `${line}}`;
}

/** Texts that are JSON as they stand. Most cells are such (names, paths, hashes), and looking is cheaper than having them quoted. */
const PLAIN = /^[\w ./-]*$/;

function cell(value: string | number | string[], type: ColumnType): string {
  if (typeof value === 'string' && PLAIN.test(value)) return `"${value}"`;
  if (typeof value === 'number') {
    if (type === 'float') return formatFloat(value);
    if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is no whole number`);
    return String(value);
  }
  return JSON.stringify(value);
}

/**
 * The metadata row of a triplet whose two pictures stand at the given paths (relative to metadata.jsonl, POSIX). `id` is its sample id.
 * `wordings` are the instruction and its paraphrases: never empty, a list with nothing in it has no type for the reader. Lone surrogates
 * become U+FFFD.
 */
export function metadataRow(
  { id, row }: { id: string; row: ExportRow },
  sourcePath: string,
  editedPath: string,
  wordings: readonly string[],
): MetadataRow {
  const { scores, softScores, lowLevel } = row;
  return {
    sample_id: id,
    source_file_name: sourcePath,
    edited_file_name: editedPath,
    edit_instruction: row.instruction.toWellFormed(),
    augmented_instructions: wordings.map((wording) => wording.toWellFormed()),
    img_width: row.width,
    img_height: row.height,
    category: row.category.toWellFormed(),
    style: row.style.toWellFormed(),
    kind: row.kind,
    adherence: scores?.adherence ?? -1,
    aesthetics: scores?.aesthetics ?? -1,
    geometric_score: scores ? Math.sqrt(scores.adherence * scores.aesthetics) : -1,
    soft_adherence: softScores?.adherence ?? -1,
    soft_aesthetics: softScores?.aesthetics ?? -1,
    low_level_flagged_share: lowLevel ? lowLevelShares(lowLevel).flagged : -1,
    low_level_largest_share: lowLevel ? lowLevelShares(lowLevel).largest : -1,
    low_level_components: lowLevel?.components ?? -1,
    signals: (signalsText(row.signals) ?? '').toWellFormed(),
    seed: row.seed ?? -1,
    difficulty: row.difficulty ?? -1,
    parents: row.parents.map(sampleId).join(' '),
    decision: row.decision ?? '',
    run: (row.runId ?? '').toWellFormed(),
    t2i_prompt: row.prompt.toWellFormed(),
    source_sha256: row.sourceHash,
    edited_sha256: row.editedHash,
  };
}

/** Shares of the low-level check, 0 to 1: flagged pixels of all pixels, largest component of the flagged pixels (0 when none). */
export function lowLevelShares(numbers: LowLevelNumbers): { flagged: number; largest: number } {
  const pixels = numbers.width * numbers.height;
  return {
    flagged: pixels === 0 ? 0 : numbers.flagged / pixels,
    largest: numbers.flagged === 0 ? 0 : numbers.largest / numbers.flagged,
  };
}
