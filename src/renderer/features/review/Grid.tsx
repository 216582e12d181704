import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { WireError } from '../../../shared/model/errors.ts';
import type { DecisionKind } from '../../../shared/model/triplet.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { scrolledHeight } from '../../ui/scaledScroll.ts';
import { useScaledScroll } from '../../ui/useScaledScroll.ts';
import { Card, type CardLook } from './Card.tsx';
import { type ActionName, actionOf, moveInGrid } from './keys.ts';
import type { Rows } from './useRows.ts';

const GAP = 14;
const PADDING = 24;
/** Height of a card without its pictures. */
const CARD_TEXT = 84;
/** Rows drawn beyond the edges, and rows fetched beyond those. */
const OVERSCAN = 2;
const FETCHED = 4;

/** How many pictures one sees at once: the least width of a card, in CSS pixels. */
export const DENSITIES = { small: 208, medium: 292, large: 440 } as const;
export type Density = keyof typeof DENSITIES;

const DECISIONS: ReadonlySet<ActionName> = new Set(['accept', 'reject', 'clear']);
/** Keys of the card that has the focus; the page has the others. */
const OWN: ReadonlySet<ActionName> = new Set([...DECISIONS, 'left', 'right', 'up', 'down', 'first', 'last', 'open', 'select']);

interface GridProps<T extends { id: number }> {
  label: string;
  /** How one of them looks in its cell. */
  look: CardLook<T>;
  rows: Rows<T>;
  density: Density;
  /** Places that are looked at now. */
  onWant(from: number, to: number): void;
  failed: WireError | null;
  onRetry(): void;
  /** The place that the keyboard is on. */
  place: number;
  onPlace(place: number): void;
  onOpen(item: T): void;
  onDecide(item: T, decision: DecisionKind): void;
  /** Ids of those that one decision is for. */
  chosen: ReadonlyMap<number, T>;
  onChoose(item: T): void;
  /** Something lies over the grid; when that is gone, the focus comes back to the selected card. */
  covered: boolean;
  /** Changes when a place is to be shown that the keyboard did not go to, with the focus on it. */
  jump: number;
}

/** Cards in rows, however many there are; only those on screen exist. One card is in the tab order, arrows move it. */
export function Grid<T extends { id: number }>(props: GridProps<T>) {
  const { label, look, rows, density, onWant, failed, onRetry, place, onPlace, onOpen, onDecide, chosen, onChoose, covered, jump } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(scroller);
  const least = DENSITIES[density];
  const inner = Math.max(least, width);
  const columns = Math.max(1, Math.floor((inner + GAP) / (least + GAP)));
  const card = (inner - GAP * (columns - 1)) / columns;
  const rowHeight = Math.round(card / 2 + CARD_TEXT + GAP);
  const rowCount = Math.ceil(rows.count / columns);
  const total = rowCount * rowHeight + 2 * PADDING;
  const scroll = useScaledScroll(scroller, total, height);
  const seenFirst = Math.floor((scroll.offset - PADDING) / rowHeight);
  const seenLast = Math.floor((scroll.offset + height - PADDING) / rowHeight);
  const first = Math.max(0, seenFirst - OVERSCAN);
  const last = Math.min(rowCount - 1, seenLast + OVERSCAN);
  useEffect(() => {
    if (scroll.resting) onWant((first - FETCHED) * columns, (last + 1 + FETCHED) * columns);
  }, [scroll.resting, first, last, columns, onWant]);

  const at = Math.min(place, Math.max(0, rows.count - 1));
  const showPlace = (to: number) => scroll.show(PADDING + Math.floor(to / columns) * rowHeight, rowHeight - GAP);
  const focusWanted = useRef(false);
  const wasCovered = useRef(covered);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the moment of uncovering counts
  useEffect(() => {
    if (wasCovered.current && !covered) {
      focusWanted.current = true;
      showPlace(at);
    }
    wasCovered.current = covered;
  }, [covered]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new jump counts
  useEffect(() => {
    if (jump === 0) return;
    focusWanted.current = true;
    showPlace(at);
  }, [jump]);
  // Cells of another size: what one was at stays in view.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the number of columns counts
  useEffect(() => showPlace(at), [columns]);
  useEffect(() => {
    if (!focusWanted.current) return;
    const cell = scroller.current?.querySelector<HTMLElement>(`[data-place="${at}"]`);
    if (!cell) return;
    focusWanted.current = false;
    cell.focus({ preventScroll: true });
  });

  const onKeyDown = (event: KeyboardEvent) => {
    const action = actionOf(event, 'grid');
    if (!action || !OWN.has(action)) return;
    // With a selection, a decision is for that: the page takes the key.
    if (chosen.size > 0 && DECISIONS.has(action)) return;
    event.preventDefault();
    const item = rows.at(at);
    if (action === 'select') return item && onChoose(item);
    if (action === 'open') return item && onOpen(item);
    if (action === 'accept' || action === 'reject' || action === 'clear') return item && onDecide(item, action);
    const to = moveInGrid(action, at, columns, rows.count);
    focusWanted.current = true;
    onPlace(to);
    showPlace(to);
  };

  const drawn = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
  return (
    <div className="nhr-grid-scroller" ref={scroller} onScroll={scroll.onScroll} data-resting={scroll.resting}>
      <div className="nhr-grid-way" style={{ height: scrolledHeight(total) }}>
        {/* biome-ignore lint/a11y/useSemanticElements: a table cannot be virtual and laid out as cards */}
        <div
          role="grid"
          aria-label={label}
          aria-rowcount={rowCount}
          aria-colcount={columns}
          className="nhr-grid"
          style={{ height: height || undefined }}
          onKeyDown={onKeyDown}
        >
          {drawn.map((row) => (
            // biome-ignore lint/a11y/useSemanticElements: see above
            // biome-ignore lint/a11y/useFocusableInteractive: the cells take the focus, one at a time
            <div
              key={row}
              role="row"
              aria-rowindex={row + 1}
              className="nhr-grid-row"
              style={{
                transform: `translateY(${Math.round(PADDING + row * rowHeight - scroll.offset)}px)`,
                gridTemplateColumns: `repeat(${columns}, ${card}px)`,
                gap: GAP,
                left: PADDING,
              }}
            >
              {Array.from({ length: Math.min(columns, rows.count - row * columns) }, (_, column) => {
                const here = row * columns + column;
                const item = rows.at(here);
                return (
                  <Card
                    key={here}
                    item={item}
                    look={look}
                    place={here}
                    column={column + 1}
                    current={here === at}
                    seen={row >= seenFirst && row <= seenLast}
                    chosen={item !== undefined && chosen.has(item.id)}
                    onPlace={onPlace}
                    onChoose={onChoose}
                    onOpen={onOpen}
                  />
                );
              })}
            </div>
          ))}
          {failed && (
            <div className="nhr-grid-failed">
              <ErrorNote error={failed} onRetry={onRetry} />
            </div>
          )}
        </div>
      </div>
    </div>
  );
}

/** The room for cards: the width beside the margins, of which the scroll bar may use a part of the right one, and the height. */
function useSize(ref: React.RefObject<HTMLElement | null>): { width: number; height: number } {
  const [size, setSize] = useState({ width: 1200, height: 800 });
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = () => {
      const bar = element.offsetWidth - element.clientWidth;
      setSize({ width: element.clientWidth - PADDING - Math.max(6, PADDING - bar), height: element.clientHeight });
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return size;
}
