import './review.css';
import { Button, Group, SegmentedControl, Skeleton, Title } from '@mantine/core';
import { useDisclosure, useLocalStorage } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useRef, useState } from 'react';
import type { DecisionKind, TripletView } from '../../../shared/model/triplet.ts';
import { DEFAULT_VIEW, type GridView, queryFromView, withoutEmpty } from '../../app/filterQuery.ts';
import { readError } from '../../app/readError.ts';
import { formatRoute, go } from '../../app/route.ts';
import { useLive, useStudio } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { FilterFields } from '../../ui/FilterFields.tsx';
import { count as countText } from '../../ui/format.ts';
import { IconKeyboard } from '../../ui/icons.ts';
import { Empty } from '../../ui/Parts.tsx';
import { BulkBar } from './BulkBar.tsx';
import { Compare } from './Compare.tsx';
import { Grid } from './Grid.tsx';
import { MoreFilters } from './MoreFilters.tsx';
import { RejectDialog } from './RejectDialog.tsx';
import { ReviewTabs } from './ReviewTabs.tsx';
import { Shortcuts } from './Shortcuts.tsx';
import { useKeys } from './useKeys.ts';
import { useReview } from './useReview.ts';
import { useTriplets } from './useTriplets.ts';

const NONE: ReadonlySet<number> = new Set();

/** The grid of all triplets and, over it, the comparison of the one that is open. */
export function ReviewPage({ view, open }: { view: GridView; open: number | null }) {
  const { pages, count, items, fresh } = useTriplets(view);
  const review = useReview();
  const [help, helpIs] = useDisclosure(false);
  const [selected, setSelected] = useState<number | null>(open);
  const [chosen, setChosen] = useState<ReadonlySet<number>>(NONE);
  const [rejecting, setRejecting] = useState<TripletView[] | null>(null);
  const [advance, setAdvance] = useLocalStorage({ key: 'nhr-advance', defaultValue: true });
  const root = useRef<HTMLDivElement>(null);
  const show = (id: number | null) => {
    if (id !== null) setSelected(id);
    go({ screen: 'triplets', view, open: id }, id === null || open !== null ? 'replace' : 'push');
  };
  const onDecide = useCallback((triplet: TripletView, decision: DecisionKind) => review.decide([triplet], decision), [review.decide]);
  const toggle = useCallback(
    (id: number) => setChosen((old) => (old.has(id) ? new Set([...old].filter((o) => o !== id)) : new Set([...old, id]))),
    [],
  );
  /** Shows what a step back or forth is about. */
  const showStep = (id: number | null) => {
    if (id === null) return;
    if (open !== null) show(id);
    else setSelected(id);
  };
  const undo = () => showStep(review.undo());
  const redo = () => showStep(review.redo());
  const isChosen = items.filter(({ id }) => chosen.has(id));
  const decideChosen = (decision: DecisionKind) => {
    review.decide(isChosen, decision);
    setChosen(NONE);
  };
  const rejectWith = (tags: string[]) => {
    if (!rejecting) return;
    review.decide(rejecting, 'reject', tags);
    setRejecting(null);
    const next = items[items.findIndex(({ id }) => id === open) + 1];
    if (open === null) setChosen(NONE);
    else if (advance && next) show(next.id);
  };
  const current = items.find(({ id }) => id === selected) ?? items[0];
  useKeys('grid', open === null && !help && !rejecting, {
    help: helpIs.open,
    search: () => root.current?.querySelector<HTMLElement>('[data-search]')?.focus(),
    undo,
    redo,
    accept: isChosen.length > 0 ? () => decideChosen('accept') : undefined,
    reject: isChosen.length > 0 ? () => decideChosen('reject') : undefined,
    clear: isChosen.length > 0 ? () => decideChosen('clear') : undefined,
    rejectWith: () => setRejecting(isChosen.length > 0 ? isChosen : current ? [current] : null),
  });
  const more = useCallback(() => void pages.fetchNextPage(), [pages.fetchNextPage]);
  const filtered = queryFromView(view).toString() !== queryFromView({ ...DEFAULT_VIEW, sort: view.sort }).toString();
  return (
    <div className="nhr-review" ref={root}>
      <Bar
        view={view}
        count={count.data}
        fresh={fresh}
        onFresh={() => void pages.refetch()}
        onHelp={helpIs.open}
        filtered={filtered}
        onUndo={review.canUndo ? undo : undefined}
        onRedo={review.canRedo ? redo : undefined}
      />
      {isChosen.length > 0 && (
        <BulkBar
          count={isChosen.length}
          loaded={items.length}
          onDecide={decideChosen}
          onRejectWith={() => setRejecting(isChosen)}
          onAll={() => setChosen(new Set(items.map(({ id }) => id)))}
          onNone={() => setChosen(NONE)}
        />
      )}
      {review.error && (
        <div className="nhr-review-error">
          <ErrorNote error={readError(review.error)} />
        </div>
      )}
      {pages.error && items.length === 0 ? (
        <div className="nhr-review-error">
          <ErrorNote error={readError(pages.error)} onRetry={() => void pages.refetch()} />
        </div>
      ) : pages.isPending ? (
        <Waiting />
      ) : items.length === 0 ? (
        <Nothing filtered={filtered} view={view} />
      ) : (
        <Grid
          items={items}
          total={count.data?.count ?? items.length}
          hasMore={pages.hasNextPage}
          loading={pages.isFetchingNextPage}
          failed={pages.isFetchNextPageError ? readError(pages.error) : null}
          onMore={more}
          selected={selected}
          onSelect={setSelected}
          onOpen={show}
          onDecide={onDecide}
          chosen={chosen}
          onChoose={toggle}
          covered={open !== null || rejecting !== null}
        />
      )}
      {open !== null && (
        <Compare
          id={open}
          items={items}
          total={count.data?.count ?? items.length}
          onOpen={show}
          onClose={() => show(null)}
          onDecide={onDecide}
          onRejectWith={(triplet) => setRejecting([triplet])}
          onUndo={undo}
          onRedo={redo}
          review={review}
          advance={advance}
          onAdvance={setAdvance}
          onNearEnd={() => pages.hasNextPage && !pages.isFetchingNextPage && more()}
          onHelp={helpIs.open}
          covered={help || rejecting !== null}
          linkTo={(id) => formatRoute({ screen: 'triplets', view, open: id })}
        />
      )}
      {rejecting && <RejectDialog count={rejecting.length} onReject={rejectWith} onClose={() => setRejecting(null)} />}
      <Shortcuts opened={help} onClose={helpIs.close} />
    </div>
  );
}

