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
    <Select
      size="xs"
      w={150}
      aria-label={text.filters.run}
      placeholder={text.filters.allRuns}
      data={choices.map((run) => ({ value: run.id, label: run.name }))}
      value={value ?? null}
      onChange={(next) => onChange(next ?? undefined)}
      clearable
      clearButtonProps={{ 'aria-label': text.filters.allRuns }}
      comboboxProps={MENU}
    />
  );
}

/** One operation, or all of them. */
export function CategoryField({ value, choices, onChange }: ChoiceProps<{ category: string; count: number }>) {
  return (
    <Select
      size="xs"
      w={150}
      aria-label={text.filters.category}
      placeholder={text.filters.allCategories}
      data={choices.map((row) => ({ value: row.category, label: `${row.category} (${count(row.count)})` }))}
      value={value ?? null}
      onChange={(next) => onChange(next ?? undefined)}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': text.filters.allCategories }}
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
