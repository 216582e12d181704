import { Select, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { text } from '../text.ts';
import { count } from './format.ts';
import { IconSearch } from './icons.ts';

const MENU = { width: 'max-content', position: 'bottom-start' } as const;

/** Words of the instruction. Typing is passed on after a short rest. */
export function SearchField({ value, onChange }: { value: string | undefined; onChange(value: string | undefined): void }) {
  const [search, setSearch] = useTyped(value ?? '', (typed) => onChange(typed.trim() || undefined));
  return (
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
  );
}

interface ChoiceProps<T> {
  value: string | undefined;
  choices: readonly T[];
  onChange(value: string | undefined): void;
}

/** One run, or all of them. */
export function RunField({ value, choices, onChange }: ChoiceProps<{ id: string; name: string }>) {
  return (
    <ChoiceField
      label={text.filters.run}
      all={text.filters.allRuns}
      data={choices.map((run) => ({ value: run.id, label: run.name }))}
      value={value}
      onChange={onChange}
    />
  );
}

/** One operation, or all of them. */
export function CategoryField({ value, choices, onChange }: ChoiceProps<{ category: string; count: number }>) {
  return (
    <ChoiceField
      label={text.filters.category}
      all={text.filters.allCategories}
      data={choices.map((row) => ({ value: row.category, label: `${row.category} (${count(row.count)})` }))}
      value={value}
      onChange={onChange}
      searchable
    />
  );
}

interface ChoiceFieldProps extends Pick<ChoiceProps<unknown>, 'value' | 'onChange'> {
  label: string;
  /** What no choice means. */
  all: string;
  data: { value: string; label: string }[];
  searchable?: boolean;
}

/** One of a few, or all of them. */
export function ChoiceField({ label, all, data, value, onChange, searchable = false }: ChoiceFieldProps) {
  return (
    <Select
      size="xs"
      w={150}
      aria-label={label}
      placeholder={all}
      data={data}
      value={value ?? null}
      onChange={(next) => onChange(next ?? undefined)}
      searchable={searchable}
      clearable
      clearButtonProps={{ 'aria-label': all }}
      comboboxProps={MENU}
    />
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
