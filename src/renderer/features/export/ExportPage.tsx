import './export.css';
import { Stack, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { JobView } from '../../../shared/model/events.ts';
import type { TripletFilter } from '../../../shared/model/triplet.ts';
import { putJob } from '../../app/live.ts';
import { readError } from '../../app/readError.ts';
import { useStudio } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { Section } from '../../ui/Parts.tsx';
import { ExportForm } from './ExportForm.tsx';
import { ImportForm } from './ImportForm.tsx';
import { Jobs } from './Jobs.tsx';
import { CheckImported, ScorePairs } from './PairChecks.tsx';
import { PathForm } from './PathForm.tsx';
import { UploadForm } from './UploadForm.tsx';

/** Sets out and in: export, import, checks of what came in, read-back, upload and validation; all with progress and a report. */
export function ExportPage({ filter }: { filter: TripletFilter }) {
  const { client, live, desktop } = useStudio();
  const onSuccess = (job: JobView) => live.setState((state) => ({ jobs: putJob(state.jobs, job) }));
  const check = useMutation({ mutationFn: (dir: string) => client.transfer.startCheck({ dir }), onSuccess });
  return (
    <div className="nhr-page">
      <div className="nhr-page-head">
        <Title order={1}>{text.export.title}</Title>
      </div>
      <div className="nhr-export">
        <Stack gap="md">
          <ExportForm filter={filter} onSuccess={onSuccess} />
          <ImportForm onSuccess={onSuccess} />
          <CheckImported onSuccess={onSuccess} />
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
          <UploadForm onSuccess={onSuccess} />
          <ScorePairs onSuccess={onSuccess} />
        </Stack>
        <Jobs onCheck={(dir) => check.mutate(dir)} checking={check.isPending} />
      </div>
    </div>
  );
}
