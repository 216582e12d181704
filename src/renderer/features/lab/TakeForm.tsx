import { Button, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { readError } from '../../app/readError.ts';
import { text } from '../../text.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { Section } from '../../ui/Parts.tsx';
import { useCalibrationChanges } from './useCalibrations.ts';

const t = text.lab.take;

/** Takes over the file of a calibration that was learned elsewhere. */
export function TakeForm({ onTaken }: { onTaken(id: string): void }) {
  const [path, setPath] = useState('');
  const { take } = useCalibrationChanges();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (path.trim() !== '') take.mutate(path.trim(), { onSuccess: ({ id }) => onTaken(id) });
  };
  return (
    <Section title={t.title}>
      <form className="nhr-lab-form" onSubmit={submit} aria-label={t.title}>
        <TextInput label={t.path} value={path} onChange={(event) => setPath(event.currentTarget.value)} />
        <Button type="submit" variant="default" loading={take.isPending} disabled={path.trim() === ''}>
          {t.go}
        </Button>
        {take.error && <ErrorNote error={readError(take.error)} />}
      </form>
    </Section>
  );
}
