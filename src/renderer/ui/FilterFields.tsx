import { Group, NumberInput, Select } from '@mantine/core';
import { type TripletFilter, TripletKind, TripletState } from '../../shared/model/triplet.ts';
import { text } from '../text.ts';
import { CheckMenu } from './CheckMenu.tsx';
import { CategoryField, RunField, SearchField } from './filterParts.tsx';

interface FilterFieldsProps {
  filter: TripletFilter;
  onChange(filter: TripletFilter): void;
  runs: { id: string; name: string }[];
  categories: { category: string; count: number }[];
}

const DECISIONS = ['accept', 'reject', 'none'] as const;

/** The filter of the grid and of an export. */
export function FilterFields({ filter, onChange, runs, categories }: FilterFieldsProps) {
  const set = (part: TripletFilter) => onChange({ ...filter, ...part });
  return (
    <Group gap={8} role="search" aria-label={text.filters.label} className="nhr-filters">
      <SearchField value={filter.text} onChange={(words) => set({ text: words })} />
      <RunField value={filter.runId} choices={runs} onChange={(runId) => set({ runId })} />
      <CheckMenu
        label={text.filters.kind}
        all={text.filters.allKinds}
        options={TripletKind.options.map((value) => ({ value, label: text.kind[value] }))}
        value={filter.kinds ?? []}
        onChange={(kinds) => set({ kinds })}
      />
      <CheckMenu
        label={text.filters.state}
        all={text.filters.allStates}
        options={TripletState.options.map((value) => ({ value, label: text.tripletState[value] }))}
        value={filter.states ?? []}
        onChange={(states) => set({ states })}
      />
      <CategoryField value={filter.category} choices={categories} onChange={(category) => set({ category })} />
      <Select
        size="xs"
        w={130}
        aria-label={text.filters.decision}
        placeholder={text.filters.anyDecision}
        data={DECISIONS.map((value) => ({ value, label: text.decided[value] }))}
        value={filter.decision ?? null}
        onChange={(value) => set({ decision: DECISIONS.find((item) => item === value) })}
        clearable
        clearButtonProps={{ 'aria-label': text.filters.anyDecision }}
      />
      <NumberInput
        size="xs"
        w={112}
        aria-label={text.filters.min}
        placeholder={text.filters.minShort}
        min={1}
        max={5}
        step={0.1}
        decimalScale={2}
        value={filter.minGeometric ?? ''}
        onChange={(value) => set({ minGeometric: typeof value === 'number' ? value : undefined })}
      />
    </Group>
  );
}
