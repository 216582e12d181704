import { Button, Group, Select, TextInput } from '@mantine/core';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { JobView } from '../../../shared/model/events.ts';
import type { ImportColumns } from '../../../shared/model/import.ts';
import { readError } from '../../app/readError.ts';
import { useStudio } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { Section } from '../../ui/Parts.tsx';
import { ImportPreviewView } from './ImportPreviewView.tsx';

const words = text.export;

/** Sets of other tools become imported triplets, to be scored, reviewed and exported again. A look at the first rows comes before. */
export function ImportForm({ onSuccess }: { onSuccess(job: JobView): void }) {
  const { client, engine, desktop } = useStudio();
  const formats = useQuery(engine.transfer.importFormats.queryOptions({ staleTime: Number.POSITIVE_INFINITY }));
  const [format, setFormat] = useState('nhr');
  const [path, setPath] = useState('');
  const [columns, setColumns] = useState<ImportColumns>({});
  /** The set that is looked at; null before the first look. */
  const [looked, setLooked] = useState<{ format: string; path: string } | null>(null);
  const current = looked !== null && looked.format === format && looked.path === path.trim();
  const preview = useQuery({
    ...engine.transfer.previewImport.queryOptions({ input: { format, path: path.trim(), columns } }),
    enabled: current,
    placeholderData: current ? keepPreviousData : undefined,
    retry: false,
  });
  const start = useMutation({ mutationFn: () => client.transfer.startImport({ format, path: path.trim(), columns }), onSuccess });
  const another = (change: () => void) => {
    change();
    setColumns({});
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (path.trim() !== '') start.mutate();
  };
  return (
    <Section title={words.importTitle} about={words.importAbout}>
      <form onSubmit={submit} aria-label={words.importTitle} className="nhr-export-lines">
        <Select
          label={words.importFormat}
          data={(formats.data ?? []).map(({ format: value, about }) => ({ value, label: `${value}: ${about}` }))}
          value={format}
          allowDeselect={false}
          onChange={(next) => next && another(() => setFormat(next))}
        />
        {formats.error && <ErrorNote error={readError(formats.error)} onRetry={() => void formats.refetch()} />}
        <Group gap={8} align="flex-end" wrap="nowrap">
          <TextInput
            className="nhr-grow"
            label={words.importPath}
            value={path}
            onChange={(event) => {
              const next = event.currentTarget.value;
              another(() => setPath(next));
            }}
          />
          {desktop && (
            <Button
              variant="default"
              onClick={async () => {
                const picked = await desktop.pickFolder();
                if (picked) another(() => setPath(picked));
              }}
            >
              {words.pick}
            </Button>
          )}
        </Group>
        {current && preview.error && <ErrorNote error={readError(preview.error)} onRetry={() => void preview.refetch()} />}
        {current && preview.data && !preview.error && <ImportPreviewView preview={preview.data} columns={columns} onColumns={setColumns} />}
        {start.error && <ErrorNote error={readError(start.error)} />}
        <Group gap={8}>
          <Button
            variant="default"
            loading={current && preview.isFetching}
            disabled={path.trim() === ''}
            onClick={() => (current ? void preview.refetch() : setLooked({ format, path: path.trim() }))}
          >
            {words.previewGo}
          </Button>
          <Button type="submit" variant="default" loading={start.isPending} disabled={path.trim() === ''}>
            {words.importGo}
          </Button>
        </Group>
      </form>
    </Section>
  );
}
