import { Button } from '@mantine/core';
import type { JobView } from '../../../shared/model/events.ts';
import { readError } from '../../app/readError.ts';
import { text } from '../../text.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { bytes, duration } from '../../ui/format.ts';
import { Bar } from '../../ui/Parts.tsx';
import { useScorerChanges } from './useScorers.ts';

const t = text.scorers.models;

/** A download or installation: how far it is while it goes on, and what came of it. */
export function JobLine({ job }: { job: JobView }) {
  const { cancel } = useScorerChanges();
  if (job.state === 'cancelled' || (job.state === 'done' && job.message === '')) return null;
  if (job.state !== 'running')
    return (
      <p className={job.state === 'failed' ? 'nhr-job-bad' : 'nhr-quiet'} role={job.state === 'failed' ? 'alert' : 'status'}>
        {job.message}
      </p>
    );
  return (
    <div className="nhr-scorer-job">
      <Bar label={t.fetching(job.title)} value={job.total > 0 ? job.done / job.total : null} />
      <div className="nhr-job-line">
        <span>{job.total > 0 ? `${bytes(job.done)} / ${bytes(job.total)}` : text.app.loading}</span>
        <span className="nhr-grow">{job.etaSeconds === null ? '' : t.left(duration(job.etaSeconds))}</span>
        <Button size="compact-sm" variant="default" loading={cancel.isPending} onClick={() => cancel.mutate(job.id)}>
          {t.cancel}
        </Button>
      </div>
      {cancel.error && <ErrorNote error={readError(cancel.error)} />}
    </div>
  );
}
