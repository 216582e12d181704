import { Button, Group } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { JobView } from '../../../shared/model/events.ts';
import { putJob } from '../../app/live.ts';
import { readError } from '../../app/readError.ts';
import { useLive, useStudio } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { count, duration } from '../../ui/format.ts';
import { IconCheck, IconFileCheck, IconFolderOpen } from '../../ui/icons.ts';
import { Bar, Section } from '../../ui/Parts.tsx';
import { Report } from './Report.tsx';

/** Work that is not a run: what goes on, newest first, and what came of it. It goes on when the page is closed. */
export function Jobs({ onCheck, checking }: { onCheck(dir: string): void; checking: boolean }) {
  const all = useLive((s) => s.jobs);
  // Models and providers that are fetched stand on the screen of local scorers.
  const jobs = all.filter(({ kind }) => kind !== 'model' && kind !== 'install');
  return (
    <Section title={text.export.jobs}>
      {jobs.length === 0 ? (
        <p className="nhr-quiet">{text.export.jobsEmpty}</p>
      ) : (
        <ul className="nhr-jobs">
          {[...jobs].reverse().map((job) => (
            <li key={job.id}>
              <Job job={job} onCheck={onCheck} checking={checking} />
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function Job({ job, onCheck, checking }: { job: JobView; onCheck(dir: string): void; checking: boolean }) {
  const { client, live, desktop } = useStudio();
  const cancel = useMutation({
    mutationFn: () => client.transfer.cancel({ jobId: job.id }),
    onSuccess: (next) => live.setState((state) => ({ jobs: putJob(state.jobs, next) })),
  });
  const running = job.state === 'running';
  return (
    <article className="nhr-job" aria-label={job.title}>
      <div className="nhr-job-head">
        <strong>{job.title}</strong>
        <span className="nhr-state" data-tone={{ running: 'accent', done: 'good', failed: 'bad', cancelled: 'quiet' }[job.state]}>
          {job.state === 'done' ? <IconCheck aria-hidden size={15} /> : <span className="nhr-dot" data-live={running || undefined} />}
          {text.export.jobState[job.state]}
        </span>
      </div>
      {running && (
        <>
          <Bar label={`${job.title}: ${text.export.progress}`} value={job.total > 0 ? job.done / job.total : null} />
          <div className="nhr-job-line">
            <span>
              {count(job.done)}
              {job.total > 0 && ` / ${count(job.total)}`}
            </span>
            <span className="nhr-grow">{job.etaSeconds === null ? '' : text.run.eta(duration(job.etaSeconds))}</span>
            <Button size="compact-sm" variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
              {text.export.cancel}
            </Button>
          </div>
        </>
      )}
      {cancel.error && <ErrorNote error={readError(cancel.error)} />}
      {job.message && <p className={job.state === 'failed' ? 'nhr-job-bad' : 'nhr-quiet'}>{job.message}</p>}
      {job.report.length > 0 && <Report job={job} />}
      {job.target && !said(job) && <code className="nhr-target">{job.target}</code>}
      {job.state === 'done' && job.kind === 'export' && job.target && (
        <Group gap={8} mt={10}>
          {desktop && (
            <Button
              size="xs"
              variant="default"
              leftSection={<IconFolderOpen aria-hidden size={15} />}
              onClick={() => void desktop.showInFolder(job.target)}
            >
              {text.export.show}
            </Button>
          )}
          <Button
            size="xs"
            variant="default"
            loading={checking}
            leftSection={<IconFileCheck aria-hidden size={15} />}
            onClick={() => onCheck(job.target)}
          >
            {text.export.check}
          </Button>
        </Group>
      )}
    </article>
  );
}

/** Whether the report names the folder already. */
function said({ target, message, report }: JobView): boolean {
  return message.includes(target) || report.some((line) => line.value === target);
}
