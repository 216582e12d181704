import './runs.css';
import './figures.css';
import { Alert, Button, Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect } from 'react';
import type { RunProgress, RunSummary } from '../../../shared/model/run.ts';
import { readError } from '../../app/readError.ts';
import { formatRoute } from '../../app/route.ts';
import { useLive, useStudio } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { IconAlertTriangle } from '../../ui/icons.ts';
import { Empty, Section } from '../../ui/Parts.tsx';
import { Funnel } from './Funnel.tsx';
import { LatestStrip } from './LatestStrip.tsx';
import { LocalValidator } from './LocalValidator.tsx';
import { PhaseProgress } from './PhaseProgress.tsx';
import { RejectedStrip } from './RejectedStrip.tsx';
import { RunHead } from './RunHead.tsx';
import { Endpoints, Throughput } from './RunSeriesView.tsx';
import { Difficulty, Errors } from './RunTables.tsx';
import { SpendMeter } from './SpendMeter.tsx';
import { Survival } from './Survival.tsx';
import { UnknownCalls } from './UnknownCalls.tsx';
import { useRuns } from './useRuns.ts';
import { WhatIf } from './WhatIf.tsx';

/** How often a screen of a working run asks for what no event carries, in milliseconds. */
const REFRESH = 4_000;

/** One run: what it does now, what came of it, what it cost, where it failed. */
export function RunPage({ runId }: { runId: string }) {
  const { runs, known, query } = useRuns();
  const run = runs.find((r) => r.id === runId);
  if (run) return <Run run={run} />;
  return (
    <div className="nhr-page">
      {query.error ? (
        <ErrorNote error={readError(query.error)} onRetry={() => void query.refetch()} />
      ) : known ? (
        <Empty
          title={text.run.missing}
          action={
            <Button component="a" href={formatRoute({ screen: 'runs' })} variant="default">
              {text.run.back}
            </Button>
          }
        />
      ) : (
        <Skeleton height={420} role="status" aria-label={text.app.loading} />
      )}
    </div>
  );
}

function Run({ run }: { run: RunSummary }) {
  const { engine, queries } = useStudio();
  const input = { runId: run.id };
  const stored = useQuery(engine.runs.progress.queryOptions({ input }));
  const recipe = useQuery(engine.runs.recipe.queryOptions({ input }));
  const live = useLive((s) => s.progress[run.id]);
  const progress: RunProgress | undefined = live ?? stored.data;
  const refetchInterval = run.state === 'running' ? REFRESH : false;
  const survival = useQuery(engine.runs.survival.queryOptions({ input, refetchInterval }));
  const difficulty = useQuery(engine.runs.difficulty.queryOptions({ input, refetchInterval }));
  const reasons = useQuery(engine.runs.reasons.queryOptions({ input, refetchInterval }));
  const series = useQuery(engine.runs.series.queryOptions({ input, refetchInterval }));
  const gates = useQuery(engine.runs.gates.queryOptions({ input, refetchInterval: run.state === 'running' ? 5 * REFRESH : false }));
  // The last event of a state says less than a fresh answer: ask again when the run stops or starts.
  const { state } = run;
  useEffect(() => {
    if (state) void queries.invalidateQueries({ queryKey: engine.runs.key() });
  }, [state, queries, engine]);
  return (
    <div className="nhr-page nhr-run">
      <RunHead run={run} budget={recipe.data?.budget} />
      <Notice run={run} />
      <UnknownCalls run={run} />
      {stored.error && !progress && <ErrorNote error={readError(stored.error)} onRetry={() => void stored.refetch()} />}
      <PhaseProgress run={run} progress={progress} />
      <LatestStrip run={run} />
      <RejectedStrip run={run} refetchInterval={refetchInterval} />
      <div className="nhr-run-grid">
        <Section title={text.run.funnel} about={text.run.funnelAbout}>
          {progress ? <Funnel rows={progress.funnel} reasons={reasons.data ?? []} /> : <Skeleton height={260} />}
        </Section>
        <Section title={text.run.survival} about={text.run.survivalAbout} className="nhr-survival-section">
          {survival.error ? (
            <ErrorNote error={readError(survival.error)} onRetry={() => void survival.refetch()} />
          ) : survival.data ? (
            <Survival curve={survival.data} />
          ) : (
            <Skeleton height={260} />
          )}
        </Section>
        <Section title={text.run.spend}>
          {progress ? <SpendMeter progress={progress} budget={recipe.data?.budget} demo={run.demo} /> : <Skeleton height={160} />}
        </Section>
        <LocalValidator runId={run.id} refetchInterval={refetchInterval} />
        <Section title={text.run.errors}>{progress ? <Errors errors={progress.errors} /> : <Skeleton height={100} />}</Section>
        <Section title={text.figures.figures.over} about={text.figures.figures.overAbout}>
          <Fetched query={series} height={160}>
            {(data) => <Throughput series={data} />}
          </Fetched>
        </Section>
        <Section title={text.figures.whatIf.title} about={text.figures.whatIf.about} className="nhr-what-if-section">
          <Fetched query={gates} height={300}>
            {(data) => <WhatIf key={run.id} runId={run.id} data={data} curve={survival.data} />}
          </Fetched>
        </Section>
        <Section title={text.figures.figures.endpoints} about={text.figures.figures.endpointsAbout} className="nhr-wide">
          <Fetched query={series} height={160}>
            {(data) => <Endpoints series={data} />}
          </Fetched>
        </Section>
        <Section title={text.run.difficulty} about={text.run.difficultyAbout} className="nhr-wide">
          {difficulty.error ? (
            <ErrorNote error={readError(difficulty.error)} onRetry={() => void difficulty.refetch()} />
          ) : difficulty.data ? (
            <Difficulty rows={difficulty.data} />
          ) : (
            <Skeleton height={160} />
          )}
        </Section>
      </div>
    </div>
  );
}

interface FetchedProps<T> {
  query: { data: T | undefined; error: Error | null; refetch(): unknown };
  height: number;
  children(data: T): ReactNode;
}

/** What was asked for, or that it is on its way, or why it did not come. */
function Fetched<T>({ query, height, children }: FetchedProps<T>) {
  if (query.error) return <ErrorNote error={readError(query.error)} onRetry={() => void query.refetch()} />;
  return query.data === undefined ? <Skeleton height={height} /> : children(query.data);
}

/** Why the run is not working, in a sentence; a failed one shows its error. */
function Notice({ run }: { run: RunSummary }) {
  if (run.state === 'interrupted')
    return (
      <Alert className="nhr-note nhr-note-warn" icon={<IconAlertTriangle aria-hidden size={18} />}>
        {text.interruptedAbout}
      </Alert>
    );
  if (run.state !== 'ended' || !run.end) return null;
  if (run.error) return <ErrorNote error={run.error} />;
  return (
    <Text size="sm" c="dimmed">
      {text.endAbout[run.end]}
    </Text>
  );
}
