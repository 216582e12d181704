import { Button, Group } from '@mantine/core';
import type { ReactNode } from 'react';
import { text } from '../../text.ts';

interface BulkBarProps {
  label: string;
  count: number;
  loaded: number;
  /** What can be said of them. */
  children: ReactNode;
  onAll(): void;
  onNone(): void;
}

/** One decision for all that are selected. */
export function BulkBar({ label, count, loaded, children, onAll, onNone }: BulkBarProps) {
  const t = text.reviewing;
  return (
    <Group gap={8} className="nhr-bulk" role="toolbar" aria-label={label}>
      <b role="status">{t.selected(count)}</b>
      {children}
      <span className="nhr-grow" />
      <Button size="xs" variant="subtle" onClick={onAll}>
        {t.selectAll(loaded)}
      </Button>
      <Button size="xs" variant="subtle" color="gray" onClick={onNone}>
        {t.selectNone}
      </Button>
    </Group>
  );
}
