import { hash } from 'node:crypto';
import type { ExportOptions } from '../../../../shared/model/export.ts';
import { type ExportRow, sampleId, type TripletContent } from '../columns.ts';
import type { ExportDeps, Loser, StoredPicture } from './deps.ts';

/** A picture of a sample, and what it is in it: source, edited, rejected, turn_0, ... */
export interface ItemPicture {
  role: string;
  hash: string;
}

/** One sample of a dataset: a triplet, or what a format makes of it. */
export interface NewItem {
  /** 16 hex digits, by content. */
  id: string;
  row: ExportRow;
  pictures: ItemPicture[];
  /** Of a preference: the candidate that lost, and whether the two are closer than the margin. */
  loser?: Loser & { tie: boolean };
  /** Of a chain: its turns, in order; each starts at the picture where the one before ended. */
  turns?: TripletContent[];
}

/** A sample as a plan has it: with what is stored of its pictures. */
export interface ExportItem extends NewItem {
  pictures: (ItemPicture & StoredPicture)[];
}

/** Makes the samples of one row: none, one or several. */
export type ItemsOf = (row: ExportRow, deps: Pick<ExportDeps, 'contest'>, options: ExportOptions) => NewItem[];

/** Every triplet is one sample. */
export const tripletItems: ItemsOf = (row) => [
  {
    id: sampleId(row),
    row,
    pictures: [
      { role: 'source', hash: row.sourceHash },
      { role: 'edited', hash: row.editedHash },
    ],
  },
];

/** An id over several texts that no other number or order of texts gives. */
export function contentId(...parts: string[]): string {
  return hash('sha256', JSON.stringify(parts)).slice(0, 16);
}

/** The instruction and its other wordings, each once; the instruction alone when paraphrases are not wanted. */
export function wordings(row: ExportRow, options: Pick<ExportOptions, 'paraphrases'>): string[] {
  return options.paraphrases ? [...new Set([row.instruction, ...row.paraphrases])] : [row.instruction];
}
