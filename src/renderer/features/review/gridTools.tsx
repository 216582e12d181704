import { Button, Group, SegmentedControl, Select, Skeleton, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { text } from '../../text.ts';
import { IconArrowBackUp, IconArrowForwardUp } from '../../ui/icons.ts';
import { DENSITIES, type Density } from './Grid.tsx';

/** The last step back, and forth again; undefined where there is none. */
export function UndoRedo({ onUndo, onRedo }: { onUndo: (() => void) | undefined; onRedo: (() => void) | undefined }) {
  return (
    <Group gap={4} wrap="nowrap">
      <StepButton label={text.reviewing.undo} Icon={IconArrowBackUp} onClick={onUndo} />
      <StepButton label={text.reviewing.redo} Icon={IconArrowForwardUp} onClick={onRedo} />
    </Group>
  );
}

function StepButton({ label, Icon, onClick }: { label: string; Icon: typeof IconArrowBackUp; onClick: (() => void) | undefined }) {
  return (
    <Button size="xs" px={8} variant="default" aria-label={label} title={label} onClick={onClick} disabled={!onClick}>
      <Icon aria-hidden size={16} stroke={1.6} />
    </Button>
  );
}

interface SortChoiceProps<T extends string> {
  /** In CSS pixels. */
  width: number;
  options: readonly T[];
  words: Record<T, string>;
  value: T;
  onChange(value: T): void;
}

/** The order of a grid. */
export function SortChoice<T extends string>({ width, options, words, value, onChange }: SortChoiceProps<T>) {
  return (
    <Select
      size="xs"
      w={width}
      aria-label={text.filters.sort}
      data={options.map((option) => ({ value: option, label: words[option] }))}
      value={value}
      allowDeselect={false}
      onChange={(chosen) => chosen !== null && onChange(chosen)}
    />
  );
}

/** Takes all filters away. */
export function Unfilter({ onClick }: { onClick(): void }) {
  return (
    <Button size="xs" variant="subtle" color="gray" px={8} onClick={onClick}>
      {text.filters.reset}
    </Button>
  );
}

/** How large the cards are. */
export function DensityChoice({ density, onDensity }: { density: Density; onDensity(density: Density): void }) {
  return (
    <SegmentedControl
      size="xs"
      aria-label={text.review.density}
      data={(Object.keys(DENSITIES) as Density[]).map((value) => ({ value, label: text.review.densities[value] }))}
      value={density}
      onChange={(value) => onDensity(value as Density)}
    />
  );
}

/** A row by its number; what lies beyond the end is the last row. */
export function GoTo({ count, onGoTo }: { count: number; onGoTo(place: number): void }) {
  const [said, setSaid] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const row = Number.parseInt(said.replace(/[^0-9]/g, ''), 10);
    if (row >= 1) onGoTo(Math.min(row, count) - 1);
    setSaid('');
  };
  return (
    <form onSubmit={submit}>
      <TextInput
        size="xs"
        w={104}
        inputMode="numeric"
        aria-label={text.review.goTo}
        placeholder={text.review.goTo}
        data-goto
        value={said}
        onChange={(event) => setSaid(event.currentTarget.value)}
      />
    </form>
  );
}

/** What stands in place of the grid while its first rows are on their way. */
export function GridWaiting() {
  return (
    <div className="nhr-grid-waiting" role="status" aria-label={text.app.loading}>
      {Array.from({ length: 12 }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity
        <Skeleton key={i} height={232} radius="md" />
      ))}
    </div>
  );
}
