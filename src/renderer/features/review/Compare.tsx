import './compare.css';
import { Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import type { DecisionKind, TripletDetail, TripletView } from '../../../shared/model/triplet.ts';
import { THUMB } from '../../app/blobUrl.ts';
import { readError } from '../../app/readError.ts';
import { useLive, useStudio } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { count } from '../../ui/format.ts';
import { Stage } from '../../ui/viewer/Stage.tsx';
import { type StageView, useStageView } from '../../ui/viewer/useStageView.ts';
import { CompareBar } from './CompareBar.tsx';
import { CompareWait } from './CompareWait.tsx';
import { useCompareActions, useNeighbours, useSibling, viewKeys } from './comparing.ts';
import { Meta } from './Meta.tsx';
import { useFlagRule } from './useFlagRule.ts';
import { useKeys } from './useKeys.ts';
import type { Review } from './useReview.ts';
import type { Rows } from './useRows.ts';

interface CompareProps {
  id: number;
  /** The triplets of the grid: where previous and next lead. */
  rows: Rows<TripletView>;
  /** The place of this one among them; -1 while it is not known. */
  place: number;
  onOpen(id: number, place: number): void;
  onClose(): void;
  onDecide(triplet: TripletView, decision: DecisionKind): void;
  onRejectWith(triplet: TripletView): void;
  onUndo(): void;
  onRedo(): void;
  review: Review;
  /** After a decision the next triplet comes by itself. */
  advance: boolean;
  onAdvance(on: boolean): void;
  onHelp(): void;
  /** Another dialog lies over this one. */
  covered: boolean;
  linkTo(id: number): string;
}

/** One triplet over the whole window: pictures to compare, everything known of it, and the decision. */
export function Compare(props: CompareProps) {
  const { id, rows, place, onOpen, onClose, covered } = props;
  const { engine, queries } = useStudio();
  const detail = useQuery(engine.triplets.get.queryOptions({ input: { id } }));
  const listed = place >= 0 ? rows.at(place) : undefined;
  const triplet: TripletView | undefined = detail.data ?? listed;
  const previous = place > 0 ? rows.at(place - 1) : undefined;
  const next = place >= 0 ? rows.at(place + 1) : undefined;
  const error = detail.error ? <ErrorNote error={readError(detail.error)} onRetry={() => void detail.refetch()} /> : null;
  const view = useStageView(useFlagRule(triplet?.runId));
  const read = useCallback(
    (near: number) => void queries.prefetchQuery(engine.triplets.get.queryOptions({ input: { id: near }, staleTime: 60_000 })),
    [queries, engine],
  );
  useNeighbours(rows, place, read);
  return (
    <Modal.Root opened onClose={onClose} fullScreen closeOnEscape={!covered}>
      <Modal.Overlay />
      <Modal.Content className="nhr-compare" aria-label={text.compare.title(id)} radius={0}>
        {triplet ? (
          <Comparison
            {...props}
            triplet={triplet}
            detail={detail.data}
            view={view}
            error={error}
            position={place >= 0 ? text.compare.position(place + 1, count(rows.count)) : ''}
            onPrevious={previous && (() => onOpen(previous.id, place - 1))}
            onNext={next && (() => onOpen(next.id, place + 1))}
          />
        ) : (
          <CompareWait error={error} onClose={onClose} />
        )}
      </Modal.Content>
    </Modal.Root>
  );
}

interface ComparisonProps extends CompareProps {
  triplet: TripletView;
  detail: TripletDetail | undefined;
  view: StageView;
  error: React.ReactNode;
  position: string;
  onPrevious: (() => void) | undefined;
  onNext: (() => void) | undefined;
}

function Comparison(props: ComparisonProps) {
  const { triplet, detail, view, error, position, onPrevious, onNext, onClose, onHelp, covered, linkTo, review, advance } = props;
  const { blobUrl } = useStudio();
  // A new life of the engine: pictures that failed while it was away are asked for again.
  const epoch = useLive((s) => s.epoch);
  const pretend = useLive((s) => s.workspace?.demo === true || (triplet.runId !== null && s.runs[triplet.runId]?.demo === true));
  const demo = pretend || detail?.edit?.demo === true;
  // It belongs to one triplet and ends with it.
  const [correcting, setCorrecting] = useState<number | null>(null);
  const { sibling, index, show: showSibling } = useSibling(triplet.id, detail?.siblings ?? []);
  const sideOf = (hash: string) => ({ src: blobUrl(hash), thumb: blobUrl(hash, THUMB.card) });
  const onDecide = (of: TripletView, decision: DecisionKind) => {
    props.onDecide(of, decision);
    if (advance && decision !== 'clear') onNext?.();
  };
  useCompareActions(view, onHelp);
  useKeys('compare', !covered, {
    previous: onPrevious,
    next: onNext,
    ...viewKeys(view),
    accept: () => onDecide(triplet, 'accept'),
    reject: () => onDecide(triplet, 'reject'),
    clear: () => onDecide(triplet, 'clear'),
    rejectWith: () => props.onRejectWith(triplet),
    undo: props.onUndo,
    redo: props.onRedo,
    correct: () => setCorrecting(triplet.id),
    sibling: (key) => showSibling(Number(key) - 1),
    help: onHelp,
  });
  return (
    <div className="nhr-compare-body" tabIndex={-1} data-autofocus>
      <CompareBar
        view={view}
        demo={demo}
        advance={advance}
        onAdvance={props.onAdvance}
        position={position}
        words={text.compare}
        onPrevious={onPrevious}
        onNext={onNext}
        onClose={onClose}
      />
      <Stage
        key={epoch}
        view={view}
        source={sideOf(triplet.sourceHash)}
        edited={sideOf(sibling?.editedHash ?? triplet.editedHash)}
        names={{ source: text.review.source, edited: sibling ? text.reviewing.candidate(index + 1) : text.review.edited }}
        picture={triplet}
      />
      <Meta
        triplet={triplet}
        detail={detail}
        error={error}
        onDecide={onDecide}
        onRejectWith={() => props.onRejectWith(triplet)}
        review={review}
        correcting={correcting === triplet.id}
        onCorrecting={(on) => setCorrecting(on ? triplet.id : null)}
        editedHash={sibling?.editedHash ?? triplet.editedHash}
        sibling={sibling ? index : null}
        onSibling={showSibling}
        linkTo={linkTo}
      />
    </div>
  );
}
