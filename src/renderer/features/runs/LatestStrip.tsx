import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { RunSummary } from '../../../shared/model/run.ts';
import type { TripletView } from '../../../shared/model/triplet.ts';
import { THUMB } from '../../app/blobUrl.ts';
import { DEFAULT_FILTER } from '../../app/filterQuery.ts';
import { readError } from '../../app/readError.ts';
import { formatRoute } from '../../app/route.ts';
import { useLive, useStudio } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { Section } from '../../ui/Parts.tsx';
import { Picture } from '../../ui/Picture.tsx';

const SHOWN = 12;

/** The newest triplets of a run, source and edit side by side; each leads to its comparison. */
export function LatestStrip({ run }: { run: RunSummary }) {
  const { engine } = useStudio();
  const latest = useQuery(engine.runs.latest.queryOptions({ input: { runId: run.id, limit: SHOWN } }));
  const recent = useLive((s) => s.recent);
  const view = { filter: { ...DEFAULT_FILTER, runId: run.id }, sort: 'newest' as const };
  const items = merged(
    recent.filter((t) => t.runId === run.id),
    latest.data ?? [],
  );
  return (
    <Section
      title={text.run.latest}
      right={
        <a className="nhr-link" href={formatRoute({ screen: 'triplets', view, open: null })}>
          {text.run.seeAll}
        </a>
      }
    >
      {latest.error && items.length === 0 ? (
        <ErrorNote error={readError(latest.error)} onRetry={() => void latest.refetch()} />
      ) : latest.isPending && items.length === 0 ? (
        <Skeleton height={150} />
      ) : items.length === 0 ? (
        <p className="nhr-quiet nhr-strip-empty">{text.run.latestEmpty}</p>
      ) : (
        <ul className="nhr-strip">
          {items.map((triplet) => (
            <li key={triplet.id}>
              <StripItem triplet={triplet} href={formatRoute({ screen: 'triplets', view, open: triplet.id })} />
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function StripItem({ triplet, href }: { triplet: TripletView; href: string }) {
  const { blobUrl } = useStudio();
  return (
    <a className="nhr-strip-item" href={href} aria-label={text.review.cell(triplet.id, triplet.instruction)}>
      <span className="nhr-pair">
        <Picture src={blobUrl(triplet.sourceHash, THUMB.strip)} alt={text.review.source} />
        <Picture src={blobUrl(triplet.editedHash, THUMB.strip)} alt={text.review.edited} />
      </span>
      <span className="nhr-strip-text">{triplet.instruction}</span>
    </a>
  );
}

/** Active triplets of both lists, newest first, each once; what events brought is newer than what was asked for. */
function merged(recent: TripletView[], asked: TripletView[]): TripletView[] {
  const byId = new Map(asked.map((t) => [t.id, t]));
  for (const triplet of recent) byId.set(triplet.id, triplet);
  return [...byId.values()]
    .filter((t) => t.state === 'active')
    .sort((a, b) => b.id - a.id)
    .slice(0, SHOWN);
}
