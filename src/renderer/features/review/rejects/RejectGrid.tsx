import { VisuallyHidden } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { RejectDecision, RejectView } from '../../../../shared/model/rejects.ts';
import { THUMB } from '../../../app/blobUrl.ts';
import { useStudio } from '../../../app/studio.tsx';
import { text } from '../../../text.ts';
import { score } from '../../../ui/format.ts';
import { IconCircleCheck, IconCircleX } from '../../../ui/icons.ts';
import { Picture } from '../../../ui/Picture.tsx';
import { actionOf, moveInGrid } from '../keys.ts';

const GAP = 14;
const PADDING = 24;
const CARD = 292;
const CARD_TEXT = 84;

interface RejectGridProps {
  items: RejectView[];
  hasMore: boolean;
  loading: boolean;
  onMore(): void;
  selected: number | null;
  onSelect(id: number): void;
  onOpen(id: number): void;
  onDecide(reject: RejectView, decision: RejectDecision): void;
  /** Something lies over the grid; when that is gone, the focus comes back to the selected card. */
  covered: boolean;
}

/** Rejected candidates as cards in rows; only those on screen exist. */
export function RejectGrid(props: RejectGridProps) {
  const { items, hasMore, loading, onMore, selected, onSelect, onOpen, onDecide, covered } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const width = useInner(scroller);
  const columns = Math.max(1, Math.floor((width + GAP) / (CARD + GAP)));
  const card = (width - GAP * (columns - 1)) / columns;
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
    if (hasMore && !loading && last >= rows - 4) onMore();
  }, [hasMore, loading, last, rows, onMore]);
  const at = Math.max(
    0,
    items.findIndex(({ id }) => id === selected),
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
    const reject = items[at];
    if (!action || !reject) return;
    const say = (decision: RejectDecision) => {
      event.preventDefault();
      onDecide(reject, decision);
    };
    if (action === 'accept') return say('keep');
    if (action === 'reject') return say('right');
    if (action === 'clear') return say('clear');
    if (action === 'open') {
      event.preventDefault();
      return onOpen(reject.id);
    }
    const to = moveInGrid(action, at, columns, items.length);
    const next = items[to];
    if (!next || to === at) return;
    event.preventDefault();
    focusWanted.current = true;
    onSelect(next.id);
    virtual.scrollToIndex(Math.floor(to / columns), { align: 'auto' });
  };
  return (
    <div className="nhr-grid-scroller" ref={scroller}>
      {/* biome-ignore lint/a11y/useSemanticElements: a table cannot be virtual and laid out as cards */}
      <div
        role="grid"
        aria-label={text.rejects.grid}
        aria-rowcount={hasMore ? -1 : rows}
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
            {items.slice(row.index * columns, (row.index + 1) * columns).map((reject, column) => (
              <RejectCard
                key={reject.id}
                reject={reject}
                column={column + 1}
                current={reject.id === items[at]?.id}
                onSelect={onSelect}
                onOpen={onOpen}
              />
            ))}
          </div>
        ))}
      </div>
      <div className="nhr-grid-end" role="status">
        {loading ? text.rejects.more : hasMore ? '' : text.rejects.end}
      </div>
    </div>
  );
}

interface RejectCardProps {
  reject: RejectView;
  column: number;
  current: boolean;
  onSelect(id: number): void;
  onOpen(id: number): void;
}

/** One candidate: source and edit, the instruction, and the gate that rejected it with its reason. */
function RejectCard({ reject, column, current, onSelect, onOpen }: RejectCardProps) {
  const { blobUrl } = useStudio();
  const { decision, scores, stage } = reject;
  const where = text.rejects.where(stage ? text.stage[stage] : '', reject.reason);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table cell cannot be laid out as a card
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid around it listens to the keys of all cells
    <div
      role="gridcell"
      aria-colindex={column}
      tabIndex={current ? 0 : -1}
      className="nhr-cell"
      data-id={reject.id}
      data-state="active"
      data-decision={decision === 'right' ? 'reject' : undefined}
      onFocus={() => onSelect(reject.id)}
      onClick={() => onOpen(reject.id)}
    >
      <div className="nhr-pair">
        <Picture src={blobUrl(reject.sourceHash, THUMB.card)} alt="" />
        <Picture src={blobUrl(reject.editedHash, THUMB.card)} alt="" />
      </div>
      {decision && (
        <span
          className="nhr-cell-decision"
          data-decision={decision === 'keep' ? 'accept' : 'reject'}
          role="img"
          aria-label={text.rejects.decisions[decision]}
        >
          {decision === 'keep' ? <IconCircleCheck aria-hidden size={22} /> : <IconCircleX aria-hidden size={22} />}
        </span>
      )}
      <div className="nhr-cell-text" title={reject.instruction}>
        <VisuallyHidden>{text.rejects.cell(reject.id, '')}</VisuallyHidden>
        {reject.instruction}
      </div>
      <div className="nhr-cell-foot">
        {scores && (
          <span title={`${text.scores.adherence} / ${text.scores.aesthetics}`}>
            {score(scores.adherence)} / {score(scores.aesthetics)}
          </span>
        )}
        <span className="nhr-grow" />
        <span className="nhr-badge nhr-cell-state" title={where}>
          {where}
        </span>
      </div>
    </div>
  );
}

/** The width that cards may take. */
function useInner(ref: React.RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(1200);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = () => setWidth(Math.max(CARD, element.clientWidth - 2 * PADDING));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return width;
}
