import { type ComponentType, memo } from 'react';
import { text } from '../../text.ts';
import type { PicturePriority } from '../../ui/Picture.tsx';

/** What a cell shows of its item, and how it is marked. */
export interface CardLook<T> {
  /** `priority` is that of its pictures. */
  Content: ComponentType<{ item: T; priority: PicturePriority }>;
  marks(item: T): { state: string; decision: 'accept' | 'reject' | undefined };
}

interface CardProps<T> {
  /** Undefined while it is on its way. */
  item: T | undefined;
  look: CardLook<T>;
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
  onChoose(item: T): void;
  onOpen(item: T): void;
}

/** One place of the list. The cell stays when its item comes, and so does the focus on it. */
export const Card = memo(function Card<T extends { id: number }>(props: CardProps<T>) {
  const { item, look, place, column, current, seen, chosen, onPlace, onChoose, onOpen } = props;
  const { state, decision } = item ? look.marks(item) : {};
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table cell cannot be laid out as a card
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid around it listens to the keys of all cells
    <div
      role="gridcell"
      aria-colindex={column}
      aria-label={item ? undefined : text.review.onItsWay(place + 1)}
      aria-busy={item ? undefined : true}
      tabIndex={current ? 0 : -1}
      className={item ? 'nhr-cell' : 'nhr-cell nhr-cell-empty'}
      data-id={item?.id}
      data-place={place}
      data-state={state}
      data-decision={decision}
      data-selected={chosen || undefined}
      aria-selected={chosen}
      onFocus={() => onPlace(place)}
      onClick={(event) => {
        onPlace(place);
        if (!item) return;
        if (event.shiftKey || event.ctrlKey || event.metaKey) onChoose(item);
        else onOpen(item);
      }}
    >
      {item ? (
        <look.Content item={item} priority={seen ? 'high' : 'low'} />
      ) : (
        <>
          <div className="nhr-pair" />
          <div className="nhr-cell-text" />
        </>
      )}
    </div>
  );
}) as <T extends { id: number }>(props: CardProps<T>) => React.JSX.Element;
