import { Button, Group, NumberInput, Stack, Text } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { Budget } from '../../../shared/model/recipe.ts';
import type { RunSummary } from '../../../shared/model/run.ts';
import { readError } from '../../app/readError.ts';
import { text } from '../../text.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { useRunChanges } from './useRuns.ts';

const FIELDS = ['attempts', 'usd', 'gpuSeconds', 'apiSeconds', 'wallSeconds'] as const;

interface RaiseBudgetProps {
  run: RunSummary;
  budget: Budget | undefined;
  opened: boolean;
  onClose(): void;
}

/** New limits for a run that its budget stopped; they replace the old ones and the run goes on. */
export function RaiseBudget({ run, budget, opened, onClose }: RaiseBudgetProps) {
  const [changed, setChanged] = useState<Budget>({});
  const { resume } = useRunChanges();
  const value = { ...budget, ...changed };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    resume.mutate({ runId: run.id, budget: value }, { onSuccess: onClose });
  };
  return (
    <Dialog opened={opened} onClose={onClose} title={text.run.budgetTitle}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            {text.run.budgetText}
          </Text>
          {FIELDS.map((field) => (
            <NumberInput
              key={field}
              label={text.run.budgetFields[field]}
              min={0}
              allowDecimal={field !== 'attempts'}
              thousandSeparator=","
              value={value[field] ?? ''}
              onChange={(n) => setChanged((all) => ({ ...all, [field]: typeof n === 'number' && n > 0 ? n : undefined }))}
            />
          ))}
          {resume.error && <ErrorNote error={readError(resume.error)} />}
          <Group justify="flex-end" mt="xs">
            <Button variant="default" onClick={onClose}>
              {text.app.cancel}
            </Button>
            <Button type="submit" loading={resume.isPending}>
              {text.run.budgetGo}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
