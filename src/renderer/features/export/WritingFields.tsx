import { NumberInput, Select, TextInput } from '@mantine/core';
import {
  ColumnPreset,
  EXPORT_FORMATS,
  type ExportFormat,
  type ExportOptionsInput,
  FieldPreset,
  PictureFormat,
} from '../../../shared/model/export.ts';
import { text } from '../../text.ts';

/** Shares of train, validation and test that people take; others are for the command line. */
const SPLITS = {
  all: { train: 1, validation: 0, test: 0 },
  validation: { train: 0.95, validation: 0.05, test: 0 },
  both: { train: 0.9, validation: 0.05, test: 0.05 },
} as const;
type SplitChoice = keyof typeof SPLITS;

/** How a set is written; the engine's defaults hold for what is not touched. */
export interface Writing {
  license: string;
  split: SplitChoice;
  cap: number | '';
  pictures: PictureFormat;
  columns: ColumnPreset;
  fields: FieldPreset;
}

export const USUAL_WRITING: Writing = { license: '', split: 'all', cap: '', pictures: 'keep', columns: 'nhr', fields: 'nhr' };

/** The options the engine gets. */
export function writingOptions(writing: Writing): Omit<ExportOptionsInput, 'filter'> {
  const { license, split, cap, pictures, columns, fields } = writing;
  return {
    ...(license.trim() === '' ? {} : { license: license.trim() }),
    splits: SPLITS[split],
    ...(cap === '' ? {} : { caps: { every: cap } }),
    pictures: { format: pictures },
    columns,
    fields,
  };
}

/** Licence, splits, caps, encoding of pictures, and what only the chosen layout knows. */
export function WritingFields({
  format,
  writing,
  onChange,
}: {
  format: ExportFormat;
  writing: Writing;
  onChange(change: Partial<Writing>): void;
}) {
  const { uses } = EXPORT_FORMATS[format];
  const words = text.export;
  return (
    <div className="nhr-writing">
      <Select
        label={words.split}
        description={words.splitAbout}
        data={Object.entries(words.splits).map(([value, label]) => ({ value, label }))}
        value={writing.split}
        allowDeselect={false}
        onChange={(split) => split && onChange({ split: split as SplitChoice })}
      />
      <Select
        label={words.pictures}
        description={words.picturesAbout}
        data={PictureFormat.options.map((value) => ({ value, label: words.pictureFormats[value] }))}
        value={writing.pictures}
        allowDeselect={false}
        onChange={(pictures) => pictures && onChange({ pictures: PictureFormat.parse(pictures) })}
      />
      <NumberInput
        label={words.cap}
        description={words.capAbout}
        min={1}
        allowDecimal={false}
        thousandSeparator=","
        value={writing.cap}
        onChange={(cap) => onChange({ cap: typeof cap === 'number' ? cap : '' })}
      />
      <TextInput
        label={words.license}
        description={words.licenseAbout}
        placeholder="other"
        value={writing.license}
        onChange={(event) => onChange({ license: event.currentTarget.value })}
      />
      {uses.includes('columns') && (
        <Select
          label={words.columns}
          data={ColumnPreset.options.map((value) => ({ value, label: words.columnPresets[value] }))}
          value={writing.columns}
          allowDeselect={false}
          onChange={(columns) => columns && onChange({ columns: ColumnPreset.parse(columns) })}
        />
      )}
      {uses.includes('fields') && (
        <Select
          label={words.fields}
          data={FieldPreset.options.map((value) => ({ value, label: words.fieldPresets[value] }))}
          value={writing.fields}
          allowDeselect={false}
          onChange={(fields) => fields && onChange({ fields: FieldPreset.parse(fields) })}
        />
      )}
    </div>
  );
}
