import { SegmentedControl, Skeleton } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
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

const SHOWN = 6;
const KINDS = ['forward', 'inverse', 'composed'] as const;

/** How often new ones are asked for, in milliseconds. */
const REFRESH = 4_000;

/** New triplets of a run, of different sources first, source and edit side by side; each leads to its comparison. */
export function LatestStrip({ run }: { run: RunSummary }) {
  const { engine } = useStudio();
  const [kind, setKind] = useState<(typeof KINDS)[number] | null>(null);
  const latest = useQuery(
    engine.runs.latest.queryOptions({
      input: { runId: run.id, limit: SHOWN, ...(kind && { kind }) },
      placeholderData: keepPreviousData,
      refetchInterval: run.state === 'running' ? REFRESH : false,
    }),
  );
  const recent = useLive((s) => s.recent);
  const view = { filter: { ...DEFAULT_FILTER, runId: run.id }, sort: 'newest' as const };
  // What events brought counts while nothing was asked for yet; an answer has chosen what differs.
  const early = recent.filter((t) => t.runId === run.id && t.state === 'active' && (kind === null || t.kind === kind));
  const items = latest.data && latest.data.length > 0 ? latest.data : early.slice(-SHOWN).reverse();
  return (
    <Section
      title={text.run.latest}
      right={
        <span className="nhr-latest-tools">
          <SegmentedControl
            size="xs"
            aria-label={text.figures.figures.latestKinds}
            value={kind ?? 'mixed'}
            onChange={(value) => setKind(KINDS.find((one) => one === value) ?? null)}
            data={[{ value: 'mixed', label: text.figures.figures.mixed }, ...KINDS.map((value) => ({ value, label: text.kind[value] }))]}
          />
          <a className="nhr-link" href={formatRoute({ screen: 'triplets', view, open: null })}>
            {text.run.seeAll}
          </a>
        </span>
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
