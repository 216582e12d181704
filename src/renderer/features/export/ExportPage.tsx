import './export.css';
import { Button, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { JobView } from '../../../shared/model/events.ts';
import type { ExportFormat } from '../../../shared/model/export.ts';
import type { TripletFilter } from '../../../shared/model/triplet.ts';
import { withoutEmpty } from '../../app/filterQuery.ts';
import { putJob } from '../../app/live.ts';
import { readError } from '../../app/readError.ts';
import { go } from '../../app/route.ts';
import { useLive, useStudio } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { FilterFields } from '../../ui/FilterFields.tsx';
import { bytes, count as countText } from '../../ui/format.ts';
import { IconDownload } from '../../ui/icons.ts';
import { Section } from '../../ui/Parts.tsx';
import { FormatCards } from './FormatCards.tsx';
import { ImportForm } from './ImportForm.tsx';
import { Jobs } from './Jobs.tsx';
import { PathForm } from './PathForm.tsx';
import { USUAL_WRITING, WritingFields, writingOptions } from './WritingFields.tsx';

/** Export in one click, reading an export back, and validating pairs from elsewhere; all with progress and a report. */
export function ExportPage({ filter }: { filter: TripletFilter }) {
  const { client, live, desktop } = useStudio();
  const onSuccess = (job: JobView) => live.setState((state) => ({ jobs: putJob(state.jobs, job) }));
  const check = useMutation({ mutationFn: (dir: string) => client.transfer.startCheck({ dir }), onSuccess });
  const score = useMutation({ mutationFn: (path: string) => client.transfer.startScore({ path }), onSuccess });
  return (
    <div className="nhr-page">
      <div className="nhr-page-head">
        <Title order={1}>{text.export.title}</Title>
      </div>
      <div className="nhr-export">
        <Stack gap="md">
          <ExportForm filter={filter} onSuccess={onSuccess} />
          <ImportForm onSuccess={onSuccess} />
          <Section title={text.export.checkTitle} about={text.export.checkAbout}>
            <PathForm
              label={text.export.checkFolder}
              go={text.export.checkGo}
              pick={desktop && { label: text.export.pick, run: () => desktop.pickFolder() }}
              pending={check.isPending}
              error={check.error && readError(check.error)}
              onGo={(dir) => check.mutate(dir)}
            />
          </Section>
          <Section title={text.export.scoreTitle} about={text.export.scoreAbout}>
            <PathForm
              label={text.export.scorePath}
              go={text.export.scoreGo}
              pick={
                desktop && {
                  label: text.export.pickFile,
                  run: () => desktop.pickFile({ filters: [{ name: 'JSON Lines', extensions: ['jsonl', 'json'] }] }),
                }
              }
              pending={score.isPending}
              error={score.error && readError(score.error)}
              onGo={(path) => score.mutate(path)}
            />
          </Section>
        </Stack>
        <Jobs onCheck={(dir) => check.mutate(dir)} checking={check.isPending} />
      </div>
    </div>
  );
}

function ExportForm({ filter, onSuccess }: { filter: TripletFilter; onSuccess(job: JobView): void }) {
  const { client, engine, desktop } = useStudio();
  const runs = useLive((s) => s.runs);
  // Counts grow while a run works; the number of triplets seen so far tells when to ask again.
  const newest = useLive((s) => s.recent[0]?.id ?? 0);
  const count = useQuery(engine.triplets.count.queryOptions({ input: filter, refetchInterval: newest > 0 ? 5_000 : false }));
  const categories = useQuery(engine.triplets.categories.queryOptions());
  const [dir, setDir] = useState('');
  const [format, setFormat] = useState<ExportFormat>('nhr');
  const [writing, setWriting] = useState(USUAL_WRITING);
  const size = useQuery(engine.transfer.estimateExport.queryOptions({ input: filter }));
  const start = useMutation({
    mutationFn: () => client.transfer.startExport({ ...writingOptions(writing), format, dir: dir.trim(), filter }),
    onSuccess,
  });
  const nothing = count.data?.count === 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    start.mutate();
  };
  return (
    <form onSubmit={submit} aria-label={text.export.title}>
      <div className="nhr-card nhr-export-form">
        <FormatCards value={format} onChange={setFormat} />
        <div>
          <Text size="sm" fw={500} mb={6}>
            {text.export.what}
          </Text>
          <FilterFields
            filter={filter}
            onChange={(next) => go({ screen: 'export', filter: withoutEmpty(next) }, 'replace')}
            runs={Object.values(runs).sort((a, b) => b.createdAt - a.createdAt)}
            categories={categories.data ?? []}
          />
          <p className="nhr-export-count" role="status">
            {count.error
              ? ''
              : count.data
                ? nothing
                  ? text.export.nothing
                  : text.review.count(countText(count.data.count), count.data.exact, count.data.count === 1)
                : ' '}
            {!nothing && size.data && size.data.rows > 0 && (
              <Text span size="sm" c="dimmed" ml={8} fw={400}>
                {text.export.size(bytes(size.data.pictureBytes))}
              </Text>
            )}
          </p>
          {count.error && <ErrorNote error={readError(count.error)} onRetry={() => void count.refetch()} />}
        </div>
        <WritingFields format={format} writing={writing} onChange={(change) => setWriting((old) => ({ ...old, ...change }))} />
        <Group gap={8} align="flex-end" wrap="nowrap">
          <TextInput
            className="nhr-grow"
            label={text.export.folder}
            description={text.export.folderAbout}
            value={dir}
            onChange={(event) => setDir(event.currentTarget.value)}
          />
          {desktop && (
            <Button variant="default" onClick={async () => setDir((await desktop.pickFolder()) ?? dir)}>
              {text.export.pick}
            </Button>
          )}
        </Group>
        {start.error && <ErrorNote error={readError(start.error)} />}
        <Button type="submit" size="md" disabled={nothing} loading={start.isPending} leftSection={<IconDownload aria-hidden size={18} />}>
          {text.export.go}
        </Button>
      </div>
    </form>
  );
}
