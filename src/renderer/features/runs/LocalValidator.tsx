import { Alert, Anchor } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Drift } from '../../../shared/model/calibration.ts';
import { readError } from '../../app/readError.ts';
import { formatRoute } from '../../app/route.ts';
import { useStudio } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { count } from '../../ui/format.ts';
import { IconAlertTriangle } from '../../ui/icons.ts';
import { Section, Stat } from '../../ui/Parts.tsx';

const t = text.lab.drift;

/** How the run's local validator does against its validator; nothing for a run without one. An alarm when it no longer holds. */
export function LocalValidator({ runId, refetchInterval }: { runId: string; refetchInterval: number | false }) {
  const drift = useQuery(useStudio().engine.calibrations.drift.queryOptions({ input: { runId }, refetchInterval }));
  if (drift.error) return <ErrorNote error={readError(drift.error)} onRetry={() => void drift.refetch()} />;
  if (!drift.data) return null;
  const { calibration, count: pairs, state } = drift.data;
  return (
    <Section
      title={text.lab.run.title}
      about={text.lab.run.about}
      right={
        <Anchor size="sm" href={formatRoute({ screen: 'calibration', open: calibration })}>
          {calibration}
        </Anchor>
      }
    >
      {state === 'drifted' && (
        <Alert className="nhr-note nhr-note-warn" role="alert" icon={<IconAlertTriangle aria-hidden size={18} />} mb="sm">
          {t.calibrateAgain}
        </Alert>
      )}
      <dl className="nhr-stats">
        <Stat label={t.state} value={t.states[state]} about={state === 'early' ? t.early : undefined} />
        <Stat label={t.pairs} value={count(pairs)} />
        {pairs > 0 && <Score name={text.lab.score.adherence} part={drift.data.adherence} />}
        {pairs > 0 && <Score name={text.lab.score.aesthetics} part={drift.data.aesthetics} />}
      </dl>
    </Section>
  );
}

function Score({ name, part: { mae, interval, holdOut, bias } }: { name: string; part: Drift['adherence'] }) {
  const said = text.lab.run.before(holdOut.toFixed(2), bias.toFixed(2));
  const [low, high] = interval;
  return <Stat label={text.lab.run.errorOf(name)} value={`${mae.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`} about={said} />;
}
