import { Button, Group } from '@mantine/core';
import { IconCheck, IconX } from '../../ui/icons.ts';

interface DecideButtonsProps<Said extends string> {
  label: string;
  /** What was said, if anything. */
  decision: Said | null;
  good: { says: Said; label: string };
  bad: { says: Said; label: string; color: string };
  /** Takes back what was said. */
  clear: { label: string; longLabel?: string; onClear(): void };
  onDecide(decision: Said): void;
}

/** The two things that can be said of a pair, and taking it back. */
export function DecideButtons<Said extends string>({ label, decision, good, bad, clear, onDecide }: DecideButtonsProps<Said>) {
  return (
    <Group gap={8} role="group" aria-label={label} className="nhr-decide">
      <Button
        size="sm"
        variant={decision === good.says ? 'filled' : 'default'}
        aria-pressed={decision === good.says}
        leftSection={<IconCheck aria-hidden size={16} />}
        onClick={() => onDecide(good.says)}
      >
        {good.label}
      </Button>
      <Button
        size="sm"
        variant={decision === bad.says ? 'filled' : 'default'}
        color={decision === bad.says ? bad.color : undefined}
        aria-pressed={decision === bad.says}
        leftSection={<IconX aria-hidden size={16} />}
        onClick={() => onDecide(bad.says)}
      >
        {bad.label}
      </Button>
      <Button
        size="sm"
        px={8}
        variant="subtle"
        color="gray"
        aria-label={clear.longLabel}
        disabled={decision === null}
        onClick={clear.onClear}
      >
        {clear.label}
      </Button>
    </Group>
  );
}
