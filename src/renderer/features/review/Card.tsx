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
  triplet: TripletView;
  /** From 1. */
  column: number;
  /** The one card in the tab order. */
  current: boolean;
  /** Among those that one decision is for. */
  chosen: boolean;
  onSelect(id: number): void;
  onChoose(id: number): void;
  onOpen(id: number): void;
}

/** One triplet: source and edit side by side, the instruction, scores, and what a person decided. */
export const Card = memo(function Card({ triplet, column, current, chosen, onSelect, onChoose, onOpen }: CardProps) {
  const { blobUrl } = useStudio();
  const { scores, geometric, decision, state } = triplet;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table cell cannot be laid out as a card
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid around it listens to the keys of all cells
    <div
      role="gridcell"
      aria-colindex={column}
      tabIndex={current ? 0 : -1}
      className="nhr-cell"
      data-id={triplet.id}
      data-state={state}
      data-decision={decision ?? undefined}
      data-selected={chosen || undefined}
      aria-selected={chosen}
      onFocus={() => onSelect(triplet.id)}
      onClick={(event) => (event.shiftKey || event.ctrlKey || event.metaKey ? onChoose(triplet.id) : onOpen(triplet.id))}
    >
      <div className="nhr-pair">
        <Picture src={blobUrl(triplet.sourceHash, THUMB.card)} alt="" />
        <Picture src={blobUrl(triplet.editedHash, THUMB.card)} alt="" />
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
    </div>
  );
});
