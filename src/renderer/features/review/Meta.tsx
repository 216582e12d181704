import { Button, Group, Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import type { DecisionKind, TripletDetail, TripletView } from '../../../shared/model/triplet.ts';
import { THUMB } from '../../app/blobUrl.ts';
import { EditLinks } from '../../app/EditLinks.tsx';
import { formatRoute } from '../../app/route.ts';
import { useLive, useStudio } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { reasonWords } from '../../texts/reasons.ts';
import { count } from '../../ui/format.ts';
import { DemoBadge } from '../../ui/Parts.tsx';
import { Picture } from '../../ui/Picture.tsx';
import { Signals } from '../../ui/Signals.tsx';
import { DecideButtons } from './DecideButtons.tsx';
import { Fact, Facts, LowLevel, Score, VerdictRow } from './facts.tsx';
import { PicturesOut } from './PicturesOut.tsx';
import { Correction, Rating, Siblings } from './ReviewFields.tsx';
import type { Review } from './useReview.ts';

interface MetaProps {
  triplet: TripletView;
  /** Undefined while it is on its way. */
  detail: TripletDetail | undefined;
  error: ReactNode;
  onDecide(triplet: TripletView, decision: DecisionKind): void;
  onRejectWith(): void;
  review: Review;
  /** The field for a better wording is open. */
  correcting: boolean;
  onCorrecting(on: boolean): void;
  /** What is shown as the edit. */
  editedHash: string;
  /** The sibling candidate that stands in place of the edit. */
  sibling: number | null;
  onSibling(index: number): void;
  linkTo(id: number): string;
}

/** Everything known of one triplet, beside its pictures: instruction, decision, scores, verdicts, numbers, family. */
export function Meta(props: MetaProps) {
  const { triplet, detail, error, onDecide, onRejectWith, review, correcting, onCorrecting } = props;
  const { editedHash, sibling, onSibling, linkTo } = props;
  const run = useLive((s) => (triplet.runId === null ? undefined : s.runs[triplet.runId]));
  const t = text.compare;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard
    <aside className="nhr-meta" tabIndex={0} aria-label={t.facts}>
      <Correction
        triplet={triplet}
        editing={correcting}
        onEditing={onCorrecting}
        onCorrect={(instruction) => review.correct({ id: triplet.id, instruction })}
      />
      <Decide triplet={triplet} onDecide={onDecide} />
      <Group gap={4} className="nhr-decide">
        <Button size="compact-xs" px={5} variant="default" onClick={onRejectWith}>
          {text.reviewing.rejectWith}
        </Button>
        <Button size="compact-xs" px={5} variant="default" onClick={() => onCorrecting(!correcting)} aria-pressed={correcting}>
          {text.reviewing.correct}
        </Button>
      </Group>
      {detail && <Rating detail={detail} onRate={(scores) => review.rate({ id: triplet.id, scores })} />}
      <EditLinks triplet={triplet} detail={detail} />
      {triplet.scores && (
        <dl className="nhr-scores" aria-label={t.scores}>
          <Score name={text.scores.geometric} value={triplet.geometric} />
          <Score name={text.scores.adherence} value={triplet.scores.adherence} />
          <Score name={text.scores.aesthetics} value={triplet.scores.aesthetics} />
        </dl>
      )}
      {error}
      <Facts>
        <Fact name={t.kind}>{text.kind[triplet.kind]}</Fact>
        <Fact name={t.state}>
          {text.tripletState[triplet.state]}
          {triplet.reason && ` (${reasonWords(triplet.reason)})`}
        </Fact>
        <Fact name={t.operation}>{triplet.category}</Fact>
        <Fact name={t.style}>{triplet.style}</Fact>
        <Fact name={t.size}>
          {triplet.width} × {triplet.height}
        </Fact>
        {detail?.seed != null && <Fact name={t.seed}>{detail.seed}</Fact>}
        {detail?.difficulty != null && <Fact name={t.difficulty}>{count(detail.difficulty)}</Fact>}
        {run && (
          <Fact name={t.run}>
            <a className="nhr-link" href={formatRoute({ screen: 'run', runId: run.id })}>
              {run.name}
            </a>{' '}
            {run.demo && <DemoBadge />}
          </Fact>
        )}
      </Facts>
      <PicturesOut {...triplet} editedHash={editedHash} />
      {!detail && !error && <Skeleton height={180} />}
      {detail && (
        <>
          {detail.lowLevel && <LowLevel numbers={detail.lowLevel} />}
          <Signals signals={detail.signals} verdicts={detail.verdicts} />
          <section>
            <h3>{t.verdicts}</h3>
            {detail.verdicts.length === 0 && <p className="nhr-quiet">{t.noVerdicts}</p>}
            {detail.verdicts.map((verdict, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: verdicts are appended and never change
              <VerdictRow key={`${verdict.stage} ${i}`} verdict={verdict} />
            ))}
          </section>
          {detail.prompt && (
            <section>
              <h3>{t.prompt}</h3>
              <p className="nhr-prompt">{detail.prompt}</p>
            </section>
          )}
          <Siblings siblings={detail.siblings} shown={sibling} onShow={onSibling} />
          <Family title={t.parents} triplets={detail.parents} linkTo={linkTo} />
          <Family title={t.children} triplets={detail.children} linkTo={linkTo} />
        </>
      )}
    </aside>
  );
}

function Decide({ triplet, onDecide }: Pick<MetaProps, 'triplet' | 'onDecide'>) {
  return (
    <DecideButtons
      label={text.compare.decision}
      decision={triplet.decision}
      good={{ says: 'accept', label: text.decide.accept }}
      bad={{ says: 'reject', label: text.decide.reject, color: 'red.9' }}
      clear={{ label: text.compare.clear, longLabel: text.decide.clear, onClear: () => onDecide(triplet, 'clear') }}
      onDecide={(decision) => onDecide(triplet, decision)}
    />
  );
}

function Family({ title, triplets, linkTo }: { title: string; triplets: TripletView[]; linkTo(id: number): string }) {
  const { blobUrl } = useStudio();
  if (triplets.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <ul className="nhr-family">
        {triplets.map((triplet) => (
          <li key={triplet.id}>
            <a href={linkTo(triplet.id)} aria-label={`${text.review.cell(triplet.id, triplet.instruction)} ${text.kind[triplet.kind]}`}>
              <span className="nhr-pair">
                <Picture src={blobUrl(triplet.sourceHash, THUMB.strip)} alt={text.review.source} />
                <Picture src={blobUrl(triplet.editedHash, THUMB.strip)} alt={text.review.edited} />
              </span>
              <span>
                {triplet.instruction} <span className="nhr-badge">{text.kind[triplet.kind]}</span>
              </span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
