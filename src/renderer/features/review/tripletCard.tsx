import { VisuallyHidden } from '@mantine/core';
import type { TripletView } from '../../../shared/model/triplet.ts';
import { text } from '../../text.ts';
import { reasonWords } from '../../texts/reasons.ts';
import { score } from '../../ui/format.ts';
import type { PicturePriority } from '../../ui/Picture.tsx';
import type { CardLook } from './Card.tsx';
import { Decided, Pair } from './cardParts.tsx';

export const tripletLook: CardLook<TripletView> = {
  Content,
  marks: ({ state, decision }) => ({ state, decision: decision ?? undefined }),
};

/** Source and edit side by side, the instruction, scores, and what a person decided. */
function Content({ item: triplet, priority }: { item: TripletView; priority: PicturePriority }) {
  const { scores, geometric, decision, state } = triplet;
  return (
    <>
      <Pair of={triplet} priority={priority} />
      {decision && <Decided decision={decision} label={text.decided[decision]} />}
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
          <span className="nhr-badge nhr-cell-state" title={reasonWords(triplet.reason)}>
            {text.tripletState[state]}
          </span>
        )}
        <span className="nhr-badge">{text.kind[triplet.kind]}</span>
      </div>
    </>
  );
}