interface BarProps {
  view: GridView;
  count: { count: number; exact: boolean } | undefined;
  fresh: number;
  filtered: boolean;
  onFresh(): void;
  onHelp(): void;
  onUndo: (() => void) | undefined;
  onRedo: (() => void) | undefined;
}

function Bar({ view, count, fresh, filtered, onFresh, onHelp, onUndo, onRedo }: BarProps) {
  const { engine } = useStudio();
  const runs = useLive((s) => s.runs);
  const categories = useQuery(engine.triplets.categories.queryOptions());
  const set = (next: GridView) => go({ screen: 'triplets', view: { ...next, filter: withoutEmpty(next.filter) }, open: null }, 'replace');
  return (
    <div className="nhr-review-bar">
      <Group gap={12} className="nhr-review-title">
        <Title order={1}>{text.review.title}</Title>
        <ReviewTabs now="triplets" />
        <span className="nhr-quiet" role="status">
          {count ? text.review.count(countText(count.count), count.exact, count.count === 1) : ' '}
        </span>
        <div className="nhr-grow" />
        {fresh > 0 && (
          <Button size="xs" variant="light" onClick={onFresh}>
            {text.review.fresh(fresh)}
          </Button>
        )}
        <Group gap={4} wrap="nowrap">
          <Button size="xs" variant="default" onClick={onUndo} disabled={!onUndo}>
            {text.reviewing.undo}
          </Button>
          <Button size="xs" variant="default" onClick={onRedo} disabled={!onRedo}>
            {text.reviewing.redo}
          </Button>
        </Group>
        <SegmentedControl
          size="xs"
          aria-label={text.filters.sort}
          data={[
            { value: 'newest', label: text.filters.newest },
            { value: 'best', label: text.filters.best },
          ]}
          value={view.sort}
          onChange={(sort) => set({ ...view, sort: sort === 'best' ? 'best' : 'newest' })}
        />
        <Button size="xs" variant="default" component="a" href={formatRoute({ screen: 'export', filter: view.filter })}>
          {text.review.exportThese}
        </Button>
        <Button size="xs" variant="default" px={8} aria-label={text.app.shortcuts} title={text.app.shortcuts} onClick={onHelp}>
          <IconKeyboard aria-hidden size={16} stroke={1.6} />
        </Button>
      </Group>
      <Group gap={8}>
        <FilterFields
          filter={view.filter}
          onChange={(filter) => set({ ...view, filter })}
          runs={Object.values(runs).sort((a, b) => b.createdAt - a.createdAt)}
          categories={categories.data ?? []}
        />
        <MoreFilters filter={view.filter} onChange={(filter) => set({ ...view, filter })} />
        {filtered && (
          <Button size="xs" variant="subtle" color="gray" px={8} onClick={() => set({ ...DEFAULT_VIEW, sort: view.sort })}>
            {text.filters.reset}
          </Button>
        )}
      </Group>
    </div>
  );
}

function Nothing({ filtered, view }: { filtered: boolean; view: GridView }) {
  if (filtered)
    return (
      <Empty
        title={text.review.emptyTitle}
        action={
          <Button
            variant="default"
            onClick={() => go({ screen: 'triplets', view: { ...DEFAULT_VIEW, sort: view.sort }, open: null }, 'replace')}
          >
            {text.filters.reset}
          </Button>
        }
      >
        {text.review.emptyText}
      </Empty>
    );
  return (
    <Empty
      title={text.review.noneTitle}
      action={
        <Button component="a" href={formatRoute({ screen: 'runs' })}>
          {text.review.toRuns}
        </Button>
      }
    >
      {text.review.noneText}
    </Empty>
  );
}

function Waiting() {
  return (
    <div className="nhr-grid-waiting" role="status" aria-label={text.app.loading}>
      {Array.from({ length: 12 }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity
        <Skeleton key={i} height={232} radius="md" />
      ))}
    </div>
  );
}
