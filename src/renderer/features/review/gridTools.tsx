import { SegmentedControl, Skeleton, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { text } from '../../text.ts';
import { DENSITIES, type Density } from './Grid.tsx';

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
    <form onSubmit={submit} className="nhr-goto">
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
