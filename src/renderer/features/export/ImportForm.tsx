import { Select } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { JobView } from '../../../shared/model/events.ts';
import { readError } from '../../app/readError.ts';
import { useStudio } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { Section } from '../../ui/Parts.tsx';
import { PathForm } from './PathForm.tsx';

/** Sets of other tools become imported triplets, to be scored, reviewed and exported again. */
export function ImportForm({ onSuccess }: { onSuccess(job: JobView): void }) {
  const { client, engine, desktop } = useStudio();
  const formats = useQuery(engine.transfer.importFormats.queryOptions({ staleTime: Number.POSITIVE_INFINITY }));
  const [format, setFormat] = useState('nhr');
  const start = useMutation({ mutationFn: (path: string) => client.transfer.startImport({ format, path }), onSuccess });
  return (
    <Section title={text.export.importTitle} about={text.export.importAbout}>
      <Select
        mb="sm"
        label={text.export.importFormat}
        data={(formats.data ?? []).map(({ format: value, about }) => ({ value, label: `${value}: ${about}` }))}
        value={format}
        allowDeselect={false}
        onChange={(next) => next && setFormat(next)}
      />
      {formats.error && <ErrorNote error={readError(formats.error)} onRetry={() => void formats.refetch()} />}
      <PathForm
        label={text.export.importPath}
        go={text.export.importGo}
        pick={desktop && { label: text.export.pick, run: () => desktop.pickFolder() }}
        pending={start.isPending}
        error={start.error && readError(start.error)}
        onGo={(path) => start.mutate(path)}
      />
    </Section>
  );
}
