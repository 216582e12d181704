import { VisuallyHidden } from '@mantine/core';
import type { RejectView } from '../../../../shared/model/rejects.ts';
import { text } from '../../../text.ts';
import { reasonWords } from '../../../texts/reasons.ts';
import { score } from '../../../ui/format.ts';
import type { PicturePriority } from '../../../ui/Picture.tsx';
import type { CardLook } from '../Card.tsx';
import { Decided, Pair } from '../cardParts.tsx';

/** What a reviewer says of a rejected candidate, as the look of a card: kept = accepted after all. */
const SHOWN = { keep: 'accept', right: 'reject' } as const;

export const rejectLook: CardLook<RejectView> = {
  Content,
  // A card that is kept is not faded: it is in the set.
  marks: ({ decision }) => ({ state: 'active', decision: decision === 'right' ? 'reject' : undefined }),
};

/** The gate that rejected a candidate, and why. */
export function whereRejected({ stage, reason }: Pick<RejectView, 'stage' | 'reason'>): string {
  return text.rejects.where(stage ? text.stage[stage] : '', reasonWords(reason));
}

/** Scores of the last judge that gave any: those that the order goes by. */
export function judgedScores({ scores, softScores }: Pick<RejectView, 'scores' | 'softScores'>) {
  return scores ?? softScores;
}

/** Source and edit, the instruction, and the gate that rejected it with its reason. */
function Content({ item, priority }: { item: RejectView; priority: PicturePriority }) {
  const { id, decision, instruction, stage } = item;
  const where = whereRejected(item);
  const scores = judgedScores(item);
  return (
    <>
      <Pair of={item} priority={priority} />
      {decision && <Decided decision={SHOWN[decision]} label={text.rejects.decisions[decision]} />}
      <div className="nhr-cell-text" title={instruction}>
        <VisuallyHidden>{text.rejects.cell(id, '')}</VisuallyHidden>
        {instruction}
      </div>
      <div className="nhr-cell-foot">
        {scores && (
          <span title={`${text.scores.adherence} / ${text.scores.aesthetics}`}>
            {score(scores.adherence)} / {score(scores.aesthetics)}
          </span>
        )}
        <span className="nhr-grow" />
        <span className="nhr-badge nhr-cell-state" title={where}>
          <VisuallyHidden>{stage && text.stage[stage]}: </VisuallyHidden>
          {reasonWords(item.reason)}
        </span>
      </div>
    </>
  );
}
