import { Group, NumberInput, Select, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { type TripletFilter, TripletKind, TripletState } from '../../shared/model/triplet.ts';
import { text } from '../text.ts';
import { CheckMenu } from './CheckMenu.tsx';
import { count } from './format.ts';
import { IconSearch } from './icons.ts';

interface FilterFieldsProps {
  filter: TripletFilter;
  onChange(filter: TripletFilter): void;
  runs: { id: string; name: string }[];
  categories: { category: string; count: number }[];
}

const DECISIONS = ['accept', 'reject', 'none'] as const;
const MENU = { width: 'max-content', position: 'bottom-start' } as const;

/** The filter of the grid and of an export. Typing is passed on after a short rest. */
export function FilterFields({ filter, onChange, runs, categories }: FilterFieldsProps) {
  const set = (part: TripletFilter) => onChange({ ...filter, ...part });
  const [search, setSearch] = useTyped(filter.text ?? '', (value) => set({ text: value.trim() || undefined }));
  return (
    <Group gap={8} role="search" aria-label={text.filters.label} className="nhr-filters">
      <TextInput
        size="xs"
        w={200}
        aria-label={text.filters.text}
        placeholder={text.filters.text}
        leftSection={<IconSearch aria-hidden size={14} />}
        value={search}
        data-search
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      <Select
        size="xs"
        w={150}
        aria-label={text.filters.run}
        placeholder={text.filters.allRuns}
        data={runs.map((run) => ({ value: run.id, label: run.name }))}
        value={filter.runId ?? null}
        onChange={(value) => set({ runId: value ?? undefined })}
        clearable
        clearButtonProps={{ 'aria-label': text.filters.allRuns }}
        comboboxProps={MENU}
      />
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
      <Select
        size="xs"
        w={150}
        aria-label={text.filters.category}
        placeholder={text.filters.allCategories}
        data={categories.map((row) => ({ value: row.category, label: `${row.category} (${count(row.count)})` }))}
        value={filter.category ?? null}
        onChange={(value) => set({ category: value ?? undefined })}
        searchable
        clearable
        clearButtonProps={{ 'aria-label': text.filters.allCategories }}
        comboboxProps={MENU}
      />
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

/** A text that is passed on 250 ms after the last key, and follows the outside when that changes by itself. */
function useTyped(outside: string, pass: (value: string) => void): [string, (value: string) => void] {
  const [typed, setTyped] = useState({ outside, value: outside });
  const value = typed.outside === outside ? typed.value : outside;
  useEffect(() => {
    if (value.trim() === outside) return;
    const timer = setTimeout(() => pass(value), 250);
    return () => clearTimeout(timer);
  });
  return [value, (next) => setTyped({ outside, value: next })];
}
