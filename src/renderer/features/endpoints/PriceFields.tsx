import { Autocomplete, Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { PriceTable } from '../../../shared/model/provider.ts';
import { text } from '../../text.ts';
import { IconPlus, IconTrash } from '../../ui/icons.ts';
import { Section } from '../../ui/Parts.tsx';
import { fieldAt, type Path } from './draft.ts';
import { NumberField, shown, TextField, useField, useForm } from './fields.tsx';

const t = text.endpoints;
const DEFAULTS = PriceTable.parse({});
const MONEY = [
  'usdPerMillionInputTokens',
  'usdPerMillionImageInputTokens',
  'usdPerMillionCachedInputTokens',
  'usdPerMillionOutputTokens',
  'usdPerMillionImageOutputTokens',
  'usdPerImage',
  'usdPerCall',
  'usdPerGpuSecond',
  'batchFactor',
] as const;
const WORST = ['worstInputTokens', 'worstOutputTokens', 'worstGpuSeconds'] as const;

/** Prices of every model, and of single models where they differ, each with the day they were written down. */
export function PriceFields() {
  const { fields } = useForm();
  const modelPrices = useField(['modelPrices']);
  const own = Object.keys(typeof modelPrices.value === 'object' && modelPrices.value !== null ? modelPrices.value : {});
  const roles = Object.values(fieldAt(fields, ['roles']) ?? {});
  const bound = [...new Set(roles.map((role) => shown(fieldAt(role, ['model']))))].filter((model) => model !== '' && !own.includes(model));
  const [model, setModel] = useState('');
  const add = () => {
    modelPrices.set({ ...(modelPrices.value as object | undefined), [model.trim()]: {} });
    setModel('');
  };
  return (
    <Section title={t.prices} about={t.pricesAbout}>
      <Stack gap="lg">
        <PriceSet path={['prices']} title={t.pricesDefault} />
        {own.map((name) => (
          <PriceSet key={name} path={['modelPrices', name]} title={name} removable />
        ))}
        <Group gap={8} align="flex-end">
          <Autocomplete label={t.pricesModel} data={bound} value={model} onChange={setModel} className="nhr-price-model" />
          <Button
            variant="default"
            disabled={model.trim() === '' || own.includes(model.trim())}
            leftSection={<IconPlus aria-hidden size={16} />}
            onClick={add}
          >
            {t.pricesAdd}
          </Button>
        </Group>
      </Stack>
    </Section>
  );
}

function PriceSet({ path, title, removable = false }: { path: Path; title: string; removable?: boolean }) {
  const table = useField(path);
  const asOf = useField([...path, 'asOf']);
  const free = MONEY.every((name) => name === 'batchFactor' || !fieldAt(table.value, [name]));
  return (
    <fieldset className="nhr-price" aria-label={t.pricesOf(title)}>
      <div className="nhr-price-head">
        <Text size="sm" fw={600}>
          {title}
        </Text>
        {free && (
          <Text size="xs" c="dimmed">
            {t.pricesNone}
          </Text>
        )}
        <div className="nhr-grow" />
        {removable && (
          <Button
            size="compact-xs"
            variant="subtle"
            color="gray"
            aria-label={t.pricesRemove(title)}
            leftSection={<IconTrash aria-hidden size={14} />}
            onClick={() => table.set(undefined)}
          >
            {t.remove}
          </Button>
        )}
      </div>
      <div className="nhr-form-grid nhr-form-five">
        {MONEY.map((name) => (
          <NumberField key={name} path={[...path, name]} label={t.price[name]} placeholder={shown(DEFAULTS[name] ?? t.priceLikeText)} />
        ))}
      </div>
      <Text size="xs" c="dimmed">
        {t.priceWorst}
      </Text>
      <div className="nhr-form-grid nhr-form-five">
        {WORST.map((name) => (
          <NumberField key={name} path={[...path, name]} label={t.price[name]} placeholder={shown(DEFAULTS[name])} />
        ))}
        <div className="nhr-price-day">
          <TextField path={[...path, 'asOf']} label={t.price.asOf} placeholder={t.asOfAbout} />
          <Button variant="default" size="sm" onClick={() => asOf.set(new Date().toISOString().slice(0, 10))}>
            {t.today}
          </Button>
        </div>
      </div>
    </fieldset>
  );
}
