import type { ColumnPreset, ExportFormat, ExportOptionsInput, FieldPreset, PictureFormat } from '../../../shared/model/export.ts';
import { EXPORT_FORMATS } from '../../../shared/model/export.ts';

/** Shares of train, validation and test that people take; others are for the command line. */
const SPLITS = {
  all: { train: 1, validation: 0, test: 0 },
  validation: { train: 0.95, validation: 0.05, test: 0 },
  both: { train: 0.9, validation: 0.05, test: 0.05 },
} as const;
export type SplitChoice = keyof typeof SPLITS;

/** How a set is written, as the form holds it; '' = not touched, so that the engine's default holds. */
export interface Writing {
  license: string;
  split: SplitChoice;
  cap: number | '';
  /** "Add object = 500", one a line. */
  capList: string;
  dedupe: 'row' | 'pictures';
  pictures: PictureFormat;
  quality: number | '';
  columns: ColumnPreset;
  fields: FieldPreset;
  seed: number | '';
  shuffle: boolean;
  paraphrases: boolean;
  scores: boolean;
  provenance: boolean;
  shardMb: number | '';
  dataRoot: string;
  margin: number | '';
  perGroup: number | '';
  ties: boolean;
}

export const USUAL_WRITING: Writing = {
  license: '',
  split: 'all',
  cap: '',
  capList: '',
  dedupe: 'row',
  pictures: 'keep',
  quality: '',
  columns: 'nhr',
  fields: 'nhr',
  seed: '',
  shuffle: true,
  paraphrases: true,
  scores: true,
  provenance: true,
  shardMb: '',
  dataRoot: '',
  margin: '',
  perGroup: '',
  ties: false,
};

/** Whether a lossy encoding was chosen, which has a quality. */
export const hasQuality = ({ pictures }: Pick<Writing, 'pictures'>) => pictures === 'jpeg' || pictures === 'webp';

/** Limits by operation from a list of lines, and the first line that is none. An operation's name may hold a =. */
export function readCapList(text: string): { caps: Record<string, number>; bad: string | undefined } {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const read = lines.map((line) => /^\s*(.*\S)\s*=\s*(\d+)\s*$/.exec(line));
  const bad = lines.find((_, i) => read[i] === null);
  return { caps: Object.fromEntries(read.flatMap((found) => (found ? [[found[1]!, Number(found[2])]] : []))), bad };
}

/** The options the engine gets: what was touched, and only what has a meaning in the layout. */
export function writingOptions(writing: Writing, format: ExportFormat): Omit<ExportOptionsInput, 'filter'> {
  const { license, split, cap, capList, dedupe, pictures, quality, seed, shuffle, shardMb, dataRoot, margin, perGroup, ties } = writing;
  const { uses } = EXPORT_FORMATS[format];
  const given = <K extends string, V>(name: K, value: V | '') => (value === '' ? {} : ({ [name]: value } as Record<K, V>));
  const { caps } = readCapList(capList);
  const capped = cap !== '' || Object.keys(caps).length > 0;
  return {
    ...given('license', license.trim()),
    ...given('seed', seed),
    ...(shuffle ? {} : { shuffle }),
    splits: SPLITS[split],
    ...(capped ? { caps: { ...given('every', cap), categories: caps } } : {}),
    ...(dedupe === 'row' ? {} : { dedupe }),
    pictures: { format: pictures, ...(hasQuality(writing) ? given('quality', quality) : {}) },
    ...(uses.includes('columns') ? { columns: writing.columns } : {}),
    ...(uses.includes('fields') ? { fields: writing.fields } : {}),
    ...(writing.paraphrases ? {} : { paraphrases: false }),
    ...(writing.scores ? {} : { scores: false }),
    ...(writing.provenance ? {} : { provenance: false }),
    ...(uses.includes('shardBytes') && shardMb !== '' ? { shardBytes: shardMb * 1_000_000 } : {}),
    ...(uses.includes('dataRoot') ? given('dataRoot', dataRoot.trim()) : {}),
    ...(uses.includes('preference') ? { preference: { ...given('margin', margin), ...given('perGroup', perGroup), ties } } : {}),
  };
}
