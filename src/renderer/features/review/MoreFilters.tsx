import './reviewing.css';
import { Button, Group, NativeSelect, NumberInput, Popover, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ISSUE_TAGS } from '../../../shared/model/review.ts';
import type { TripletFilter } from '../../../shared/model/triplet.ts';
import { useStudio } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { count } from '../../ui/format.ts';
import { IconChevronDown } from '../../ui/icons.ts';
import { attemptBars, bars } from './bars.ts';
import { SignalFilter } from './SignalFilter.tsx';

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
        <div key={score}>
          <Text size="xs" fw={600}>
            {text.scores[score]}
          </Text>
          <Histogram bars={bars(spread.data?.[score] ?? [])} from={filter[min] ?? 0} to={filter[max] ?? 5} />
          <Group gap={8} mt={6} grow>
            <ScoreInput label={t.from(text.scores[score])} value={filter[min]} onChange={(value) => set({ [min]: value })} />
            <ScoreInput label={t.to(text.scores[score])} value={filter[max]} onChange={(value) => set({ [max]: value })} />
          </Group>
        </div>
      ))}
      <div>
        <Text size="xs" fw={600}>
          {t.difficulty}
        </Text>
        <Histogram
          bars={attemptBars(spread.data?.difficulty ?? [])}
          from={filter.minDifficulty ?? 1}
          to={filter.maxDifficulty ?? Number.POSITIVE_INFINITY}
        />
        <Group gap={8} mt={6} grow>
          <AttemptsInput label={t.from(t.difficulty)} value={filter.minDifficulty} onChange={(value) => set({ minDifficulty: value })} />
          <AttemptsInput label={t.to(t.difficulty)} value={filter.maxDifficulty} onChange={(value) => set({ maxDifficulty: value })} />
        </Group>
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
          data={[{ value: '', label: t.noRating }, ...ISSUE_TAGS.map((value) => ({ value, label: t.tags[value] ?? value }))]}
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

interface HistogramProps {
  bars: { from: number; height: number }[];
  /** What the filter lets through. */
  from: number;
  to: number;
}

function Histogram({ bars, from, to }: HistogramProps) {
  return (
    <div className="nhr-histogram" aria-hidden>
      {bars.map((bar) => (
        <i
          key={bar.from}
          style={{ height: `${bar.height * 100}%` }}
          data-in={(bar.from >= from - 1e-6 && bar.from <= to + 1e-6) || undefined}
        />
      ))}
    </div>
  );
}

interface NumberFieldProps {
  label: string;
  value: number | undefined;
  onChange(value: number | undefined): void;
}

function AttemptsInput({ label, value, onChange }: NumberFieldProps) {
  return (
    <NumberInput
      size="xs"
      aria-label={label}
      placeholder={label}
      min={1}
      allowDecimal={false}
      value={value ?? ''}
      onChange={(next) => onChange(typeof next === 'number' && next >= 1 ? next : undefined)}
    />
  );
}

function ScoreInput({ label, value, onChange }: NumberFieldProps) {
  return (
    <NumberInput
      size="xs"
      aria-label={label}
      placeholder={label}
      min={1}
      max={5}
      step={0.1}
      decimalScale={2}
      value={value ?? ''}
      onChange={(next) => onChange(typeof next === 'number' ? next : undefined)}
    />
  );
}
