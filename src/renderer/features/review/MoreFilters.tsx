import './reviewing.css';
import { Button, Group, NativeSelect, NumberInput, type NumberInputProps, Popover, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { TripletFilter } from '../../../shared/model/triplet.ts';
import { useStudio } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { count } from '../../ui/format.ts';
import { IconChevronDown } from '../../ui/icons.ts';
import { attemptBars, bars } from './bars.ts';
import { SignalFilter } from './SignalFilter.tsx';
import { tagChoices } from './tags.ts';

const RANGES = [
  { score: 'geometric', min: 'minGeometric', max: 'maxGeometric' },
  { score: 'adherence', min: 'minAdherence', max: 'maxAdherence' },
  { score: 'aesthetics', min: 'minAesthetics', max: 'maxAesthetics' },
] as const;
const ASPECTS = ['landscape', 'portrait', 'square'] as const;
const PARTS = [
  'maxGeometric',
  'minAdherence',
  'maxAdherence',
  'minAesthetics',
  'maxAesthetics',
  'minDifficulty',
  'maxDifficulty',
  'aspect',
  'style',
  'tag',
  'remarked',
  'signals',
] as const;

interface MoreFiltersProps {
  filter: TripletFilter;
  onChange(filter: TripletFilter): void;
}

/** Score ranges over their histograms, and the filters that are wanted less often. */
export function MoreFilters(props: MoreFiltersProps) {
  const [opened, openedIs] = useDisclosure(false);
  const active = PARTS.filter((part) => props.filter[part] !== undefined).length;
  return (
    <Popover opened={opened} onChange={openedIs.set} position="bottom-end" shadow="md" trapFocus returnFocus width={340}>
      <Popover.Target>
        <Button
          variant={active > 0 ? 'light' : 'default'}
          size="xs"
          fw={400}
          onClick={openedIs.toggle}
          rightSection={<IconChevronDown aria-hidden size={14} />}
        >
          {text.reviewing.moreCount(active)}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={text.reviewing.more}>{opened && <Fields {...props} />}</Popover.Dropdown>
    </Popover>
  );
}

function Fields({ filter, onChange }: MoreFiltersProps) {
  const { engine } = useStudio();
  const t = text.reviewing;
  const set = (part: TripletFilter) => onChange({ ...filter, ...part });
  const scoreless = { ...filter };
  for (const { min, max } of RANGES) {
    delete scoreless[min];
    delete scoreless[max];
  }
  delete scoreless.minDifficulty;
  delete scoreless.maxDifficulty;
  const spread = useQuery(engine.triplets.histogram.queryOptions({ input: scoreless }));
  const [style, setStyle] = useState(filter.style ?? '');
  return (
    <Stack gap={10}>
      {RANGES.map(({ score, min, max }) => (
        <Range
          key={score}
          name={text.scores[score]}
          bars={bars(spread.data?.[score] ?? [])}
          from={filter[min]}
          to={filter[max]}
          onFrom={(value) => set({ [min]: value })}
          onTo={(value) => set({ [max]: value })}
          field={SCORE_FIELD}
        />
      ))}
      <div>
        <Range
          name={t.difficulty}
          bars={attemptBars(spread.data?.difficulty ?? [])}
          from={filter.minDifficulty}
          to={filter.maxDifficulty}
          onFrom={(value) => set({ minDifficulty: value })}
          onTo={(value) => set({ maxDifficulty: value })}
          field={ATTEMPTS_FIELD}
        />
        <Text size="xs" c="dimmed" mt={4}>
          {t.difficultyAbout}
        </Text>
      </div>
      <Text size="xs" c="dimmed">
        {spread.data ? t.spread(count(spread.data.looked), spread.data.exact) : ' '}
      </Text>
      <Group grow gap={8}>
        <NativeSelect
          size="xs"
          label={t.aspect}
          data={[{ value: '', label: t.anyAspect }, ...ASPECTS.map((value) => ({ value, label: t.aspects[value] }))]}
          value={filter.aspect ?? ''}
          onChange={(event) => set({ aspect: ASPECTS.find((item) => item === event.currentTarget.value) })}
        />
        <TextInput
          size="xs"
          label={t.style}
          value={style}
          onChange={(event) => setStyle(event.currentTarget.value)}
          onBlur={() => set({ style: style.trim() || undefined })}
          onKeyDown={(event) => event.key === 'Enter' && set({ style: style.trim() || undefined })}
        />
      </Group>
      <Group grow gap={8}>
        <NativeSelect
          size="xs"
          label={t.tag}
          data={[{ value: '', label: t.anyTag }, ...tagChoices(filter.tag)]}
          value={filter.tag ?? ''}
          onChange={(event) => set({ tag: event.currentTarget.value || undefined })}
        />
        <NativeSelect
          size="xs"
          label={t.remarked}
          data={[
            { value: '', label: t.anyRemark },
            { value: 'yes', label: t.withRemark },
            { value: 'no', label: t.withoutRemark },
          ]}
          value={filter.remarked === undefined ? '' : filter.remarked ? 'yes' : 'no'}
          onChange={({ currentTarget: { value } }) => set({ remarked: value === '' ? undefined : value === 'yes' })}
        />
      </Group>
      <SignalFilter ranges={filter.signals ?? {}} onChange={(signals) => set({ signals })} />
    </Stack>
  );
}

const SCORE_FIELD = { min: 1, max: 5, step: 0.1, decimalScale: 2 } as const;
const ATTEMPTS_FIELD = { min: 1, allowDecimal: false } as const;

interface RangeProps {
  name: string;
  bars: { from: number; height: number }[];
  /** What the filter lets through; undefined = without a bound. */
  from: number | undefined;
  to: number | undefined;
  onFrom(value: number | undefined): void;
  onTo(value: number | undefined): void;
  /** What numbers the two fields take. */
  field: Pick<NumberInputProps, 'max' | 'step' | 'decimalScale' | 'allowDecimal'> & { min: number };
}

/** Two bounds under the histogram of what they bound. */
function Range({ name, bars, from, to, onFrom, onTo, field }: RangeProps) {
  const t = text.reviewing;
  const bounds = [
    { label: t.from(name), value: from, onChange: onFrom },
    { label: t.to(name), value: to, onChange: onTo },
  ];
  const inside = (bar: number) => bar >= (from ?? Number.NEGATIVE_INFINITY) - 1e-6 && bar <= (to ?? Number.POSITIVE_INFINITY) + 1e-6;
  return (
    <div>
      <Text size="xs" fw={600}>
        {name}
      </Text>
      <div className="nhr-histogram" aria-hidden>
        {bars.map((bar) => (
          <i key={bar.from} style={{ height: `${bar.height * 100}%` }} data-in={inside(bar.from) || undefined} />
        ))}
      </div>
      <Group gap={8} mt={6} grow>
        {bounds.map(({ label, value, onChange }) => (
          <NumberInput
            key={label}
            size="xs"
            aria-label={label}
            placeholder={label}
            {...field}
            value={value ?? ''}
            onChange={(next) => onChange(typeof next === 'number' && next >= field.min ? next : undefined)}
          />
        ))}
      </Group>
    </div>
  );
}
