import { Alert, Button, Group, Text } from '@mantine/core';
import type { WireError } from '../../shared/model/errors.ts';
import { text } from '../text.ts';
import { IconAlertTriangle, IconRefresh } from './icons.ts';

/** A failure in words: what happened, where, what would help, and one button that tries again. */
export function ErrorNote({ error, onRetry }: { error: WireError; onRetry?: (() => void) | undefined }) {
  const { file, line, field, hint } = error.details;
  const where = text.where(file, line, field);
  return (
    <Alert
      role="alert"
      className="nhr-note nhr-note-bad"
      icon={<IconAlertTriangle aria-hidden size={18} />}
      title={text.errors[error.code]}
    >
      <Text size="sm">{error.message}</Text>
      {where && (
        <Text size="sm" c="dimmed">
          {where}
        </Text>
      )}
      {hint && <Text size="sm">{hint}</Text>}
      {onRetry && (
        <Group mt="xs">
          <Button size="xs" variant="default" leftSection={<IconRefresh aria-hidden size={14} />} onClick={onRetry}>
            {text.app.retry}
          </Button>
        </Group>
      )}
    </Alert>
  );
}
