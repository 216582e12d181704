import { VisuallyHidden } from '@mantine/core';
import { memo } from 'react';
import type { TripletView } from '../../../shared/model/triplet.ts';
import { THUMB } from '../../app/blobUrl.ts';
import { useStudio } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { score } from '../../ui/format.ts';
import { IconCircleCheck, IconCircleX } from '../../ui/icons.ts';
import { Picture } from '../../ui/Picture.tsx';

interface CardProps {
  /** Undefined while it is on its way. */
  triplet: TripletView | undefined;
  /** In the list, from 0. */
  place: number;
  /** From 1. */
  column: number;
  /** The one card in the tab order. */
  current: boolean;
  /** At least in part on screen: its pictures come before those of the rows beyond the edges. */
  seen: boolean;
  /** Among those that one decision is for. */
  chosen: boolean;
  onPlace(place: number): void;
  onChoose(triplet: TripletView): void;
  onOpen(triplet: TripletView): void;
}

/** One place of the list. The cell stays when its triplet comes, and so does the focus on it. */
export const Card = memo(function Card({ triplet, place, column, current, seen, chosen, onPlace, onChoose, onOpen }: CardProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table cell cannot be laid out as a card
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid around it listens to the keys of all cells
    <div
      role="gridcell"
      aria-colindex={column}
      aria-label={triplet ? undefined : text.review.onItsWay(place + 1)}
      aria-busy={triplet ? undefined : true}
      tabIndex={current ? 0 : -1}
      className={triplet ? 'nhr-cell' : 'nhr-cell nhr-cell-empty'}
      data-id={triplet?.id}
      data-place={place}
      data-state={triplet?.state}
      data-decision={triplet?.decision ?? undefined}
      data-selected={chosen || undefined}
      aria-selected={chosen}
      onFocus={() => onPlace(place)}
      onClick={(event) => {
        onPlace(place);
        if (!triplet) return;
        if (event.shiftKey || event.ctrlKey || event.metaKey) onChoose(triplet);
        else onOpen(triplet);
      }}
    >
      {triplet ? (
        <Content triplet={triplet} priority={seen ? 'high' : 'low'} />
      ) : (
        <>
          <div className="nhr-pair" />
          <div className="nhr-cell-text" />
        </>
      )}
    </div>
  );
});

/** Source and edit side by side, the instruction, scores, and what a person decided. */
function Content({ triplet, priority }: { triplet: TripletView; priority: 'high' | 'low' }) {
  const { blobUrl } = useStudio();
  const { scores, geometric, decision, state } = triplet;
  return (
    <>
      <div className="nhr-pair">
        <Picture src={blobUrl(triplet.sourceHash, THUMB.card)} alt="" priority={priority} />
        <Picture src={blobUrl(triplet.editedHash, THUMB.card)} alt="" priority={priority} />
      </div>
      {decision && (
        <span className="nhr-cell-decision" data-decision={decision} role="img" aria-label={text.decided[decision]}>
          {decision === 'accept' ? <IconCircleCheck aria-hidden size={22} /> : <IconCircleX aria-hidden size={22} />}
        </span>
      )}
      <div className="nhr-cell-text" title={triplet.corrected ?? triplet.instruction}>
        <VisuallyHidden>{text.review.cell(triplet.id, '')}</VisuallyHidden>
        {triplet.corrected ?? triplet.instruction}
      </div>
      <div className="nhr-cell-foot">
        {geometric !== null && <b title={text.scores.geometric}>{score(geometric)}</b>}
        {scores && (
          <span title={`${text.scores.adherence} / ${text.scores.aesthetics}`}>
            {score(scores.adherence)} / {score(scores.aesthetics)}
          </span>
        )}
        <span className="nhr-grow" />
        {state !== 'active' && (
          <span className="nhr-badge nhr-cell-state" title={triplet.reason}>
            {text.tripletState[state]}
          </span>
        )}
        <span className="nhr-badge">{text.kind[triplet.kind]}</span>
      </div>
    </>
  );
}
