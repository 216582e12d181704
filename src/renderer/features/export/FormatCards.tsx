import { Radio, Text } from '@mantine/core';
import { EXPORT_FORMATS, ExportFormat } from '../../../shared/model/export.ts';
import { text } from '../../text.ts';

/** Every layout as a card that says for whom it is. */
export function FormatCards({ value, onChange }: { value: ExportFormat; onChange(format: ExportFormat): void }) {
  return (
    <Radio.Group label={text.export.format} value={value} onChange={(next) => onChange(ExportFormat.parse(next))}>
      <div className="nhr-formats">
        {ExportFormat.options.map((format) => (
          <Radio.Card key={format} value={format} className="nhr-format" aria-label={EXPORT_FORMATS[format].title}>
            <Radio.Indicator size="xs" />
            <span>
              <strong>{EXPORT_FORMATS[format].title}</strong>
              <Text span size="xs" c="dimmed" display="block">
                {EXPORT_FORMATS[format].about}
              </Text>
            </span>
          </Radio.Card>
        ))}
      </div>
    </Radio.Group>
  );
}
