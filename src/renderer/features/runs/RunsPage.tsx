import './runs.css';
import { Alert, Button, Skeleton, Text, Title } from '@mantine/core';
import type { RunSummary } from '../../../shared/model/run.ts';
import { readError } from '../../app/readError.ts';
import { formatRoute, go } from '../../app/route.ts';
import { useLive } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { age, count, usd } from '../../ui/format.ts';
import { IconAlertTriangle, IconPlus } from '../../ui/icons.ts';
import { DemoBadge, Empty, RunBadge } from '../../ui/Parts.tsx';
import { useNow, useRuns } from './useRuns.ts';

const NEW = formatRoute({ screen: 'newRun' });

/** All runs of the workspace, newest first. */
export function RunsPage() {
  const { runs, known, query } = useRuns();
  const unknownCalls = useLive((s) => s.unknownCalls);
  return (
    <div className="nhr-page">
      <div className="nhr-page-head">
        <Title order={1}>{text.runs.title}</Title>
        <div className="nhr-grow" />
        <Button component="a" href={formatRoute({ screen: 'calibration', open: null })} variant="default">
          {text.lab.open}
        </Button>
        {runs.length > 1 && (
          <Button component="a" variant="default" href={formatRoute({ screen: 'compare', a: runs[1]?.id ?? '', b: runs[0]?.id ?? '' })}>
            {text.figures.compare.open}
          </Button>
        )}
        {runs.length > 0 && (
          <Button component="a" href={NEW} leftSection={<IconPlus aria-hidden size={16} />}>
            {text.runs.new}
          </Button>
        )}
      </div>
      {unknownCalls > 0 && (
        <Alert
          className="nhr-note nhr-note-warn"
          icon={<IconAlertTriangle aria-hidden size={18} />}
          mb="md"
          title={text.runs.unknownNotice(unknownCalls)}
        >
          {text.runs.unknownHint}
        </Alert>
      )}
      {query.error && !known && <ErrorNote error={readError(query.error)} onRetry={() => void query.refetch()} />}
      {!known && !query.error && <Waiting />}
      {known && runs.length === 0 && <NoRuns />}
      {runs.length > 0 && <RunTable runs={runs} />}
    </div>
  );
}

function Waiting() {
  return (
    <div className="nhr-card" role="status" aria-label={text.app.loading}>
      {[0, 1, 2].map((row) => (
        <Skeleton key={row} height={28} my={12} />
      ))}
    </div>
  );
}

function NoRuns() {
  return (
    <Empty
      title={text.runs.emptyTitle}
      action={
        <Button component="a" href={NEW} leftSection={<IconPlus aria-hidden size={16} />}>
          {text.runs.first}
        </Button>
      }
    >
      {text.runs.emptyText}
    </Empty>
  );
}

function RunTable({ runs }: { runs: RunSummary[] }) {
  const now = useNow();
  const { columns } = text.runs;
  return (
    <div className="nhr-card nhr-run-list">
      <table className="nhr-table" aria-label={text.runs.listLabel}>
        <thead>
          <tr>
            <th>{columns.name}</th>
            <th>{columns.state}</th>
            <th className="nhr-num">{columns.attempts}</th>
            <th className="nhr-num">{columns.triplets}</th>
            <th className="nhr-num">{columns.spend}</th>
            <th className="nhr-num">{columns.age}</th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <RunRow key={run.id} run={run} now={now} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

// The link in the first cell is the control; a click anywhere on the row is a shortcut to it.
function RunRow({ run, now }: { run: RunSummary; now: number }) {
  return (
    <tr onClick={() => go({ screen: 'run', runId: run.id })}>
      <td>
        <a className="nhr-run-name" href={formatRoute({ screen: 'run', runId: run.id })} aria-label={text.runs.open(run.name)}>
          {run.name}
        </a>
        {run.demo && <DemoBadge />}
      </td>
      <td>
        <RunBadge state={run.state} end={run.end} />
        {run.state === 'running' && (
          <Text span size="xs" c="dimmed" ml={8}>
            {text.phase[run.phase]}
          </Text>
        )}
      </td>
      <td className="nhr-num">{count(run.attemptsDone)}</td>
      <td className="nhr-num">{count(run.triplets)}</td>
      <td className="nhr-num">{usd(run.usdSettled)}</td>
      <td className="nhr-num">
        <time dateTime={new Date(run.createdAt).toISOString()}>{age(run.createdAt, now)}</time>
      </td>
    </tr>
  );
}
