import { Autocomplete, Checkbox, NumberInput, Select, Text, Textarea, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { ColumnPreset, EXPORT_FORMATS, type ExportFormat, FieldPreset, PictureFormat } from '../../../shared/model/export.ts';
import { text } from '../../text.ts';
import { hasQuality, readCapList, type SplitChoice, type Writing } from './writing.ts';

const words = text.export;
/** Those a dataset hub knows by these names; any other can be typed. */
const LICENSES = ['apache-2.0', 'mit', 'cc0-1.0', 'cc-by-4.0', 'cc-by-sa-4.0', 'cc-by-nc-4.0', 'cc-by-nc-sa-4.0', 'openrail', 'other'];

interface Props {
  format: ExportFormat;
  writing: Writing;
  onChange(change: Partial<Writing>): void;
}

/** Licence, splits, caps, encoding of pictures, and what only the chosen layout knows; the rest behind "More options". */
export function WritingFields({ format, writing, onChange }: Props) {
  const { uses } = EXPORT_FORMATS[format];
  return (
    <>
      <div className="nhr-writing">
        <Choice
          label={words.split}
          about={words.splitAbout}
          names={words.splits}
          value={writing.split}
          onChange={(split) => onChange({ split: split as SplitChoice })}
        />
        <Choice
          label={words.pictures}
          about={words.picturesAbout}
          names={words.pictureFormats}
          value={writing.pictures}
          onChange={(pictures) => onChange({ pictures: PictureFormat.parse(pictures) })}
        />
        {hasQuality(writing) && (
          <Whole
            label={words.quality}
            about={words.qualityAbout}
            usual="95"
            value={writing.quality}
            max={100}
            onChange={(quality) => onChange({ quality })}
          />
        )}
        <Whole label={words.cap} about={words.capAbout} value={writing.cap} onChange={(cap) => onChange({ cap })} />
        <Autocomplete
          label={words.license}
          description={words.licenseAbout}
          placeholder="other"
          data={LICENSES}
          value={writing.license}
          onChange={(license) => onChange({ license })}
        />
        {uses.includes('columns') && (
          <Choice
            label={words.columns}
            names={words.columnPresets}
            value={writing.columns}
            onChange={(columns) => onChange({ columns: ColumnPreset.parse(columns) })}
          />
        )}
        {uses.includes('fields') && (
          <Choice
            label={words.fields}
            names={words.fieldPresets}
            value={writing.fields}
            onChange={(fields) => onChange({ fields: FieldPreset.parse(fields) })}
          />
        )}
        {uses.includes('preference') && <PreferenceFields writing={writing} onChange={onChange} />}
      </div>
      <MoreFields format={format} writing={writing} onChange={onChange} />
    </>
  );
}

function PreferenceFields({ writing, onChange }: Omit<Props, 'format'>) {
  return (
    <>
      <NumberInput
        label={words.margin}
        description={words.marginAbout}
        placeholder="0.5"
        min={0}
        max={4}
        step={0.1}
        value={writing.margin}
        onChange={(margin) => onChange({ margin: typeof margin === 'number' ? margin : '' })}
      />
      <Whole
        label={words.perGroup}
        about={words.perGroupAbout}
        usual="3"
        max={100}
        value={writing.perGroup}
        onChange={(perGroup) => onChange({ perGroup })}
      />
      <Check label={words.ties} checked={writing.ties} onChange={(ties) => onChange({ ties })} />
    </>
  );
}

function MoreFields({ format, writing, onChange }: Props) {
  const { uses } = EXPORT_FORMATS[format];
  const { bad } = readCapList(writing.capList);
  return (
    <details className="nhr-export-more">
      <summary>{words.more}</summary>
      <div className="nhr-writing">
        <Whole label={words.seed} about={words.seedAbout} usual="0" min={0} value={writing.seed} onChange={(seed) => onChange({ seed })} />
        <Choice
          label={words.dedupe}
          names={words.dedupes}
          value={writing.dedupe}
          onChange={(dedupe) => onChange({ dedupe: dedupe === 'pictures' ? 'pictures' : 'row' })}
        />
        {uses.includes('shardBytes') && (
          <Whole label={words.shard} usual="500" max={5000} value={writing.shardMb} onChange={(shardMb) => onChange({ shardMb })} />
        )}
        {uses.includes('dataRoot') && (
          <TextInput
            label={words.dataRoot}
            description={words.dataRootAbout}
            value={writing.dataRoot}
            onChange={(event) => onChange({ dataRoot: event.currentTarget.value })}
          />
        )}
        <Textarea
          label={words.capList}
          description={words.capListAbout}
          rows={2}
          error={bad && words.capListBad(bad)}
          value={writing.capList}
          onChange={(event) => onChange({ capList: event.currentTarget.value })}
        />
      </div>
      <div className="nhr-export-checks">
        <Check label={words.shuffle} checked={writing.shuffle} onChange={(shuffle) => onChange({ shuffle })} />
        {uses.includes('paraphrases') && (
          <Check label={words.paraphrases} checked={writing.paraphrases} onChange={(paraphrases) => onChange({ paraphrases })} />
        )}
        {uses.includes('scores') && <Check label={words.scores} checked={writing.scores} onChange={(scores) => onChange({ scores })} />}
        {uses.includes('provenance') && (
          <Check label={words.provenance} checked={writing.provenance} onChange={(provenance) => onChange({ provenance })} />
        )}
      </div>
    </details>
  );
}

function Choice(props: { label: string; about?: string; names: Record<string, string>; value: string; onChange(value: string): void }) {
  return (
    <Select
      label={props.label}
      description={props.about}
      data={Object.entries(props.names).map(([value, label]) => ({ value, label }))}
      value={props.value}
      allowDeselect={false}
      onChange={(value) => value && props.onChange(value)}
    />
  );
}

function Whole(props: {
  label: string;
  about?: string;
  usual?: string;
  min?: number;
  max?: number;
  value: number | '';
  onChange(value: number | ''): void;
}) {
  return (
    <NumberInput
      label={props.label}
      description={props.about}
      placeholder={props.usual}
      min={props.min ?? 1}
      max={props.max ?? Number.MAX_SAFE_INTEGER}
      allowDecimal={false}
      thousandSeparator=","
      value={props.value}
      onChange={(value) => props.onChange(typeof value === 'number' ? value : '')}
    />
  );
}

function Check({ label, checked, onChange }: { label: ReactNode; checked: boolean; onChange(checked: boolean): void }) {
  return <Checkbox label={<Text size="sm">{label}</Text>} checked={checked} onChange={(event) => onChange(event.currentTarget.checked)} />;
}
