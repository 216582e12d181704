import { Button, Group } from '@mantine/core';
import type { DecisionKind } from '../../../shared/model/triplet.ts';
import { text } from '../../text.ts';

interface BulkBarProps {
  count: number;
  loaded: number;
  onDecide(decision: DecisionKind): void;
  onRejectWith(): void;
  onAll(): void;
  onNone(): void;
}

/** One decision for all selected triplets. */
export function BulkBar({ count, loaded, onDecide, onRejectWith, onAll, onNone }: BulkBarProps) {
  const t = text.reviewing;
  return (
    <Group gap={8} className="nhr-bulk" role="toolbar" aria-label={t.bulk}>
      <b role="status">{t.selected(count)}</b>
      <Button size="xs" onClick={() => onDecide('accept')}>
        {text.decide.accept}
      </Button>
      <Button size="xs" variant="default" onClick={() => onDecide('reject')}>
        {text.decide.reject}
      </Button>
      <Button size="xs" variant="default" onClick={onRejectWith}>
        {t.rejectWith}
      </Button>
      <Button size="xs" variant="default" onClick={() => onDecide('clear')}>
        {text.decide.clear}
      </Button>
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
