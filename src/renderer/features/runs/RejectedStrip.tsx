import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { RunSummary } from '../../../shared/model/run.ts';
import { THUMB } from '../../app/blobUrl.ts';
import { readError } from '../../app/readError.ts';
import { DEFAULT_REJECTS } from '../../app/rejectQuery.ts';
import { formatRoute } from '../../app/route.ts';
import { useStudio } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { reasonWords } from '../../texts/reasons.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { Section } from '../../ui/Parts.tsx';
import { Picture } from '../../ui/Picture.tsx';
import { stageName } from './EstimateView.tsx';

const t = text.figures.figures;
const SHOWN = 6;

/** The newest candidates that a gate turned away, each with the gate and its reason. */
export function RejectedStrip({ run, refetchInterval }: { run: RunSummary; refetchInterval: number | false }) {
  const { engine, blobUrl } = useStudio();
  const attempts = useQuery(
    engine.runs.attempts.queryOptions({ input: { runId: run.id, state: 'rejected', limit: SHOWN }, refetchInterval }),
  );
  const view = { ...DEFAULT_REJECTS, filter: { runId: run.id } };
  const items = attempts.data?.items.filter((attempt) => attempt.editedHash !== null) ?? [];
  return (
    <Section
      title={t.latestRejected}
      right={
        <a className="nhr-link" href={formatRoute({ screen: 'rejects', view, open: null })}>
          {t.allRejected}
        </a>
      }
    >
      {attempts.error ? (
        <ErrorNote error={readError(attempts.error)} onRetry={() => void attempts.refetch()} />
      ) : attempts.isPending ? (
        <Skeleton height={150} />
      ) : items.length === 0 ? (
        <p className="nhr-quiet">{t.rejectedEmpty}</p>
      ) : (
        <ul className="nhr-strip">
          {items.map((attempt) => (
            <li key={attempt.id}>
              <a className="nhr-strip-item" href={formatRoute({ screen: 'rejects', view, open: attempt.id })}>
                <span className="nhr-pair">
                  <Picture src={blobUrl(attempt.sourceHash, THUMB.strip)} alt={text.review.source} />
                  <Picture src={blobUrl(attempt.editedHash ?? '', THUMB.strip)} alt={text.review.edited} />
                </span>
                <span className="nhr-strip-text">{attempt.instruction}</span>
                <span className="nhr-strip-why">
                  {attempt.stage ? stageName(attempt.stage) : ''}: {reasonWords(attempt.reason)}
                </span>
              </a>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
