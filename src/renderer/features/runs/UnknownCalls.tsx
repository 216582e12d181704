import { Alert, Button, Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { RunSummary } from '../../../shared/model/run.ts';
import { readError } from '../../app/readError.ts';
import { useStudio } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { usd } from '../../ui/format.ts';
import { IconAlertTriangle } from '../../ui/icons.ts';
import { useRunChanges } from './useRuns.ts';

/** Calls of this run that may have been charged without an answer: never counted as done, and asked again only on request. */
export function UnknownCalls({ run }: { run: RunSummary }) {
  const { engine } = useStudio();
  const { resume } = useRunChanges();
  const calls = useQuery(engine.runs.unknownCalls.queryOptions());
  const mine = calls.data?.filter((call) => call.runId === run.id) ?? [];
  if (mine.length === 0) return null;
  const most = mine.reduce((sum, call) => sum + call.usdReserved, 0);
  return (
    <Alert
      className="nhr-note nhr-note-warn"
      icon={<IconAlertTriangle aria-hidden size={18} />}
      title={text.run.unknownTitle(mine.length, usd(most))}
    >
      <Text size="sm">{text.run.unknownText}</Text>
      <Group mt="xs" gap="sm">
        <Button
          size="xs"
          variant="default"
          disabled={run.state === 'running'}
          loading={resume.isPending}
          onClick={() => resume.mutate({ runId: run.id, askAgain: true })}
        >
          {text.run.askAgain}
        </Button>
        {run.state === 'running' && (
          <Text size="sm" c="dimmed">
            {text.run.unknownWait}
          </Text>
        )}
      </Group>
      {resume.error && <ErrorNote error={readError(resume.error)} />}
    </Alert>
  );
}
