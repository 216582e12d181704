import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { WireError } from '../../../shared/model/errors.ts';
import type { DecisionKind, TripletView } from '../../../shared/model/triplet.ts';
import { text } from '../../text.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { Card } from './Card.tsx';
import { type ActionName, actionOf, moveInGrid } from './keys.ts';

const GAP = 14;
const PADDING = 24;
/** A card is never narrower than this, in CSS pixels. */
const CARD = 292;
/** Height of a card without its pictures. */
const CARD_TEXT = 84;

const DECISIONS: ReadonlySet<ActionName> = new Set(['accept', 'reject', 'clear']);
/** Keys of the card that has the focus; the page has the others. */
const OWN: ReadonlySet<ActionName> = new Set([...DECISIONS, 'left', 'right', 'up', 'down', 'first', 'last', 'open', 'select']);

interface GridProps {
  items: TripletView[];
  /** All triplets of the filter, for the row count that is read aloud. */
  total: number;
  hasMore: boolean;
  loading: boolean;
  failed: WireError | null;
  onMore(): void;
  /** Id of the triplet that the keyboard is on. */
  selected: number | null;
  onSelect(id: number): void;
  onOpen(id: number): void;
  onDecide(triplet: TripletView, decision: DecisionKind): void;
  /** Ids of those that one decision is for. */
  chosen: ReadonlySet<number>;
  onChoose(id: number): void;
  /** Something lies over the grid; when that is gone, the focus comes back to the selected card. */
  covered: boolean;
}

/** Cards in rows; only those on screen exist. One card is in the tab order, arrows move it. */
export function Grid({
  items,
  total,
  hasMore,
  loading,
  failed,
  onMore,
  selected,
  onSelect,
  onOpen,
  onDecide,
  chosen,
  onChoose,
  covered,
}: GridProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const width = useWidth(scroller);
  const inner = Math.max(CARD, width);
  const columns = Math.max(1, Math.floor((inner + GAP) / (CARD + GAP)));
  const card = (inner - GAP * (columns - 1)) / columns;
  const rowHeight = Math.round(card / 2 + CARD_TEXT + GAP);
  const rows = Math.ceil(items.length / columns);
  const virtual = useVirtualizer({
    count: rows,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 3,
    paddingStart: 4,
    paddingEnd: 56,
    scrollPaddingStart: 12,
    scrollPaddingEnd: 72,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: all rows have one height, measured again when that changes
  useEffect(() => virtual.measure(), [rowHeight]);
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && !loading && !failed && last >= rows - 4) onMore();
  }, [hasMore, loading, failed, last, rows, onMore]);

  const at = Math.max(
    0,
    items.findIndex((triplet) => triplet.id === selected),
  );
  const focusWanted = useRef(false);
  const wasCovered = useRef(covered);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the moment of uncovering counts
  useEffect(() => {
    if (wasCovered.current && !covered) {
      focusWanted.current = true;
      virtual.scrollToIndex(Math.floor(at / columns), { align: 'auto' });
    }
    wasCovered.current = covered;
  }, [covered]);
  useEffect(() => {
    if (!focusWanted.current) return;
    const cell = scroller.current?.querySelector<HTMLElement>(`[data-id="${items[at]?.id}"]`);
    if (!cell) return;
    focusWanted.current = false;
    cell.focus({ preventScroll: true });
  });

  const onKeyDown = (event: KeyboardEvent) => {
    const action = actionOf(event, 'grid');
    const triplet = items[at];
    if (!action || !triplet || !OWN.has(action)) return;
    // With a selection, a decision is for that: the page takes the key.
    if (chosen.size > 0 && DECISIONS.has(action)) return;
    event.preventDefault();
    if (action === 'select') return onChoose(triplet.id);
    if (action === 'open') return onOpen(triplet.id);
    if (action === 'accept' || action === 'reject' || action === 'clear') return onDecide(triplet, action);
    const to = moveInGrid(action, at, columns, items.length);
    const next = items[to];
    if (!next) return;
    focusWanted.current = true;
    onSelect(next.id);
    virtual.scrollToIndex(Math.floor(to / columns), { align: 'auto' });
  };

  return (
    <div className="nhr-grid-scroller" ref={scroller}>
      {/* biome-ignore lint/a11y/useSemanticElements: a table cannot be virtual and laid out as cards */}
      <div
        role="grid"
        aria-label={text.review.grid}
        aria-rowcount={Math.ceil(total / columns)}
        aria-colcount={columns}
        className="nhr-grid"
        style={{ height: virtual.getTotalSize() }}
        onKeyDown={onKeyDown}
      >
        {shown.map((row) => (
          // biome-ignore lint/a11y/useSemanticElements: see above
          // biome-ignore lint/a11y/useFocusableInteractive: the cells take the focus, one at a time
          <div
            key={row.key}
            role="row"
            aria-rowindex={row.index + 1}
            className="nhr-grid-row"
            style={{
              transform: `translateY(${row.start}px)`,
              gridTemplateColumns: `repeat(${columns}, ${card}px)`,
              gap: GAP,
              left: PADDING,
            }}
          >
            {items.slice(row.index * columns, (row.index + 1) * columns).map((triplet, column) => (
              <Card
                key={triplet.id}
                triplet={triplet}
                column={column + 1}
                current={triplet.id === items[at]?.id}
                chosen={chosen.has(triplet.id)}
                onSelect={onSelect}
                onChoose={onChoose}
                onOpen={onOpen}
              />
            ))}
          </div>
        ))}
      </div>
      <div className="nhr-grid-end" role="status">
        {failed ? <ErrorNote error={failed} onRetry={onMore} /> : loading ? text.review.more : hasMore ? '' : text.review.end}
      </div>
    </div>
  );
}

/** The width that cards may take: what is left beside the margins, of which the scroll bar may use a part of the right one. */
function useWidth(ref: React.RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(1200);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = () => {
      const bar = element.offsetWidth - element.clientWidth;
      setWidth(element.clientWidth - PADDING - Math.max(6, PADDING - bar));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return width;
}
